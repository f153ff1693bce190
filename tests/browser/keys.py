"""A person who uses the keyboard alone, and sees where they are."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import FileChooser, Locator, Page, expect

FURTHEST = 150
"""Stops after which what is looked for counts as out of reach."""
PARTS = 4
"""Stops within one field: a date has day, month, year and a calendar."""
PRESSES, LOOKS = 3, 80
"""Presses of a button that opens a chooser, which a busy Chromium now and then does not, and looks for it after each."""
SAME = "([here, before]) => here === before && here !== document.body"
SEEN = """() => {
  const it = document.activeElement;
  if (!it || it === document.body) return "";
  const clear = colour => /^transparent$|, 0\\)$/.test(colour);
  const ringed = [it, it.closest("label"), it.parentElement].filter(Boolean).find(one => {
    const style = getComputedStyle(one);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && !clear(style.outlineColor))
      || /rgb.* 0px 0px 0px [2-9]/.test(style.boxShadow);
  });
  if (!ringed) return "no ring: " + it.outerHTML.slice(0, 200);
  const box = ringed.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.2], [0.9, 0.2], [0.1, 0.8], [0.9, 0.8]];
  const shows = points.some(([x, y]) => {
    const top = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    return top && (ringed.contains(top) || top.contains(ringed));
  });
  return shows ? "" : "hidden: " + it.outerHTML.slice(0, 200);
}"""
"""What is wrong with how the focus shows: it needs a ring of two pixels or more, and may not lie under something."""


@dataclass
class Keys:
    """Only Tab, Shift+Tab, Enter, Space, arrows, Escape and letters."""

    page: Page

    def to(self, target: Locator, *, back: bool = False) -> None:
        """Tab until `target` has the focus; every stop on the way shows that it has it, and none keeps it."""
        expect(target).to_be_attached()
        before, stays = None, 0
        for _stop in range(FURTHEST):
            if self.page.locator(":focus").and_(target).count():
                return
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            wrong = self.page.evaluate(SEEN)
            assert not wrong, wrong
            here = self.page.evaluate_handle("document.activeElement")
            stays = stays + 1 if before is not None and self.page.evaluate(SAME, [here, before]) else 0
            assert stays <= PARTS, f"a trap: {here}"
            before = here
        raise AssertionError(f"out of reach by Tab: {target}")

    def press(self, target: Locator, key: str = "Enter", *, back: bool = False) -> None:
        """Go there, and press."""
        self.to(target, back=back)
        self.page.keyboard.press(key)

    def write(self, target: Locator, text: str) -> None:
        """Go there, and type."""
        self.to(target)
        self.page.keyboard.type(text)

    def choose_file(self, target: Locator, name: str, content: bytes) -> None:
        """Go to a button that chooses files, and choose one. Whoever sees no chooser come presses once more."""
        choosers: list[FileChooser] = []

        def come(chooser: FileChooser) -> None:
            choosers.append(chooser)

        self.page.on("filechooser", come)
        for _press in range(PRESSES):
            self.to(target)
            expect(target).to_be_focused()
            self.page.keyboard.press("Enter")
            for _look in range(LOOKS):
                if choosers:
                    choosers[0].set_files({"name": name, "mimeType": "application/pdf", "buffer": content})
                    return
                self.page.wait_for_timeout(100)
        raise AssertionError("no file chooser opened")

    def hears(self, text: str) -> None:
        """A live region says this."""
        regions = self.page.locator(
            "[role=status], [role=alert], [role=log], [aria-live=polite], [aria-live=assertive]"
        )
        expect(regions.filter(has_text=text).first).to_be_attached()
