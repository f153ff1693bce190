// Keys of a page: an element says its own with data-key ("e", "/"), a row of a list is data-row.
// A letter clicks what bears it in the bar of a selection (data-bulk), in the row that has the focus, or on the page; J and K walk the rows.
// Ctrl or Cmd with Enter sends the form one types in, or the one form of the open dialog.
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

let left = -1; // Where in the list one was last: a row that has gone leaves its place to the next.

function onFocus(event) {
  const at = rows().indexOf(event.target.closest("[data-row]"));
  if (at >= 0) left = at;
}

function landing(all, step) {
  const at = all.indexOf(currentRow());
  if (at >= 0) return at + step;
  if (left >= 0) return step > 0 ? left : left - 1;
  return step > 0 ? 0 : all.length - 1;
}

function walk(step) {
  const all = rows();
  const next = all[Math.min(Math.max(landing(all, step), 0), all.length - 1)];
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

function formOf(element) {
  const forms = element.closest?.("dialog[open]")?.querySelectorAll("form") ?? [];
  return element.form ?? (forms.length === 1 ? forms[0] : null);
}

function onKey(event) {
  const form = event.key === "Enter" && (event.ctrlKey || event.metaKey) && formOf(event.target);
  if (form) {
    event.preventDefault();
    return form.requestSubmit();
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
    left = -1;
    document.addEventListener("keydown", onKey);
    document.addEventListener("focusin", onFocus);
    return () => {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("focusin", onFocus);
    };
  }, []);
  return null;
}
