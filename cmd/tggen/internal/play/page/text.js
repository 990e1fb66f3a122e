// Formatted texts as nodes. Offsets of entities count UTF-16 units, as strings of JavaScript do.

import { h } from "./dom.js";
import { state } from "./store.js";

// rich returns the nodes of a text with its entities. hooks.command and hooks.mention are called on a click.
export function rich(text, entities, hooks = {}) {
  const sorted = (entities ?? [])
    .filter((e) => e.offset >= 0 && e.length > 0 && e.offset < text.length)
    .sort((a, b) => a.offset - b.offset || b.length - a.length);
  return inside(text, 0, text.length, sorted, hooks);
}

const blocks = ["pre", "blockquote", "expandable_blockquote"];

// inside returns the nodes of text[from:to]. An entity that crosses the end of the one around it is cut there.
function inside(text, from, to, entities, hooks) {
  const nodes = [];
  let at = from;
  for (let i = 0; i < entities.length; ) {
    const e = entities[i];
    const end = Math.min(e.offset + e.length, to);
    const start = Math.max(e.offset, at);
    let j = i + 1;
    while (j < entities.length && entities[j].offset < end) j++;
    if (start < end) {
      if (start > at) nodes.push(text.slice(at, start));
      nodes.push(element(e, text.slice(start, end), inside(text, start, end, entities.slice(i + 1, j), hooks), hooks));
      at = end;
      if (blocks.includes(e.type) && at < to && text[at] === "\n") at++; // a block ends its line already
    }
    i = j;
  }
  if (at < to) nodes.push(text.slice(at, to));
  return nodes;
}

function element(e, raw, children, hooks) {
  switch (e.type) {
    case "bold": return h("b", {}, children);
    case "italic": return h("i", {}, children);
    case "underline": return h("u", {}, children);
    case "strikethrough": return h("s", {}, children);
    case "code": return h("code", { dir: "ltr" }, children);
    case "pre": return h("pre", { dir: "ltr", tabIndex: 0, "data-language": e.language || null }, h("code", {}, children));
    case "blockquote":
    case "expandable_blockquote": return h("blockquote", {}, children);
    case "spoiler": return spoiler(children);
    case "text_link": return anchor(e.url, children);
    case "url": return anchor(/^[a-z][a-z0-9+.-]*:/i.test(raw) ? raw : "https://" + raw, children);
    case "email": return anchor("mailto:" + raw, children);
    case "phone_number": return anchor("tel:" + raw.replace(/[^+\d]/g, ""), children);
    case "bot_command": return hooks.command ? h("button.inline", { type: "button", title: "Send this command", onclick: () => hooks.command(raw) }, children) : h("span.tag", {}, children);
    case "mention":
    case "text_mention": {
      const name = raw.replace(/^@/, "").toLowerCase();
      const person = Object.values(state.people).find((p) => p.username?.toLowerCase() === name || p.id === e.user?.id || p.id === e.user);
      return person && hooks.mention ? h("button.inline", { type: "button", title: `Open the chat of ${person.name}`, onclick: () => hooks.mention(person) }, children) : h("span.tag", {}, children);
    }
    case "hashtag":
    case "cashtag": return h("span.tag", {}, children);
    default: return h("span", {}, children);
  }
}

// anchor links to addresses of the web, of mail and of Telegram, and to no other: javascript: stays a text.
function anchor(address, children) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return h("span.tag", {}, children);
  }
  if (!["http:", "https:", "mailto:", "tel:", "tg:"].includes(url.protocol)) return h("span.tag", { title: address }, children);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer", title: address }, children);
}

function spoiler(children) {
  const node = h("span.spoiler", { role: "button", tabIndex: 0, "aria-pressed": "false", "aria-label": "Hidden text: press to show" }, h("span", {}, children));
  const toggle = () => {
    const open = node.classList.toggle("open");
    node.setAttribute("aria-pressed", String(open));
    if (open) node.removeAttribute("aria-label");
    else node.setAttribute("aria-label", "Hidden text: press to show");
  };
  node.addEventListener("click", toggle);
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    toggle();
  });
  return node;
}

// excerpt is the first line of a message, for lists and replies.
export function excerpt(m) {
  if (!m) return "a message that is gone";
  const kinds = { photo: "Photo", document: "File", video: "Video", voice: "Voice message", sticker: "Sticker", audio: "Audio", animation: "Animation", location: "Location", contact: "Contact", poll: "Poll", invoice: "Invoice", dice: "Dice" };
  const line = (m.text || m.note || m.invoice?.title || "").split("\n")[0];
  const kind = m.kind === "document" && m.file?.name ? m.file.name : kinds[m.kind];
  const short = line.length > 120 ? [...line.slice(0, 120)].slice(0, -1).join("") + "…" : line;
  return [kind, short].filter(Boolean).join(": ") || "…";
}
