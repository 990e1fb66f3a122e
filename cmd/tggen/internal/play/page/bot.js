// The bot: its state, what can be done with its process, its commands and its log.

import { h, changed, refill, text, clock } from "./dom.js";
import { icon } from "./icons.js";
import { state, link } from "./store.js";
import { act } from "./api.js";

const kinds = { building: "busy", starting: "busy", running: "good", stopped: "idle", crashed: "bad", waiting: "busy" };
const words = { building: "builds", starting: "starts", running: "runs", stopped: "stopped", crashed: "crashed", waiting: "waits for the bot" };

export function status() {
  if (link.lost) return { mood: "bad", word: "tggen play is gone" };
  if (!link.up) return { mood: "busy", word: "connects" };
  return { mood: kinds[state.bot.status] ?? "idle", word: words[state.bot.status] ?? state.bot.status ?? "" };
}

// controls are the buttons that start and end the process, if play runs it.
export function controls(labels) {
  const { bot } = state;
  if (!bot.run) return null;
  const on = ["running", "starting"].includes(bot.status);
  const button = (name, sign, action, title, extra = "") => h("button.soft" + extra, { type: "button", title, "aria-label": labels ? null : name, "data-focus": action, disabled: action === "kill" && !on, onclick: () => act(action, {}) }, icon(sign), labels && name);
  return h("div.controls", { role: "group", "aria-label": "The bot's process" },
    on ? button("Stop", "stop", "stop", "Stop in order (SIGTERM)") : button("Start", "play", "start", "Start the bot"),
    button("Restart", "restart", "restart", "Stop in order and start again"),
    button("Kill -9", "kill", "kill", "End the process at once, as a crash does (SIGKILL)", ".danger"));
}

export function botPanel() {
  const head = h("div.botcard");
  const commands = h("section");
  const log = h("pre.log", { tabIndex: 0, role: "log", "aria-label": "Log of the bot", "aria-live": "off", dir: "ltr" });
  const node = h("div.botpanel", {}, head, commands, h("section.logs", {}, h("h3", {}, "Log"), log));
  const render = () => {
    const { bot } = state;
    const now = status();
    if (changed(head, bot, now.word)) {
      refill(head,
        h("div.row", {}, h("span.avatar.of-bot.large", { "aria-hidden": "true" }, icon("bot")),
          h("div.grow", {}, h("h2", { dir: "auto" }, bot.name ?? "The bot"), h("p", {}, bot.username ? `@${bot.username}` : ""))),
        h("p.state." + now.mood, {}, h("span.dot", { "aria-hidden": "true" }), h("span", {}, now.word, bot.pid ? `, process ${bot.pid}` : "", bot.since ? `, since ${clock(bot.since, true)}` : "")),
        bot.exit && h("p.error", { dir: "auto" }, bot.exit),
        bot.run === false && h("p.note", {}, "This bot was started by hand. Stop and start it where it runs."),
        controls(true));
      refill(commands, h("h3", {}, "Commands"), bot.commands?.length
        ? h("dl.commands", {}, bot.commands.map((c) => h("div", {}, h("dt", {}, h("code", {}, "/" + c.command)), h("dd", { dir: "auto" }, c.description))))
        : h("p.note", {}, "The bot has told the server of no commands."));
    }
    const lines = (bot.log ?? []).join("\n") || "Nothing yet.";
    if (log.textContent === lines) return;
    const end = log.scrollHeight - log.scrollTop - log.clientHeight < 32;
    text(log, lines);
    if (end) log.scrollTop = log.scrollHeight;
  };
  return { node, render };
}
