// How an update ended, in a few words: the chip beside a message and the rows of the trail.

import { h, duration } from "./dom.js";

const words = { queued: "not fetched", waiting: "waits", running: "runs", handled: "", failed: "failed", timed_out: "timed out", dropped: "no handler", repeated: "repeated", lost: "lost" };
export const moods = { handled: "good", failed: "bad", timed_out: "bad", lost: "bad", running: "busy", waiting: "busy", queued: "idle", dropped: "idle", repeated: "idle" };

export function outcome(u) {
  if (!u) return null;
  const expected = u.steps?.find((s) => s.outcome === "runs" || s.outcome === "ran")?.handler; // for a bot that tells nothing
  const handlers = u.handlers?.length ? u.handlers.join(", ") : expected;
  const word = words[u.status] ?? u.status;
  return h("span.outcome." + (moods[u.status] ?? "idle"), {},
    h("span.dot", { "aria-hidden": "true" }),
    handlers ? h("code", {}, handlers) : word || "handled",
    handlers && word ? h("span", {}, word) : null,
    u.took_ms > 0 && h("span.took", {}, duration(u.took_ms)),
    u.attempt > 1 && h("span", {}, `attempt ${u.attempt}`),
    u.deliveries > 1 && h("span", {}, `delivered ${u.deliveries}×`));
}
