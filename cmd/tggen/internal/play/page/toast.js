// Short notes at the top of the page, and alerts that wait for a click.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const longest = 6000; // how long a toast stays, in milliseconds; it stays while the pointer or the focus is on it

export function toast(text, kind, title) {
  const box = document.getElementById("toasts");
  while (box.children.length > 3) box.firstChild.remove();
  const close = h("button.plain.small", { type: "button", "aria-label": "Close", onclick: () => node.remove() }, icon("x"));
  const node = h("div.toast" + (kind ? "." + kind : ""), {}, h("div", {}, title && h("b", { dir: "auto" }, title), h("span", { dir: "auto" }, text)), close);
  let timer = setTimeout(() => node.remove(), longest);
  const hold = () => clearTimeout(timer);
  const release = () => {
    hold();
    timer = setTimeout(() => node.remove(), longest / 2);
  };
  node.addEventListener("pointerenter", hold);
  node.addEventListener("focusin", hold);
  node.addEventListener("pointerleave", release);
  node.addEventListener("focusout", release);
  box.append(node);
}

// showAlert shows what a bot answers to a button with show_alert.
export function showAlert(title, text) {
  const dialog = h("dialog.alert", { "aria-labelledby": "alert-title" },
    h("form", { method: "dialog" },
      h("h2", { id: "alert-title", dir: "auto" }, title),
      h("p", { dir: "auto" }, text),
      h("div.row.end", {}, h("button.primary", { autofocus: true }, "OK"))));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
