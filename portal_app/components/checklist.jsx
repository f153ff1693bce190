import { createElement as h, useEffect, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import { answers, belong, drop, ended, flush, forget, isSlow, keep, listen, newId, now, refused } from "./answers.js";

/* The parts of the checklist that act by themselves. Each shows what the server said, and over it what this
   person answered since: `asOf` is the moment, on the server's clock, at which the page was read. */

const useAnswers = () => useSyncExternalStore(listen, now, now);
const isAnswer = (it) => it.kind !== "comment" && it.kind !== "file";
const lastTick = (task, asOf) => answers(task, asOf).filter(isAnswer).at(-1);

const Sign = ({ name }) => h("svg", { "aria-hidden": true }, h("use", { href: "#" + name }));

/** Whose answers this page sends. */
export function Answering({ person }) {
  useEffect(() => {
    if (person) belong(person);
  }, [person]);
  return null;
}

/** What an answer takes away from an unfolded task leaves its place empty: nothing below moves. */
function hold(task) {
  const fold = document.getElementById("d" + task);
  if (fold.open) fold.style.minHeight = fold.getBoundingClientRect().height + "px";
}

function takeBack({ task, title, href }, asOf) {
  const last = lastTick(task, asOf);
  if (!(last && last.kind !== "undo" && drop(last.id))) keep({ id: newId(), kind: "undo", done: false, task, title, href });
  document.getElementById("k" + task)?.focus({ preventScroll: true });
}

function explain(task) {
  document.getElementById("d" + task).open = true;
  const why = document.getElementById("l" + task);
  why?.setAttribute("tabindex", "-1");
  why?.focus();
}

/** A file of the task is on its way from this page: the tick waits for it on the server (5.19). */
const isSending = (task) => document.querySelector(`[id="t${task}"] .file.up:not(.held)`);

/** *Mark as done*: pressed again while it can be undone, it is undone. One that needs a file says so instead. */
export function Tick({ task, title, href, undo, done, undoable, can, needsFile, na, label, describedBy, asOf }) {
  useAnswers();
  const last = lastTick(task, asOf);
  const checked = last ? last.done : done;
  const idle = ended() || (checked ? !(undoable || last) : !can && !last);
  const press = () => {
    if (checked) return idle || takeBack({ task, title, href: undo }, asOf);
    if (needsFile && !isSending(task)) return explain(task);
    if (ended() || (idle && !needsFile)) return undefined;
    hold(task);
    return keep({ id: newId(), kind: "tick", done: true, task, title, href });
  };
  return h("input", {
    type: "checkbox", id: "k" + task, className: (last ? last.sign === "na" : na) ? "tick na" : "tick", checked, onChange: press,
    "aria-label": label, "aria-describedby": describedBy || undefined, "aria-disabled": idle ? true : undefined,
  });
}

/** A form of another answer: it shows at once and waits for the network as a tick does. What was typed stays until it
    is stored. */
export function Other({ task, title, href, done, said, told, tone, sign, children }) {
  useAnswers();
  const form = useRef(null);
  const sent = useRef("");
  useEffect(() => {
    if (!answers(task, 0).some((it) => it.at && it.id === sent.current)) return;
    sent.current = "";
    form.current?.reset();
  });
  const send = (event) => {
    event.preventDefault();
    if (ended()) return;
    const fields = { ...Object.fromEntries(new FormData(form.current)), once_key: (sent.current = newId()) };
    const fold = form.current.closest(".other");
    if (done) hold(task);
    fold.open = form.current.closest("details").open = false;
    setTimeout(() => document.querySelector(`[id="d${task}"] > summary`)?.focus({ preventScroll: true }));
    keep({ id: sent.current, kind: "other", task, title, href, done, said, told, tone, sign, fields });
  };
  return h("form", { ref: form, className: "form", onSubmit: send }, children);
}

/** The task's state in words; an answer shows at once, and says when it waits for the network. */
export function TaskState({ task, state, tone, sign, done, said, waiting, asOf }) {
  useAnswers();
  const last = lastTick(task, asOf);
  const mine = last && last.kind !== "undo" && !done;
  const own = last?.said ? [last.said, last.tone, last.sign] : [said, "ok", "yes"];
  const [words, how, mark] = !mine ? [state, tone, sign] : isSlow(last) ? [waiting, "wait", "wait"] : own;
  return h("span", { className: ("state " + how).trim() }, mark ? h(Sign, { name: mark }) : null, words);
}

/** Whether somebody opened it, or typed in it, in the view that the server drew. */
function isUsed(id) {
  const early = document.querySelector(`#first [id="${id}"]`);
  return Boolean(early) && (early.open || [...early.querySelectorAll("textarea, select, [type=date]")].some((it) => it.value));
}

/** `details` that the page opens once; what the reader opened or closed stays so. What is `late` is drawn once it is
    opened: most never are, and a cheap phone has the list sooner. */
export function Fold({ id, first, late, className, children }) {
  const it = useRef(null);
  const [isDrawn, draw] = useState(() => !late || first || isUsed(id));
  useLayoutEffect(() => {
    it.current.open = first;
  }, []);
  const toggled = (event) => {
    if (event.target !== it.current) return;
    it.current.style.minHeight = "";
    if (it.current.open) draw(true);
  };
  const [summary, ...rest] = children;
  return h("details", { id, className: className || undefined, ref: it, onClick: () => draw(true), onToggle: toggled },
    summary, ...(isDrawn ? rest : []));
}

const Line = ({ it, of }) =>
  h("li", { className: it.is_firms ? "us" : undefined },
    h("b", null, it.by), it.is_firms ? of : "", " ", h("time", null, it.at), h("p", null, it.text));

/** A task's comments, and the field to write one: kept as typed, shown as sent, never sent twice. */
export function Talk({ task, href, comments, earlier, earlierLabel, canWrite, words, asOf }) {
  useAnswers();
  const draft = "portal-draft " + task;
  const [text, set] = useState("");
  const type = (value) => {
    set(value);
    try {
      if (value) sessionStorage.setItem(draft, value);
      else sessionStorage.removeItem(draft);
    } catch { /* remembered by this page alone */ }
  };
  useEffect(() => {
    try {
      if (canWrite) set((now) => now || sessionStorage.getItem(draft) || "");
    } catch { /* nothing kept */ }
  }, [draft]);
  const shown = new Set([...earlier, ...comments].map((it) => it.key));
  const mine = answers(task, asOf).filter((it) => it.kind === "comment" && !shown.has(it.id));
  const no = refused(task).find((it) => it.kind === "comment");
  const why = ended()?.why || (canWrite ? "" : words.closed);
  const send = (event) => {
    event.preventDefault();
    const id = newId();
    if (text.trim()) keep({ id, kind: "comment", task, href, fields: { body: text, once_key: id } });
    type("");
  };
  const line = (it) => h(Line, { key: it.id, it, of: words.of });
  return h("div", { className: "talks" },
    h("div", { "aria-live": "polite" }, comments.length + mine.length > 0 && h("div", null, h("p", { className: "label" }, words.comments),
      earlier.length > 0 && h("details", { className: "other", id: "e" + task }, h("summary", null, earlierLabel),
        h("ol", { className: "talk" }, earlier.map(line))),
      h("ol", { className: "talk" }, comments.map(line),
        mine.map((it) => line({ id: it.id, by: words.you, at: ended() ? words.unsent : isSlow(it) ? words.waiting : words.now, text: it.fields.body }))))),
    no && h("div", { className: "note late", role: "alert" }, h(Sign, { name: "late" }),
      h("p", null, h("b", null, no.text), " ", no.fields.body)),
    (canWrite || text) && h("form", { className: "form", onSubmit: send },
      h("div", { className: "field" }, h("label", { htmlFor: "c" + task }, words.add),
        h("textarea", { id: "c" + task, name: "body", value: text, maxLength: 5000, required: true, rows: 1,
          readOnly: !!why, onChange: (event) => type(event.target.value) })),
      why && text && h("div", { className: "note late", id: "w" + task }, h(Sign, { name: "late" }), h("p", null, why, " ", words.kept)),
      h("div", { className: "acts" },
        h("button", { className: "btn", disabled: !!why, "aria-describedby": why && text ? "w" + task : undefined }, words.send))));
}

/** Over the bar: why the link ended (6.23), else a refusal until it is read, else for ten seconds the answer given and *Undo*. */
export function UndoBar({ task, title, told, here, ms, words, asOf }) {
  useAnswers();
  const [over, end] = useState("");
  const mine = (it) => it.kind !== "comment" && it.href.startsWith(here + "/");
  const last = answers("", asOf).filter(mine).filter(isAnswer).at(-1);
  const key = task + asOf;
  const shown = last ? (last.kind === "undo" ? null : last) : task && over !== key ? { task, title, told } : null;
  const left = last?.at ? last.undoFor - (Date.now() - last.got) : ms;
  useEffect(() => {
    if (!shown || (last && !last.at)) return undefined;
    const timer = setTimeout(() => end(last ? last.id : key), Math.max(0, left));
    return () => clearTimeout(timer);
  }, [shown?.id, shown?.task, last?.at, asOf]);
  const no = refused("").find(mine);
  const undo = () => takeBack({ ...shown, href: `${here}/tasks/${shown.task}/undo` }, asOf);
  const gone = ended(), isOver = gone || !shown || (last && over === last.id);
  return [
    h("div", { key: "no", className: gone ? "undo gone" : "undo", role: "alert" }, gone ? [
      h("p", { key: 1 }, gone.why, " ", gone.stays ? words.kept : ""),
      h("a", { key: 2, className: "btn", href: gone.to.split("#")[0] }, words.on)] : no && [
      h("p", { key: 1 }, h("b", null, no.title), " ", no.text, no.away && no.fields.text ? " " + no.fields.text : ""),
      h("button", { key: 2, className: "btn", type: "button", onClick: () => forget(no.id) }, words.ok)]),
    h("div", { key: "yes", className: "undo", role: "status" }, !no && !isOver && [
      h("p", { key: 1 }, h("b", null, shown.title), " ", last && isSlow(last) ? words.waiting : shown.told || words.said),
      h("button", { key: 2, className: "btn", type: "button", onClick: undo }, words.undo)]),
  ];
}

/** To the first open task after the one being looked at, its heading in focus. */
export function NextTask({ task, label, className }) {
  const at = useRef(null);
  const go = (event) => {
    const open = [...document.querySelectorAll(".task:not(.closed)")];
    const here = document.activeElement?.closest?.(".task") || at.current;
    const after = here && open.find((row) => here.compareDocumentPosition(row) & Node.DOCUMENT_POSITION_FOLLOWING);
    const row = after || open[0];
    if (!row) return;
    event.preventDefault();
    at.current = row;
    row.querySelector("details").open = true;
    row.scrollIntoView({ block: "start" });
    row.querySelector("summary").focus({ preventScroll: true });
  };
  return h("a", { className, href: "#b" + task, onClick: go }, label);
}

/** What the firm wrote, sanitized when it was stored. */
export function Rich({ html }) {
  return h("div", { className: "rich", dangerouslySetInnerHTML: { __html: html } });
}
