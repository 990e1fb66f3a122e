// What a message carries beside its text. Boxes have their size before the picture is loaded.

import { h } from "./dom.js";
import { icon } from "./icons.js";

const images = new WeakMap(); // by line, then by file: a picture is not loaded again when its bubble is drawn again

export function media(album, line) {
  const kept = images.get(line) ?? new Map();
  images.set(line, kept);
  if (album.length > 1 && album.every((m) => m.kind === "photo")) return h(`div.album.of-${Math.min(album.length, 4)}`, {}, album.map((m) => photo(m, kept)));
  return album.map((m) => one(m, kept));
}

function one(m, kept) {
  switch (m.kind) {
    case "photo": return photo(m, kept);
    case "sticker": return m.file ? photo(m, kept, "sticker") : null;
    case "location": return h("div.card", {}, icon("place"), h("span", { dir: "auto" }, m.note || "A location"));
    case "contact": return h("div.card", {}, icon("phone"), h("span", { dir: "auto" }, m.note || "A contact"));
    case "poll": return h("div.card", {}, icon("trail"), h("span", { dir: "auto" }, m.note || "A poll"));
    case "dice": return h("div.card", {}, h("span", { dir: "auto" }, m.note || "🎲"));
    case "invoice": return invoice(m.invoice ?? {});
  }
  return m.file ? file(m) : null;
}

function photo(m, kept, kind) {
  if (!m.file) return h("div.photo.missing", {}, icon("image"));
  const address = "file/" + encodeURIComponent(m.file.id);
  let image = kept.get(address);
  if (!image) {
    image = h("img", { src: address, alt: m.text ? `Photo: ${m.text.slice(0, 100)}` : "Photo", draggable: "false" });
    image.addEventListener("error", () => image.replaceWith(h("span.missing", {}, icon("image"), m.file.name || "a picture that cannot be shown")));
    kept.set(address, image);
  }
  return h("a.photo" + (kind ? "." + kind : ""), { href: address, target: "_blank", rel: "noopener", tabIndex: -1, "aria-label": "Open the picture" }, image);
}

function file(m) {
  const name = m.file.name || m.kind;
  return h("a.file", { href: "file/" + encodeURIComponent(m.file.id), download: name, tabIndex: -1 },
    h("span.sign", {}, icon("file")),
    h("span.about", {}, h("b", { dir: "auto" }, name), h("small", {}, [size(m.file.size), m.file.mime].filter(Boolean).join(" · "))));
}

export function size(n) {
  if (!n) return "";
  if (n < 1024) return `${n} B`;
  return n < 1 << 20 ? `${(n / 1024).toFixed(1)} KB` : `${(n / (1 << 20)).toFixed(1)} MB`;
}

function invoice(i) {
  const digits = { XTR: 0, JPY: 0, KRW: 0 }[i.currency] ?? 2;
  const amount = ((i.amount ?? 0) / 10 ** digits).toFixed(digits);
  return h("div.invoice", {}, icon("card"), h("div", {}, h("b", { dir: "auto" }, i.title || "Invoice"), h("p", { dir: "auto" }, i.description || ""), h("span.price", {}, i.currency === "XTR" ? `${amount} ⭐` : `${amount} ${i.currency ?? ""}`)));
}
