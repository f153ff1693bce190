import { createElement as h, useEffect, useId, useRef, useState, useSyncExternalStore } from "react";

/* Files go by tus, past the page's socket (10.1). What is under way belongs to the task, not to the component: it
   goes on when the page draws itself anew or another page of the portal is opened. Words come from the server. */

const DELAYS = [0, 1000, 3000, 5000, 10000, ...Array(5000).fill(15000)];
const AT_ONCE = 3;
const HEAD = 1100; // bytes told at the start, so that a refused kind is refused before it is sent
const SMALL = 4 << 20; // bytes a request where a proxy keeps whole requests to itself
const TUS = { "Tus-Resumable": "1.0.0" };

const boards = new Map();
const library = () => import("tus-js-client");
const camera = () => import("./camera.jsx");
const photosKept = () => import("./camera_store.js");

function boardOf(task) {
  if (!boards.has(task)) boards.set(task, { task, items: [], receipts: [], refusals: [], ears: new Set(), version: 0 });
  return boards.get(task);
}

function tell(board) {
  board.version += 1;
  board.ears.forEach((ear) => ear());
}

function change(board, item, values) {
  Object.assign(item, values);
  tell(board);
}

function drop(board, item) {
  board.items = board.items.filter((other) => other !== item);
  tell(board);
  next(board);
}

function refuse(board, item, text) {
  settlePhoto(board, item, false);
  board.refusals = [...board.refusals, { id: item.id, name: item.name, text }];
  drop(board, item);
}

function receive(board, item, coded) {
  settlePhoto(board, item, true);
  if (coded) board.receipts = [...board.receipts, JSON.parse(decodeURIComponent(coded))];
  drop(board, item);
}

/** Starts what waits its turn: a few at a time, so that the first are there soon; photos in their order, since they
    are numbered as they begin (10.4). */
function next(board) {
  const busy = board.items.filter((item) => item.state === "sending" || item.state === "offline");
  for (const item of board.items.filter((other) => other.state === "waiting")) {
    if (busy.length >= AT_ONCE) return;
    if (item.isPhoto && busy.some((other) => other.isPhoto)) continue;
    busy.push(item);
    start(board, item);
  }
}

async function start(board, item) {
  change(board, item, { state: "sending", since: Date.now(), from: item.sent });
  try {
    item.upload ??= await prepared(board, item);
    if (item.state === "sending") item.upload.start();
  } catch {
    change(board, item, { state: "offline" });
    setTimeout(() => { if (item.state === "offline") start(board, item); }, 5000);
  }
}

async function prepared(board, item) {
  const { Upload } = await library();
  const bytes = new Uint8Array(await item.file.slice(0, HEAD).arrayBuffer());
  const head = btoa(String.fromCharCode(...bytes));
  const upload = new Upload(item.file, {
    endpoint: "/files/",
    retryDelays: DELAYS,
    metadata: { ...item.more, task: board.task, filename: item.name, side: item.side, photo: item.isPhoto ? "1" : "" },
    fingerprint: async () => mark(board.task, item.file),
    removeFingerprintOnSuccess: true,
    onBeforeRequest: (request) => { if (request.getMethod() === "POST") request.setHeader("Portal-Head", head); },
    onAfterResponse: (request, response) => watch(item, request, response),
    onUploadUrlAvailable: () => { item.url = upload.url; },
    onProgress: (sent) => change(board, item, { sent, state: "sending" }),
    onShouldRetry: (error) => again(board, item, error),
    onSuccess: ({ lastResponse }) => receive(board, item, lastResponse?.getHeader("Portal-Receipt")),
    onError: (error) => refuse(board, item, error.originalResponse?.getBody() || ""),
  });
  const earlier = await upload.findPreviousUploads();
  if (earlier.length) upload.resumeFromPreviousUpload(earlier[0]);
  return upload;
}

const mark = (task, file) => ["portal", task, file.name, file.size, file.lastModified].join("/");

