// The dialogs: a new person, a new group, the test, help.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { state } from "./store.js";
import { act, goTest, copy } from "./api.js";
import { open } from "./view.js";
import { goSource } from "./json.js";
import { toast } from "./toast.js";

let ids = 0;

function dialog(title, content, extra = "") {
  const id = `dialog${++ids}`;
  const node = h("dialog" + extra, { "aria-labelledby": id },
    h("header", {}, h("h2", { id }, title), h("button.plain", { type: "button", "aria-label": "Close", onclick: () => node.close() }, icon("x"))), content);
  node.addEventListener("close", () => node.remove());
  node.addEventListener("click", (e) => e.target === node && node.close());
  document.body.append(node);
  node.showModal();
  return node;
}

const field = (label, input, about) => h("label.field", {}, h("span", {}, label), input, about && h("small", {}, about));

export function personDialog() {
  const name = h("input", { required: true, maxlength: 64, autofocus: true, autocomplete: "off", dir: "auto" });
  const username = h("input", { pattern: "[A-Za-z][A-Za-z0-9_]{1,31}", maxlength: 32, autocomplete: "off", placeholder: "the name in lower case" });
  const form = h("form", { onsubmit: async (e) => {
    e.preventDefault();
    const done = await act("person", { name: name.value.trim(), username: username.value.trim() || undefined });
    if (!done) return;
    node.close();
    openSoon(done.user);
  } }, field("Name", name), field("User name", username, "Without the @. Letters, digits and underscores."),
    h("div.row.end", {}, h("button.soft", { type: "button", onclick: () => node.close() }, "Cancel"), h("button.primary", {}, "Create")));
  const node = dialog("New person", form);
}

export function groupDialog() {
  const title = h("input", { required: true, maxlength: 128, autofocus: true, autocomplete: "off", dir: "auto" });
  const type = h("select", {}, h("option", { value: "supergroup" }, "Supergroup"), h("option", { value: "group" }, "Group"), h("option", { value: "channel" }, "Channel"));
  const boxes = Object.values(state.people).map((p) => h("label.choice", {}, h("input", { type: "checkbox", value: p.id, checked: true }), h("span", { dir: "auto" }, p.name)));
  const form = h("form", { onsubmit: async (e) => {
    e.preventDefault();
    const members = [...form.querySelectorAll("input[type=checkbox]:checked")].map((b) => Number(b.value));
    const done = await act("group", { title: title.value.trim(), type: type.value, members });
    if (!done) return;
    node.close();
    openSoon(done.chat);
  } }, field("Title", title), field("Kind", type), h("fieldset", {}, h("legend", {}, "Members, beside the bot"), boxes),
    h("div.row.end", {}, h("button.soft", { type: "button", onclick: () => node.close() }, "Cancel"), h("button.primary", {}, "Create")));
  const node = dialog("New group", form);
}

// openSoon opens a new chat when the server has told of it.
function openSoon(id, tries = 40) {
  if (state.chats[id]) open(id);
  else if (tries > 0) setTimeout(openSoon, 25, id, tries - 1);
}

export async function testDialog() {
  const source = await goTest();
  if (source === null) return;
  const copied = await copy(source);
  const note = h("p.note", { role: "status" }, copied ? "Copied. Put it into a file such as play_test.go beside the bot's code." : "Put it into a file such as play_test.go beside the bot's code.");
  const node = dialog("A test of what was clicked", h("div", {}, note, goSource(source),
    h("div.row.end", {},
      h("button.soft", { type: "button", onclick: async () => {
        if (await act("forget", {})) {
          node.close();
          toast("Forgotten. The next click is the first line of the test.");
        }
      } }, "Forget what was recorded"),
      h("button.primary", { type: "button", autofocus: true, onclick: async () => (note.textContent = (await copy(source)) ? "Copied." : "The browser does not allow it. Select the text and copy it.") }, icon("copy"), "Copy"))), ".wide");
}

const shortcuts = [
  ["?", "this help"], ["/", "write a command"], ["c, Escape", "go to where you write"], ["m", "go to the messages; ↑ and ↓ move"],
  ["r, e, +", "reply to, edit or react to the message"], ["Enter", "on a message: show its trail"], ["g", "go to people and groups"], ["u", "go to the updates"],
  ["Alt+1 … 9", "speak as another member of the group"], ["s", "open a chat beside"], ["n", "make the next call fail"], ["t", "copy as test"],
  ["↑", "in an empty field: edit your last message"], ["Tab, Enter", "take the suggested command"], ["Shift+Enter", "a new line"],
];

export function helpDialog() {
  dialog("Keys", h("div", {},
    h("dl.shortcuts", {}, shortcuts.map(([keys, about]) => h("div", {}, h("dt", {}, h("kbd", {}, keys)), h("dd", {}, about)))),
    h("p.note", {}, "Everything on this page stays on this machine. Photos and files can be dropped on a chat.")), ".wide");
}
