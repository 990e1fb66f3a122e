// The list of people and groups.

import { h, keyed, roving, changed, refill, attr, clock } from "./dom.js";
import { icon } from "./icons.js";
import { state, timeline, chatName, nameOf } from "./store.js";
import { view, open } from "./view.js";
import { excerpt } from "./text.js";
import { personDialog, groupDialog } from "./dialogs.js";

// avatar is a coloured circle with the initials of a name. The colour follows from the id.
export function avatar(id, name, size) {
  if (id === 0) return h("span.avatar.of-bot" + (size ? "." + size : ""), { "aria-hidden": "true" }, icon("bot"));
  const initials = name.trim().split(/\s+/).slice(0, 2).map((w) => [...w][0] ?? "").join("").toUpperCase();
  return h(`span.avatar.hue-${Math.abs(id) % 7}` + (size ? "." + size : "") + (id < 0 ? ".group" : ""), { "aria-hidden": "true" }, initials);
}

export function side(root) {
  const people = h("ul.chatlist", { "aria-label": "People" });
  const groups = h("ul.chatlist", { "aria-label": "Groups and channels" });
  const both = h("div.scroll", {},
    h("div.head", {}, h("h2", {}, "People"), h("button.plain", { type: "button", title: "New person", "aria-label": "New person", onclick: personDialog }, icon("plus"))), people,
    h("div.head", {}, h("h2", {}, "Groups"), h("button.plain", { type: "button", title: "New group", "aria-label": "New group", onclick: groupDialog }, icon("plus"))), groups);
  root.append(both);
  const tidy = roving(both, ".chatrow");

  const row = (chat) => h("li", {}, h("button.chatrow", { type: "button", tabIndex: -1, onclick: () => {
    open(chat.id);
    if (!matchMedia("(pointer: coarse)").matches) requestAnimationFrame(() => document.querySelector("#chats [data-active] textarea")?.focus());
  } }));

  const fill = (node, chat) => {
    const button = node.firstChild;
    const line = timeline(chat.id).findLast((e) => e.message);
    const m = line && state.messages[line.message];
    const current = view.panes[view.active]?.chat === String(chat.id);
    const beside = view.panes.some((p) => p.chat === String(chat.id));
    if (beside) delete view.seen[chat.id];
    attr(button, "aria-current", current ? "true" : null);
    const unread = view.seen[chat.id] ?? 0;
    if (!changed(node, chat, m, chatName(chat), unread, chat.typing)) return;
    const name = chatName(chat);
    const before = m && chat.type !== "private" ? `${nameOf(m.from)}: ` : m && m.from !== 0 ? "You: " : "";
    refill(button,
      avatar(chat.id, name),
      h("span.rowtext", {},
        h("span.rowtop", {}, h("b", { dir: "auto" }, name), h("time", {}, m ? clock(m.at) : "")),
        h("span.rowend", {},
          chat.typing ? h("span.typing", {}, "typing…") : h("span.preview", { dir: "auto" }, m ? before + excerpt(m) : chat.type === "private" ? "Write /start" : chat.type),
          unread > 0 && h("span.badge", {}, h("span.sr", {}, "unread: "), String(unread)))));
  };

  return () => {
    const all = Object.values(state.chats).sort((a, b) => Math.abs(a.id) - Math.abs(b.id));
    keyed(people, all.filter((c) => c.type === "private"), (c) => c.id, row, fill);
    keyed(groups, all.filter((c) => c.type !== "private"), (c) => c.id, row, fill);
    tidy();
  };
}
