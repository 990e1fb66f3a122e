// Search over window.searchIndex, which index.js sets. All words must be in an entry, as beginnings of words.
"use strict";
(() => {
  const menu = document.getElementById("menu");
  const wide = matchMedia("(min-width: 60rem)");
  const unfold = () => { menu.open = wide.matches; };
  wide.addEventListener("change", unfold);
  unfold();

  const input = document.getElementById("search");
  const results = document.getElementById("results");
  const root = document.body.dataset.root;
  const escape = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

  // score is higher for words in titles. It is 0 if a word is missing.
  function score(entry, words) {
    let sum = 0;
    for (const word of words) {
      if (word.test(entry.t)) sum += 10;
      else if (word.test(entry.p)) sum += 3;
      else if (word.test(entry.x)) sum += 1;
      else return 0;
    }
    return sum;
  }

  function excerpt(text, word) {
    const at = Math.max(0, text.search(word));
    const from = Math.max(0, at - 60);
    return (from > 0 ? "…" : "") + text.slice(from, at + 120) + (at + 120 < text.length ? "…" : "");
  }

  function show() {
    const words = input.value.trim().split(/\s+/).filter(Boolean).map((w) => new RegExp("(^|[^a-z0-9])" + escape(w), "i"));
    results.replaceChildren();
    results.hidden = words.length === 0;
    if (results.hidden) return;
    const found = window.searchIndex.map((e) => [score(e, words), e]).filter(([s]) => s > 0).sort((a, b) => b[0] - a[0]).slice(0, 20);
    for (const [, entry] of found) {
      const link = document.createElement("a");
      link.href = root + entry.u;
      link.append(entry.t === entry.p ? entry.t : entry.t + " · " + entry.p);
      const text = document.createElement("small");
      text.textContent = excerpt(entry.x, words[0]);
      link.append(text);
      results.append(link);
    }
    if (found.length === 0) results.append("Nothing found.");
  }

  input.addEventListener("input", show);
  results.addEventListener("click", () => { results.hidden = true; });
  document.getElementById("search-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const first = results.querySelector("a");
    if (first) location.href = first.href;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { results.hidden = true; }
    if (event.key === "/" && document.activeElement !== input) { event.preventDefault(); input.focus(); }
  });
})();