/** Where much was sent and nothing kept, something on the way holds whole requests back: send smaller ones. */
function watch(item, request, response) {
  if (request.getMethod() !== "HEAD") return;
  const kept = Number(response.getHeader("Upload-Offset"));
  if (item.sent - kept > 2 * SMALL) item.upload.options.chunkSize = SMALL;
}

/** Goes on after anything that may pass: no network, a restart, another request in the way. */
function again(board, item, error) {
  const status = error.originalResponse?.getStatus() ?? 0;
  const isPatch = error.originalRequest?.getMethod() === "PATCH";
  const passes = !status || [408, 423, 429, 460].includes(status) || (status >= 500 && status !== 507)
    || (status === 409 && isPatch);
  if (passes) change(board, item, { state: "offline" });
  return passes;
}

function pause(board, item) {
  item.upload?.abort();
  change(board, item, { state: "paused" });
  next(board);
}

/** What was made of photos is this browser's alone until it is received. */
async function settlePhoto(board, item, isReceived) {
  if (!item.isPhoto) return;
  await (await photosKept()).settle(item.file ? mark(board.task, item.file) : item.mark, isReceived);
  tell(board);
}

function cancel(board, item) {
  settlePhoto(board, item, false);
  if (item.upload) item.upload.abort(true).catch(() => {});
  else if (item.url) fetch(item.url, { method: "DELETE", headers: TUS }).catch(() => {});
  if (item.key) localStorage.removeItem(item.key);
  drop(board, item);
}

function add(board, side, more, files, isPhoto = false) {
  board.refusals = [];
  for (const file of files) {
    const left = board.items.find((item) => item.state === "left" && item.name === file.name && item.size === file.size);
    if (left) board.items = board.items.filter((item) => item !== left);
    board.items = [...board.items, {
      id: crypto.randomUUID ? crypto.randomUUID() : String(Math.random()), file, side, more, isPhoto,
      name: file.name || "", size: file.size, sent: left?.sent || 0, state: "waiting",
    }];
  }
  tell(board);
  next(board);
}

/** Uploads that a closed tab left unfinished: the browser knows where they are, the person still has the file. */
async function recall(board) {
  if (board.isRecalled) return;
  board.isRecalled = true;
  const keys = Object.keys(localStorage).filter((key) => key.startsWith(`tus::portal/${board.task}/`));
  for (const key of keys) {
    const kept = JSON.parse(localStorage.getItem(key) || "{}");
    if (!kept.uploadUrl || board.items.some((item) => item.url === kept.uploadUrl)) continue;
    const answer = await fetch(kept.uploadUrl, { method: "HEAD", headers: TUS }).catch(() => null);
    if (!answer) { board.isRecalled = false; return; }
    const item = {
      id: key, key, url: kept.uploadUrl, name: kept.metadata.filename, size: kept.size,
      sent: Number(answer.headers.get("Upload-Offset")), state: "left",
      isPhoto: Boolean(kept.metadata.photo), mark: key.slice("tus::".length, key.lastIndexOf("::")),
    };
    if (!answer.ok) localStorage.removeItem(key);
    else if (answer.headers.get("Portal-Receipt")) {
      localStorage.removeItem(key);
      receive(board, item, answer.headers.get("Portal-Receipt"));
    } else if (!board.items.some((other) => other.name === item.name && other.size === item.size)) {
      board.items = [item, ...board.items];
      if (item.isPhoto) await rejoin(item, kept.metadata);
      tell(board);
      next(board);
    }
  }
}

/** A file of photos is still here, so that it goes on by itself. */
async function rejoin(item, told) {
  const row = await photosKept().then((kept) => kept.madeAs(item.mark)).catch(() => null);
  if (row) Object.assign(item, { file: row.file, side: told.side, more: told, state: "waiting" });
}

