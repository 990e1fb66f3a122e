// Runs grammY's filter engine on updates and prints its answers.
//
//   node grammy.cjs path/to/grammy BOT_ID < updates.json > expectations.json
//
// The input is a JSON array of updates. The output is
//
//   {version, queries, shortcuts: {text: [query]}, matches: [[index into queries]]}
//
// queries are those that grammY accepts and that need no expansion. shortcuts are those that it expands. matches are the
// queries that each update matches. Members that are false, 0, "" or [] are removed before grammY gets an update: the server
// leaves out such optional fields, and grammY would count them as present.
const fs = require("fs");
const path = require("path");

const [root, bot] = process.argv.slice(2);
const version = JSON.parse(fs.readFileSync(path.join(root, "package.json"), "utf8")).version;
const source = fs.readFileSync(path.join(root, "out/filter.js"), "utf8");
const engine = {};
new Function("exports", source + "\nObject.assign(exports, { UPDATE_KEYS, L1_SHORTCUTS, L2_SHORTCUTS });")(engine);

function accepted(query) {
  try {
    return engine.matchFilter(query);
  } catch {
    return null;
  }
}

const names = { 1: new Set(), 2: new Set(), 3: new Set() };
const queries = [];
for (const [l1, fields] of Object.entries(engine.UPDATE_KEYS)) {
  names[1].add(l1);
  queries.push(l1);
  for (const [l2, thirds] of Object.entries(fields)) {
    names[2].add(l2);
    queries.push(`${l1}:${l2}`);
    for (const l3 of Object.keys(thirds)) {
      names[3].add(l3);
      queries.push(`${l1}:${l2}:${l3}`);
    }
  }
}
queries.sort();

const short1 = Object.keys(engine.L1_SHORTCUTS);
const short2 = Object.keys(engine.L2_SHORTCUTS);
const shortcuts = {};
for (const l1 of [...names[1], ...short1]) {
  for (const l2 of [undefined, ...names[2], ...short2]) {
    for (const l3 of l2 === undefined ? [undefined] : [undefined, ...names[3]]) {
      if (!short1.includes(l1) && !short2.includes(l2)) continue;
      const levels = [l1, l2, l3].filter((level) => level !== undefined);
      const text = levels.join(":");
      if (accepted(text)) shortcuts[text] = engine.preprocess(levels).map((q) => q.filter((l) => l !== undefined).join(":"));
    }
  }
}

function strip(value) {
  if (Array.isArray(value)) return value.map(strip);
  if (value === null || typeof value !== "object") return value;
  const kept = {};
  for (const [key, member] of Object.entries(value)) {
    const empty = Array.isArray(member) && member.length === 0;
    if (member !== null && member !== false && member !== 0 && member !== "" && !empty) kept[key] = strip(member);
  }
  return kept;
}

const predicates = queries.map(accepted);
const matches = JSON.parse(fs.readFileSync(0, "utf8")).map((update) => {
  const context = { update: strip(update), me: { id: Number(bot) } };
  return predicates.flatMap((matches, i) => (matches(context) ? [i] : []));
});
console.log(JSON.stringify({ version, queries, shortcuts, matches }));
