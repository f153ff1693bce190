import { createElement as h, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { answers, ended, isSlow, keep, listen, newId, now } from "./answers.js";

/* A file that the reader put on a task: taken back after one question, and put back again. It shows at once, and waits
   in the browser while there is no network, as every answer does. */

const Sign = ({ name }) => h("svg", { "aria-hidden": true }, h("use", { href: "#" + name }));

/** One file of the reader's own, with what they may do with it. */
export function OwnFile({ file, task, name, link, detail, href, gone, words, asOf, children }) {
  useSyncExternalStore(listen, now, now);
  const [asking, ask] = useState(false);
  const acts = useRef(null);
  const pressed = useRef(false);
  const last = answers(task, asOf).filter((it) => it.file === file).at(-1);
  const isGone = last ? last.gone : gone;
  useEffect(() => {
    if (pressed.current) acts.current?.querySelector("button")?.focus({ preventScroll: true });
    pressed.current = false;
  }, [asking, isGone]);
  const turn = (value) => {
    pressed.current = true;
    ask(value);
  };
  const send = (goes) => {
    turn(false);
    if (ended()) return;
    keep({ id: newId(), kind: "file", task, title: name, href: `${href}/${goes ? "back" : "undo"}`, file, gone: goes });
  };
  const button = (word, onClick, className = "link") => h("button", {
    key: word, type: "button", className, onClick, "aria-label": words.of.replace("{act}", words[word]).replace("{name}", name),
  }, words[word]);
  const said = !last ? detail : isSlow(last) ? words.waiting : last.gone ? words.gone : words.there;
  return h("li", { className: "file own" }, h(Sign, { name: "file" }),
    h("div", null, isGone || !link ? h("s", null, name) : h("a", { href: link }, name),
      h("span", { className: "quiet", role: "status" }, said)),
    asking && !isGone
      ? h("div", { className: "ask", ref: acts }, h("p", { className: "quiet" }, words.ask),
        h("div", { className: "acts" }, button("take", () => send(true), "btn"), button("keep", () => turn(false), "btn")))
      : h("div", { className: "acts", ref: acts }, isGone ? button("undo", () => send(false)) : [children[0], button("back", () => turn(true)), children[1]]));
}
