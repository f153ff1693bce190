/* What a person answered, kept in the browser until the server has it: it shows at once, survives a reload and
   a lost network, and is sent again until it is stored. A repeat changes nothing on the server. */

const QUEUE = "portal-answers";
const SLOW = 2500; // milliseconds after which one is told that it waits
const AGAIN = 15000;

const listeners = new Set();
let text = "";
let settled = []; // stored on the server, but not yet in what the page shows
let refusals = [];
let who = "";
let flying = "";
let sending = null;
let end = null; // once this page's link has ended: why, where one goes on, whether the page stays

function kept() {
  try {
    return localStorage.getItem(QUEUE) || "";
  } catch {
    return text;
  }
}

function queue() {
  try {
    return JSON.parse(kept() || "[]");
  } catch {
    return [];
  }
}

let version = 0;
export const listen = (hear) => {
  listeners.add(hear);
  return () => listeners.delete(hear);
};
export const now = () => version;

function tell() {
  version += 1;
  listeners.forEach((hear) => hear());
}

function change(make) {
  text = JSON.stringify(make(queue()));
  try {
    localStorage.setItem(QUEUE, text);
  } catch {
    /* no room, or none allowed: this page remembers it alone */
  }
  tell();
}

/** What this person answered that the page, read at `asOf` on the server's clock, does not show yet. */
export function answers(task, asOf) {
  const waiting = queue().filter((it) => it.who === who);
  return [...settled.filter((it) => it.at > asOf), ...waiting].filter((it) => !task || it.task === task);
}

export const isSlow = (it) => !it.at && (Date.now() - it.since > SLOW || navigator.onLine === false);

/** Answers that the server refused, each with its `text`. */
export const refused = (task) => refusals.filter((it) => !task || it.task === task);

/** Why this page saves nothing more, and `to`, where one goes on; null while it does (6.23). */
export const ended = () => end;

const hasTyped = () => [...document.querySelectorAll("textarea")].some((it) => it.value.trim())
  || queue().some((it) => it.who === who && it.kind === "comment");

export function forget(id) {
  refusals = refusals.filter((it) => it.id !== id);
  tell();
}

/** Whose answers these are: what somebody else left in this browser waits for them. */
export function belong(person) {
  if (who === person) return;
  who = person;
  tell();
  flush();
}

/** Keep an answer and send it. `it` has task, kind, href, and what the bar says of it. */
export function keep(it) {
  refusals = refusals.filter((old) => old.task !== it.task || old.kind !== it.kind);
  change((all) => [...all, { fields: {}, ...it, who, since: Date.now() }]);
  setTimeout(tell, SLOW + 100);
  flush();
}

/** Take back what has not left yet; false when it is on its way or gone. */
export function drop(id) {
  if (id === flying || !queue().some((it) => it.id === id)) return false;
  change((all) => all.filter((it) => it.id !== id));
  return true;
}

export const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The server's answer; null when it was not reached, or could not answer now. */
async function post(it) {
  try {
    const answer = await fetch(it.href, {
      method: "POST",
      keepalive: true,
      signal: AbortSignal.timeout?.(30000),
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...it.fields, reader: it.who }),
    });
    if (answer.status === 429 || answer.status >= 500) return null;
    return { ok: answer.ok, status: answer.status, text: "", leave: "", at: 0, ...(await answer.json().catch(() => ({}))) };
  } catch {
    return null;
  }
}

function settle(it, answer) {
  if (answer.leave && !it.left) {
    const detail = { to: answer.leave, why: answer.text };
    const goes = dispatchEvent(new CustomEvent("portal:leaving", { cancelable: true, detail }));
    if (goes || answer.status === 401) {
      change((all) => all.map((one) => (one.id === it.id ? { ...one, left: true } : one)));
      if (goes) location.assign(answer.leave);
      return;
    }
  }
  if (answer.ok) settled = [...settled.slice(-50), { ...it, at: answer.at, undoFor: answer.undo_ms, got: Date.now() }];
  else refusals = [...refusals.filter((old) => old.id !== it.id), { ...it, text: answer.text }];
  change((all) => all.filter((one) => one.id !== it.id));
}

async function sendAll() {
  const tried = new Set();
  const stuck = new Set(); // an undo never overtakes its tick
  for (;;) {
    const it = !end && queue().find((one) => one.who === who && !tried.has(one.id) && !stuck.has(one.task));
    if (!it) return;
    tried.add(it.id);
    flying = it.id;
    const answer = await post(it);
    flying = "";
    if (answer) settle(it, answer);
    else stuck.add(it.task);
  }
}

/** Send what waits, one after the other; in one tab at a time where the browser can see to that. */
export function flush() {
  if (!who || end) return;
  const run = () => (navigator.locks ? navigator.locks.request(QUEUE, sendAll) : sendAll());
  sending ??= run().finally(() => {
    sending = null;
  });
}

if (typeof window !== "undefined") {
  const again = () => {
    tell();
    if (queue().length) flush();
  };
  addEventListener("portal:leaving", (event) => {
    const stays = end?.stays || hasTyped();
    if (stays) event.preventDefault();
    if (end?.stays || !(stays || document.querySelector(".file.up:not(.held)"))) return;
    end = { ...event.detail, stays };
    document.querySelectorAll("input[type=file]").forEach((it) => { it.disabled = true; });
    tell();
  });
  addEventListener("online", again);
  addEventListener("offline", tell);
  addEventListener("pageshow", again);
  document.addEventListener("visibilitychange", again);
  addEventListener("storage", (event) => event.key === QUEUE && tell());
  setInterval(() => queue().length && again(), AGAIN);
}
