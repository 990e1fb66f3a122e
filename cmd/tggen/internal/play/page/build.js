// What the generator and the compiler have to say when a build fails.

import { h, changed, refill, plural, clock, duration } from "./dom.js";
import { icon } from "./icons.js";
import { state, touch } from "./store.js";
import { toast } from "./toast.js";

let closed = null; // the build whose sheet was closed
let failed = false;

export function reopen() {
  closed = null;
  touch();
}

export function build(root) {
  const sheet = h("section.sheet", { "aria-labelledby": "build-title", hidden: true });
  const said = h("div.sr", { role: "alert" });
  root.append(sheet, said);
  const shut = () => {
    closed = state.build?.at ?? true;
    touch();
  };
  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape" || sheet.hidden || e.defaultPrevented || document.querySelector("dialog[open], [popover]:popover-open")) return;
    e.preventDefault();
    shut();
  }, true);
  return () => {
    const b = state.build;
    const bad = Boolean(b) && b.ok === false;
    if (failed && b?.ok) toast(`Built in ${duration(b.took_ms)}.`, "good");
    failed = bad;
    sheet.hidden = !bad || closed === (b.at ?? true);
    if (!bad || !changed(sheet, b)) return;
    const faults = b.diagnostics ?? [];
    const title = faults.length ? `The build failed: ${plural(faults.length, "fault", "faults")}` : "The build failed";
    said.textContent = title;
    refill(sheet,
      h("div.row", {}, icon("alert"), h("h2", { id: "build-title" }, title), h("span.note", {}, clock(b.at, true)), h("span.space"), h("button.plain", { type: "button", "aria-label": "Close", title: "Close (Escape)", "data-focus": "close", onclick: shut }, icon("x"))),
      ["running", "starting"].includes(state.bot.status) && h("p.note", {}, "The bot that runs is the one from before. It goes on until the build succeeds."),
      h("ol.diagnostics", {}, faults.map(diagnostic)),
      b.output && h("pre.source", { tabIndex: 0, role: "region", "aria-label": "Output of the compiler", dir: "ltr" }, b.output));
  };
}

function diagnostic(d) {
  const place = [d.file, d.line, d.column].filter(Boolean).join(":");
  const number = String(d.line ?? "");
  // The caret stands below its column. Tabs before it stay tabs, so that both lines have the same width.
  const caret = (d.source ?? "").slice(0, Math.max(0, (d.column || 1) - 1)).replace(/[^\t]/g, " ") + "^";
  return h("li", {},
    h("p.place", {}, h("code", {}, place), d.severity === "warning" && h("span.kind", {}, "warning"), d.code && h("span.kind", {}, d.code)),
    h("p.what", { dir: "auto" }, d.message),
    d.source && h("pre.snippet", { tabIndex: 0, role: "region", "aria-label": `Line ${number}`, dir: "ltr" }, h("code", {}, h("span.number", {}, number.padStart(4) + " │ "), d.source, "\n", h("span.number", {}, " ".repeat(Math.max(4, number.length)) + " │ "), h("span.caret", {}, caret))),
    d.hint && h("p.hint", { dir: "auto" }, h("b", {}, "Hint: "), d.hint));
}
