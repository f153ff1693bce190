/* Notifications on this device, and the portal on its home screen: on the account page (11.1). Words come from the page. */

(() => {
  const push = document.getElementById("push"), install = document.getElementById("install");
  const show = (part, on) => part && (part.hidden = !on);
  const isInstalled = matchMedia("(display-mode: standalone)").matches || navigator.standalone === true;
  const isIos = /iPhone|iPad/.test(navigator.userAgent) || (navigator.platform === "MacIntel" && navigator.maxTouchPoints > 1);

  if (install) addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    const button = install.querySelector("button");
    show(install, true);
    show(button, true);
    button.onclick = async () => {
      await event.prompt();
      if ((await event.userChoice).outcome === "accepted") show(install, false);
    };
  });
  if (install && isIos && !isInstalled) {
    show(install, true);
    show(document.getElementById("ios"), true);
  }
  if (!push || !("serviceWorker" in navigator)) return;
  const button = push.querySelector("button"), said = push.querySelector("p"), words = push.dataset;
  if (!("PushManager" in window)) {
    show(push, isIos && !isInstalled);
    return;
  }
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (mark) => mark.charCodeAt(0));
  const send = (path, body) => fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });

  function draw(isOn, text) {
    show(push, true);
    show(button, true);
    said.textContent = text || (isOn ? words.on : words.off);
    button.textContent = isOn ? words.end : words.begin;
    button.disabled = false;
    button.onclick = () => {
      button.disabled = true;
      (isOn ? switchOff() : switchOn()).catch(() => draw(isOn, words.failed));
    };
  }

  async function switchOn() {
    if ((await Notification.requestPermission()) !== "granted") return draw(false, words.denied);
    const worker = await navigator.serviceWorker.ready;
    const { key } = await (await fetch("/push/key")).json();
    const now = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(key) });
    const answer = await send(words.base, now.toJSON());
    return draw(answer.ok, answer.ok ? "" : words.failed);
  }

  async function switchOff() {
    const worker = await navigator.serviceWorker.ready;
    const now = await worker.pushManager.getSubscription();
    if (now) {
      await send(words.base + "/end", { endpoint: now.endpoint });
      await now.unsubscribe();
    }
    return draw(false);
  }

  (async () => {
    await navigator.serviceWorker.register("/worker.js");
    const worker = await navigator.serviceWorker.ready;
    const now = await worker.pushManager.getSubscription();
    const isOn = now && Notification.permission === "granted";
    if (isOn) await send(words.base, now.toJSON());
    draw(isOn, Notification.permission === "denied" ? words.denied : "");
  })().catch(() => {});
})();
