/* tus-js-client as Node runs it: uploads a file, pauses once, goes on; writes what happened as JSON.
   node tus_client.mjs LIBRARY ENDPOINT FILE HEADERS METADATA PAUSE_AT [cancel] */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [library, endpoint, file, headers, metadata, pauseAt, then] = process.argv.slice(2);
const { Upload } = createRequire(import.meta.url)(library);
const told = { pauses: 0, requests: [] };
const end = (values) => { console.log(JSON.stringify({ ...told, url: upload.url, ...values })); process.exit(0); };

const upload = new Upload(readFileSync(file), {
  endpoint,
  headers: JSON.parse(headers),
  metadata: JSON.parse(metadata),
  retryDelays: Array(50).fill(0),
  chunkSize: then === "cancel" ? 1 << 20 : Infinity, // the whole may have left before there is time to cancel it
  onAfterResponse: (request, response) => told.requests.push(`${request.getMethod()} ${response.getStatus()}`),
  onProgress: async (sent) => {
    if (told.pauses || sent < Number(pauseAt)) return;
    told.pauses += 1;
    await upload.abort(then === "cancel");
    if (then === "cancel") end({ cancelled: true });
    else upload.start();
  },
  onSuccess: ({ lastResponse }) => end({ receipt: lastResponse.getHeader("Portal-Receipt") }),
  onError: (error) => end({ error: String(error) }),
});
upload.start();
