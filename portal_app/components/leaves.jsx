// A file's pages as pictures of the portal's own, each asked for when the one before is there and it comes into sight.
import { createElement as h, useState } from "react";

const MOST = 40; // pages that the portal draws (services/files/previews.py)

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);

export function Leaves({ file, name, words }) {
  const [isOpen, setOpen] = useState(false), [shown, setShown] = useState(1), [why, setWhy] = useState("");
  const [isWhole, setWhole] = useState(false);
  const source = (number) => `/files/${file}/pages/${number}`;
  const came = (number) => {
    if (isWhole || number < shown) return;
    if (number === MOST) setWhole(true);
    else setShown(number + 1);
  };
  /** The first one's refusal says why; any other was beyond the last page. */
  const failed = async (number) => {
    setShown(number - 1);
    setWhole(true);
    if (number > 1) return;
    const answer = await fetch(source(1)).catch(() => null);
    const isTold = answer?.status === 415;
    setWhy(isTold ? await answer.text() : words.none);
  };
  const leaf = (number) => h("img", {
    key: number, src: source(number), alt: fill(words.page, { n: number }), loading: "lazy", className: "page-shot",
    onLoad: () => came(number), onError: () => failed(number),
    style: number > 1 && number === shown && !isWhole ? { visibility: "hidden" } : undefined, // there may be no such page
  });
  return h("details", { className: "look-here", onToggle: (event) => setOpen(event.currentTarget.open) },
    h("summary", { "aria-label": fill(words.of, { act: words.look, name }) }, words.look),
    why ? h("p", { className: "fine m" }, why) : null,
    isOpen && shown ? h("div", { className: "page-shots" }, Array.from({ length: shown }, (_none, at) => leaf(at + 1))) : null);
}
