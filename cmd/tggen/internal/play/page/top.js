// The bar at the top: the bot's state, trouble to make, the test, the theme, help.

import { h, changed, refill } from "./dom.js";
import { icon } from "./icons.js";
import { state, link } from "./store.js";
import { show, theme, nextTheme } from "./view.js";
import { status, controls } from "./bot.js";
import { trouble } from "./trouble.js";
import { helpDialog, testDialog } from "./dialogs.js";
import { reopen } from "./build.js";

export function top(root) {
  const bot = h("button.botstate", { type: "button", onclick: () => show("panel", "bot") });
  const failed = h("button.buildstate", { type: "button", hidden: true, onclick: reopen }, icon("alert"), h("span.long", {}, "Build failed"), h("span.sr", {}, "Build failed"));
  const process = h("div.process");
  const faults = trouble();
  const test = h("button.soft.test", { type: "button", title: "What was clicked as a Go test (t)", onclick: testDialog });
  const colours = h("button.plain", { type: "button", onclick: nextTheme });
  const help = h("button.plain", { type: "button", title: "Keys and help (?)", "aria-label": "Keys and help", onclick: helpDialog }, icon("help"));
  root.append(h("span.brand", {}, icon("logo"), h("b", {}, "tggen"), h("span", {}, "play")), bot, process, failed, h("span.space"), faults.node, test, colours, help);
  return () => {
    const now = status();
    if (changed(bot, now.mood, now.word, state.bot.name)) {
      bot.className = "botstate " + now.mood;
      refill(bot, h("span.dot", { "aria-hidden": "true" }), h("b", { dir: "auto" }, state.bot.name ?? "Bot"), h("span.word", {}, now.word), h("span.sr", {}, "Show the bot"));
    }
    failed.hidden = !(state.build && state.build.ok === false);
    if (changed(process, state.bot.run, state.bot.status, link.lost)) refill(process, link.lost ? null : controls(false));
    faults.render();
    if (changed(test, state.recorded)) refill(test, icon("test"), h("span.long", {}, "Copy as test"), h("span.sr", {}, "Copy as test"), state.recorded > 0 && h("span.badge", { title: "recorded actions" }, String(state.recorded)));
    if (changed(colours, theme())) {
      const name = theme();
      colours.title = `Colours: ${name === "auto" ? "as the system has them" : name}`;
      colours.setAttribute("aria-label", colours.title);
      refill(colours, icon({ auto: "auto", light: "sun", dark: "moon" }[name]));
    }
  };
}
