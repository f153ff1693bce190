// A page of sections with a menu beside them: the entry of the section in sight is the current one, and an address
// that names a section leads to it once the section is there.
import { useEffect } from "react";

function mark(menu, id) {
  for (const link of menu.querySelectorAll("a")) {
    const isHere = new URL(link.href).hash === `#${id}` && new URL(link.href).pathname === location.pathname;
    if (isHere) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
    if (isHere) show(menu, link);
  }
}

function show(menu, link) {
  if (menu.scrollWidth > menu.clientWidth) menu.scrollTo({ left: link.offsetLeft - menu.offsetLeft - 16 });
}

export function SectionSpy({ menu: name, content }) {
  useEffect(() => {
    const menu = document.getElementById(name);
    const sections = () => [...document.querySelectorAll("section.part[id]")];
    if (!menu) return undefined;
    const page = menu.querySelector("[aria-current=page]");
    if (page) return show(menu, page);
    const line = () => innerHeight / 4;
    const look = () => {
      const all = sections();
      const atEnd = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
      const passed = all.filter((one) => one.getBoundingClientRect().top <= line());
      const named = atEnd && all.find((one) => `#${one.id}` === location.hash);
      const here = named || (atEnd ? all.at(-1) : passed.at(-1) ?? all[0]);
      if (here) mark(menu, here.id);
    };
    if (location.hash) document.getElementById(location.hash.slice(1))?.scrollIntoView();
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("hashchange", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("hashchange", look);
    };
  }, [name, content]);
  return null;
}
