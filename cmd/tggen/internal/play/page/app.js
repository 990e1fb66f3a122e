// The page of tggen play: the frame, the keys, and what is rendered when.

import { h, keyed, attr, changed, refill } from "./dom.js";
import { icon } from "./icons.js";
import { state, link, listen, onChange, onArrival, nameOf, message } from "./store.js";
import { view, settle, show, activate, applyTheme, phone, split, speaker } from "./view.js";
import { toast, showAlert } from "./toast.js";
import { excerpt } from "./text.js";
import { side } from "./side.js";
import { pane } from "./chat.js";
import { panel } from "./panel.js";
import { top } from "./top.js";
import { build } from "./build.js";
import { helpDialog, testDialog } from "./dialogs.js";

applyTheme();
const renderTop = top(document.getElementById("top"));
const renderSide = side(document.getElementById("side"));
const renderPanel = panel(document.getElementById("panel"));
const renderBuild = build(document.getElementById("build"));
const chats = document.getElementById("chats");
const tabs = document.getElementById("tabs");
const panes = new Map(); // by their place: {node, render}

function renderPanes() {
  attr(chats, "data-panes", view.panes.length);
  keyed(chats, view.panes.map((p, i) => ({ p, i })), ({ i }) => i, ({ i }) => {
    const made = pane(() => view.panes[i], () => activate(i));
    panes.set(i, made);
    return made.node;
  }, (node, { p, i }) => {
    attr(node, "data-active", i === view.active ? "yes" : null);
    panes.get(i).render(p, view.panes.length > 1);
  });
}

function renderTabs() {
  if (!changed(tabs, view.place, view.panel, phone.matches)) return;
  const tab = (name, sign, place, part) => {
    const now = view.place === place && (!part || view.panel === part);
    return h("button.tab", { type: "button", "aria-current": now ? "page" : null, "data-focus": name, onclick: () => show(place, part) }, icon(sign), name);
  };
  refill(tabs, h("nav", { "aria-label": "Parts of the page" },
    tab("Chats", "people", "chats"), tab("Chat", "chats", "chat"), tab("Trail", "trail", "panel", "trail"), tab("Bot", "bot", "panel", "bot")));
}

function render() {
  settle();
  attr(document.body, "data-place", view.place);
  attr(document.body, "data-ready", link.up ? "yes" : null);
  document.title = state.bot.name ? `${state.bot.name} · tggen play` : "tggen play";
  renderTop();
  renderSide();
  renderPanes();
  renderPanel();
  renderTabs();
  renderBuild();
}

onChange(render);
phone.addEventListener("change", render);

// Answers to buttons are toasts or alerts; new messages are said to screen readers.
onArrival((kind, now, before) => {
  if (kind === "queries") {
    if (!now.answered || before?.answered) return;
    const title = `${state.bot.name ?? "The bot"} to ${nameOf(now.user)}`;
    if (now.alert && now.text) showAlert(title, now.text);
    else if (now.text) toast(now.text, "", title);
    if (now.url) toast(now.url, "", title);
    return;
  }
  const here = view.panes.some((p) => p.chat === String(now.chat));
  if (!here && !before && now.from === 0) view.seen[now.chat] = (view.seen[now.chat] ?? 0) + 1;
  if (!here || before || !message(now.chat, now.id)) return;
  const said = document.getElementById("said");
  while (said.children.length > 5) said.firstChild.remove();
  said.append(h("p", {}, `${nameOf(now.from)}: ${excerpt(now)}`));
});

const writing = (node) => node instanceof Element && node.matches("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (e) => {
  const pane = view.panes[view.active];
  const compose = () => panes.get(view.active)?.focus();
  if (document.querySelector("dialog[open]")) return;
  if (e.altKey && !e.ctrlKey && /^Digit[1-9]$/.test(e.code)) {
    e.preventDefault();
    const user = pane && state.chats[pane.chat].members?.[Number(e.code[5]) - 1];
    if (user) panes.get(view.active).speak(user);
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "Escape" && !e.defaultPrevented && !writing(e.target)) return compose();
  if (writing(e.target)) return;
  const does = {
    "?": () => helpDialog(),
    c: compose,
    "/": () => panes.get(view.active)?.begin("/"),
    g: () => document.querySelector("#side [tabindex='0']")?.focus(),
    m: () => panes.get(view.active)?.last(),
    u: () => document.querySelector("#panel .updates [tabindex='0']")?.focus(),
    s: () => pane && speaker(pane) && split(pane),
    t: () => testDialog(),
    n: () => document.getElementById("trouble-button").click(),
  }[e.key];
  if (!does || e.target.closest("[popover]")) return;
  e.preventDefault();
  does();
});

render();
listen();
