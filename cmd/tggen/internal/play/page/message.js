// A message as a bubble, with its buttons, its reactions and the way of its update.

import { h, changed, refill, attr, clock } from "./dom.js";
import { icon } from "./icons.js";
import { state, message, messageKey, update, nameOf, touch } from "./store.js";
import { view, open, select } from "./view.js";
import { act } from "./api.js";
import { toast } from "./toast.js";
import { rich, excerpt } from "./text.js";
import { avatar } from "./side.js";
import { outcome } from "./outcome.js";
import { media } from "./media.js";

const together = 5 * 60 * 1000; // messages of one person within this time stand closer
const emojis = ["👍", "❤️", "🔥", "🎉", "😁", "🤔", "👎", "😢"];
const pressed = new Map(); // by message: the button that waits for its answer

// bubble fills the line of a message, or of an album.
export function bubble(li, line, user, context) {
  const m = message(line.m.chat, line.m.id) ?? line.m;
  const first = line.album.length > 1 ? line.album.find((a) => a.text) ?? m : m;
  const chat = state.chats[m.chat];
  const group = chat.type !== "private";
  const out = m.from === user && m.from !== 0;
  const before = line.before?.m;
  const joined = before && !before.note && before.from === m.from && Date.parse(m.at) - Date.parse(before.at) < together;
  const replied = m.reply_to ? message(m.chat, m.reply_to) : null;
  const u = update(m.update);
  const busy = waits(m);
  if (!changed(li, ...line.album, m, out, joined, replied, u, view.selected === u?.id, busy, nameOf(m.from), group)) return;
  const fresh = li.childElementCount === 0;
  li.className = "msg" + (m.kind === "service" ? " service" : out ? " out" : " in") + (joined ? " joined" : "") + (m.deleted ? " deleted" : "") + (m.from === 0 ? " of-bot" : "");
  li.classList.toggle("changed", !fresh && Boolean(m.edited));
  attr(li, "data-message", m.id);
  attr(li, "aria-label", `${nameOf(m.from)}, ${clock(m.at)}${m.edited ? ", edited" : ""}${m.deleted ? ", deleted" : ""}: ${excerpt(first)}`);
  if (m.kind === "service") {
    refill(li, h("span.notice", { dir: "auto" }, m.note || m.text || "something happened"));
    return;
  }
  const hooks = {
    command: (command) => act("send", { chat: m.chat, user, text: command }),
    mention: (person) => open(person.id),
  };
  refill(li,
    group && !out && (joined ? h("span.avatar.small.gap", { "aria-hidden": "true" }) : avatar(m.from, nameOf(m.from), "small")),
    h("div.stack", {},
      h("div.bubble", {},
        group && !out && !joined && h("b.who." + (m.from === 0 ? "of-bot" : `hue-${Math.abs(m.from) % 7}`), { dir: "auto" }, nameOf(m.from)),
        m.reply_to && h("button.quote", { type: "button", tabIndex: -1, "data-focus": "quote", onclick: () => jump(li, m.reply_to) }, h("b", { dir: "auto" }, replied ? nameOf(replied.from) : "Reply"), h("span", { dir: "auto" }, excerpt(replied))),
        media(line.album, li),
        first.text && h("div.body", { dir: "auto" }, rich(first.text, first.entities, hooks)),
        h("span.meta", {}, m.via_bot && "via the bot", m.deleted && h("span", {}, "deleted"), m.edited && h("span", {}, "edited"), h("time", {}, clock(m.at)))),
      keys(m, user, busy),
      reactions(m, user),
      m.update && h("button.chip", { type: "button", "data-focus": "chip", title: "Show its trail", "aria-pressed": String(view.selected === m.update), onclick: () => select(m.update, true) }, h("span.sr", {}, `Trail of update ${m.update}: `), outcome(u) ?? "…")),
    m.deleted ? null : tools(li, m, user, out, context));
  li.onkeydown = (e) => {
    if (e.target !== li || e.ctrlKey || e.metaKey || e.altKey) return;
    const does = { r: () => context().compose.reply(m), e: () => out && context().compose.edit(m), Enter: () => (m.update ? select(m.update, true) : li.querySelector("button")?.focus()), "+": () => li.querySelector(".react")?.click() }[e.key];
    if (!does) return;
    e.preventDefault();
    e.stopPropagation();
    does();
  };
}

