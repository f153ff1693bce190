"""The demo's requests: drafted, sent, opened on a phone and answered, through the services themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.secrets import new_token, token_hash
from portal_app.jobs.demo_people import ENGLISH, FRENCH, Ask
from portal_app.jobs.demo_story import DaysAgo, Story
from portal_app.models import (
    AccessGrant,
    ClientRequest,
    Contact,
    Device,
    Recipient,
    Section,
    SectionKind,
    Task,
    WorkItem,
    WorkStatus,
)
from portal_app.ports import Ports
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.services.requests import sending
from portal_app.services.tasks import comments, tasks
from portal_app.work import Work, begin, reading


def asked(ports: Ports, story: Story, number: int, due_on: date) -> UUID:
    """Draft a request for the n-th client, send it, and let its e-mail leave."""
    contact = story.contacts[number]
    asks = ENGLISH if contact.locale == "en" else FRENCH
    with begin(ports, story.actor(number % 3)) as work:
        item = work.session.exec(select(WorkItem).where(WorkItem.client_id == story.clients[number].id)).one()
        item.status = WorkStatus.WAITING_ON_CLIENT
        request_id = drafted(work, item, contact, asks, due_on)
    sending.send_request(ports, story.actor(number % 3), request_id, [contact.id], key=f"demo-{number}")
    deliver_outbox(ports)
    return request_id


def drafted(work: Work, item: WorkItem, contact: Contact, asks: Sequence[Ask], due_on: date) -> UUID:
    staff_name = "Prepare" if contact.locale == "en" else "Préparation"
    prepare = Section(
        firm_id=item.firm_id,
        work_item_id=item.id,
        kind=SectionKind.STAFF,
        name=staff_name,
        position=0,
        created_at=work.now,
    )
    section = Section(
        firm_id=item.firm_id,
        work_item_id=item.id,
        kind=SectionKind.CLIENT,
        name=item.title,
        position=1,
        created_at=work.now,
    )
    work.add(item, prepare, section)
    work.session.flush()
    work.add(
        ClientRequest(id=section.id, firm_id=item.firm_id, work_item_id=item.id, client_id=item.client_id)
    )
    work.session.flush()
    todo = ("Ouvrir le dossier", "Vérifier le solde d’ouverture")
    for position, title in enumerate(todo):
        work.add(_task(prepare, Ask(title, ""), position, None, work.now))
    for position, ask in enumerate(asks):
        work.add(_task(section, ask, position, due_on, work.now))
    return section.id


def _task(section: Section, ask: Ask, position: int, due_on: date | None, now: datetime) -> Task:
    return Task(
        firm_id=section.firm_id,
        section_id=section.id,
        title=ask.title,
        description=ask.text,
        needs_file=ask.needs_file,
        due_on=due_on,
        position=position,
        created_at=now,
    )


def opened(ports: Ports, story: Story, number: int, request_id: UUID) -> Actor:
    """The recipient pressed *Open my requests* on their phone a few hours later."""
    clock = ports.clock
    assert isinstance(clock, DaysAgo)  # noqa: S101  made by fill_demo
    clock.moment += timedelta(hours=5 + number)
    with begin(ports, Actor.timetable()) as work:
        device = Device(token_hash=token_hash(new_token()), created_at=work.now, last_seen_at=work.now)
        work.add(device)
        work.session.flush()
        grant = work.session.exec(select(AccessGrant).where(AccessGrant.request_id == request_id)).one()
        grant.device_id, grant.claimed_at = device.id, work.now
        recipient = work.session.exec(select(Recipient).where(Recipient.request_id == request_id)).one()
        recipient.opened_at = work.now
        work.add(grant, recipient)
        work.note(
            "link_claimed",
            firm_id=story.firm.id,
            client_id=story.clients[number].id,
            work_item_id=work.session.get_one(ClientRequest, request_id).work_item_id,
            request_id=request_id,
            contact_id=story.contacts[number].id,
        )
        return Actor(kind=Kind.CLIENT, device_id=device.id, locale=story.contacts[number].locale)


def answered(ports: Ports, story: Story, number: int, request_id: UUID, device: Actor) -> None:
    """Some tasks are ticked, one is written on."""
    clock = ports.clock
    assert isinstance(clock, DaysAgo)  # noqa: S101  made by fill_demo
    with reading(ports, device) as work:
        rows = work.session.exec(
            select(Task).where(Task.section_id == request_id).order_by(col(Task.position))
        ).all()
    without_file = [task for task in rows if not task.needs_file]
    for task in without_file[: 1 + number % 3]:
        clock.moment += timedelta(minutes=7)
        tasks.complete_task(ports, device, task.id)
    if number % 2 == 0:
        clock.moment += timedelta(minutes=3)
        words = {"en": "Do you need the lease too?", "fr": "Les lunettes payées en janvier comptent-elles?"}
        comments.add_comment(ports, device, without_file[-1].id, words[device.locale])
