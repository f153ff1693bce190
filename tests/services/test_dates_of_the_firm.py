"""Days as the firm writes them: pages, lists and e-mails (1.15)."""

from __future__ import annotations

from datetime import date

import pytest

from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput
from portal_app.domain.visitors import Visitor
from portal_app.models import OutboxMail
from portal_app.services.actors import actor_of
from portal_app.services.firm import firm_settings
from portal_app.services.mail import post
from portal_app.services.requests import request_pages, sending
from portal_app.services.team import team, team_views
from portal_app.text import NBSP, format_date, use_dates, use_locale
from tests.services.posted import text_of
from tests.world import World


@pytest.mark.parametrize(
    ("chosen", "style", "language", "expected"),
    [
        ("", "long", "en", "31 March 2026"),
        ("", "short", "fr", "31 mars"),
        ("iso", "long", "fr", "2026-03-31"),
        ("iso", "short", "en", "2026-03-31"),
        ("dmy", "medium", "fr", "31/03/2026"),
        ("mdy", "long", "en", "03/31/2026"),
        ("iso", "full", "en", "Tuesday 2026-03-31"),
        ("dmy", "weekday", "fr", "mar. 31/03/2026"),
        ("iso", "weekday_name", "fr", "mardi"),
        ("iso", "month", "en", "Mar 2026"),
        ("nonsense", "long", "en", "31 March 2026"),
    ],
)
def test_1_15_a_day_is_written_as_the_firm_chose(
    chosen: str, style: str, language: str, expected: str
) -> None:
    with use_locale(language), use_dates(chosen):
        assert format_date(date(2026, 3, 31), style).replace(NBSP, " ") == expected


def test_1_15_the_firms_way_is_on_staff_pages_client_pages_and_in_e_mails(world: World) -> None:
    firm_settings.change_setting(world.ports, world.staff, "date_format", "iso")
    client = world.new_client()
    contact = world.new_contact(client)
    request = world.draft_request(client, to=[contact], due_on=date(2026, 3, 31))
    sending.send_request(world.ports, world.staff, request.id, [contact.id], "once")
    world.give_account(contact, client)

    [mail] = world.all(OutboxMail, event="request_sent")
    text = text_of(post.envelope(world.ports, mail))
    assert "2026-03-31" in text
    assert "31 March" not in text

    reader = actor_of(
        world.ports,
        Kind.CLIENT,
        Visitor(client=world.new_session(contact_id=contact.id, firm_id=world.firm.id)[0].id),
        locale="en",
        address="",
    )
    assert "2026-03-31" in repr(request_pages.request_page(world.ports, reader, request.id))

    luc, eve = world.new_staff("Luc"), world.new_staff("Eve")
    team.deactivate(world.ports, world.staff, luc.id, eve.id)
    session, _token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)
    staff = actor_of(world.ports, Kind.STAFF, Visitor(staff=session.id), locale="en", address="")
    assert "2026-03-02" in team_views.team_view(world.ports, staff).left[0].seen
    assert format_date(date(2026, 3, 31)).replace(NBSP, " ") == "31 March 2026", "nothing is left set"


def test_a_way_of_writing_that_is_none_is_refused_beside_its_field(world: World) -> None:
    with pytest.raises(BadInput) as refused:
        firm_settings.change_setting(world.ports, world.staff, "date_format", "y")
    assert refused.value.field == "date_format"
