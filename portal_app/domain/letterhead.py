"""How a firm signs what it sends and shows: its name, its colour, and whom to ask (1.4, 1.14)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from portal_app.domain.brand import Logo
from portal_app.domain.email_texts import OwnText

OwnTexts = Callable[[str, str], OwnText | None]
"""The firm's own words of an event in a language; None where it keeps the standard ones (1.12)."""


@dataclass(frozen=True, slots=True)
class Accent:
    """One colour for both schemes: white on `light`, `dark_ink` on `dark`, and each on its wash, at 6.5:1 or better."""

    light: str
    light_wash: str
    dark: str
    dark_ink: str
    dark_wash: str


ACCENTS: Final[dict[str, Accent]] = {
    "sapin": Accent("#1f5e4b", "#e6f0ec", "#6fc3a6", "#0c1f18", "#1b2f28"),
    "encre": Accent("#22344f", "#e9ebed", "#9fb5d6", "#0b1019", "#262729"),
    "fleuve": Accent("#1f5673", "#e9eef1", "#85bad6", "#0a141a", "#22282a"),
    "ardoise": Accent("#3f4750", "#ecedee", "#acb5be", "#101214", "#272727"),
    "prune": Accent("#57344f", "#eeebed", "#cba9c4", "#160d14", "#2b2627"),
    "brique": Accent("#7d3426", "#f2ebe9", "#dea69c", "#1a0c0a", "#2d2623"),
    "ocre": Accent("#6b4d12", "#f0ede7", "#cfae6e", "#1a140a", "#2b261d"),
    "graphite": Accent("#2b2a28", "#eaeaea", "#b5b3b0", "#121211", "#282725"),
}
DEFAULT_ACCENT: Final = "sapin"


def accent(key: str) -> Accent:
    """The preset of that name; the first one for a name that is none of ours."""
    return ACCENTS.get(key, ACCENTS[DEFAULT_ACCENT])


def accent_css(key: str) -> str:
    """The colour as variables on `:root`, for both schemes; the hero keeps the light one in the dark."""
    it = accent(key)
    light = f"--accent:{it.light};--accent-wash:{it.light_wash};--hero:{it.light}"
    dark = f"--accent:{it.dark};--accent-ink:{it.dark_ink};--accent-wash:{it.dark_wash}"
    return f":root{{{light}}}@media(prefers-color-scheme:dark){{:root{{{dark}}}}}"


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands on every plain page and every e-mail of a firm. Addresses of pages are complete URLs or paths.

    Where there is a logo it stands in the place of the name (1.4). An empty string means that the firm has none; `sign_in_url` is None for a client whose portal is off (6.2).
    `own_texts` is asked while an e-mail is composed, in the transaction in which the letterhead was made.
    """

    firm_name: str
    accent: str = DEFAULT_ACCENT
    support_email: str = ""
    support_phone: str = ""
    address: str = ""
    sign_in_url: str | None = None
    help_url: str = ""
    logo: Logo = field(default_factory=Logo)
    time_zone: str = "America/Toronto"
    video_url: str = ""
    manifest_url: str = ""
    """Of the installable app (11.1), a path; with `icon_url`, its picture for a phone's home screen."""
    icon_url: str = ""
    dates: str = ""
    """How the firm writes days (1.15)."""
    own_texts: OwnTexts | None = field(default=None, compare=False, repr=False)

    @property
    def phone_url(self) -> str:
        """The number as a phone dials it."""
        digits = "".join(mark for mark in self.support_phone if mark.isdigit())
        if self.support_phone.lstrip().startswith("+"):
            return f"tel:+{digits}"
        return f"tel:+1{digits}" if len(digits) == 10 else f"tel:{digits}"  # ten digits: North America
