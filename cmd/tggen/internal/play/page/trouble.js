// What can go wrong on purpose: the next calls of the bot fail.

import { h, changed, refill, plural } from "./dom.js";
import { icon } from "./icons.js";
import { state } from "./store.js";
import { act } from "./api.js";

const methods = ["sendMessage", "editMessageText", "answerCallbackQuery", "sendPhoto", "sendDocument", "deleteMessage", "sendChatAction", "getUpdates"];
const kinds = [
  ["429", "429 Too Many Requests", "the bot must wait before it calls again"],
  ["500", "500 Internal Server Error", "the server failed"],
  ["reset", "Lost connection", "the connection breaks before the answer"],
  ["timeout", "Time-out", "no answer comes"],
];
const names = Object.fromEntries(kinds.map(([kind, name]) => [kind, name]));

export function trouble() {
  const count = h("span.badge", { hidden: true });
  const button = h("button.soft", { type: "button", id: "trouble-button", popovertarget: "trouble", title: "Make calls of the bot fail (n)" }, icon("bolt"), h("span.long", {}, "Next call fails"), h("span.sr", {}, "Next call fails"), count);
  const method = h("select", { name: "method" }, h("option", { value: "" }, "any method"), methods.map((m) => h("option", { value: m }, m)));
  const times = h("input", { type: "number", name: "times", min: 1, max: 100, value: "1", required: true });
  const after = h("input", { type: "number", name: "retry_after", min: 1, max: 600, value: "3", required: true });
  const active = h("div.active");
  const wait = h("label", {}, "retry_after, in seconds", after);
  const form = h("form", { onsubmit: async (e) => {
    e.preventDefault();
    const kind = form.elements.kind.value;
    const done = await act("fault", { method: method.value, kind, times: Number(times.value), ...(kind === "429" ? { retry_after: Number(after.value) } : {}) });
    if (done) box.hidePopover();
  } },
    h("fieldset", {}, h("legend", {}, "The next call fails with"), kinds.map(([kind, name, about], i) => h("label.choice", {}, h("input", { type: "radio", name: "kind", value: kind, checked: i === 0, onchange: () => (after.disabled = kind !== "429") }), h("span", {}, h("b", {}, name), h("small", {}, about))))),
    h("div.fields", {}, h("label", {}, "Method", method), h("label", {}, "How often", times), wait),
    h("div.row.end", {}, h("button.primary", {}, icon("bolt"), "Make it fail")));
  const box = h("div.popover", { id: "trouble", popover: "auto", role: "dialog", "aria-label": "Make calls fail" }, form, active);
  return {
    node: h("span.menu", {}, button, box),
    render() {
      if (!changed(active, state.faults)) return;
      const faults = state.faults ?? [];
      count.hidden = faults.length === 0;
      count.textContent = String(faults.reduce((n, f) => n + (f.times || 1), 0));
      refill(active, faults.length > 0 && [
        h("h3", {}, "Still to come"),
        h("ul", {}, faults.map((f) => h("li", {}, h("b", {}, names[f.kind] ?? f.kind), ` for ${f.method || "any method"}, ${plural(f.times || 1, "time", "times")}`))),
        h("button.soft", { type: "button", "data-focus": "heal", onclick: () => act("heal", {}) }, icon("check"), "Heal"),
      ]);
    },
  };
}
