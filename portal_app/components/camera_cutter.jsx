import { createElement as h, useEffect, useRef, useState } from "react";
import { WHOLE, drawInto } from "./camera_bench.js";

/* What of a page is kept: a frame whose sides a finger takes, alone or two at a corner, and the arrow keys move. */

const LEAST = 0.1; // of a side that stays
const NEAR = 30; // pixels within which a finger takes a side
const STEPS = { ArrowLeft: -0.01, ArrowUp: -0.01, ArrowRight: 0.01, ArrowDown: 0.01, PageUp: -0.1, PageDown: 0.1 };
const FACING = { left: "right", right: "left", top: "bottom", bottom: "top" };
const isFar = (side) => side === "right" || side === "bottom";

/** The cut with one side at `at`, a share of the page from its left or top. */
function placed(cut, side, at) {
  const share = isFar(side) ? 1 - at : at;
  return { ...cut, [side]: Math.min(Math.max(0, share), 1 - LEAST - cut[FACING[side]]) };
}

const whereIs = (cut, side) => (isFar(side) ? 1 - cut[side] : cut[side]);

/** The sides that a finger at these shares of the box takes. */
function sidesNear(cut, x, y, box) {
  const isNear = (side, at, length) => Math.abs(at - whereIs(cut, side)) * length <= NEAR;
  const across = ["left", "right"].filter((side) => isNear(side, x, box.width)).slice(0, 1);
  const down = ["top", "bottom"].filter((side) => isNear(side, y, box.height)).slice(0, 1);
  return [...across, ...down];
}

function Edge({ side, cut, name, onPlace }) {
  const at = whereIs(cut, side), isUpright = side === "left" || side === "right";
  const middle = (from, to) => `${((cut[from] + 1 - cut[to]) / 2) * 100}%`;
  const place = isUpright ? { left: `${at * 100}%`, top: middle("top", "bottom") } : { top: `${at * 100}%`, left: middle("left", "right") };
  const press = (event) => {
    const ends = { Home: 0, End: 1 };
    if (!(event.key in STEPS) && !(event.key in ends)) return;
    event.preventDefault();
    onPlace(side, ends[event.key] ?? at + STEPS[event.key]);
  };
  return h("span", {
    className: isUpright ? "edge" : "edge level", style: place, role: "slider", tabIndex: 0, onKeyDown: press, "data-side": side,
    "aria-label": name, "aria-orientation": isUpright ? "horizontal" : "vertical", "aria-valuemin": 0,
    "aria-valuemax": 100, "aria-valuenow": Math.round(at * 100), "aria-valuetext": `${Math.round(at * 100)} %`,
  });
}

export function Cutter({ page, words, onCut }) {
  const [cut, setCut] = useState(page.cut), canvas = useRef(null), taken = useRef([]);
  useEffect(() => {
    drawInto(canvas.current, page.small, { turn: page.turn, cut: WHOLE }, 640);
    canvas.current.closest("dialog").querySelector(".edge").focus();
  }, [page]);
  const at = (event) => {
    const box = canvas.current.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height, box];
  };
  const hold = (event) => {
    event.currentTarget.setPointerCapture(event.pointerId);
    event.preventDefault();
    taken.current = sidesNear(cut, ...at(event));
    if (taken.current.length) event.currentTarget.querySelector(`[data-side=${taken.current[0]}]`).focus();
  };
  const drag = (event) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const [x, y] = at(event);
    setCut((before) => taken.current.reduce(
      (now, side) => placed(now, side, side === "left" || side === "right" ? x : y), before));
  };
  const frame = { left: `${cut.left * 100}%`, top: `${cut.top * 100}%`, right: `${cut.right * 100}%`, bottom: `${cut.bottom * 100}%` };
  return [
    h("div", { className: "bench", key: "bench" },
      h("div", { className: "cutter", onPointerDown: hold, onPointerMove: drag },
        h("canvas", { ref: canvas, "aria-hidden": true }),
        h("div", { className: "clip" }, h("div", { className: "frame", style: frame })),
        ["left", "top", "right", "bottom"].map((side) => h(Edge, {
          key: side, side, cut, name: words[side], onPlace: (which, to) => setCut((now) => placed(now, which, to)),
        })))),
    h("footer", { key: "ends" },
      h("p", { className: "quiet" }, words.how),
      h("button", { type: "button", className: "btn", onClick: () => setCut(WHOLE) }, words.whole),
      h("button", { type: "button", className: "btn main", onClick: () => onCut(cut) }, words.cut)),
  ];
}
