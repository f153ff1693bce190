/* The service worker of the portal (11.1). It keeps what a client page needs to open without network: its scripts, and
   the list that this person saw last. Never files, never a page that holds a secret: only what the server marks by
   `Portal-Keep`. Everything else goes to the network as if there were no worker. */

const VERSION = "__VERSION__";
const SHELL = "shell-" + VERSION;
const SEEN = "seen";
const SHARED = "shared";
const PAGES = /^\/(home|requests\/[0-9a-f-]{36}|documents|history|account)\/?$/;
const START = /^\/f\/[^/]+\/app$/;
const OUT = /^\/f\/[^/]+\/logout$/;
const MOST = 12; // pages kept
const MOST_SHARED = 10;

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(SHELL).then((shell) => shell.addAll(["/offline", "/offline.js"].map((path) => new Request(path, { cache: "reload" }))))
      .then(() => self.skipWaiting()),
  );
});

/* The shell before stays for pages that are still open; nothing reloads them. */
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const shells = (await caches.keys()).filter((name) => name.startsWith("shell-") && name !== SHELL);
    await Promise.all(shells.slice(0, -1).map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("message", (event) => {
  const { keep, forget } = event.data || {};
  if (Array.isArray(keep)) event.waitUntil(keepShell(keep));
  if (forget) event.waitUntil(caches.delete(SEEN));
});

self.addEventListener("fetch", (event) => {
  const request = event.request, url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.method === "POST") {
    if (url.pathname === "/share") event.respondWith(shared(request));
    else if (OUT.test(url.pathname)) event.respondWith(leaving(request));
    return;
  }
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    if (PAGES.test(url.pathname)) event.respondWith(page(request, url.pathname));
    else if (START.test(url.pathname)) event.respondWith(page(request, "/home"));
  } else if (url.pathname.startsWith("/assets/") || url.pathname === "/offline.js") event.respondWith(part(request));
});

/** A script or sheet that never changes under its name. */
async function part(request) {
  return (await caches.match(request, { ignoreVary: true })) || fetch(request);
}

async function keepShell(paths) {
  const shell = await caches.open(SHELL);
  const ours = paths.filter((path) => /^\/assets\/[\w.-]+$/.test(path)).slice(0, 100);
  for (const path of ours) {
    if (await caches.match(path, { ignoreVary: true })) continue;
    try {
      await shell.add(path);
    } catch { /* next time */ }
  }
}

/** The page from the server, or without network as it was seen last. */
async function page(request, path) {
  try {
    const answer = await fetch(request);
    await remember(path, answer.clone());
    return answer;
  } catch {
    return (await seen(path)) || (await caches.match("/offline", { ignoreVary: true })) || Response.error();
  }
}

/** Keeps a page for its reader. Another reader, or the way to sign in, takes away what was there. */
async function remember(path, answer) {
  const said = answer.headers.get("Portal-Keep");
  if (!said) {
    if (answer.type === "opaqueredirect" && path === "/home") await caches.delete(SEEN);
    else if (answer.type === "opaqueredirect" || !answer.ok) await (await caches.open(SEEN)).delete(path);
    return;
  }
  const [reader, seconds] = said.split(";");
  let kept = await caches.open(SEEN);
  const before = await (await kept.match("/reader"))?.text();
  if (before !== reader) {
    await caches.delete(SEEN);
    kept = await caches.open(SEEN);
    await kept.put("/reader", new Response(reader));
  }
  const headers = new Headers(answer.headers);
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  headers.set("Portal-Until", String(Date.now() + 1000 * seconds));
  headers.set("Portal-Seen", String(Date.now()));
  await kept.delete(path);
  await kept.put(path, new Response(await answer.blob(), { headers }));
  const pages = (await kept.keys()).filter((one) => new URL(one.url).pathname !== "/reader");
  await Promise.all(pages.slice(0, -MOST).map((one) => kept.delete(one)));
}

async function seen(path) {
  const kept = await caches.open(SEEN);
  const answer = await kept.match(path);
  if (!answer) return null;
  if (Number(answer.headers.get("Portal-Until")) < Date.now()) {
    await kept.delete(path);
    return null;
  }
  const html = (await answer.text()).replace("</body>", `<script src="/offline.js" data-seen="${answer.headers.get("Portal-Seen")}"></script></body>`);
  return new Response(html, { headers: answer.headers });
}

async function leaving(request) {
  await caches.delete(SEEN);
  await caches.delete(SHARED);
  return fetch(request);
}

/** What the phone's share menu hands over is kept here until a task is chosen (11.3). */
async function shared(request) {
  const form = await request.formData();
  const files = form.getAll("files").filter((one) => one instanceof File && one.size);
  const kept = await caches.open(SHARED);
  for (const file of files.slice(0, MOST_SHARED)) {
    const id = Date.now() + "-" + Math.random().toString(36).slice(2, 8);
    await kept.put("/shared/" + id, new Response(file, {
      headers: { "Content-Type": file.type || "application/octet-stream", "Portal-Name": encodeURIComponent(file.name), "Portal-At": String(Date.now()) },
    }));
  }
  return Response.redirect("/share", 303);
}

/* A notice: what it says and where it leads; of the same news about one place the newest stands alone. */
self.addEventListener("push", (event) => {
  let said = {};
  try {
    said = event.data.json();
  } catch { /* shown all the same: a browser asks for it */ }
  event.waitUntil(self.registration.showNotification(said.title || "", {
    body: said.body || "", tag: said.tag || "portal", renotify: true, lang: said.lang || "", icon: said.icon,
    data: { path: /^\/(?!\/)/.test(said.path || "") ? said.path : "/home" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil((async () => {
    const to = new URL(event.notification.data.path, location.origin);
    const open = await self.clients.matchAll({ type: "window" });
    const there = open.find((one) => new URL(one.url).pathname === to.pathname);
    return there ? there.focus() : self.clients.openWindow(to.href);
  })());
});

self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil((async () => {
    const old = event.oldSubscription;
    const now = event.newSubscription || (old && (await self.registration.pushManager.subscribe(old.options)));
    if (!now) return;
    await fetch("/push/changed", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ old: old?.endpoint || "", now: now.toJSON() }),
    });
  })());
});
