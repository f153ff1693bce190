/* Photos that were taken and not sent yet. They stay in this browser for a day, so that a phone that ends the page
   while its camera is open loses none; what was made of them stays until it is received. */

const DATABASE = "portal-pages";
const STORES = ["lists", "photos", "made"];
const DAY = 86_400_000; // as long as an upload may take (10.10)
const MARK = "portal-pages/"; // in localStorage: how many wait, since when; the uploader reads it

let opening;

function database() {
  opening ??= new Promise((then, fail) => {
    const asked = indexedDB.open(DATABASE, 1);
    asked.onupgradeneeded = () => STORES.forEach((name) => asked.result.createObjectStore(name));
    asked.onsuccess = () => then(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  return opening;
}

/** Runs `act` on the stores in one transaction and gives what its request found. */
async function within(mode, act) {
  const held = await database();
  return new Promise((then, fail) => {
    const unit = held.transaction(STORES, mode);
    const asked = act(...STORES.map((name) => unit.objectStore(name)));
    unit.oncomplete = () => then(asked?.result);
    unit.onerror = unit.onabort = () => fail(unit.error);
  });
}

function mark(key, count) {
  try {
    if (count) localStorage.setItem(MARK + key, `${count} ${Date.now()}`);
    else localStorage.removeItem(MARK + key);
  } catch {
    /* none allowed: the photos are offered again only while this page lives */
  }
}

const drafts = new Map();

export function draftOf(key) {
  if (!drafts.has(key)) drafts.set(key, { key, pages: null, isKept: true, ears: new Set(), version: 0 });
  return drafts.get(key);
}

export function listen(draft, ear) {
  draft.ears.add(ear);
  return () => draft.ears.delete(ear);
}

/** Shows these pages, and keeps them; where the browser keeps nothing, leaving asks first. */
export async function change(draft, pages) {
  const gone = (draft.pages || []).filter((page) => !pages.some((other) => other.id === page.id));
  draft.pages = pages;
  draft.version += 1;
  draft.ears.forEach((ear) => ear());
  mark(draft.key, pages.length);
  try {
    await within("readwrite", (lists, photos) => {
      const rows = pages.map(({ id, turn, cut }) => ({ id, turn, cut }));
      if (rows.length) lists.put({ rows, at: Date.now() }, draft.key);
      else lists.delete(draft.key);
      pages.filter((page) => !page.isStored).forEach((page) => photos.put(page.photo, page.id));
      gone.forEach((page) => photos.delete(page.id));
    });
    pages.forEach((page) => { page.isStored = true; });
    gone.forEach((page) => { page.isStored = false; });
    draft.isKept = true;
  } catch {
    draft.isKept = false;
  }
}

/** What an earlier visit left, once a page. */
export async function recalled(draft) {
  if (draft.pages) return draft.pages;
  let found = [];
  try {
    const list = await within("readonly", (lists) => lists.get(draft.key));
    const rows = list && list.at > Date.now() - DAY ? list.rows : [];
    const photos = await Promise.all(rows.map(({ id }) => within("readonly", (_lists, kept) => kept.get(id))));
    found = rows.map((row, index) => ({ ...row, photo: photos[index], isStored: true })).filter((page) => page.photo);
  } catch {
    draft.isKept = false;
  }
  draft.pages ??= found;
  return draft.pages;
}

/* Files made of photos, by what their upload is known by, until they are received or cancelled. */
const madeHere = new Map();

/** Keeps `file`, which the pages `ids` of a draft went into. */
export async function keepMade(name, file, { place, ids }) {
  const row = { file, place, ids, at: Date.now() };
  madeHere.set(name, row);
  await within("readwrite", (_lists, _photos, made) => made.put(row, name)).catch(() => {});
}

export const madeAs = async (name) => madeHere.get(name)
  ?? within("readonly", (_lists, _photos, made) => made.get(name)).catch(() => undefined);

/** The upload ended: what was received is no longer waiting, what was refused or cancelled still is. */
export async function settle(name, isReceived) {
  const row = await madeAs(name);
  if (!row) return;
  madeHere.delete(name);
  await within("readwrite", (_lists, _photos, made) => made.delete(name)).catch(() => {});
  if (!isReceived) return;
  const draft = draftOf(row.place);
  const pages = await recalled(draft);
  await change(draft, pages.filter((page) => !row.ids.includes(page.id)));
}

/** Forgets what was left for more than a day, whoever left it. */
export async function forgetOld() {
  const isOld = (at) => !(at > Date.now() - DAY);
  Object.keys(localStorage).filter((name) => name.startsWith(MARK) && isOld(Number(localStorage.getItem(name).split(" ")[1])))
    .forEach((name) => localStorage.removeItem(name));
  await within("readwrite", (lists, photos, made) => {
    const each = (store, forget) => {
      store.openCursor().onsuccess = ({ target: { result: row } }) => {
        if (!row) return;
        if (isOld(row.value.at)) forget(row);
        row.continue();
      };
    };
    each(made, (row) => row.delete());
    each(lists, (row) => {
      row.value.rows.forEach(({ id }) => photos.delete(id));
      row.delete();
    });
  }).catch(() => {});
}

if (typeof window !== "undefined") {
  const stay = (event) => {
    if ([...drafts.values()].some((draft) => draft.pages?.length && !draft.isKept)) event.preventDefault();
  };
  addEventListener("beforeunload", stay);
  addEventListener("portal:leaving", stay);
}
