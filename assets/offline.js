/* On a page that is shown without network: says so, and keeps answers and comments where the live page looks for
   them (components/answers.js), which sends each of them once. */

(() => {
  const WORDS = __WORDS__;
  const QUEUE = "portal-answers";
  const first = document.getElementById("first");
  if (!first) return;
  const seen = Number(document.currentScript.dataset.seen);
  const who = document.querySelector("[data-reader]")?.dataset.reader || "";
  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(QUEUE) || "[]");
    } catch {
      return [];
    }
  };
  const write = (all) => localStorage.setItem(QUEUE, JSON.stringify(all));
  const say = (text) => (note.textContent = text);

  const note = document.createElement("p");
  note.className = "offline-note";
  note.setAttribute("role", "status");
  first.querySelector(".mast")?.after(note);
  const at = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(seen);
  setTimeout(() => say(WORDS.offline.replace("{at}", at)));
  addEventListener("online", () => say(WORDS.back));

  const tickOf = (task) => first.querySelector(`[id="k${task}"]`);
  function show(it) {
    const row = first.querySelector(`[id="t${it.task}"]`);
    if (!row) return;
    if (it.kind === "tick" || it.kind === "other") {
      tickOf(it.task)?.setAttribute("aria-checked", String(it.done));
      const state = row.querySelector("summary .state");
      if (state) [state.className, state.textContent] = ["state wait", WORDS.waiting];
    } else if (it.kind === "comment") {
      const line = document.createElement("p");
      line.className = "quiet";
      line.append(it.fields.body, document.createElement("br"), WORDS.waiting);
      row.querySelector(".talks form")?.before(line);
    }
  }
  read().filter((it) => it.who === who).forEach(show);

  first.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    const form = event.target, found = form.getAttribute("action").match(/^(\/requests\/[^/]+\/tasks\/([^/]+)\/)([a-z-]+)$/);
    if (!found || !who) return say(WORDS.later);
    const [, base, task, verb] = found;
    const id = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");
    const title = first.querySelector(`[id="t${task}"] h2`)?.textContent || "";
    const waits = read().findLast((it) => it.done && it.task === task && it.who === who);
    let it;
    if (verb === "comment") {
      const body = form.elements.body.value.trim();
      if (!body) return undefined;
      form.elements.body.value = "";
      it = { id, kind: "comment", task, href: base + "comment", fields: { body, once_key: id } };
    } else if (WORDS.answers[verb]) {
      it = { id, kind: "other", away: true, task, title, href: base + verb, ...WORDS.answers[verb], fields: { ...Object.fromEntries(new FormData(form)), once_key: id } };
      form.reset();
      form.closest("details").open = form.closest(".other").open = false;
      first.querySelector(`[id="d${task}"] > summary`).focus({ preventScroll: true });
    } else if (verb === "tick" && waits) {
      write(read().filter((one) => one.id !== waits.id));
      return location.reload();
    } else if (verb === "tick") it = { id, kind: "tick", done: true, task, title, href: base + "tick", fields: {} };
    else return say(WORDS.later);
    it = { ...it, who, since: Date.now() };
    write([...read().filter((one) => it.kind === "comment" || one.id !== waits?.id), it]); // of two that complete a task, the later
    show(it);
    return say(WORDS.kept);
  });
})();
