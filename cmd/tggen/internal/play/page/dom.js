// Elements, lists of elements that keep their identity, and small helpers. Texts become text nodes: nothing here parses HTML.

// h makes an element: h("button.primary", {onclick: send, "aria-label": "Send"}, icon("send"), "Send").
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) set(node, key, value);
  node.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  return node;
}

function set(node, key, value) {
  if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
  else if (["value", "checked", "disabled", "hidden", "open", "selected", "tabIndex", "htmlFor"].includes(key)) node[key] = value;
  else if (value === true) node.setAttribute(key, "");
  else if (value !== false && value !== null && value !== undefined) node.setAttribute(key, String(value));
}

// attr sets or removes an attribute, and does not touch it if it is right already.
export function attr(node, key, value) {
  if (value === null || value === undefined || value === false) node.removeAttribute(key);
  else if (node.getAttribute(key) !== String(value === true ? "" : value)) node.setAttribute(key, value === true ? "" : String(value));
}

// text sets the text of a node, if it differs.
export function text(node, value) {
  if (node.textContent !== value) node.textContent = value;
}

const lists = new WeakMap();

// keyed makes the children of parent those of items, in their order. A child of a key that was there before is kept, with its focus.
export function keyed(parent, items, keyOf, make, update) {
  const before = lists.get(parent) ?? new Map();
  const now = new Map(items.map((item) => [keyOf(item), item]));
  for (const [key, node] of before) {
    if (now.has(key)) continue;
    node.remove();
    before.delete(key);
  }
  let at = parent.firstChild;
  for (const [key, item] of now) {
    let node = before.get(key);
    if (!node) before.set(key, (node = make(item)));
    update?.(node, item);
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
  lists.set(parent, before);
}

const inputs = new WeakMap();

// changed tells whether any of the values differs from those of the last call for this node.
export function changed(node, ...values) {
  const before = inputs.get(node);
  if (before && before.length === values.length && values.every((v, i) => Object.is(v, before[i]))) return false;
  inputs.set(node, values);
  return true;
}

// refill replaces the children of a node. The focus stays on the element with the same data-focus, and details stay open.
export function refill(node, ...children) {
  const active = document.activeElement;
  const key = node.contains(active) ? active.dataset.focus : undefined;
  const open = new Set([...node.querySelectorAll("details[open][data-focus]")].map((d) => d.dataset.focus));
  node.replaceChildren(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== ""));
  for (const d of node.querySelectorAll("details[data-focus]")) if (open.has(d.dataset.focus)) d.open = true;
  if (key === undefined) return;
  const again = [...node.querySelectorAll("[data-focus]")].find((n) => n.dataset.focus === key);
  (again?.matches("details") ? again.querySelector("summary") : again ?? node.closest("[tabindex]"))?.focus({ preventScroll: true });
}

// roving makes the arrow keys, Home and End move the focus among the elements of a list; Tab leaves it.
export function roving(list, selector) {
  const all = () => [...list.querySelectorAll(selector)].filter((n) => !n.closest("[hidden]"));
  const enter = (node) => {
    for (const other of all()) other.tabIndex = other === node ? 0 : -1;
  };
  list.addEventListener("focusin", (e) => {
    const node = e.target.closest(selector);
    if (node) enter(node);
  });
  list.addEventListener("keydown", (e) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[e.key];
    const items = all();
    const i = items.indexOf(e.target);
    if (step === undefined || i < 0 || e.altKey || e.ctrlKey || e.metaKey) return;
    e.preventDefault();
    const to = items[Math.max(0, Math.min(items.length - 1, i + step))];
    to.focus();
    to.scrollIntoView({ block: "nearest" });
  });
  return () => {
    const items = all();
    if (items.length && !items.some((n) => n.tabIndex === 0)) items[items.length - 1].tabIndex = 0;
  };
}

export const plural = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

// milliseconds as a person reads them: 0.04 ms, 3.2 ms, 140 ms, 2.1 s.
export function duration(ms) {
  if (ms === undefined || ms === null) return "–";
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms < 10000 ? 1 : 0)} s`;
  return `${ms >= 10 ? ms.toFixed(0) : ms >= 1 ? ms.toFixed(1) : ms >= 0.01 ? ms.toFixed(2) : ms > 0 ? "<0.01" : "0"} ms`;
}

export function clock(at, seconds) {
  const d = new Date(at);
  if (!at || isNaN(d)) return "";
  const two = (n) => String(n).padStart(2, "0");
  return `${two(d.getHours())}:${two(d.getMinutes())}` + (seconds ? `:${two(d.getSeconds())}` : "");
}
