// The requests to the server. Each says in a toast what went wrong, and returns null then.

import { toast } from "./toast.js";

async function answer(request) {
  try {
    const response = await request;
    const body = await response.json().catch(() => ({}));
    if (response.ok) return body;
    toast(body.error || `The server answered ${response.status}.`, "bad");
  } catch {
    toast("tggen play does not answer. Is it still running?", "bad");
  }
  return null;
}

export function act(action, fields) {
  return answer(fetch("act", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ do: action, ...fields }) }));
}

const rasters = ["image/png", "image/jpeg", "image/gif", "image/webp"];

export function upload(chat, user, file, caption) {
  const form = new FormData();
  form.append("file", file);
  const query = new URLSearchParams({ chat, user, caption, kind: rasters.includes(file.type) ? "photo" : "document" });
  return answer(fetch(`upload?${query}`, { method: "POST", body: form }));
}

export async function goTest() {
  try {
    const response = await fetch("test");
    const text = await response.text();
    if (response.ok) return text;
    let said = text;
    try {
      said = JSON.parse(text).error ?? text;
    } catch { /* the answer is plain text */ }
    toast(said || `The server answered ${response.status}.`, "bad");
  } catch {
    toast("tggen play does not answer. Is it still running?", "bad");
  }
  return null;
}

// copy puts a text on the clipboard. It returns false if the browser refuses.
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