/** How many photos of this place wait in the browser; a day long (camera_store.js). */
function unsent(place) {
  const [count, at] = (localStorage.getItem("portal-pages/" + place) || "0 0").split(" ").map(Number);
  return Date.now() - at < 86_400_000 ? count : 0;
}

if (typeof window !== "undefined") {
  addEventListener("online", () => boards.forEach((board) => {
    board.items.filter((item) => item.state === "offline" && item.upload)
      .forEach((item) => { item.upload.abort(); start(board, item); });
  }));
  const stay = (event) => {
    const isBusy = [...boards.values()].some((board) =>
      board.items.some((item) => ["sending", "waiting", "offline"].includes(item.state)));
    if (isBusy) event.preventDefault();
  };
  addEventListener("beforeunload", stay);
  addEventListener("portal:leaving", stay);
}

function useBoard(task) {
  const board = boardOf(task);
  const subscribe = (ear) => { board.ears.add(ear); return () => board.ears.delete(ear); };
  useSyncExternalStore(subscribe, () => board.version, () => 0);
  return board;
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_whole, name) => values[name]);

/** A size as the server writes it: MB of 1,048,576 bytes. */
function sized(words, bytes) {
  let amount = bytes, unit = 0;
  while (amount >= 1024 && unit < 3) { amount /= 1024; unit += 1; }
  const digits = unit >= 2 && amount < 100 ? 1 : 0;
  const number = new Intl.NumberFormat(words.locale, { maximumFractionDigits: digits }).format(amount);
  return number + "\u00a0" + words.units.split(" ")[unit];
}

/** *About 20 s*, once there is something to judge by. */
function remaining(words, item) {
  const passed = (Date.now() - item.since) / 1000, came = item.sent - item.from;
  if (passed < 2 || came <= 0) return "";
  const left = (item.size - item.sent) * passed / came;
  return left < 90 ? fill(words.seconds, { n: Math.max(5, Math.ceil(left / 5) * 5) })
    : fill(words.minutes, { n: Math.ceil(left / 60) });
}

function saying(words, item) {
  const values = { done: sized(words, item.sent), total: sized(words, item.size), name: item.name };
  if (item.state !== "sending") return fill(words[item.state], values);
  const time = remaining(words, item);
  return fill(time ? words.sendingTime : words.sending, { ...values, time });
}

const sign = (name, className) => h("svg", { className, "aria-hidden": true }, h("use", { href: "#" + name }));

function Act({ name, drawing, word, onClick }) {
  const label = fill(word.of, { act: word.act, name });
  return h("button", { type: "button", className: "link", "aria-label": label, onClick }, sign(drawing), word.act);
}

function Row({ board, item, words }) {
  const act = (drawing, key, onClick) =>
    h(Act, { name: item.name, drawing, word: { act: words[key], of: words.actOf }, onClick });
  const percent = item.size ? Math.floor(item.sent * 100 / item.size) : 0;
  const isHeld = item.state === "paused" || item.state === "left";
  return h("li", { className: "file up" + (isHeld ? " held" : "") },
    sign("file"),
    h("div", null, item.name, h("span", { className: "quiet" }, saying(words, item))),
    h("progress", { "aria-label": fill(words.progress, { name: item.name }), max: 100, value: percent }),
    h("div", { className: "acts" },
      item.state === "paused" ? act("go", "resume", () => { change(board, item, { state: "waiting" }); next(board); })
        : item.state === "left" ? null : act("hold", "pause", () => pause(board, item)),
      act("no", "cancel", () => cancel(board, item))));
}

function Slip({ receipt, words }) {
  const line = (word, text) => [h("dt", { key: word }, words[word]), h("dd", { key: word + "." }, text)];
  return h("figure", { className: "slip" },
    h("figcaption", null, sign("yes", "ok"), words.received),
    h("dl", null, line("file", receipt.name), line("size", receipt.size), line("at", receipt.at),
      line("sha", h("code", null, receipt.sha256))),
    receipt.paper && h("a", { className: "link", href: receipt.paper, download: "", "aria-label": fill(words.actOf, { act: words.paper, name: receipt.name }) }, words.paper));
}

