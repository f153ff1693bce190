"""The web manifest of a firm's installable portal (11.1, 11.3)."""

from __future__ import annotations

from typing import Any, Final

from sqlmodel import select

from portal_app import routes
from portal_app.domain.actors import Actor
from portal_app.domain.app_icons import ANY, LARGE, MASKABLE, SIDES, short_name
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import accent
from portal_app.models import Firm
from portal_app.ports import Ports
from portal_app.services.firm import app_icons
from portal_app.text import _, locale
from portal_app.work import reading

PAPER: Final = "#fbfaf7"
SHARED_FILES: Final = "files"
"""The field in which a phone's share menu hands over files."""
_KINDS: Final = (
    "application/pdf",
    "image/*",
    "text/csv",
    "text/plain",
    ".pdf",
    ".csv",
    ".txt",
    ".qbo",
    ".ofx",
    ".docx",
    ".xlsx",
    ".heic",
)


def manifest(ports: Ports, slug: str) -> dict[str, Any]:
    """The manifest of the firm of this slug, in the language in force. Raises `NotFound`."""
    with reading(ports, Actor.nobody()) as work:
        firm = work.session.exec(select(Firm).where(Firm.slug == slug)).first()
        if firm is None:
            raise NotFound(_("There is nothing here."))
        start = routes.to(routes.APP_START, firm=firm.slug)
        return {
            "id": start,
            "name": firm.name,
            "short_name": short_name(firm.name),
            "description": _("What {firm} asks of you, and what you send them.").format(firm=firm.name),
            "lang": f"{locale()}-CA",
            "dir": "ltr",
            "start_url": start,
            "scope": "/",
            "display": "standalone",
            "background_color": PAPER,
            "theme_color": accent(firm.accent).light,
            "categories": ["business", "finance"],
            "icons": [_icon(firm, ANY, "any"), _icon(firm, LARGE, "any"), _icon(firm, MASKABLE, "maskable")],
            "share_target": {
                "action": routes.SHARE,
                "method": "POST",
                "enctype": "multipart/form-data",
                "params": {
                    "title": "title",
                    "text": "text",
                    "files": [{"name": SHARED_FILES, "accept": list(_KINDS)}],
                },
            },
        }


def _icon(firm: Firm, use: str, purpose: str) -> dict[str, str]:
    side = SIDES[use]
    return {
        "src": app_icons.address(firm, use),
        "sizes": f"{side}x{side}",
        "type": "image/png",
        "purpose": purpose,
    }
