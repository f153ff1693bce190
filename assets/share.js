/* What the phone's share menu handed over goes to the task that is pressed (11.3): by tus, like every file, and it
   stays on this device until the portal has it. */

(() => {
  const list = document.getElementById("shared"), tasks = document.getElementById("tasks"), words = list.dataset;
  const said = document.getElementById("said");
  const HEAD = 1100;
  const TUS = { "Tus-Resumable": "1.0.0" };
  const coded = (text) => btoa(String.fromCharCode(...new TextEncoder().encode(text)));
  let files = [];

  async function read() {
    const kept = "caches" in window ? await caches.open("shared") : null;
    const keys = kept ? await kept.keys() : [];
    files = await Promise.all(keys.map(async (key) => {
      const answer = await kept.match(key);
      return { key, kept, name: decodeURIComponent(answer.headers.get("Portal-Name") || ""), blob: await answer.blob() };
    }));
    list.replaceChildren(...files.map((file) => {
      const line = document.createElement("li");
      line.textContent = file.name;
      return line;
    }));
    document.getElementById("none").hidden = files.length > 0;
    tasks.hidden = files.length === 0;
  }

  async function begin(file, task) {
    const head = new Uint8Array(await file.blob.slice(0, HEAD).arrayBuffer());
    const answer = await fetch("/files/", {
      method: "POST",
      headers: {
        ...TUS, "Upload-Length": String(file.blob.size), "Portal-Head": btoa(String.fromCharCode(...head)),
        "Upload-Metadata": `task ${coded(task)},filename ${coded(file.name)},side ${coded("client")}`,
      },
    });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.headers.get("Location");
  }

  async function send(file, task) {
    const way = await begin(file, task);
    for (let tries = 0, at = 0; at < file.blob.size; tries += 1) {
      if (tries > 20) throw new Error(words.failed);
      try {
        const answer = await fetch(way, {
          method: "PATCH", body: file.blob.slice(at),
          headers: { ...TUS, "Upload-Offset": String(at), "Content-Type": "application/offset+octet-stream" },
        });
        if (answer.status >= 400 && answer.status < 500 && ![408, 409, 423, 429].includes(answer.status)) throw Object.assign(new Error(await answer.text()), { final: true });
      } catch (fault) {
        if (fault.final) throw fault;
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
    try {
      for (const file of files) await send(file, button.dataset.task);
      location.assign(button.dataset.href);
    } catch (fault) {
      said.textContent = fault.message || words.failed;
      buttons.forEach((one) => (one.disabled = false));
      await read();
    }
  });
  read().catch(() => {});
})();
