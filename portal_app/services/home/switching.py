"""The clients of a signed-in contact, wherever they stand: which is shown, and what waits at each (2.2, 9.2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from portal_app.models import Contact, Firm
from portal_app.services.counts import in_words
from portal_app.services.home import home_rows
from portal_app.services.home.home_rows import Reached, SeenRequest
from portal_app.text import _, ngettext
from portal_app.work import Work


@dataclass(frozen=True)
class ClientLine:
    """A client that this account reaches, and what waits there."""

    id: str = ""
    name: str = ""
    waits: str = ""
    elsewhere: str = ""
    is_shown: bool = False


@dataclass(frozen=True, slots=True)
class Switcher:
    """The client shown (None where the account opens none), all of them, and their requests."""

    shown: Reached | None = None
    clients: list[ClientLine] = field(default_factory=list)
    requests: Sequence[SeenRequest] = ()


def switcher(work: Work, person: Contact, firm: Firm, shown_id: UUID | None) -> Switcher:
    """What the contact may switch between; where `shown_id` is none of them, the first is shown."""
    reached = home_rows.reached(work, person, firm)
    requests = home_rows.seen_requests(work, person, reached)
    shown = next((client for client in reached if client.id == shown_id), None)
    shown = shown or (reached[0] if reached else None)
    left = {
        client.id: sum(request.left for request in requests if request.client_id == client.id)
        for client in reached
    }
    lines = [client_line(client, left[client.id], is_shown=client == shown) for client in reached]
    return Switcher(shown, lines, requests)


def client_line(client: Reached, left: int, *, is_shown: bool) -> ClientLine:
    """A client of the account."""
    also = ngettext("{client} has {count} item to hand in.", "{client} has {count} items to hand in.", left)
    return ClientLine(
        id=str(client.id),
        name=client.name,
        waits=waits(left, 0),
        elsewhere=also.format(client=client.name, count=in_words(left)) if left else "",
        is_shown=is_shown,
    )


def waits(left: int, late: int) -> str:
    """*Seven items to hand in, one of them late.*"""
    if not left:
        return _("Nothing to hand in.")
    said = ngettext("{count} item to hand in", "{count} items to hand in", left).format(count=in_words(left))
    if late:
        some = _("all of them late") if late == left else _("{count} of them late")
        also = _("late") if left == 1 else some.format(count=in_words(late))
        said = f"{said}, {also}"
    return said[:1].upper() + said[1:] + "."
