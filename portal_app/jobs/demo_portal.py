"""Who of the demo firm's clients came onto the portal, day by day, with the figures of each of those days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from portal_app.domain.actors import Actor
from portal_app.models import AccessLevel, AccessStatus, Client, Contact, PortalAccess, PortalAccount
from portal_app.ports import Ports
from portal_app.services.dashboard.daily_figures import note_daily_figures
from portal_app.work import Work, begin

FIRST = 20
"""The clients before it have stories of their own."""


def account(
    work: Work, client: Client, contact: Contact, hashed: str | None, level: AccessLevel
) -> PortalAccount:
    """A contact who signs in with a password and a code by e-mail, with access to one client."""
    made = PortalAccount(
        firm_id=client.firm_id,
        contact_id=contact.id,
        password_hash=hashed,
        email_factor_at=work.now,
        created_at=work.now,
    )
    work.add(
        made,
        PortalAccess(
            firm_id=client.firm_id,
            client_id=client.id,
            contact_id=contact.id,
            level=level,
            status=AccessStatus.ACCEPTED,
            accepted_at=work.now,
            created_at=work.now,
        ),
    )
    return made


def fill_portal(
    at: Callable[[datetime], Ports],
    people: Sequence[tuple[Client, Contact]],
    hashed: str | None,
    since: datetime,
    days: int,
) -> None:
    """Let half of the clients whose portal is on accept, a few a day since `since`, and note what each day began with."""
    coming = [
        pair
        for number, pair in enumerate(people)
        if number >= FIRST and pair[0].portal_on_at is not None and number % 3 != 1
    ]
    for day in range(days):
        moment = since + timedelta(days=day)
        ports = at(moment)
        note_daily_figures(ports)
        first, last = (len(coming) * one // days for one in (day, day + 1))
        with begin(ports, Actor.timetable()) as work:
            for number, (client, contact) in enumerate(coming[first:last], start=first):
                level = AccessLevel.LIMITED if number % 5 == 4 else AccessLevel.FULL
                seen = moment + timedelta(days=(number * 7) % (days - day), hours=number % 6)
                account(work, client, contact, hashed, level).last_sign_in_at = seen
