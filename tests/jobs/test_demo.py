"""The demo firm: what its first mailbox and triage hold."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from sqlalchemy import Engine, text

from portal_app.adapters.captured import CapturedMailer
from portal_app.adapters.clock import TravellingClock
from portal_app.domain.secrets import token_hash
from portal_app.jobs.demo import fill_demo
from portal_app.models import (
    AccessGrant,
    AccessStatus,
    CapturedMail,
    Client,
    ClientRequest,
    DailyFigures,
    Firm,
    Invitation,
    InvitationLink,
    LinkToken,
    PortalAccess,
    PortalAccount,
    Staff,
    Task,
)
from tests.world import World


@pytest.fixture
def demo(sqlite_engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> World:
    """A filled demo firm alone in its database."""
    world = World(sqlite_engine, tmp_path_factory.mktemp("demo"))
    with sqlite_engine.begin() as connection:
        connection.execute(text("DELETE FROM staff"))
        connection.execute(text("DELETE FROM firm"))
    clock = TravellingClock()
    mailer = CapturedMailer(world.ports.sessions, clock)
    world.ports = replace(world.ports, clock=clock, mailer=mailer)
    fill_demo(world.ports)
    return world


def test_the_newest_email_is_the_owners_request_with_gentle_reminders_due_in_three_weeks(demo: World) -> None:
    mails = [
        message_from_bytes(row.message, policy=policy.default)
        for row in sorted(demo.all(CapturedMail), key=lambda row: row.id)
    ]
    body = mails[-1].get_body(("plain",))
    token = re.search(r"^http\S+/r/(\S+)\s*$", str(body.get_content()), re.MULTILINE)
    assert token is not None

    link = next(row for row in demo.all(LinkToken) if row.hash == token_hash(token[1]))
    grant = demo.all(AccessGrant, id=link.grant_id)[0]
    request = demo.all(ClientRequest, id=grant.request_id)[0]
    owner = demo.all(Staff, email_key="owner@demo.example")[0]

    assert grant.device_id is None
    assert request.reminder_rule == {"kind": "gentle"}
    assert request.sent_by_staff_id == owner.id
    due = {task.due_on for task in demo.all(Task, section_id=request.id)}
    today = demo.ports.clock.now().date()
    assert due == {today + timedelta(days=21)}
    assert {str(mail["subject"]).startswith("Documents needed") for mail in mails} == {True, False}


def test_an_invitation_waits_in_the_mailbox_for_somebody_without_an_account(demo: World) -> None:
    (invitation,) = demo.all(Invitation)
    sent = [
        message_from_bytes(row.message, policy=policy.default)
        for row in demo.all(CapturedMail)
        if b"/invite/" in row.message
    ]
    found = re.search(
        r"^http\S+/invite/(\S+)\s*$", str(sent[0].get_body(("plain",)).get_content()), re.MULTILINE
    )
    assert len(sent) == 1
    assert found is not None
    assert demo.all(InvitationLink)[0].hash == token_hash(found[1])
    assert demo.all(PortalAccount, contact_id=invitation.contact_id) == []


def test_clients_came_onto_the_portal_day_by_day_and_the_figures_of_each_day_say_so(demo: World) -> None:
    days = sorted(demo.all(DailyFigures), key=lambda row: row.noted_on)
    activated = [row.activated for row in days]
    joined = [row for row in demo.all(PortalAccess) if row.status is AccessStatus.ACCEPTED]

    assert len(days) == 40
    assert days[-1].noted_on < demo.ports.clock.now().date()
    assert activated == sorted(activated)
    assert activated[0] == 1, "client1@mail.example from the beginning"
    assert 30 < activated[-1] <= len(joined) < 70
    assert all(
        row.last_sign_in_at < demo.ports.clock.now() for row in demo.all(PortalAccount) if row.last_sign_in_at
    )


def test_filling_twice_changes_nothing(demo: World) -> None:
    before = {table: len(demo.all(table)) for table in (Firm, Client, CapturedMail, Task)}

    fill_demo(demo.ports)

    assert {table: len(demo.all(table)) for table in before} == before
    assert before[Client] == 120
    assert before[Firm] == 1
