// What somebody typed when their session ended waits in this tab, and in its field when the same person is back (4.10).
// Passwords, codes, files and searches are never kept; whoever else signs in, or half an hour, ends it.
import { useEffect } from "react";

const PLACE = "portal-typed";
const LASTS = 30 * 60 * 1000; // milliseconds: as long as what is typed on plain pages (http/kept.py)
const SETTLES = 1500; // milliseconds in which a page may still draw a field anew
const WAYS_IN = /^\/staff\/(login|account\/confirm)\b/;
const WORDS = "input:is(:not([type]), [type=text], [type=email], [type=tel], [type=url], [type=number], [type=date], [type=time]):not([autocomplete=one-time-code]), textarea";
const CHOICES = ":is(form, dialog[open]) :is(input[type=checkbox], input[type=radio], select)[name]";
const FIELDS = `${WORDS}, ${CHOICES}`;
const BOXES = "dialog[open], [data-kept]";

const touched = new WeakSet();
const openers = new WeakMap(); // of what opened by a press: which button that was
let last = null; // the field typed in last
let pressed = null;
let who = "";
let isLeaving = false; // what is kept now waits for the page after the next one
let again = false; // the button that opens what was open has been pressed for them
const placed = new Map(); // what was put back a moment ago, and the field it is in

const nameOf = (it) => (it.getAttribute("aria-label") || it.textContent || "").trim().slice(0, 200);
const likes = (name) => [...document.querySelectorAll("button")].filter((it) => nameOf(it) === name);
const boxOf = (field) => field.closest(BOXES);
const titleOf = (box) => (box?.matches("dialog") ? nameOf(box.querySelector("h2") ?? box) : "");
const keptFor = (field) => field.closest("[data-kept]")?.dataset.kept ?? "";
const isSearch = (field) => Boolean(field.closest("[role=search]"));

/** What tells a field from the others of its page, on the next visit too. */
function markOf(field) {
  const dialog = field.closest("dialog[open]");
  const name = field.id || field.name;
  const same = [...document.querySelectorAll(FIELDS)].filter((it) => (it.id || it.name) === name && it.closest("dialog[open]") === dialog);
  return JSON.stringify([titleOf(dialog), keptFor(field), name, same.indexOf(field)]);
}

function onPress(event) {
  const button = event.target instanceof Element && event.target.closest("button");
  if (!button) return;
  const name = nameOf(button);
  pressed = { name, at: likes(name).indexOf(button), isInside: Boolean(button.closest(BOXES)), when: Date.now() };
}

function onInput(event) {
  if (!(event.target instanceof Element) || !event.target.matches(FIELDS) || isSearch(event.target)) return;
  touched.add(event.target);
  last = event.target;
}

/** The page is shown, or shown again as it was left. */
function onShown() {
  isLeaving = false;
}

/** Note which press opened what stands there now. */
function noteOpeners() {
  for (const box of document.querySelectorAll(BOXES)) {
    const key = titleOf(box) + (box.dataset.kept ?? "");
    if (openers.get(box)?.key === key) continue;
    const isByPress = pressed && !pressed.isInside && Date.now() - pressed.when < 5000;
    openers.set(box, { key, press: isByPress ? pressed : null });
  }
}

function keep(event) {
  if (!who || !WAYS_IN.test(event.detail?.to ?? "")) return;
  isLeaving = true;
  const isLoose = (it) => !it.form && !boxOf(it); // it saves itself when left: only the last may be unsaved
  const typed = [...document.querySelectorAll(FIELDS)].filter((it) => touched.has(it) && (!isLoose(it) || it === last));
  if (!typed.length) return;
  const box = typed.map(boxOf).find((it) => it && openers.get(it)?.press);
  const fields = typed.map((it) => ({ mark: markOf(it), value: it.type === "checkbox" || it.type === "radio" ? it.checked : it.value, isLast: it === last }));
  write({ who, path: location.pathname, at: Date.now(), opener: box ? openers.get(box).press : null, fields });
}

function write(kept) {
  try {
    if (kept) sessionStorage.setItem(PLACE, JSON.stringify(kept));
    else sessionStorage.removeItem(PLACE);
  } catch {
    /* no room, or none allowed: nothing is kept */
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(PLACE) || "null");
  } catch {
    return null;
  }
}

/** As if it were typed. */
function put(field, value) {
  if (typeof value === "boolean") {
    if (field.checked !== value && (value || field.type === "checkbox")) field.click();
  } else if (field.value !== value) {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(field), "value").set.call(field, value);
    field.dispatchEvent(new Event("input", { bubbles: true }));
    if (field.matches("select")) field.dispatchEvent(new Event("change", { bubbles: true }));
  }
  touched.add(field);
}

function open({ name, at }) {
  const button = likes(name)[at];
  if (!button) return;
  again = true;
  button.click();
}

function restore(onBack) {
  const kept = who && !isLeaving && document.documentElement.hasAttribute("data-live") && read();
  if (!kept) return;
  if (kept.who !== who || Date.now() - kept.at > LASTS) return write(null);
  if (kept.path !== location.pathname) return;
  if (kept.opener && !again && !document.querySelector("dialog[open]")) return open(kept.opener);
  for (const { mark, value, isLast } of kept.fields) {
    const field = [...document.querySelectorAll(FIELDS)].find((it) => !isSearch(it) && markOf(it) === mark);
    if (!field || placed.get(mark) === field) continue;
    if (!placed.has(mark)) setTimeout(() => settle(mark, onBack), SETTLES);
    placed.set(mark, field);
    put(field, value);
    if (isLast) field.focus();
  }
}

/** A field has what was typed in it: it waits no longer. */
function settle(mark, onBack) {
  placed.delete(mark);
  const kept = read();
  if (!kept || isLeaving) return;
  const fields = kept.fields.filter((it) => it.mark !== mark);
  write(fields.length ? { ...kept, fields, opener: null, isTold: true } : null);
  if (!kept.isTold) onBack?.();
}

export function KeptTyping({ who: person, onBack }) {
  useEffect(() => {
    let due = 0;
    who = person || who;
    const look = () => {
      due = 0;
      noteOpeners();
      restore(onBack);
    };
    const soon = () => {
      due ||= requestAnimationFrame(look);
    };
    const watch = new MutationObserver(soon);
    watch.observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["open", "data-kept", "data-live"] });
    document.addEventListener("click", onPress, true);
    document.addEventListener("input", onInput, true);
    addEventListener("portal:leaving", keep);
    addEventListener("pageshow", onShown);
    soon();
    return () => {
      cancelAnimationFrame(due);
      watch.disconnect();
      document.removeEventListener("click", onPress, true);
      document.removeEventListener("input", onInput, true);
      removeEventListener("portal:leaving", keep);
      removeEventListener("pageshow", onShown);
    };
  }, [person]);
  return null;
}
