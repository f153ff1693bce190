import { createElement as h, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { WHOLE, drawInto } from "./camera_bench.js";
import { Cutter } from "./camera_cutter.jsx";
import { pdfOf } from "./camera_pdf.js";
import { Glyph } from "./camera_signs.js";
import { SHEET } from "./camera_sheet.js";
import { change, draftOf, forgetOld, listen, recalled } from "./camera_store.js";
import { ask } from "./camera_work.js";
import words from "./camera_words.js";

/* Photos of a task before they are sent: in order, upright, cut; then one PDF or receipts apart (10.9). Fetched only
   when the camera was used. Nothing is done to a photo but on this device. */

const DARK = 70; // mean light of 255
const BLURRED = 60; // variance of the Laplacian where the page is sharpest

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);
const newId = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16)).join("");

/** Looks at a photo once: a small copy to show, and what is to be said of it. */
async function look(draft, page) {
  if (page.small || page.isStrange || page.isLooked) return;
  page.isLooked = true;
  try {
    const { small, light, sharpness } = await ask("look", { blob: page.photo });
    Object.assign(page, { small, isDark: light < DARK, isBlurred: sharpness < BLURRED });
  } catch {
    page.isStrange = true;
  }
  draft.version += 1;
  draft.ears.forEach((ear) => ear());
}

async function take(draft, photos) {
  const fresh = photos.map((photo) => ({ id: newId(), photo, turn: 0, cut: WHOLE }));
  const pages = [...(await recalled(draft)), ...fresh];
  change(draft, pages);
  pages.forEach((page) => look(draft, page));
  return fresh;
}

/** A quarter to the right; what is cut goes along. */
function turned({ turn, cut }) {
  return { turn: (turn + 90) % 360, cut: { left: cut.bottom, top: cut.left, right: cut.top, bottom: cut.right } };
}

const isWhole = ({ turn, cut }) => !turn && !cut.left && !cut.top && !cut.right && !cut.bottom;
const jpegName = (photo) => (photo.name || "photo").replace(/\.\w+$/, "") + ".jpg";

const made = (page) => ask("page", { blob: page.photo, turn: page.turn, cut: page.cut });
const asItIs = (page) => ({ file: page.photo, ids: [page.id] });

/** One file of all pages; what this browser cannot show goes beside it as it is. */
async function asPdf(pages, title, tell) {
  const shown = [], apart = pages.filter((page) => page.isStrange).map(asItIs);
  for (const [index, page] of pages.entries()) {
    tell(index + 1);
    if (!page.isStrange) shown.push({ id: page.id, ...(await made(page)) });
  }
  if (!shown.length) return apart;
  const pdf = pdfOf(shown, title, words.language);
  return [{ file: new File([pdf], title + ".pdf", { type: pdf.type }), ids: shown.map(({ id }) => id) }, ...apart];
}

/** A file a page: the photo itself where nothing was changed. */
async function asReceipts(pages, _title, tell) {
  const files = [];
  for (const [index, page] of pages.entries()) {
    tell(index + 1);
    if (page.isStrange || isWhole(page)) files.push(asItIs(page));
    else {
      const { blob } = await made(page);
      files.push({ file: new File([blob], jpegName(page.photo), { type: blob.type }), ids: [page.id] });
    }
  }
  return files;
}

function Thumb({ page }) {
  const canvas = useRef(null);
  useEffect(() => {
    if (page.small) drawInto(canvas.current, page.small, page, 240);
  }, [page.small, page.turn, page.cut]);
  return h("div", { className: "thumb", "aria-hidden": true },
    page.isStrange ? h(Glyph, { name: "file" }) : h("canvas", { ref: canvas, width: 1, height: 1 }));
}

const doubt = (text) => h("p", { className: "doubt", key: text }, h(Glyph, { name: "late" }), text);

function Tap({ name, drawing, onClick, disabled }) {
  return h("button", {
    type: "button", className: "tap", "data-act": drawing, "aria-label": name, title: name, onClick, disabled,
  }, h(Glyph, { name: drawing }));
}

