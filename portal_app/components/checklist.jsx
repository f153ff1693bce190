import { createElement as h, useEffect, useRef, useState } from "react";

/* A tick is stored by its own small request, not by the page's socket: it shows at once, waits in the browser
   while there is no network, and is sent again until the server has it. The server's answer to a repeat is the same. */

const QUEUE = "portal-answers";
const listeners = new Set();

const read = () => JSON.parse(localStorage.getItem(QUEUE) || "{}");
const write = (queue) => localStorage.setItem(QUEUE, JSON.stringify(queue));
const tell = () => listeners.forEach((listen) => listen());

function keep(href, fields) {
  write({ ...read(), [href]: fields });
  tell();
}

function drop(href) {
  const { [href]: gone, ...rest } = read();
  write(rest);
  tell();
}

/** The server's answer as {ok, text}; null when it was not reached. */
async function post(href, fields) {
  try {
    const answer = await fetch(href, {
      method: "POST",
      keepalive: true,
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields),
    });
    if (answer.status === 429 || answer.status >= 500) return null;
    const said = await answer.json().catch(() => ({}));
    return { ok: answer.ok, text: said.text || "", leave: said.leave || "" };
  } catch {
    return null;
  }
}

let sending = null;

/** Sends what waits, one after the other; what is refused leaves the queue, with its reason. */
function flush(refused) {
  sending ??= (async () => {
    for (const [href, fields] of Object.entries(read())) {
      const answer = await post(href, fields);
      if (!answer) break;
      drop(href);
      if (answer.leave) location.assign(answer.leave);
      else if (!answer.ok) refused(href, answer.text);
    }
  })().finally(() => { sending = null; });
  return sending;
}

const refusals = new Set();
const refused = (href, text) => refusals.forEach((hear) => hear(href, text));

if (typeof window !== "undefined") {
  const again = () => flush(refused);
  addEventListener("online", again);
  setInterval(() => { if (Object.keys(read()).length) again(); }, 15000);
}

function useWaiting(href) {
  const [waiting, set] = useState(false);
  useEffect(() => {
    const look = () => set(href in read());
    look();
    listeners.add(look);
    return () => listeners.delete(look);
  }, [href]);
  return waiting;
}

function useRefusal(href) {
  const [text, set] = useState("");
  useEffect(() => {
    const hear = (at, words) => { if (at === href) set(words); };
    refusals.add(hear);
    return () => refusals.delete(hear);
  }, [href]);
  return [text, set];
}

/** The checkbox of a task. `href` takes the tick; `done` is what the server last said. */
export function Tick({ href, done, disabled, na, label, describedBy, waitingText, className }) {
  const waiting = useWaiting(href);
  const [text, setText] = useRefusal(href);
  const [pressed, press] = useState(false);
  useEffect(() => { if (done || text) press(false); }, [done, text]);
  useEffect(() => { flush(refused); }, []);
  const change = () => {
    setText("");
    press(true);
    keep(href, {});
    flush(refused);
  };
  const isDone = done || pressed || waiting;
  return h("span", { className: "tickbox" },
    h("input", {
      type: "checkbox", className: "tick" + (na ? " na" : "") + (className ? " " + className : ""),
      checked: isDone, disabled: disabled || isDone, onChange: change,
      "aria-label": label, "aria-describedby": describedBy || undefined,
    }),
    h("span", { role: "status", className: "said" },
      text ? h("span", { className: "state late" }, text)
        : waiting && !done ? h("span", { className: "state wait" }, waitingText) : null));
}

/** A field to write in that keeps what was typed until the server has it. */
export function CommentBox({ href, label, send, waitingText, failed }) {
  const draft = "portal-draft " + href;
  const [text, set] = useState("");
  const [state, say] = useState("");
  const key = useRef("");
  useEffect(() => { set(sessionStorage.getItem(draft) || ""); }, [draft]);
  const type = (event) => {
    set(event.target.value);
    sessionStorage.setItem(draft, event.target.value);
    key.current = "";
  };
  const submit = async (event) => {
    event.preventDefault();
    if (!text.trim()) return;
    key.current ||= crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    say(waitingText);
    const answer = await post(href, { body: text, once_key: key.current });
    if (answer?.leave) return location.assign(answer.leave);
    if (answer?.ok) {
      set("");
      sessionStorage.removeItem(draft);
      key.current = "";
    }
    say(answer ? (answer.ok ? "" : answer.text) : failed);
  };
  const id = "write " + href;
  return h("form", { className: "form", onSubmit: submit },
    h("div", { className: "field" },
      h("label", { htmlFor: id }, label),
      h("textarea", { id, name: "body", value: text, maxLength: 5000, onChange: type, rows: 3 })),
    h("div", { className: "acts" }, h("button", { className: "btn", type: "submit", "aria-busy": state === waitingText }, send)),
    h("p", { role: "status", className: state ? "state" : "" }, state));
}

/** For ten seconds after an answer: what it was, and *Undo*. Gone when `ms` are over; it takes the bar's place. */
export function UndoBar({ taskId, href, title, said, label, ms }) {
  const [shown, show] = useState("");
  const [text, say] = useState("");
  useEffect(() => {
    show(taskId);
    say("");
    if (!taskId) return undefined;
    const end = setTimeout(() => show(""), ms);
    return () => clearTimeout(end);
  }, [taskId]);
  const undo = async () => {
    const answer = await post(href, {});
    if (answer?.leave) return location.assign(answer.leave);
    if (answer?.ok) return show("");
    return say(answer?.text || "");
  };
  if (!shown) return null;
  return h("div", { className: "undo", role: "status" },
    h("p", null, h("b", null, title), " ", text || said),
    text ? null : h("button", { className: "btn", type: "button", onClick: undo }, label));
}

/** Opens the task it leads to and puts the focus on its heading. */
export function NextTask({ taskId, label, className }) {
  const go = (event) => {
    const row = document.getElementById("t" + taskId);
    if (!row) return;
    event.preventDefault();
    row.querySelector("details").open = true;
    row.scrollIntoView({ block: "start" });
    row.querySelector("summary").focus({ preventScroll: true });
  };
  return h("a", { className, href: "#t" + taskId, onClick: go }, label);
}

/** What the firm wrote, sanitized when it was stored. */
export function Rich({ html }) {
  return h("div", { className: "rich", dangerouslySetInnerHTML: { __html: html } });
}
