"""What a live page does in the browser by itself: says what happened, leaves, copies.

None of it is sent as script by the server: our policy lets no `eval` run.
"""

from typing import Any

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.state.tab import TabState
from portal_app.text import _


class Departure(rx.Component):
    """Loads the document at `to` once that is set, if it is one of this portal's."""

    tag = "Fragment"
    library = "react"

    to: rx.Var[str]
    why: rx.Var[str]

    def add_imports(self) -> dict[str, Any]:
        """React's effect."""
        return {"react": ["useEffect"]}

    def add_hooks(self) -> list[str | rx.Var[Any]]:
        """Runs when `to` changes. A page that sent itself here a moment ago waits longer each time, up to half a
        minute, lest it load without end.

        Whoever cannot leave yet, such as an upload under way (10.10) or what somebody typed (6.23), refuses the
        event `portal:leaving`, which says `why` and where `to`.
        """
        return [
            f"""useEffect(() => {{
  const to = {self.to!s};
  if (!to) return;
  const way = new URL(to, location.origin);
  if (way.origin !== location.origin) return;
  let later;
  const go = () => {{
    if (!dispatchEvent(new CustomEvent("portal:leaving", {{ cancelable: true, detail: {{ to, why: {self.why!s} }} }}))) {{
      later = setTimeout(go, 1000);
      return;
    }}
    const [left, at, pause] = JSON.parse(sessionStorage.getItem("portal-left") || "[]");
    const since = Date.now() - at;
    const rest = left === way.href && since < 60000 ? pause : 0;
    if (since < rest) {{
      later = setTimeout(go, rest - since);
      return;
    }}
    sessionStorage.setItem("portal-left", JSON.stringify([way.href, Date.now(), Math.min(30000, Math.max(1000, 2 * rest))]));
    if (way.href === location.href) location.reload();
    else location.assign(way.href);
  }};
  go();
  return () => clearTimeout(later);
}}, [{self.to!s}]);"""
        ]

    def _render(self, props: dict[str, Any] | None = None) -> Any:
        return super()._render(props={})


def departure() -> rx.Component:
    """One on every page; `state.tab.leave` sets it off."""
    return Departure.create(to=TabState.leave_to, why=TabState.leave_why)


def status_region() -> rx.Component:
    """Says what happened, to eyes and to screen readers; it is in the page before it speaks."""
    words = rx.el.p(TabState.notice_text, key=TabState.notice_count, class_name="notice-text")
    return rx.el.div(
        rx.cond(TabState.notice_text != "", words),
        role="status",
        aria_live="polite",
        class_name="notice",
        custom_attrs={"data-tone": TabState.notice_tone},
    )


class CopyButton(rx.Component):
    """Puts a text on the clipboard."""

    library = own_script("copy.jsx")
    tag = "CopyButton"

    text: rx.Var[str]
    label: rx.Var[str]
    named: rx.Var[str]
    done: rx.Var[str]
    failed: rx.Var[str]


def copy_button(text: rx.Var[str] | str, class_name: str = "btn") -> rx.Component:
    """*Copy to clipboard*: copies `text` and says that it did."""
    return CopyButton.create(
        text=text,
        label=_("Copy"),
        named=_("Copy to clipboard"),
        done=_("Copied."),
        failed=_("Your browser did not allow it. Select the text and copy it."),
        class_name=class_name,
    )


def live_parts() -> rx.Component:
    """What every reactive page carries besides its content."""
    return rx.fragment(status_region(), departure())
