// The state of the page: what the server sends, and an index of it by chat. See DESIGN of play's State for the shapes.

export const state = { bot: {}, build: null, people: {}, chats: {}, messages: {}, updates: {}, queries: {}, faults: [], recorded: 0 };
export const link = { up: false, lost: false };

const maps = ["people", "chats", "messages", "updates", "queries"];
const whole = ["bot", "build", "faults", "recorded"];
const listeners = new Set();
const arrivals = new Set();

// timelines has what a chat shows, by chat: {order, message} and {order, update}, oldest first.
const timelines = new Map();
const entries = new Map(); // by "m-5:17" and "u7"

export const onChange = (f) => listeners.add(f);
export const onArrival = (f) => arrivals.add(f); // f(kind, now, before) for each message and query that a patch brings

export const messageKey = (m) => `${m.chat}:${m.id}`;
export const timeline = (chat) => timelines.get(String(chat)) ?? [];
export const message = (chat, id) => state.messages[`${chat}:${id}`];
export const update = (id) => (id ? state.updates[id] : undefined);
export const updates = () => Object.values(state.updates).sort((a, b) => a.id - b.id);

export function nameOf(id) {
  if (!id) return state.bot.name || "The bot";
  if (id < 0) return state.chats[id]?.title ?? "The channel";
  return state.people[id]?.name ?? `User ${id}`;
}

export function chatName(chat) {
  return chat.type === "private" ? nameOf(chat.members?.[0] ?? chat.id) : chat.title || `Chat ${chat.id}`;
}

// shown tells whether an update has a line of its own in its chat. A message shows its update itself.
const shown = (u) => u.chat && !["message", "channel_post", "business_message"].includes(u.kind);

function enter(key, chat, order, what) {
  if (entries.has(key)) return;
  const list = timelines.get(String(chat)) ?? [];
  timelines.set(String(chat), list);
  const last = list.length ? list[list.length - 1].order : 0;
  const entry = { key, order: order ?? last + 1, ...what };
  entries.set(key, entry);
  let i = list.length;
  while (i > 0 && list[i - 1].order > entry.order) i--;
  list.splice(i, 0, entry);
}

function leave(key, chat) {
  if (!entries.delete(key)) return;
  timelines.set(String(chat), timeline(chat).filter((e) => e.key !== key));
}

function index(load) {
  const order = (at) => (load ? Date.parse(at) || 0 : undefined);
  for (const [key, m] of Object.entries(load ?? {}).sort(([, a], [, b]) => a.id - b.id)) enter("m" + key, m.chat, order(m.at), { message: key });
}

// replace takes a whole state, as at the start and after a lost connection.
function replace(next) {
  for (const key of maps) state[key] = next[key] ?? {};
  for (const key of whole) if (key in next) state[key] = next[key];
  timelines.clear();
  entries.clear();
  index(state.messages);
  for (const u of updates()) if (shown(u)) enter("u" + u.id, u.chat, Date.parse(u.at) || 0, { update: u.id });
}

function apply(patch) {
  const arrived = [];
  for (const map of maps) {
    for (const [key, value] of Object.entries(patch[map] ?? {})) {
      const before = state[map][key];
      if (value === null) delete state[map][key];
      else state[map][key] = value;
      if (map === "messages") value ? enter("m" + key, value.chat, undefined, { message: key }) : before && leave("m" + key, before.chat);
      if (map === "updates") value ? shown(value) && enter("u" + key, value.chat, undefined, { update: value.id }) : before && leave("u" + key, before.chat);
      if (value && (map === "messages" || map === "queries")) arrived.push([map, value, before]);
    }
    if (patch[map]) state[map] = { ...state[map] };
  }
  for (const key of whole) if (key in patch) state[key] = patch[key];
  return arrived;
}

let queued = false;

// changed renders soon: at the next frame, or at once if nobody sees the page.
function changed() {
  if (queued) return;
  queued = true;
  const run = () => {
    queued = false;
    for (const f of listeners) f();
  };
  if (document.visibilityState === "visible") requestAnimationFrame(run);
  else setTimeout(run, 20);
}

export function touch() {
  changed();
}

// listen connects to the server's events. The browser connects again by itself.
export function listen() {
  const source = new EventSource("events");
  source.addEventListener("state", (e) => {
    replace(JSON.parse(e.data));
    link.up = true;
    link.lost = false;
    changed();
  });
  source.addEventListener("patch", (e) => {
    for (const [kind, now, before] of apply(JSON.parse(e.data))) for (const f of arrivals) f(kind, now, before);
    changed();
  });
  source.addEventListener("error", () => {
    link.lost = true;
    changed();
  });
}