function jump(li, id) {
  const to = li.parentElement.querySelector(`[data-message="${Number(id)}"]`);
  if (!to) return toast("That message is not shown here.");
  to.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  to.focus({ preventScroll: true });
}

// waits is the place of the pressed button, until its query is answered.
function waits(m) {
  const key = messageKey(m);
  const p = pressed.get(key);
  if (!p) return "";
  const asked = Object.values(state.queries).filter((q) => q.kind === "callback" && q.chat === m.chat && q.message === m.id && q.user === p.user && !p.before.has(q.id));
  if (!asked.some((q) => q.answered)) return p.place;
  pressed.delete(key);
  return "";
}

async function press(m, user, row, column) {
  const key = messageKey(m);
  pressed.set(key, { place: `${row}:${column}`, user, before: new Set(Object.keys(state.queries)) });
  touch();
  if (!(await act("press", { chat: m.chat, user, message: m.id, row, column }))) {
    pressed.delete(key);
    touch();
  }
}

function keys(m, user, busy) {
  const rows = m.buttons?.length ? m.buttons : m.kind === "invoice" ? [[{ text: "Pay", kind: "pay" }]] : null;
  if (!rows) return null;
  const one = (b, row, column) => {
    const place = `${row}:${column}`;
    const sign = { url: "link", copy: "copy", pay: "card", web_app: "link", switch: "reply" }[b.kind];
    const does = {
      pay: () => act("pay", { chat: m.chat, user, message: m.id }),
      url: () => /^(https?|tg):/i.test(b.value ?? "") ? window.open(b.value, "_blank", "noopener,noreferrer") : toast(b.value ?? "", "", "The address of this button"),
      copy: async () => toast((await navigator.clipboard?.writeText(b.value ?? "").then(() => true, () => false)) ? "Copied." : b.value ?? ""),
      web_app: () => toast(b.value ?? "", "", "A web app would open"),
      switch: () => document.querySelector("#chats [data-active]")?.dispatchEvent(new CustomEvent("inline", { detail: b.value ?? "" })),
    }[b.kind] ?? (() => press(m, user, row, column));
    return h("button.key", { type: "button", tabIndex: 0, title: b.kind === "url" ? b.value : null, "data-focus": place, "aria-busy": busy === place ? "true" : null, onclick: does }, h("span", { dir: "auto" }, b.text), sign && icon(sign));
  };
  return h("div.keys", {}, rows.map((r, row) => h("div.keyrow", {}, r.map((b, column) => one(b, row, column)))));
}

function reactions(m, user) {
  if (!m.reactions?.length) return null;
  return h("div.reactions", {}, m.reactions.map((r) => {
    const mine = r.from?.includes(user);
    return h("button.reaction", { type: "button", "data-focus": "r" + r.emoji, "aria-pressed": String(Boolean(mine)), title: (r.from ?? []).map(nameOf).join(", "), onclick: () => act("react", { chat: m.chat, user, message: m.id, emoji: mine ? "" : r.emoji }) },
      r.emoji, r.from?.length > 1 && h("span", {}, String(r.from.length)));
  }));
}

let picker;

// pick shows the reactions beside a button.
function pick(at, m, user) {
  picker?.remove();
  picker = h("div.popover.picker", { popover: "auto", "aria-label": "Reactions" }, emojis.map((emoji) => h("button.plain", { type: "button", "aria-label": `React with ${emoji}`, onclick: () => {
    picker.hidePopover();
    act("react", { chat: m.chat, user, message: m.id, emoji });
    at.closest(".msg")?.focus();
  } }, emoji)));
  document.body.append(picker);
  picker.showPopover();
  const box = at.getBoundingClientRect();
  picker.style.left = `${Math.max(8, Math.min(box.left - 120, innerWidth - picker.offsetWidth - 8))}px`;
  picker.style.top = `${Math.max(8, box.top - picker.offsetHeight - 6)}px`;
  picker.firstChild.focus();
}

function tools(li, m, user, out, context) {
  const tool = (label, sign, does, extra = "") => h("button.plain.small" + extra, { type: "button", title: label, "aria-label": label, tabIndex: -1, "data-focus": label, onclick: does }, icon(sign));
  return h("div.tools", {},
    tool("Reply (r)", "reply", () => context().compose.reply(m)),
    tool("React (+)", "react", (e) => pick(e.currentTarget, m, user), ".react"),
    out && m.kind === "text" && tool("Edit (e)", "edit", () => context().compose.edit(m)));
}