/** Where among the rows a finger is. */
function placeUnder(list, y) {
  const middles = [...list.children].map((row) => row.getBoundingClientRect()).map((box) => (box.top + box.bottom) / 2);
  const below = middles.findIndex((middle) => y < middle);
  return below === -1 ? middles.length - 1 : below;
}

function Grip({ onMove, onHold }) {
  const drag = (event) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    onMove(placeUnder(event.currentTarget.closest("ol"), event.clientY));
  };
  return h("span", {
    className: "tap", "aria-hidden": true, onPointerMove: drag, onLostPointerCapture: () => onHold(false),
    onPointerDown: (event) => { event.currentTarget.setPointerCapture(event.pointerId); onHold(true); },
  }, h(Glyph, { name: "grip" }));
}

function Leaf({ page, number, count, act, isHeld, onHold }) {
  const name = (word) => fill(words[word], { n: number });
  const move = (to) => act.move(page, to);
  return h("li", { className: "leafy" + (isHeld ? " held" : ""), "data-page": page.id },
    h(Thumb, { page }),
    h("div", null,
      h("h3", null, name("page"), count > 1 ? h(Grip, { onMove: move, onHold }) : null),
      page.isStrange ? doubt(words.strange) : null,
      page.isDark ? doubt(words.dark) : null,
      page.isBlurred && !page.isDark ? doubt(words.blurred) : null,
      h("div", { className: "acts" },
        h(Tap, { name: name("earlier"), drawing: "earlier", disabled: number === 1, onClick: () => move(number - 2) }),
        h(Tap, { name: name("later"), drawing: "later", disabled: number === count, onClick: () => move(number) }),
        page.isStrange ? null : h(Tap, { name: name("turn"), drawing: "turn", onClick: () => act.turn(page) }),
        page.isStrange ? null : h(Tap, { name: name("crop"), drawing: "crop", onClick: () => act.crop(page) }),
        h(Tap, { name: name("remove"), drawing: "bin", onClick: () => act.remove(page) }))));
}

/** A camera again: the same button as the page's. */
function Add({ onTake, disabled }) {
  const took = (event) => { onTake([...event.target.files]); event.target.value = ""; };
  return h("label", { className: "btn" }, h(Glyph, { name: "cam" }), words.add,
    h("input", { type: "file", accept: "image/*", capture: "environment", onChange: took, disabled }));
}

function Ends({ count, making, onTake, onSend, wrong }) {
  const [pdf, apart] = count > 1 ? ["onePdf", "receipts"] : ["pdf", "photo"];
  const isBusy = making > 0;
  return h("footer", null,
    isBusy ? h("p", { role: "status" }, fill(words.making, { n: making, all: count })) : null,
    wrong ? h("p", { role: "alert", className: "note late" }, wrong) : null,
    h(Add, { onTake, disabled: isBusy }),
    h("button", { type: "button", className: "btn main", disabled: isBusy || !count, onClick: () => onSend(asPdf) }, words[pdf]),
    h("button", { type: "button", className: "link", disabled: isBusy || !count, onClick: () => onSend(asReceipts) }, words[apart]));
}

/** What can be done with the pages of a draft; each says what became of it. */
function acts(draft, say, { setCropping, setGone, focusOn }) {
  const place = (page) => draft.pages.findIndex((other) => other.id === page.id);
  const put = (page, values) =>
    change(draft, draft.pages.map((other) => (other.id === page.id ? Object.assign(other, values) : other)));
  return {
    move(page, to) {
      const from = place(page);
      if (from === to || to < 0 || to >= draft.pages.length) return;
      const rest = draft.pages.filter((other) => other.id !== page.id);
      focusOn(page, to > from ? "later" : "earlier");
      change(draft, [...rest.slice(0, to), page, ...rest.slice(to)]);
      say(fill(words.moved, { n: from + 1, to: to + 1 }));
    },
    turn(page) {
      put(page, turned(page));
      say(fill(words.turned, { n: place(page) + 1 }));
    },
    crop(page) {
      focusOn(page, "crop");
      setCropping(page);
    },
    cut(page, cut) {
      put(page, { cut });
      setCropping(null);
      say(fill(words.cropped, { n: place(page) + 1 }));
    },
    remove(page) {
      const at = place(page);
      change(draft, draft.pages.filter((other) => other.id !== page.id));
      setGone({ page, at });
    },
    restore({ page, at }) {
      focusOn(page, "bin");
      change(draft, [...draft.pages.slice(0, at), page, ...draft.pages.slice(at)]);
      setGone(null);
      say(fill(words.back, { n: at + 1 }));
    },
  };
}

