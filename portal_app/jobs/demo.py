"""The demo firm: bilingual, some hundred clients, requests in every state, fresh links in the mailbox.

What is live goes through the services themselves, on a clock set to the day it would have happened.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import select

from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.names import name_key
from portal_app.domain.reminders import Kind as ReminderKind
from portal_app.domain.reminders import Rule
from portal_app.domain.send_rules import Kind as SendKind
from portal_app.domain.send_rules import Rule as SendRule
from portal_app.jobs import demo_documents, demo_portal, demo_reminders, demo_requests
from portal_app.jobs.demo_people import ENGLISH, FRENCH, TITLES, organization, person
from portal_app.jobs.demo_story import DaysAgo, Delivered, Story
from portal_app.jobs.demo_templates import fill_templates
from portal_app.models import (
    AccessLevel,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    Contact,
    Firm,
    Staff,
    WorkItem,
    WorkStatus,
)
from portal_app.ports import Ports
from portal_app.services.invitations import invitations
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import send_settings
from portal_app.work import Work, begin, reading

PASSWORD = "demo-demo-demo"  # noqa: S105  printed at start, demo only
CLIENTS = 120
HISTORY = timedelta(days=40)


def fill_demo(ports: Ports) -> None:
    """Fill in the demo firm where no firm is there yet; a second call changes nothing."""
    with reading(ports, Actor.timetable()) as work:
        if work.session.exec(select(Firm.id).limit(1)).first() is not None:
            return
    now = ports.clock.now()
    then = replace(ports, clock=DaysAgo(now - HISTORY), mailer=Delivered())
    with begin(then, Actor.timetable()) as work:
        story = _people(work, ports)
    demo_portal.fill_portal(
        lambda moment: replace(then, clock=DaysAgo(moment)),
        list(zip(story.clients, story.contacts, strict=True)),
        story.staff[0].password_hash,
        now - HISTORY,
        HISTORY.days,
    )
    fill_templates(then, story.actor(0))
    _history(then, story, now)
    _reminded(then, story, now)
    _documents(then, story, now)
    _planned(ports, story)
    _fresh(ports, story)


def welcome(ports: Ports) -> str:
    """Where to go, and as whom."""
    url = ports.settings.public_url
    return "\n".join(
        (
            "",
            f"  Comptoir  {url}/staff",
            f"  sign in   owner@demo.example / {PASSWORD} (the code is in the mailbox)",
            f"  client    {url}/f/demo/login",
            f"  mailbox   {url}/dev/mailbox",
            "",
        )
    )


def _people(work: Work, ports: Ports) -> Story:
    firm = Firm(
        slug="demo",
        name="Tremblay Ouellet CPA",
        locale="fr",
        address="210, rue Saint-Joseph Est\nQuébec (Québec)  G1K 3A9",
        support_email="bonjour@demo.example",
        support_phone="418 555-0142",
        sender_email="bonjour@demo.example",
        portal_on_at=work.now,
        email_codes_at=work.now,
        sms_codes_at=work.now,
        created_at=work.now,
    )
    work.add(firm)
    work.session.flush()
    hashed = ports.passwords.hash(PASSWORD)
    staff = [
        _staff(firm, "Sophie Ouellet", "owner@demo.example", Role.OWNER, "fr", hashed, work.now),
        _staff(firm, "Karim Benali", "karim@demo.example", Role.ADMIN, "fr", hashed, work.now),
        _staff(firm, "Emily Fraser", "emily@demo.example", Role.MEMBER, "en", hashed, work.now),
    ]
    work.add(*staff)
    work.session.flush()
    clients, contacts = _clients(work, firm, staff)
    demo_portal.account(work, clients[0], contacts[0], hashed, AccessLevel.FULL)
    return Story(firm, staff, clients, contacts)


def _staff(firm: Firm, name: str, email: str, role: Role, locale: str, hashed: str, now: datetime) -> Staff:
    return Staff(
        firm_id=firm.id,
        name=name,
        email=email,
        email_key=email,
        role=role,
        locale=locale,
        password_hash=hashed,
        email_factor_at=now,
        created_at=now,
    )


def _clients(work: Work, firm: Firm, staff: Sequence[Staff]) -> tuple[list[Client], list[Contact]]:
    clients, contacts = [], []
    for number in range(CLIENTS):
        is_person = number % 3 == 0
        who = person(number)
        name = who if is_person else organization(number)
        client = Client(
            firm_id=firm.id,
            name=name,
            name_key=name_key(name),
            kind=ClientKind.PERSON if is_person else ClientKind.ORGANIZATION,
            number=f"{1040 + number}",
            portal_on_at=work.now if number % 4 else None,
            created_at=work.now,
        )
        if number < 12:
            client.portal_on_at = work.now
        email = f"client{number + 1}@mail.example"
        contact = Contact(
            firm_id=firm.id,
            name=who,
            email=email,
            email_key=email,
            phone=f"418 555-{1000 + number}",
            locale="en" if number % 4 == 1 else "fr",
            created_at=work.now,
        )
        clients.append(client)
        contacts.append(contact)
    work.add(*clients, *contacts)
    work.session.flush()
    for number, (client, contact) in enumerate(zip(clients, contacts, strict=True)):
        work.add(
            ClientContact(firm_id=firm.id, client_id=client.id, contact_id=contact.id, created_at=work.now),
            ClientAssignment(firm_id=firm.id, client_id=client.id, staff_id=staff[number % 3].id),
            WorkItem(
                firm_id=firm.id,
                client_id=client.id,
                title=TITLES[number % len(TITLES)][0 if contact.locale == "en" else 1],
                assignee_id=staff[number % 3].id,
                status=(WorkStatus.IN_PROGRESS, WorkStatus.PLANNED, WorkStatus.IN_REVIEW)[number % 3],
                starts_on=work.now.date(),
                due_on=work.now.date() + timedelta(days=60 + number % 50),
                created_at=work.now,
            ),
        )
    work.session.flush()
    return clients, contacts


def _history(then: Ports, story: Story, now: datetime) -> None:
    """Six requests of the last weeks, opened and partly answered."""
    clock = then.clock
    assert isinstance(clock, DaysAgo)  # noqa: S101  made by fill_demo
    for number in range(6):
        clock.moment = now - timedelta(days=24 - 3 * number, hours=3)
        due_on = (now + timedelta(days=(-2, 4, 9, 15, 18, 25)[number])).date()
        request_id = demo_requests.asked(then, story, number, due_on)
        if number == 5:
            continue
        device = demo_requests.opened(then, story, number, request_id)
        demo_requests.answered(then, story, number, request_id, device)


def _documents(then: Ports, story: Story, now: datetime) -> None:
    """What the firm shares with the first clients outside tasks, in both languages (10.6)."""
    clock = then.clock
    assert isinstance(clock, DaysAgo)  # noqa: S101  made by fill_demo

    def go_to(moment: datetime) -> None:
        clock.moment = moment

    go_to(now)
    for number in range(2):
        client, contact = story.clients[number], story.contacts[number]
        signed_in = Actor(
            kind=Kind.CLIENT, firm_id=client.firm_id, contact_id=contact.id, locale=contact.locale
        )
        demo_documents.fill_documents(
            then,
            story.actor(0),
            client,
            contact.locale,
            go_to,
            contact=signed_in if number == 0 else None,
        )


def _reminded(then: Ports, story: Story, now: datetime) -> None:
    """Four requests of the last weeks, each with its reminders in another state (7.8, 7.9, 5.8)."""
    clock = then.clock
    assert isinstance(clock, DaysAgo)  # noqa: S101  made by fill_demo

    def at(moment: datetime) -> None:
        clock.moment = moment

    def asked(number: int, days_ago: int, due_in: int) -> UUID:
        at(now - timedelta(days=days_ago, hours=2))
        return demo_requests.asked(then, story, number, (now + timedelta(days=due_in)).date())

    limit = asked(17, demo_reminders.LONG_AGO.days, -10)
    demo_reminders.reach_limit(then, story.actor(17 % 3), limit, at)
    demo_reminders.pause(then, story.actor(18 % 3), asked(18, 3, 6))
    demo_reminders.skip_next(then, story.actor(19 % 3), asked(19, 0, 12))
    held = asked(21, 4, 8)
    demo_reminders.ask(then, demo_requests.opened(then, story, 21, held), held)


def _invited(ports: Ports, story: Story, number: int) -> None:
    """The n-th contact, who has answered by link and has no account, is invited to make one."""
    invitations.invite_contact(
        ports,
        story.actor(number % 3),
        story.clients[number].id,
        story.contacts[number].id,
        AccessLevel.FULL,
        "Vous y retrouverez ce que vous nous avez déjà envoyé.",
    )
    deliver_outbox(ports)


def _fresh(ports: Ports, story: Story) -> None:
    """Fresh e-mails in the mailbox: an invitation, then unclaimed links in both languages, gentle, three weeks ahead.

    The newest is the owner's own request, so that what its client does shows in the owner's triage.
    """
    _invited(ports, story, 4)
    today = ports.clock.now().date()
    for number in (9, 8, 10, 6):
        demo_requests.asked(ports, story, number, today + timedelta(days=21))


def _planned(ports: Ports, story: Story) -> None:
    """Requests that go out by themselves in the next days, and one that will not: nobody was chosen (6.17)."""
    today = ports.clock.now().date()
    rules = (
        SendRule(SendKind.RELATIVE, -3),
        SendRule(SendKind.RELATIVE, 0, hour=9),
        SendRule(SendKind.ON, on=today + timedelta(days=4), hour=13),
        SendRule(SendKind.RELATIVE, -1, hour=10),
    )
    for number, rule in enumerate(rules, start=12):
        contact, actor = story.contacts[number], story.actor(number % 3)
        asks = ENGLISH if contact.locale == "en" else FRENCH
        with begin(ports, actor) as work:
            query = select(WorkItem).where(WorkItem.client_id == story.clients[number].id)
            item = work.session.exec(query).one()
            item.starts_on = today + timedelta(days=5 + number % 3)
            request_id = demo_requests.drafted(work, item, contact, asks, today + timedelta(days=30))
        to = [] if number == 15 else [contact.id]
        send_settings.save_settings(ports, actor, request_id, to, Rule(ReminderKind.GENTLE), "demo", rule)
