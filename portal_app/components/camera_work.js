/* Has photos worked on, one after the other: by a worker where there is one, else here. */
import { work } from "./camera_bench.js";

let worker, last = Promise.resolve(), number = 0;

function canDrawAside() {
  try {
    return Boolean(new OffscreenCanvas(1, 1).getContext("2d"));
  } catch {
    return false;
  }
}

function hired() {
  if (worker === undefined) {
    worker = canDrawAside() ? new Worker(new URL("./camera_worker.js", import.meta.url), { type: "module" }) : null;
  }
  return worker;
}

function aside(verb, given) {
  number += 1;
  const mine = number;
  return new Promise((then, fail) => {
    worker.onmessage = ({ data }) => { if (data.number === mine) (data.made ? then(data.made) : fail(new Error(verb))); };
    worker.onerror = () => { worker = null; then(work(verb, given)); };
    worker.postMessage({ number: mine, verb, given });
  });
}

/** What `verb` makes. Rejects a photo that this browser cannot decode. */
export function ask(verb, given) {
  const run = () => (hired() ? aside(verb, given) : work(verb, given));
  const answer = last.then(run, run);
  last = answer.catch(() => {});
  return answer;
}
