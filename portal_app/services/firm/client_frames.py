"""What of the firm stands around every live page of its clients (1.4, 1.14)."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

from portal_app.domain.brand import Logo
from portal_app.domain.letterhead import Letterhead
from portal_app.services.firm.letterheads import signature


@dataclass(frozen=True)
class ClientFrame:
    """The firm's name, look and help; a page adds what it is about."""

    firm_name: str = ""
    firm_line: str = ""
    accent_css: str = ""
    logo: Logo = field(default_factory=Logo)
    support_email: str = ""
    support_phone: str = ""
    phone_url: str = ""
    help_url: str = ""
    manifest_url: str = ""
    icon_url: str = ""


Page = TypeVar("Page", bound=ClientFrame)


def framed(page: Page, head: Letterhead, accent_css: str) -> Page:
    """The page with the firm of this letterhead around it, in these colours."""
    return replace(
        page,
        firm_name=head.firm_name,
        firm_line=signature(head),
        accent_css=accent_css,
        logo=head.logo,
        support_email=head.support_email,
        support_phone=head.support_phone,
        phone_url=head.phone_url if head.support_phone else "",
        help_url=head.help_url,
        manifest_url=head.manifest_url,
        icon_url=head.icon_url,
    )
