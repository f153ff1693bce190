"""What is done for those whom a file brings, beside bringing them (2.1)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from portal_app.models import AccessLevel, ContactImport


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is done for those who come; all of it off by default."""

    link_known: bool = True
    portal: bool = False
    level: AccessLevel | None = None
    invite: bool = False

    def stored(self) -> dict[str, Any]:
        """As the import's row keeps them: an invitation needs access, and access the portal."""
        level = self.level or (AccessLevel.LIMITED if self.invite else None)
        return {
            "link_known": self.link_known,
            "portal": self.portal or level is not None,
            "level": level.value if level else "",
            "invite": self.invite,
        }

    def with_wish(self, what: str, is_on: bool) -> Wishes:
        """One of `link_known`, `portal` and `invite` changed; without the portal there is no access either."""
        if what == "link_known":
            return replace(self, link_known=is_on)
        if what == "invite":
            return replace(self, invite=is_on)
        return replace(self, portal=True) if is_on else replace(self, portal=False, level=None, invite=False)

    def with_level(self, level: AccessLevel | None) -> Wishes:
        """Access at a level; without access there is no invitation."""
        return replace(self, level=level, invite=self.invite and level is not None)

    @classmethod
    def of(cls, row: ContactImport) -> Wishes:
        """What was chosen for this import."""
        kept = row.reading
        level = AccessLevel(kept["level"]) if kept.get("level") else None
        return cls(kept.get("link_known", True), kept.get("portal", False), level, kept.get("invite", False))
