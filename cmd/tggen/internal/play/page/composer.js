// Where a person writes: the text, files, commands, the reply keyboard, and results of inline queries.

import { h, changed, refill, attr } from "./dom.js";
import { icon } from "./icons.js";
import { state, nameOf, messageKey, timeline, touch } from "./store.js";
import { act, upload } from "./api.js";
import { excerpt } from "./text.js";

export function composer(id, context) {
  const area = h("textarea", { rows: 1, dir: "auto", placeholder: "Message", "aria-label": "Message", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-controls": `${id}-options`, maxlength: 20000, spellcheck: "false", autocomplete: "off" });
  const options = h("ul.options", { id: `${id}-options`, role: "listbox", "aria-label": "Suggestions", hidden: true });
  const about = h("div.about", { hidden: true });
  const picker = h("input.sr", { type: "file", multiple: true, tabIndex: -1, "aria-label": "Files to send" });
  const keyboard = h("div.keyboard", { hidden: true, role: "group", "aria-label": "Keyboard of the bot" });
  const toggle = h("button.plain", { type: "button", title: "Show or hide the keyboard", "aria-label": "Show or hide the keyboard", hidden: true }, icon("keyboard"));
  const send = h("button.send", { type: "submit", title: "Send (Enter)", "aria-label": "Send" }, icon("send"));
  const form = h("form.composer", {}, about, options,
    h("div.field", {},
      h("button.plain", { type: "button", title: "Send photos or files", "aria-label": "Send photos or files", onclick: () => picker.click() }, icon("clip")),
      area, toggle, send, picker),
    keyboard);
  let mode = null; // {kind: "reply" | "edit", message}
  let choices = []; // [{label, about, pick}]
  let chosen = 0;
  let dismissed = false;
  let hidden = false; // the keyboard
  let asked = "";
  let timer;

  function reset() {
    mode = null;
    area.value = "";
    asked = "";
    dismissed = false;
    refresh();
  }

  function setMode(next, value) {
    mode = next;
    if (value !== undefined) area.value = value;
    refresh();
    area.focus();
  }

  // refresh follows what was typed.
  function refresh() {
    about.hidden = !mode;
    if (mode) refill(about, icon(mode.kind === "edit" ? "edit" : "reply"), h("div", {}, h("b", {}, mode.kind === "edit" ? "Edit message" : `Reply to ${nameOf(mode.message.from)}`), h("span", { dir: "auto" }, excerpt(mode.message))),
      h("button.plain.small", { type: "button", "aria-label": "Cancel", onclick: () => setMode(null, mode.kind === "edit" ? "" : undefined) }, icon("x")));
    area.style.height = "";
    if (area.value) area.style.height = `${Math.min(area.scrollHeight + 2, 160)}px`;
    suggest();
  }

  function suggest() {
    const { user } = context();
    const value = area.value;
    const command = /^\/([\w@]*)$/.exec(value);
    const inline = state.bot.username && value.toLowerCase().startsWith(`@${state.bot.username.toLowerCase()} `);
    choices = [];
    if (!dismissed && command && !mode) {
      choices = (state.bot.commands ?? []).filter((c) => c.command.startsWith(command[1].toLowerCase()))
        .map((c) => ({ key: c.command, label: "/" + c.command, about: c.description, pick: () => (area.value = `/${c.command} `) }));
    } else if (!dismissed && inline && !mode) {
      const query = value.slice(state.bot.username.length + 2);
      ask(user, query);
      const found = Object.values(state.queries).filter((q) => q.kind === "inline" && q.user === user).pop();
      choices = (found?.results ?? []).map((r) => ({ key: r.id, label: r.title || r.id, about: r.text, pick: () => {
        area.value = "";
        act("choose", { chat: context().chat.id, user, query: found.id, result: r.id });
      } }));
    }
    chosen = Math.max(0, Math.min(chosen, choices.length - 1));
    const open = choices.length > 0;
    options.hidden = !open;
    attr(area, "aria-activedescendant", open ? `${id}-o${chosen}` : null);
    if (!changed(options, chosen, choices.map((c) => `${c.key}\n${c.label}\n${c.about}`).join("\n\n"))) return;
    refill(options, choices.map((c, i) => h("li", { id: `${id}-o${i}`, role: "option", "aria-selected": String(i === chosen), onpointerdown: (e) => {
      e.preventDefault();
      take(i);
    } }, h("code", {}, c.label), h("span", { dir: "auto" }, c.about ?? ""))));
    options.children[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function ask(user, query) {
    const key = `${user}:${query}`;
    if (asked === key) return;
    asked = key;
    clearTimeout(timer);
    timer = setTimeout(() => act("ask", { user, query }), 250);
  }

  function take(i) {
    choices[i].pick();
    chosen = 0;
    refresh();
    area.focus();
  }

  async function submit() {
    const { chat, user } = context();
    const value = area.value.trim();
    if (!value || !user) return;
    const before = { value: area.value, mode };
    mode = null;
    area.value = "";
    refresh();
    const done = before.mode?.kind === "edit"
      ? await act("edit", { chat: chat.id, user, message: before.mode.message.id, text: value })
      : await act("send", { chat: chat.id, user, text: value, reply_to: before.mode?.message.id });
    if (done || area.value) return;
    area.value = before.value; // what was typed is not lost
    mode = before.mode;
    refresh();
  }

  form.addEventListener("submit", (e) => {
    e.preventDefault();
    submit();
  });
  area.addEventListener("input", () => {
    dismissed = false;
    refresh();
  });
  area.addEventListener("blur", () => (options.hidden = true));
  area.addEventListener("focus", suggest);
  area.addEventListener("paste", async (e) => {
    if (!e.clipboardData.files.length) return;
    e.preventDefault();
    const { chat, user } = context();
    for (const file of e.clipboardData.files) await upload(chat.id, user, file, "");
  });
  area.addEventListener("keydown", (e) => {
    if (e.isComposing) return;
    const open = choices.length > 0 && !options.hidden;
    const exact = open && area.value === choices[chosen].label;
    if (open && (e.key === "ArrowDown" || e.key === "ArrowUp")) {
      chosen = (chosen + (e.key === "ArrowDown" ? 1 : choices.length - 1)) % choices.length;
      suggest();
    } else if (open && (e.key === "Tab" && !e.shiftKey || e.key === "Enter" && !e.shiftKey && !exact)) {
      take(chosen);
    } else if (e.key === "Escape" && (open || mode)) {
      if (open) dismissed = true;
      else setMode(null, mode.kind === "edit" ? "" : undefined);
      suggest();
    } else if (e.key === "Enter" && !e.shiftKey) {
      submit();
    } else if (e.key === "ArrowUp" && !area.value && !mode) {
      const { chat, user } = context();
      const own = timeline(chat.id).map((l) => state.messages[l.message]).findLast((m) => m && m.from === user && m.kind === "text" && !m.deleted);
      if (!own) return;
      edit(own);
    } else return;
    e.preventDefault();
  });
  picker.addEventListener("change", async () => {
    const { chat, user } = context();
    const files = [...picker.files];
    picker.value = "";
    const caption = mode ? "" : area.value.trim();
    for (const [i, file] of files.entries()) if ((await upload(chat.id, user, file, i === 0 ? caption : "")) && i === 0 && caption) reset();
    area.focus();
  });
  toggle.addEventListener("click", () => {
    hidden = !hidden;
    touch();
  });

  const reply = (m) => setMode({ kind: "reply", message: m });
  const edit = (m) => setMode({ kind: "edit", message: m }, m.text);

  function render(chat, user) {
    const board = chat.keyboard && (!chat.keyboard.to || chat.keyboard.to.includes(user)) ? chat.keyboard : null;
    if (mode && state.messages[messageKey(mode.message)]?.deleted) reset();
    toggle.hidden = !board;
    keyboard.hidden = !board || hidden;
    const silent = !user;
    area.disabled = silent;
    attr(area, "placeholder", silent ? "Nobody here can speak" : board?.placeholder || (chat.type === "private" ? "Message, or / for commands" : `Message as ${nameOf(user)}`));
    attr(area, "aria-label", `Message as ${nameOf(user)}`);
    suggest();
    if (document.activeElement !== area) options.hidden = true;
    if (!changed(keyboard, board, user)) return;
    if (board) hidden = false;
    const signs = { contact: "phone", location: "place" };
    refill(keyboard, (board?.rows ?? []).map((row, r) => h("div.keyrow", {}, row.map((b, c) => h("button.key", { type: "button", "data-focus": `${r}:${c}`, onclick: () => act("key", { chat: chat.id, user, row: r, column: c }) }, signs[b.kind] && icon(signs[b.kind]), h("span", { dir: "auto" }, b.text))))));
  }

  return {
    node: form, render, reset, reply, edit,
    focus: () => area.focus(),
    begin: (start) => {
      area.value = start;
      dismissed = false;
      area.focus();
      refresh();
    },
  };
}
