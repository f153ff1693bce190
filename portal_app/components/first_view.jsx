import { useLayoutEffect } from "react";

const typed = (element, value) => {
  const own = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(element), "value");
  own.set.call(element, value);
  element.dispatchEvent(new Event("input", { bubbles: true }));
};

/** Files chosen early, or with a dialog that was open meanwhile, go to the page that took over. */
function pass(early, late) {
  const give = () => {
    if (!early.files.length) return;
    late.files = early.files;
    late.dispatchEvent(new Event("change", { bubbles: true }));
  };
  give();
  early.addEventListener("change", give);
}

function takeOver(first) {
  const late = new Map([...document.querySelectorAll("[id]")].filter((it) => !first.contains(it)).map((it) => [it.id, it]));
  const held = first.contains(document.activeElement) ? document.activeElement : null;
  const selection = held?.tagName === "TEXTAREA" && [held.selectionStart, held.selectionEnd];
  const folded = held?.closest("details")?.id;
  for (const it of first.querySelectorAll("details[id]")) {
    const same = late.get(it.id);
    if (same) same.open = it.open;
  }
  for (const it of first.querySelectorAll(":is(textarea, select, [type=date])[id]")) {
    const same = it.value && late.get(it.id);
    if (same) typed(same, it.value);
  }
  const choosers = [...document.querySelectorAll("input[type=file]")];
  const theirs = choosers.filter((it) => !first.contains(it));
  choosers.filter((it) => first.contains(it)).forEach((it, n) => theirs[n] && pass(it, theirs[n]));
  const left = scrollY;
  first.remove();
  scrollTo({ top: left, behavior: "instant" });
  const same = held && (held.id ? late.get(held.id) : folded && held.matches("summary") && late.get(folded)?.querySelector("summary"));
  same?.focus({ preventScroll: true });
  if (same && selection) same.setSelectionRange(...selection);
}

/** Takes away the first view that the server filled in, once the page's own data is there. Nothing moves: what was
    typed, chosen, opened and held stays. The document bears `data-live` as long as the page answers. */
export function LivePage({ isReady }) {
  useLayoutEffect(() => {
    document.documentElement.toggleAttribute("data-live", isReady);
    const first = document.getElementById("first");
    if (first && isReady) queueMicrotask(() => first.isConnected && takeOver(first)); // after React, before the paint
  }, [isReady]);
  return null;
}
