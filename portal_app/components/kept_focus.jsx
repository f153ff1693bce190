import { createElement, useEffect, useRef } from "react";

/** A region beside a list. Where an answer takes away the control that was pressed, its heading has the focus; where
 * all of it goes, so does the focus, back to what opened it. Whoever pressed elsewhere meanwhile is left alone. */
export function KeptFocus({ children, ...rest }) {
  const ref = useRef(null);
  useEffect(() => {
    const region = ref.current;
    let isInside = false, opener = null;
    const entered = ({ target }) => {
      if (region.contains(target)) isInside = true;
      else if (!target.closest("dialog")) { isInside = false; opener = target; }
    };
    const pressed = ({ target }) => {
      if (!target.closest("dialog")) isInside = false;
    };
    const lost = () => {
      if (!isInside || (document.activeElement && document.activeElement !== document.body)) return;
      const heading = region.querySelector("h2");
      const next = heading || (opener?.isConnected ? opener : document.querySelector("h1"));
      if (next && next !== opener) next.tabIndex = -1;
      next?.focus();
    };
    const watch = new MutationObserver(lost);
    watch.observe(region, { childList: true, subtree: true });
    document.addEventListener("pointerdown", pressed);
    document.addEventListener("focusin", entered);
    return () => {
      watch.disconnect();
      document.removeEventListener("pointerdown", pressed);
      document.removeEventListener("focusin", entered);
    };
  }, []);
  return createElement("aside", { ...rest, ref }, children);
}
