/* What the phone's share menu handed over goes to the task that is pressed (11.3): by tus, like every file, and it
   stays on this device until the portal has it. */

(() => {
  const list = document.getElementById("shared"), tasks = document.getElementById("tasks"), words = list.dataset;
  const said = document.getElementById("said");
  const HEAD = 1100;
  const LASTS = 24 * 60 * 60 * 1000; // milliseconds
  const TUS = { "Tus-Resumable": "1.0.0" };
  const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  let files = [];

  /** A file is whose page it first stood on, for a day. Whoever else signs in here later never sees it. */
  async function mine(kept, key) {
    const answer = await kept.match(key), headers = new Headers(answer.headers);
    const whose = headers.get("Portal-Whose");
    const at = Number(headers.get("Portal-At")) || Date.now(); // a worker from before an update gives none
    if ((whose && whose !== words.reader) || Date.now() - at > LASTS) {
      await kept.delete(key);
      return null;
    }
    const blob = await answer.blob();
    headers.set("Portal-Whose", words.reader);
    headers.set("Portal-At", String(at));
    if (!whose) await kept.put(key, new Response(blob, { headers }));
    return { key, kept, name: decodeURIComponent(headers.get("Portal-Name") || ""), blob };
  }

  async function read() {
    const kept = "caches" in window ? await caches.open("shared") : null;
    const keys = kept ? await kept.keys() : [];
    files = (await Promise.all(keys.map((key) => mine(kept, key)))).filter(Boolean);
    list.replaceChildren(...files.map((file) => {
      const line = document.createElement("li");
      line.textContent = file.name;
      return line;
    }));
    document.getElementById("none").hidden = files.length > 0;
    tasks.hidden = files.length === 0;
  }

  /** The server's own sentence. What no task takes, for what it is, stays here no longer (10.2). */
  const refusal = async (answer) => Object.assign(new Error(), { said: await answer.text(), isNever: [400, 415].includes(answer.status) });

  async function begin(file, task) {
    const head = new Uint8Array(await file.blob.slice(0, HEAD).arrayBuffer());
    const answer = await fetch("/files/", {
      method: "POST",
      headers: {
        ...TUS, "Upload-Length": String(file.blob.size), "Portal-Head": btoa(String.fromCharCode(...head)),
        "Upload-Metadata": `task ${coded(task)},filename ${coded(file.name)},side ${coded("client")}`,
      },
    });
    if (!answer.ok) throw await refusal(answer);
    return answer.headers.get("Location");
  }

  async function send(file, task) {
    const way = await begin(file, task);
    for (let tries = 0, at = 0; at < file.blob.size; tries += 1) {
      if (tries > 20) throw new Error();
      try {
        const answer = await fetch(way, {
          method: "PATCH", body: file.blob.slice(at),
          headers: { ...TUS, "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" },
        });
        if (answer.status >= 400 && answer.status < 500 && ![408, 409, 423, 429].includes(answer.status)) throw await refusal(answer);
      } catch (fault) {
        if (fault.said) throw fault;
      }
      const now = await fetch(way, { method: "HEAD", headers: TUS }).catch(() => null);
      if (now?.ok) at = Number(now.headers.get("Upload-Offset"));
      if (at < file.blob.size) await new Promise((then) => setTimeout(then, 1000 * Math.min(10, tries + 1)));
    }
    await file.kept.delete(file.key);
  }

  tasks.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-task]");
    if (!button) return;
    const buttons = [...tasks.querySelectorAll("button")];
    buttons.forEach((one) => (one.disabled = true));
    said.textContent = words.sending;
    const faults = new Set();
    for (const file of files) {
      try {
        await send(file, button.dataset.task);
      } catch (fault) {
        faults.add(fault.said || words.failed);
        if (fault.isNever) await file.kept.delete(file.key);
      }
    }
    if (!faults.size) return location.assign(button.dataset.href);
    said.textContent = [...faults].join(" ");
    buttons.forEach((one) => (one.disabled = false));
    await read();
  });
  read().catch(() => {});
})();
