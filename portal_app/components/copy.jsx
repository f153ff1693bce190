import { createElement, useState } from "react";

/** A button that puts `text` on the clipboard and says so; where the browser refuses, it selects nothing and says that. */
export function CopyButton({ text, label, named, done, failed, className }) {
  const [said, say] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      say(done);
    } catch {
      say(failed);
    }
  };
  return createElement(
    "span",
    { className: "copy" },
    createElement("code", null, text),
    createElement("button", { type: "button", className, onClick: copy, "aria-label": named }, label),
    createElement("span", { role: "status" }, said),
  );
}
