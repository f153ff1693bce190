"""For whom a browser shows a request that opens there for several people: one at a time, by a press (6.22)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlmodel import select

from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import ClassicEntry
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.text import _
from portal_app.work import Work, begin, reading


class OtherReader(RuleBroken):
    """The page that acts was another person's: it is to be loaded anew."""


def show_for(ports: Ports, actor: Actor, request_id: UUID, contact_id: UUID | None) -> None:
    """From now on this browser shows the request for this person. Raises `NotFound` where it opens for them not."""
    with begin(ports, actor) as work:
        show(work, access.request(work, request_id, Permission.TASK_VIEW, handed=True), contact_id)


def check_reader(ports: Ports, actor: Actor, request_id: UUID, reader_id: str) -> None:
    """That the request is still shown for whom the page was that acts. Raises `OtherReader`, and what the door raises."""
    with reading(ports, actor) as work:
        sight = access.request(work, request_id, Permission.TASK_VIEW, handed=True)
        if reader_id == reader_name(sight):
            return
        said = _("This list is now open for {name} on this device. Nothing was saved.")
        raise OtherReader(said.format(name=sight.contact.name if sight.contact else sight.firm.name))


def reader_name(sight: Sight) -> str:
    """What a page calls whoever reads it: a contact, or the task that was handed to somebody."""
    if sight.handed:
        return str(sight.handed[0].id)
    return str(sight.contact.id) if sight.contact else ""


def show(work: Work, sight: Sight, contact_id: UUID | None) -> None:
    """Make this person the one shown here; open tabs of the request look again."""
    seen = access.readers(work, sight)
    chosen = next((one for one in seen if access.reader_of(one) == contact_id), None)
    if chosen is None:
        raise NotFound(_("There is nothing here."))
    if chosen is seen[0]:
        return
    if chosen.by_link:
        _place(work, chosen, work.now)
    else:  # an account is shown again once nothing stands after its signing in
        for other in seen:
            if other.by_link:
                _place(work, other, access.signed_in_since(work))
    work.ring(f"request:{sight.request.id}")


def _place(work: Work, sight: Sight, at: datetime) -> None:
    if sight.grant is None:
        return
    if not sight.is_classic:
        sight.grant.shown_at = at
        work.add(sight.grant)
        return
    query = select(ClassicEntry).where(
        ClassicEntry.grant_id == sight.grant.id, ClassicEntry.device_id == work.actor.device_id
    )
    for entry in work.session.exec(query):
        entry.entered_at = at
        work.add(entry)


def others(work: Work, sight: Sight) -> list[Sight]:
    """The request for the other people for whom it opens in this browser."""
    if sight.handed or not work.actor.is_client:
        return []
    shown = access.reader_of(sight)
    return [one for one in access.readers(work, sight) if access.reader_of(one) != shown]
