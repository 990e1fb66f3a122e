// What the person at the page looks at: open chats and who speaks in them, the selected update, the theme.

import { state, touch, chatName } from "./store.js";

export const view = { panes: [], active: 0, place: "chat", panel: "trail", selected: null, seen: {} };

export const phone = matchMedia("(max-width: 899px)");
const wide = matchMedia("(min-width: 1500px)");
export const mostPanes = () => (phone.matches ? 1 : wide.matches ? 3 : 2);

export const members = (chat) => (chat.type === "private" ? [chat.members?.[0] ?? chat.id] : chat.members ?? []);

// speaker is who speaks in a pane: the chosen person, or the first one of the chat.
export function speaker(pane) {
  const chat = state.chats[pane.chat];
  if (!chat) return 0;
  const all = members(chat);
  return all.includes(pane.user) ? pane.user : all[0] ?? 0;
}

export function open(chat, user) {
  const pane = { chat: String(chat), user: user ?? view.panes[view.active]?.user };
  view.panes[view.active] = pane;
  view.place = "chat";
  save();
  touch();
}

// split opens a chat beside the others, as the next person of it.
export function split(pane) {
  const all = members(state.chats[pane.chat]);
  const next = all[(all.indexOf(speaker(pane)) + 1) % all.length];
  const other = state.chats[pane.chat].type === "private" ? Object.values(state.chats).find((c) => !view.panes.some((p) => p.chat === String(c.id))) : null;
  if (view.panes.length >= mostPanes()) view.panes.pop();
  view.panes.push(other ? { chat: String(other.id) } : { chat: pane.chat, user: next });
  view.active = view.panes.length - 1;
  save();
  touch();
}

export function close(pane) {
  view.panes = view.panes.filter((p) => p !== pane);
  view.active = Math.min(view.active, view.panes.length - 1);
  save();
  touch();
}

export function activate(i) {
  if (view.active === i || !view.panes[i]) return;
  view.active = i;
  touch();
}

export function show(place, panel) {
  view.place = place;
  if (panel) view.panel = panel;
  touch();
}

// select shows an update in the trail; null follows the newest.
export function select(id, go) {
  view.selected = id;
  view.panel = "trail";
  if (go) view.place = "panel";
  touch();
}

// save keeps the open chats in the address, so that they are there after a reload.
export function save() {
  history.replaceState(null, "", "#" + view.panes.map((p) => `${p.chat}.${speaker(p)}`).join("/"));
}

// settle opens what the address names, at first, and leaves chats that are gone.
export function settle() {
  if (!view.panes.length && location.hash.length > 1) {
    view.panes = location.hash.slice(1).split("/").map((p) => ({ chat: p.split(".")[0], user: Number(p.split(".")[1]) || undefined }));
  }
  view.panes = view.panes.filter((p) => state.chats[p.chat]).slice(0, mostPanes());
  if (!view.panes.length) {
    const first = Object.values(state.chats).sort((a, b) => (a.type !== "private") - (b.type !== "private") || chatName(a).localeCompare(chatName(b)))[0];
    if (first) view.panes.push({ chat: String(first.id) });
  }
  view.active = Math.max(0, Math.min(view.active, view.panes.length - 1));
}

const themes = ["auto", "light", "dark"];

export function theme() {
  try {
    return localStorage.getItem("tggen-theme") ?? "auto";
  } catch {
    return "auto"; // the browser keeps nothing for this page
  }
}

export function nextTheme() {
  const next = themes[(themes.indexOf(theme()) + 1) % themes.length];
  try {
    localStorage.setItem("tggen-theme", next);
  } catch { /* it holds until the page is loaded again */ }
  applyTheme(next);
  touch();
}

export function applyTheme(name = theme()) {
  document.documentElement.dataset.theme = name;
}
