// Sessions before and after an update, as rows of what changed.

import { h } from "./dom.js";

export function sessions(list) {
  if (!list?.length) return null;
  return h("section", {}, h("h3", {}, "Sessions"), list.map(one));
}

function one(s) {
  const state = [s.before?.state, s.after?.state].map((v) => v || null);
  const rows = difference(s.before?.data, s.after?.data);
  const loaded = !s.changed; // read, and not written
  if (loaded) s = { ...s, after: s.before };
  const gone = Boolean(s.before) && !s.after;
  const still = !gone && state[0] === state[1] && rows.every((r) => r.kind === "same");
  return h("div.session", {},
    h("div.row", {}, h("b", {}, s.name), h("code.sessionkey", { dir: "auto" }, s.key), still && h("span.note", {}, "unchanged"), gone && h("span.note", {}, "deleted")),
    (state[0] || state[1]) && h("div.states", {},
      h("span.state" + (state[0] === state[1] ? ".same" : ".was"), {}, h("span.sr", {}, "state before: "), state[0] ?? "none"),
      state[0] !== state[1] && [h("span.arrow", { "aria-hidden": "true" }, "→"), h("span.state.is", {}, h("span.sr", {}, "state after: "), state[1] ?? "none")]),
    rows.length > 0 && h("table.diff", {}, h("thead.sr", {}, h("tr", {}, h("th", { scope: "col" }, "Field"), h("th", { scope: "col" }, "Before"), h("th", { scope: "col" }, "After"))), h("tbody", {}, rows.map((r) =>
      h("tr." + r.kind, {}, h("th", { scope: "row" }, h("code", {}, r.path)),
        r.kind === "same" ? h("td", { colspan: 2 }, value(r.after)) : [h("td.before", {}, r.kind === "added" ? "–" : h("del", {}, value(r.before))), h("td.after", {}, r.kind === "removed" ? "–" : h("ins", {}, value(r.after)))])))));
}

const value = (v) => h("code", { dir: "auto" }, JSON.stringify(v));

// difference compares two records field by field, and goes into objects.
function difference(before, after, path = "") {
  const plain = (v) => v !== null && typeof v === "object" && !Array.isArray(v);
  const rows = [];
  for (const key of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    const [a, b] = [before?.[key], after?.[key]];
    const name = path ? `${path}.${key}` : key;
    if (plain(a) && plain(b)) rows.push(...difference(a, b, name));
    else if (a === undefined) rows.push({ kind: "added", path: name, after: b });
    else if (b === undefined) rows.push({ kind: "removed", path: name, before: a });
    else rows.push({ kind: JSON.stringify(a) === JSON.stringify(b) ? "same" : "set", path: name, before: a, after: b });
  }
  return rows;
}
