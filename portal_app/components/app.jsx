import { useEffect } from "react";

/** Puts the worker behind the client's pages (11.1), and tells it which scripts this page needs, so that it opens
    without network. Nothing waits for it. */
export function AppWorker() {
  useEffect(() => {
    const workers = navigator.serviceWorker;
    if (!workers) return undefined;
    const later = setTimeout(async () => {
      try {
        await workers.register("/worker.js");
        const { active } = await workers.ready;
        const keep = performance.getEntriesByType("resource").map((it) => new URL(it.name)).filter((it) => it.origin === location.origin)
          .map((it) => it.pathname).filter((path) => path.startsWith("/assets/"));
        active.postMessage({ keep: [...new Set(keep)] });
      } catch { /* private windows have none */ }
    }, 3000);
    return () => clearTimeout(later);
  }, []);
  return null;
}
