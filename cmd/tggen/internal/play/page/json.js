// JSON and Go source with colours, as nodes.

import { h } from "./dom.js";

const token = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

export function json(value) {
  const source = typeof value === "string" ? value : JSON.stringify(value ?? {}, null, 2);
  return code(source, token, (m) => (m[2] ? "k" : m[1] ? "s" : m[3] ? "w" : "n"), "JSON");
}

const go = /(\/\/[^\n]*)|("(?:[^"\\\n]|\\.)*"|`[^`]*`)|\b(package|import|func|return|if|for|range|var|const|type|struct|defer|go|nil|true|false)\b/g;

export function goSource(source) {
  return code(source, go, (m) => (m[1] ? "c" : m[2] ? "s" : "w"), "Go source");
}

function code(source, pattern, classOf, label) {
  const nodes = [];
  let at = 0;
  for (const m of source.matchAll(pattern)) {
    if (m.index > at) nodes.push(source.slice(at, m.index));
    const length = m[2] === ":" || /^\s*:$/.test(m[2] ?? "") ? m[1].length : m[0].length;
    nodes.push(h("span." + classOf(m), {}, source.slice(m.index, m.index + length)));
    at = m.index + length;
  }
  nodes.push(source.slice(at));
  return h("pre.source", { tabIndex: 0, role: "region", "aria-label": label, dir: "ltr" }, h("code", {}, nodes));
}
