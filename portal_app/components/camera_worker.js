/* `camera_bench.js` off the page's own thread. */
import { work } from "./camera_bench.js";

onmessage = async ({ data: { number, verb, given } }) => {
  try {
    const made = await work(verb, given);
    postMessage({ number, made }, made.small ? [made.small] : []);
  } catch {
    postMessage({ number });
  }
};
