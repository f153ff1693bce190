import { createElement, useEffect, useRef } from "react";

/** A line to search by. It takes what `value` becomes in other ways than by typing here, and never loses the focus. */
export function SearchBox({ value, ...rest }) {
  const box = useRef(null), isTyping = useRef(false);
  useEffect(() => {
    const { form } = box.current, sent = () => { isTyping.current = false; };
    form.addEventListener("submit", sent);
    return () => form.removeEventListener("submit", sent);
  }, []);
  useEffect(() => {
    if (!isTyping.current || document.activeElement !== box.current) box.current.value = value;
  }, [value]);
  return createElement("input", {
    ref: box, type: "search", name: "search", defaultValue: value, onInput: () => { isTyping.current = true; }, ...rest,
  });
}