function Refusal({ refusal, words }) {
  return h("div", { className: "note late", role: "alert" }, sign("late"),
    h("p", null, refusal.text || fill(words.failed, { name: refusal.name })));
}

/** *Upload a file*: a button, a place to drop on, and under it what is on its way. */
export function Uploader(
  { task, side, more, about, words, camera: hasCamera, title, person, full, describedBy, single, main },
) {
  const board = useBoard(task), id = useId(), [isOver, setOver] = useState(false), ticking = useRef(0);
  const [, redraw] = useState(0), [open, setOpen] = useState(null), [isLive, setLive] = useState(false);
  const place = person + "/" + task;
  useEffect(() => {
    setLive(true);
    recall(board).catch(() => {});
    const idle = window.requestIdleCallback || ((then) => setTimeout(then, 2000));
    idle(() => library().catch(() => {}));
  }, [board]);
  const isSending = board.items.some((item) => item.state === "sending");
  useEffect(() => {
    if (!isSending) return;
    ticking.current = setInterval(() => redraw((n) => n + 1), 1000);
    return () => clearInterval(ticking.current);
  }, [isSending]);
  const chosen = (then) => (event) => { then([...event.target.files]); event.target.value = ""; };
  const shoot = async (photos) => {
    try {
      const { Camera } = await camera();
      setOpen({ Camera, photos });
    } catch {
      add(board, side, more, photos, true);
    }
  };
  const send = async (made) => {
    const { keepMade } = await photosKept();
    for (const { file, ids } of made) await keepMade(mark(task, file), file, { place, ids });
    add(board, side, more, made.map(({ file }) => file), true);
  };
  const waiting = hasCamera && isLive && !board.items.some((item) => item.isPhoto) ? unsent(place) : 0;
  const over = (event) => { event.preventDefault(); if (!full) setOver(true); };
  const dropped = (event) => {
    event.preventDefault();
    setOver(false);
    if (!full) add(board, side, more, [...event.dataTransfer.files]);
  };
  const button = (drawing, word, more) => h("label", { className: main && drawing === "up" ? "btn main" : "btn" }, sign(drawing), words[word],
    h("input", { type: "file", "aria-describedby": describedBy || undefined, ...more,
      "aria-label": about ? fill(words.actOf, { act: words[word], name: about }) : undefined }));
  return h("div", {
    className: "uploader" + (isOver ? " over" : ""), id,
    onDragEnter: over, onDragOver: over, onDragLeave: () => setOver(false), onDrop: dropped,
  },
    board.items.length ? h("ul", null, board.items.map((item) => h(Row, { key: item.id, board, item, words }))) : null,
    board.refusals.map((refusal) => h(Refusal, { key: refusal.id, refusal, words })),
    h("div", { role: "status" },
      board.receipts.map((receipt) => h(Slip, { key: receipt.id, receipt, words }))),
    full ? null : h("div", { className: "acts" },
      button("up", "upload", { multiple: !single, onChange: chosen((files) => add(board, side, more, files)) }),
      hasCamera ? button("cam", "camera", { accept: "image/*", capture: "environment", onChange: chosen(shoot) }) : null),
    waiting ? h("button", { type: "button", className: "link", onClick: () => shoot([]) },
      sign("cam"), fill(words.unsent, { n: waiting })) : null,
    open ? h(open.Camera, { place, title, photos: open.photos, onSend: send, onLeave: () => setOpen(null) }) : null);
}

/** *Replace*: one file, as the new version of another; it goes among the uploads of its place. */
export function Replace({ task, side, more, words, name }) {
  const choose = (event) => { add(boardOf(task), side, more, [...event.target.files]); event.target.value = ""; };
  return h("label", { className: "link pick" }, words.replace,
    h("input", { type: "file", onChange: choose, "aria-label": fill(words.actOf, { act: words.replace, name }) }));
}
