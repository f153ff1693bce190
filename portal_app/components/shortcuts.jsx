// Keys of a page: an element says its own with data-key ("e", "/"), a row of a list is data-row.
// A letter clicks what bears it in the bar of a selection (data-bulk), in the row that has the focus, or on the page; J and K walk the rows.
// Ctrl or Cmd with Enter sends the form one types in.
// Otherwise nothing happens while one types, with a modifier, or behind an open dialog or menu (WCAG 2.1.4).
import { useEffect } from "react";

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]";

function isShown(element) {
  return element.getClientRects().length > 0;
}

function rows() {
  return [...document.querySelectorAll("[data-row]")].filter(isShown);
}

function currentRow() {
  return document.activeElement?.closest("[data-row]") ?? document.querySelector("[data-row][data-now]");
}

function walk(step) {
  const all = rows();
  const at = all.indexOf(currentRow());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(Math.max(at + step, 0), all.length - 1)];
  const target = next?.querySelector("[data-main]") ?? next?.querySelector("a, button");
  target?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return Boolean(target);
}

function press(key) {
  const wanted = `[data-key="${CSS.escape(key)}"]`;
  const found = [...document.querySelectorAll(`[data-bulk]${wanted}`), ...(currentRow()?.querySelectorAll(wanted) ?? []), ...document.querySelectorAll(`:not([data-row] *)${wanted}`)];
  const target = found.find((element) => !element.disabled && (isShown(element) || element.closest("[data-row]")));
  if (!target) return false;
  if (target.matches(TYPING)) target.focus();
  else target.click();
  return true;
}

function onKey(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && event.target.form) {
    event.preventDefault();
    return event.target.form.requestSubmit();
  }
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest(TYPING)) return;
  if (document.querySelector("dialog[open], [popover]:popover-open")) return;
  const key = event.key.toLowerCase();
  const used = key === "j" ? walk(1) : key === "k" ? walk(-1) : key.length === 1 && key !== " " && press(key);
  if (used) event.preventDefault();
}

export function Shortcuts() {
  useEffect(() => {
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, []);
  return null;
}