function useDraft(place) {
  const draft = draftOf(place);
  useSyncExternalStore((ear) => listen(draft, ear), () => draft.version, () => 0);
  return draft;
}

/** The browser's own modal dialog; what was focused before has the focus again afterwards. */
function useModal(dialog) {
  useEffect(() => {
    const before = document.activeElement, shown = dialog.current;
    shown.showModal();
    return () => { shown.close(); if (before?.isConnected) before.focus(); };
  }, []);
}

/** Puts the focus where somebody was, once the pages stand in their new order or are back in sight. */
function useFocus(dialog) {
  const wanted = useRef(null);
  useEffect(() => {
    const row = wanted.current && dialog.current.querySelector(`[data-page="${wanted.current.id}"]`);
    if (!row) return;
    (row.querySelector(`[data-act="${wanted.current.act}"]:enabled`) || row.querySelector("button:enabled")).focus();
    wanted.current = null;
  });
  return (page, act) => { wanted.current = { id: page.id, act }; };
}

export function Camera({ place, title, photos, onSend, onLeave }) {
  const draft = useDraft(place), dialog = useRef(null), taken = useRef(null);
  const [cropping, setCropping] = useState(null), [gone, setGone] = useState(null), [held, setHeld] = useState("");
  const [said, say] = useState(""), [making, setMaking] = useState(0), [wrong, setWrong] = useState("");
  useModal(dialog);
  const add = async (files) => {
    if (!files.length && draft.pages) return;
    const fresh = await take(draft, files);
    setGone(null);
    if (fresh.length) say(fill(words.added, { n: draft.pages.length }));
    dialog.current?.querySelector("li:last-child")?.scrollIntoView({ block: "nearest" });
  };
  useEffect(() => {
    if (taken.current === photos) return;
    taken.current = photos;
    forgetOld().then(() => add(photos));
  }, [photos]);
  const pages = draft.pages || [], act = acts(draft, say, { setCropping, setGone, focusOn: useFocus(dialog) });
  const send = async (make) => {
    setWrong("");
    setGone(null);
    try {
      await onSend(await make(pages, title || words.title, setMaking));
      onLeave();
    } catch {
      setWrong(words.failed);
      setMaking(0);
    }
  };
  const leave = (event) => {
    event.preventDefault();
    if (cropping) setCropping(null);
    else if (!making) onLeave();
  };
  const list = h("div", { className: "all", tabIndex: -1 },
    pages.length ? h("ol", null, pages.map((page, index) => h(Leaf, {
      key: page.id, page, number: index + 1, count: pages.length, act, isHeld: held === page.id,
      onHold: (isOn) => setHeld(isOn ? page.id : ""),
    }))) : h("p", { className: "none" }, draft.pages ? words.none : ""));
  return h("dialog", { ref: dialog, className: "pages", "aria-labelledby": "pages-title", onCancel: leave },
    h("style", null, SHEET),
    h("header", null,
      h("h2", { id: "pages-title" }, cropping ? fill(words.crop, { n: pages.indexOf(cropping) + 1 }) : words.title),
      h(Tap, { name: cropping ? words.asBefore : words.close, drawing: "no", onClick: leave, disabled: making > 0 })),
    cropping ? h(Cutter, { page: cropping, words, fill, onCut: (cut) => act.cut(cropping, cut) }) : list,
    cropping ? null : h(Ends, { count: pages.length, making, onTake: add, onSend: send, wrong }),
    gone ? h("p", { className: "gone" }, fill(words.removed, { n: gone.at + 1 }),
      h("button", { type: "button", className: "link", autoFocus: true, onClick: () => act.restore(gone) }, words.undo)) : null,
    h("p", { className: "sr", role: "status" }, gone ? fill(words.removed, { n: gone.at + 1 }) : said));
}
