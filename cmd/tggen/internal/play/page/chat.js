// A pane: one chat as one person sees it.

import { h, keyed, changed, refill, attr, roving, text } from "./dom.js";
import { icon } from "./icons.js";
import { state, timeline, update, chatName, nameOf, touch } from "./store.js";
import { view, split, close, speaker, members, select, save, mostPanes } from "./view.js";
import { act, upload } from "./api.js";
import { avatar } from "./side.js";
import { bubble } from "./message.js";
import { composer } from "./composer.js";
import { outcome } from "./outcome.js";

const page = 200; // lines that are shown at first, and more with each press of the button above them

let ids = 0;

export function pane(current, activate) {
  const id = `pane${++ids}`;
  const header = h("header");
  const list = h("ol.lines", { "aria-label": "Messages" });
  const earlier = h("button.quiet", { type: "button", hidden: true, onclick: () => {
    const bottom = scroller.scrollHeight - scroller.scrollTop;
    limit += page;
    render(current());
    scroller.scrollTop = scroller.scrollHeight - bottom;
  } }, "Show earlier messages");
  const empty = h("div.empty", {});
  const scroller = h("div.scroller", {}, earlier, empty, list);
  const down = h("button.down", { type: "button", hidden: true, "aria-label": "Go to the newest message", onclick: () => bottom() }, icon("down"));
  const speakers = h("div.speakers", { role: "radiogroup", "aria-label": "Who speaks" });
  const drop = h("div.drop", { hidden: true }, icon("clip"), "Drop files to send them");
  const write = composer(id, () => context());
  const node = h("section.pane", { "aria-label": "Chat" }, header, h("div.middle", {}, scroller, down, drop), speakers, write.node);
  const tidy = roving(list, ".msg");
  let limit = page;
  let pinned = true;
  let shownChat;

  const context = () => {
    const p = current();
    const chat = state.chats[p.chat];
    return { pane: p, chat, user: speaker(p), compose: write };
  };
  const bottom = () => {
    scroller.scrollTop = scroller.scrollHeight;
    pinned = true;
  };
  scroller.addEventListener("scroll", () => {
    pinned = scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 32;
    down.hidden = pinned;
  }, { passive: true });
  new ResizeObserver(() => pinned && bottom()).observe(scroller);
  new ResizeObserver(() => pinned && bottom()).observe(list);
  // A focus that comes from nowhere is given back after a rendering: it does not choose the pane.
  node.addEventListener("focusin", (e) => e.relatedTarget && activate());
  node.addEventListener("pointerdown", activate);

  node.addEventListener("inline", (e) => write.begin(`@${state.bot.username} ${e.detail}`));
  node.addEventListener("dragover", (e) => {
    if (!e.dataTransfer.types.includes("Files")) return;
    e.preventDefault();
    drop.hidden = false;
  });
  node.addEventListener("dragleave", (e) => {
    if (!node.contains(e.relatedTarget)) drop.hidden = true;
  });
  node.addEventListener("drop", async (e) => {
    if (!e.dataTransfer.files.length) return;
    e.preventDefault();
    drop.hidden = true;
    const { chat, user } = context();
    for (const file of e.dataTransfer.files) await upload(chat.id, user, file, "");
  });

  function speak(user) {
    current().user = user;
    save();
    touch();
  }

  function renderHeader(chat, user, several) {
    if (!changed(header, chat, chatName(chat), user, several, state.bot.name, mostPanes(), state.people)) return;
    const all = members(chat);
    const doing = { typing: "is typing", upload_photo: "is sending a photo", upload_document: "is sending a file", record_voice: "is recording", choose_sticker: "is choosing a sticker", find_location: "is looking for a place" };
    const who = state.people[all[0]]?.blocked && chat.type === "private" ? "has blocked the bot" : chat.type === "private" ? `with ${state.bot.name ?? "the bot"}` : [...all.map(nameOf), state.bot.name ?? "the bot"].join(", ");
    refill(header,
      avatar(chat.id, chatName(chat)),
      h("div.title", {}, h("h2", { dir: "auto" }, chatName(chat)),
        chat.typing ? h("p.typing", {}, `${state.bot.name ?? "The bot"} ${doing[chat.typing] ?? "is busy"}`, h("span.dots", { "aria-hidden": "true" }, h("i"), h("i"), h("i"))) : h("p", { dir: "auto" }, who)),
      menuOf(chat),
      mostPanes() > 1 && h("button.plain", { type: "button", title: "Open beside (s)", "aria-label": "Open a chat beside this one", "data-focus": "split", onclick: () => {
        split(current());
        requestAnimationFrame(() => document.querySelector("#chats [data-active] textarea")?.focus());
      } }, icon("columns")),
      several && h("button.plain", { type: "button", title: "Close this column", "aria-label": "Close this column", "data-focus": "close", onclick: () => close(current()) }, icon("x")));
  }

  // menuOf is what can be done with a chat: block the bot, or bring people in and out.
  function menuOf(chat) {
    const menu = `${id}-menu`;
    const entry = (label, sign, does) => h("button.entry", { type: "button", onclick: (e) => {
      e.currentTarget.closest("[popover]").hidePopover();
      does();
    } }, icon(sign), h("span", { dir: "auto" }, label));
    const all = members(chat);
    const entries = chat.type === "private"
      ? [state.people[all[0]]?.blocked ? entry("Unblock the bot", "check", () => act("unblock", { user: all[0] })) : entry("Block the bot", "block", () => act("block", { user: all[0] }))]
      : Object.values(state.people).map((p) => all.includes(p.id)
        ? entry(`${p.name} leaves`, "x", () => act("leave", { chat: chat.id, user: p.id }))
        : entry(`${p.name} joins`, "join", () => act("join", { chat: chat.id, user: p.id })));
    return h("span.menu", {},
      h("button.plain", { type: "button", popovertarget: menu, title: "More", "aria-label": "What can be done with this chat", "data-focus": "menu" }, icon("more")),
      h("div.popover", { id: menu, popover: "auto" }, entries));
  }

  function renderSpeakers(chat, user) {
    const all = chat.type === "private" ? [] : members(chat);
    if (!changed(speakers, all.join(), user, all.map(nameOf).join())) return;
    speakers.hidden = all.length < 1;
    keyed(speakers, all, (u) => u, (u) => {
      const name = nameOf(u);
      return h("label", {}, h("input.sr", { type: "radio", name: `${id}-speaker`, value: u, onchange: () => speak(u) }), h("span", {}, avatar(u, name, "tiny"), h("span", { dir: "auto" }, name)));
    }, (label, u) => (label.firstChild.checked = u === user));
  }

  // albums puts the photos of one album together: the first line shows them all.
  function albums(entries) {
    const lines = [];
    for (const e of entries) {
      const m = e.message && state.messages[e.message];
      const last = lines[lines.length - 1];
      if (m?.group && last?.m?.group === m.group && last.m.from === m.from) last.album.push(m);
      else lines.push({ ...e, m, album: m ? [m] : [] });
    }
    lines.forEach((line, i) => (line.before = lines[i - 1]));
    return lines;
  }

  function fill(li, line, user) {
    if (line.update) {
      const u = update(line.update);
      if (!changed(li, u, view.selected === u.id)) return;
      refill(li, h("button.event", { type: "button", "data-focus": "e", "aria-pressed": String(view.selected === u.id), onclick: () => select(u.id, true) }, h("span", { dir: "auto" }, u.summary || u.kind.replaceAll("_", " ")), outcome(u)));
      return;
    }
    bubble(li, line, user, context);
  }

  function renderLines(chat, user) {
    const entries = timeline(chat.id);
    earlier.hidden = entries.length <= limit;
    empty.hidden = entries.length > 0;
    if (entries.length === 0) text(empty, chat.type === "private" ? `${chatName(chat)} has not written to ${state.bot.name ?? "the bot"} yet. Type / for its commands.` : "Nobody has written here yet.");
    keyed(list, albums(entries.slice(-limit)), (l) => l.key, (l) => h(l.update ? "li.line" : "li.msg", { tabIndex: l.update ? null : -1 }), (li, l) => fill(li, l, user));
    tidy();
  }

  function render(p, several) {
    const chat = state.chats[p.chat];
    const user = speaker(p);
    if (shownChat !== p.chat) {
      shownChat = p.chat;
      limit = page;
      pinned = true;
      write.reset();
    }
    attr(node, "aria-label", `Chat: ${chatName(chat)}`);
    renderHeader(chat, user, several);
    renderSpeakers(chat, user);
    renderLines(chat, user);
    write.render(chat, user);
    if (pinned) bottom();
    else down.hidden = false;
  }

  return {
    node, render, speak,
    focus: () => write.focus(),
    begin: (start) => write.begin(start),
    last: () => {
      const all = list.querySelectorAll(".msg");
      all[all.length - 1]?.focus();
    },
  };
}
