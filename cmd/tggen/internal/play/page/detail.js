// The trail of one update: its handler and why the ones before did not match, its order, its sessions, its calls.

import { h, changed, refill, duration, plural } from "./dom.js";
import { icon } from "./icons.js";
import { state, nameOf, chatName, messageKey } from "./store.js";
import { open } from "./view.js";
import { act } from "./api.js";
import { moods } from "./outcome.js";
import { json } from "./json.js";
import { sessions } from "./diff.js";

const says = {
  queued: "The bot has not fetched this update yet.", waiting: "Waits for an update before it.", running: "A handler runs.", handled: "Handled.",
  failed: "The handler failed.", timed_out: "The handler ran out of time.", dropped: "No handler wants this kind of update.",
  repeated: "Recognized as one that was handled before.", lost: "The bot ended before it was done.",
};

let shown;

export function detail(root, u) {
  const bot = state.bot.status;
  if (!changed(root, u, bot)) return;
  if (shown !== u.id) root.scrollTop = 0;
  shown = u.id;
  refill(root, head(u), route(u), order(u), sessions(u.sessions), calls(u.calls), raw(u));
}

function head(u) {
  const chat = state.chats[u.chat];
  const where = [u.user ? nameOf(u.user) : null, chat && chat.type !== "private" ? chatName(chat) : null].filter(Boolean).join(" in ");
  const go = () => {
    open(u.chat, u.user);
    requestAnimationFrame(() => requestAnimationFrame(() => {
      const line = document.querySelector(`#chats [data-active] [data-message="${Number(u.message)}"]`);
      line?.scrollIntoView({ block: "center" });
      line?.focus({ preventScroll: true });
    }));
  };
  return h("div.about-update", {},
    h("div.row", {}, h("h2", {}, `Update ${u.id}`), h("span.kind", {}, u.kind.replaceAll("_", " ")), h("span.status." + (moods[u.status] ?? "idle"), {}, u.status.replaceAll("_", " "))),
    h("p", { dir: "auto" }, u.summary || where),
    u.expired && h("p.note", {}, `The time-out of a state of ${u.expired} made it come once more.`),
    u.error && h("p.error", { dir: "auto" }, u.error),
    !u.error && u.status !== "handled" && h("p.note", {}, says[u.status] ?? ""),
    h("div.row.actions", {},
      h("button.soft", { type: "button", "data-focus": "again", onclick: () => act("redeliver", { update: u.id }) }, icon("again"), "Deliver again"),
      u.message && state.messages[messageKey({ chat: u.chat, id: u.message })] && h("button.soft", { type: "button", "data-focus": "go", onclick: go }, icon("chats"), "Show in chat")));
}

const marks = { ran: "check", runs: "check", perhaps: "help", no: "x", "not reached": "more" };

function route(u) {
  const steps = u.steps ?? [];
  if (!steps.length && !u.handlers?.length) return null;
  const one = (s) => h("li.step." + s.outcome.replaceAll(" ", "-"), {},
    icon(marks[s.outcome] ?? "more"),
    h("div", {}, h("div.row", {}, h("code.name", {}, s.handler), s.trigger && h("span.trigger", { dir: "auto" }, s.trigger), h("span.sr", {}, s.outcome)), s.why && h("p", { dir: "auto" }, s.why)));
  const after = steps.findLastIndex((s) => s.outcome !== "not reached") + 1;
  const rest = steps.slice(after);
  return section("Route", (u.handlers ?? []).join(", "),
    steps.length ? h("ol.steps", {}, steps.slice(0, after).map(one)) : h("ol.steps", {}, u.handlers.map((handler) => one({ handler, outcome: "ran" }))),
    rest.length > 0 && h("details", { "data-focus": "rest" }, h("summary", {}, `${plural(rest.length, "handler", "handlers")} after it`), h("ol.steps", {}, rest.map(one))));
}

function order(u) {
  const tile = (name, value, title) => h("div.tile", { title }, h("dt", {}, name), h("dd", {}, value));
  return section("Order and time", "",
    h("dl.tiles", {},
      tile("waited", u.attempt ? duration(u.waited_ms) : "–", "From the arrival in the bot to the start of the handler"),
      tile("took", u.attempt ? duration(u.took_ms) : "–", "From the start of the handler to its end"),
      tile("attempt", String(u.attempt || "–"), "How often a handler was started for it"),
      tile("delivered", `${u.deliveries ?? 1}×`, "How often the server gave it to the bot"),
      tile("shard", u.shard === undefined || u.shard === null ? "–" : u.workers ? `${u.shard} of ${u.workers}` : String(u.shard), "The worker that its first key belongs to")),
    u.keys?.length > 0 && h("div.row.keychips", {}, u.keys.map((k) => h("span.keychip", { title: `Updates with this key are handled one after another (constraint ${k.constraint})` }, h("span", {}, k.constraint), h("code", {}, k.text)))));
}

function calls(list) {
  if (!list?.length) return null;
  const failed = list.filter((c) => !c.ok).length;
  return section("Calls", `${list.length}${failed ? `, ${failed} failed` : ""}`,
    h("ol.calls", {}, list.map((c, i) => h("li", {}, h("details", { "data-focus": `call${i}` },
      h("summary", {}, h("span.dot." + (c.ok ? "good" : "bad"), { "aria-hidden": "true" }), h("code.name", {}, c.method), h("span.brief", { dir: "auto" }, c.ok ? brief(c.params) : `${c.code} ${c.answer ?? ""}`), h("span.took", {}, duration(c.took_ms))),
      h("div.inner", {}, h("h4", {}, "Parameters"), json(c.params), h("h4", {}, c.ok ? "Answer" : `Answer ${c.code || ""}`), h("p.answer" + (c.ok ? "" : ".error"), { dir: "auto" }, c.answer || (c.ok ? "ok" : "no answer"))))))));
}

// brief is what a call says, for its line.
function brief(params) {
  const text = params?.text ?? params?.caption ?? params?.action ?? params?.emoji ?? "";
  return typeof text === "string" ? text.split("\n")[0].slice(0, 80) : "";
}

function raw(u) {
  if (!u.raw) return null;
  let value = u.raw;
  if (typeof value === "string") {
    try {
      value = JSON.parse(value);
    } catch { /* shown as the text it is */ }
  }
  return h("section", {}, h("details.raw", { "data-focus": "raw" }, h("summary", {}, h("h3", {}, "Raw update")), json(value)));
}

function section(title, count, ...content) {
  return h("section", {}, h("h3", {}, title, count && h("span.count", { dir: "auto" }, count)), content);
}
