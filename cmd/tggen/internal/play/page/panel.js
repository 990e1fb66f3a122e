// The panel beside the chats: the trail of the updates, or the bot with its log.

import { h, keyed, changed, refill, attr, roving, clock, text } from "./dom.js";
import { icon } from "./icons.js";
import { state, updates, update } from "./store.js";
import { view, select, show } from "./view.js";
import { outcome } from "./outcome.js";
import { detail } from "./detail.js";
import { botPanel } from "./bot.js";

const most = 300; // rows of the list

export function panel(root) {
  const tab = (name, part, sign) => h("button", { type: "button", role: "tab", id: `tab-${part}`, "aria-controls": `part-${part}`, onclick: () => show("panel", part) }, icon(sign), name);
  const tabs = h("div.segments", { role: "tablist", "aria-label": "Trail or bot" }, tab("Trail", "trail", "trail"), tab("Bot", "bot", "bot"));
  tabs.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowLeft" && e.key !== "ArrowRight") return;
    show("panel", view.panel === "trail" ? "bot" : "trail");
    requestAnimationFrame(() => document.getElementById(`tab-${view.panel}`).focus());
  });
  const follow = h("label.switch", { title: "Always show the newest update" }, h("input", { type: "checkbox", checked: true, onchange: (e) => select(e.target.checked ? null : updates().at(-1)?.id ?? null) }), h("span", {}, "Follow"));
  const list = h("ol.updates", { "aria-label": "Updates, newest first" });
  const empty = h("p.empty", {}, "Each update that the bot receives appears here, with the handler that ran and why.");
  const about = h("div.detail", { tabIndex: 0, role: "region", "aria-label": "The selected update" });
  const trail = h("div.part.trail", { role: "tabpanel", id: "part-trail", "aria-labelledby": "tab-trail" }, h("div.updatebox", {}, empty, list), about);
  const bot = botPanel();
  const other = h("div.part.bot", { role: "tabpanel", id: "part-bot", "aria-labelledby": "tab-bot" }, bot.node);
  const title = h("h2", {});
  root.append(h("header", {}, title, tabs, follow), trail, other);
  const tidy = roving(list, ".update");
  const box = list.parentElement;
  let newest;

  const row = (u) => h("li", {}, h("button.update", { type: "button", tabIndex: -1, onclick: () => select(u.id) }));
  const fill = (node, u, current) => {
    attr(node.firstChild, "aria-current", current === u.id ? "true" : null);
    attr(node, "data-update", u.id);
    if (!changed(node, u)) return;
    refill(node.firstChild,
      h("span.rowtop", {}, h("span.summary", { dir: "auto" }, u.summary || u.kind), h("time", {}, clock(u.at, true))),
      h("span.rowend", {}, outcome(u), h("span.kind", {}, u.kind.replaceAll("_", " "))));
  };

  return () => {
    for (const part of ["trail", "bot"]) {
      const on = view.panel === part;
      const button = document.getElementById(`tab-${part}`) ?? tabs.children[part === "trail" ? 0 : 1];
      attr(button, "aria-selected", String(on));
      button.tabIndex = on ? 0 : -1;
    }
    text(title, view.panel === "trail" ? "Trail" : "Bot");
    trail.hidden = view.panel !== "trail";
    other.hidden = view.panel !== "bot";
    follow.hidden = view.panel !== "trail";
    follow.firstChild.checked = view.selected === null;
    if (view.panel === "bot") return bot.render();
    const all = updates().slice(-most).reverse();
    const current = update(view.selected) ?? all[0];
    empty.hidden = all.length > 0;
    keyed(list, all, (u) => u.id, row, (node, u) => fill(node, u, current?.id));
    tidy();
    if (view.selected === null && newest !== all[0]?.id) box.scrollTop = 0;
    else if (newest !== current?.id && view.selected !== null) list.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
    newest = view.selected === null ? all[0]?.id : current?.id;
    about.hidden = !current;
    if (current) detail(about, current, state.bot);
  };
}
