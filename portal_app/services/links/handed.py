"""The link to a task handed over: looked at, pressed first, and opened elsewhere by an access link or its code (5.8a).

As magic links (6.3 to 6.5): fetching uses nothing up, one conditional UPDATE decides who is first.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, update
from sqlalchemy.engine import CursorResult
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import links
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.links import Standing
from portal_app.domain.outbox import Urgency
from portal_app.domain.secrets import keyed_hash, new_code, new_token, same, token_hash
from portal_app.models import Contact, HandOver, HandOverLink, OutboxMail, Task
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import access_links, binding
from portal_app.services.mail import emails, post
from portal_app.services.mail.email_facts import HandedOver
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class _Found:
    link: HandOverLink
    hand: HandOver
    task: Task
    sight: Sight


@dataclass(frozen=True, slots=True)
class HandedPage:
    """What the link shows. *Yours* where this browser holds the task already."""

    standing: Standing
    request_id: UUID
    firm: Letterhead
    title: str
    client_name: str
    giver_name: str
    until: date


@dataclass(frozen=True, slots=True)
class Opened:
    """What a press or a code came to; `tries_left` for a code that was not it."""

    page: HandedPage
    is_open: bool = False
    is_new_device: bool = False
    tries_left: int = 0


def look(ports: Ports, actor: Actor, token: str) -> HandedPage:
    """What the link shows to this browser. Changes nothing (6.4). Raises `NotFound`."""
    with reading(ports, actor) as work:
        found = _find(work, token)
        return _page_of(work, found, _standing(work, found, actor.device_id))


def claim(ports: Ports, actor: Actor, token: str, device_token: str) -> Opened:
    """Press *Open my requests*: the first device gets the task; an access link not used yet moves it here."""
    with begin(ports, actor) as work:
        found = _find(work, token)
        browser = binding.Browser(work, actor.device_id, device_token)
        where = _standing(work, found, browser.device_id)
        if where is Standing.YOURS:
            return Opened(_page_of(work, found, where), is_open=True, is_new_device=browser.is_by_token)
        if where is not Standing.UNCLAIMED:
            return Opened(_page_of(work, found, where))
        device_id, hand = browser.enter(), col(HandOver.id) == found.hand.id
        is_first = hand & (
            _unused(work, found) if _is_fresh(work, found.link) else col(HandOver.device_id).is_(None)
        )
        if not _bind(work, is_first, device_id):
            browser.leave()
            work.session.refresh(found.hand)
            return Opened(_page_of(work, found, _standing(work, found, browser.device_id)))
        found.link.used_at = work.now
        work.add(found.link)
        return _opened(work, found, browser)


def send_access(ports: Ports, actor: Actor, token: str, page: str = "") -> tuple[HandedPage, str]:
    """Press *Send access link*: to the helper's own address, the same answer whatever is true (6.5, 6.12).

    Gives the page's secret, on which alone the code works. With the `page` of an earlier press a code sent to it
    stays good until another leaves. Raises `NotFound` and `TryLater`.
    """
    access_links.count_press(ports, actor)
    with begin(ports, actor) as work:
        found = _find(work, token)
        work.session.refresh(found.hand, with_for_update=True)
        kept = _code_row(work, found, page)
        if _may_leave(work, found):
            if kept is not None:  # another code takes its place
                kept.page_hash = kept.code_hash = None
                work.add(kept)
            page, code = page if kept is not None else new_token(), new_code()
            row = send_link(work, found.sight, found.task, found.hand, code=code)
            row.page_hash, row.code_hash = token_hash(page), keyed_hash(page, code)
            work.add(row)
        elif kept is None:
            page = new_token()
            work.add(_in_vain(work, found, page))
        work.audit(
            "hand_over:asked", firm_id=found.hand.firm_id, subject_kind="hand_over", subject_id=found.hand.id
        )
        return _page_of(work, found, _standing(work, found, actor.device_id)), page


def give_code(ports: Ports, actor: Actor, token: str, page: str, code: str, device_token: str) -> Opened:
    """Type the six digits on the page that asked: ten minutes, five tries, once (6.5)."""
    with begin(ports, actor) as work:
        found = _find(work, token)
        work.session.refresh(found.hand, with_for_update=True)
        browser = binding.Browser(work, actor.device_id, device_token)
        where = _standing(work, found, browser.device_id)
        row = _code_row(work, found, page, lock=True)
        is_it = row is not None and row.code_hash is not None and same(row.code_hash, keyed_hash(page, code))
        if is_it and where is Standing.YOURS:  # the second press of a double click (fault 14)
            return Opened(_page_of(work, found, where), is_open=True, is_new_device=browser.is_by_token)
        if row is None or not _is_live(work, row) or (is_it and where not in _OPENABLE):
            return Opened(_page_of(work, found, where))
        if not is_it:
            row.code_tries += 1
            work.add(row)
            return Opened(_page_of(work, found, where), tries_left=links.ACCESS_CODE_TRIES - row.code_tries)
        row.used_at, row.code_tries = row.used_at or work.now, links.ACCESS_CODE_TRIES
        found.hand.device_id = browser.enter()
        work.add(row, found.hand)
        return _opened(work, found, browser)


def _code_row(work: Work, found: _Found, page: str, *, lock: bool = False) -> HandOverLink | None:
    """What keeps the code of this page, good or not."""
    if not page:
        return None
    query = select(HandOverLink).where(
        HandOverLink.hand_over_id == found.hand.id, HandOverLink.page_hash == token_hash(page)
    )
    return work.session.exec(query.with_for_update() if lock else query).first()


def _in_vain(work: Work, found: _Found, page: str) -> HandOverLink:
    """Whoever asked in vain gets the same page, and a code that nobody can guess."""
    return HandOverLink(
        firm_id=found.hand.firm_id,
        hash=token_hash(new_token()),
        hand_over_id=found.hand.id,
        created_at=work.now,
        page_hash=token_hash(page),
        code_hash=secrets.token_bytes(32),
    )


def send_link(work: Work, sight: Sight, task: Task, hand: HandOver, *, code: str = "") -> HandOverLink:
    """E-mail one more link to whoever has the task; with `code`, an access link (6.3, 6.5)."""
    token = new_token()
    row = HandOverLink(
        firm_id=hand.firm_id,
        hash=token_hash(token),
        hand_over_id=hand.id,
        is_access=bool(code),
        created_at=work.now,
    )
    work.add(row)
    work.session.flush()
    giver = work.session.get_one(Contact, hand.contact_id)
    said = HandedOver(
        name=hand.name,
        giver_name=giver.name,
        client_name=sight.client.name,
        title=task.title,
        link=work.ports.settings.public_url + routes.to(routes.HANDED_OVER, token=token),
        until=firm_days.day_of(sight.firm, hand.expires_at - timedelta(seconds=1)),
        code=code,
    )
    head = replace(letterhead(work.ports.settings, sight.firm, sight.client), sign_in_url=None)
    post.queue(
        work,
        emails.task_handed_over(head, said, locale=hand.locale),
        firm=sight.firm,
        to=(hand.name, hand.email),
        dedupe_key=f"hand_over:{row.id.hex}",
        urgency=Urgency.NOW,
        contact_id=giver.id,
        request_id=sight.request.id,
    )
    return row


def mails_of(work: Work, hand: HandOver) -> ColumnElement[bool]:
    """Its e-mails in the outbox."""
    query = select(HandOverLink.id).where(HandOverLink.hand_over_id == hand.id)
    return col(OutboxMail.dedupe_key).in_([f"hand_over:{one.hex}" for one in work.session.exec(query)])


def why_no_more(work: Work, mail: OutboxMail) -> str:
    """Why an e-mail about a task handed over shall not leave any more; empty where it shall (fault 30)."""
    link = work.session.get(HandOverLink, UUID(hex=mail.dedupe_key.partition(":")[2]))
    hand = work.session.get(HandOver, link.hand_over_id) if link else None
    sight = access.sight_of(work, hand.request_id) if hand else None
    if hand is None or sight is None:
        return "deleted"
    return "" if access.hand_standing(work, sight, hand) is Standing.UNCLAIMED else "access ended"


def over_here(work: Work, request_id: UUID, device_id: UUID) -> HandedPage | None:
    """How things stand with the task of this request that a device has or had in hand, once it opens no more (6.23)."""
    query = select(HandOver).where(HandOver.request_id == request_id, HandOver.device_id == device_id)
    hand = work.session.exec(query.order_by(col(HandOver.claimed_at).desc()).limit(1)).first()
    task = work.session.get(Task, hand.task_id) if hand else None
    sight = access.sight_of(work, request_id)
    if hand is None or task is None or sight is None:
        return None
    where = access.hand_standing(work, sight, hand)
    return None if where is Standing.UNCLAIMED else _page(work, sight, task, hand, where)


_OPENABLE = frozenset({Standing.UNCLAIMED, Standing.YOURS, Standing.OTHER_DEVICE})


def _find(work: Work, token: str) -> _Found:
    link = work.session.exec(select(HandOverLink).where(HandOverLink.hash == token_hash(token))).first()
    hand = work.session.get(HandOver, link.hand_over_id) if link else None
    task = work.session.get(Task, hand.task_id) if hand else None
    sight = access.sight_of(work, hand.request_id) if hand else None
    if link is None or hand is None or task is None or sight is None:
        raise NotFound(_("There is nothing here."))
    return _Found(link, hand, task, sight)


def _standing(work: Work, found: _Found, device_id: UUID | None) -> Standing:
    where = access.hand_standing(work, found.sight, found.hand)
    if where is not Standing.UNCLAIMED or found.hand.device_id is None:
        return where
    if found.hand.device_id == device_id:
        return Standing.YOURS
    return Standing.UNCLAIMED if _is_fresh(work, found.link) else Standing.OTHER_DEVICE


def _is_fresh(work: Work, link: HandOverLink) -> bool:
    return (
        link.is_access and link.used_at is None and work.now < link.created_at + links.ACCESS_LINK_LASTS_FOR
    )


def _is_live(work: Work, row: HandOverLink) -> bool:
    return (
        row.code_tries < links.ACCESS_CODE_TRIES and work.now < row.created_at + links.ACCESS_CODE_LASTS_FOR
    )


def _unused(work: Work, found: _Found) -> ColumnElement[bool]:
    """Spends the access link: of two presses at once one moves the task."""
    spent = work.session.execute(
        update(HandOverLink)
        .where(col(HandOverLink.id) == found.link.id, col(HandOverLink.used_at).is_(None))
        .values(used_at=work.now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(spent, CursorResult)  # noqa: S101  an UPDATE's result has a row count
    return col(HandOver.id).is_not(None) if spent.rowcount == 1 else col(HandOver.id).is_(None)


def _bind(work: Work, is_first: ColumnElement[bool], device_id: UUID) -> bool:
    taken = work.session.execute(
        update(HandOver)
        .where(is_first, col(HandOver.ended_at).is_(None))
        .values(device_id=device_id, claimed_at=work.now)
        .execution_options(synchronize_session=False)
    )
    assert isinstance(taken, CursorResult)  # noqa: S101  an UPDATE's result has a row count
    return taken.rowcount == 1


def _opened(work: Work, found: _Found, browser: binding.Browser) -> Opened:
    sight = found.sight
    found.hand.claimed_at = work.now
    work.note(
        "hand_over_opened",
        firm_id=sight.firm.id,
        client_id=sight.client.id,
        work_item_id=sight.work_item.id,
        request_id=sight.request.id,
        task_id=found.task.id,
        contact_id=found.hand.contact_id,
        facts={"title": found.task.title, "to": found.hand.name},
    )
    work.audit("hand_over:opened", firm_id=sight.firm.id, subject_kind="hand_over", subject_id=found.hand.id)
    work.ring(f"request:{sight.request.id}", f"work:{sight.work_item.id}")
    return Opened(_page_of(work, found, Standing.YOURS), is_open=True, is_new_device=browser.is_by_token)


def _may_leave(work: Work, found: _Found) -> bool:
    if access.hand_standing(work, found.sight, found.hand) is not Standing.UNCLAIMED:
        return False
    query = select(HandOverLink.created_at).where(
        HandOverLink.hand_over_id == found.hand.id,
        col(HandOverLink.is_access),
        HandOverLink.created_at > work.now - timedelta(hours=1),
    )
    sent = list(work.session.exec(query))
    is_soon = any(at > work.now - links.ACCESS_MAIL_EVERY for at in sent)
    return not is_soon and len(sent) < links.ACCESS_MAILS_AN_HOUR


def _page_of(work: Work, found: _Found, where: Standing) -> HandedPage:
    return _page(work, found.sight, found.task, found.hand, where)


def _page(work: Work, sight: Sight, task: Task, hand: HandOver, where: Standing) -> HandedPage:
    giver = work.session.get_one(Contact, hand.contact_id)
    return HandedPage(
        standing=where,
        request_id=sight.request.id,
        firm=letterhead(work.ports.settings, sight.firm, sight.client),
        title=task.title,
        client_name=sight.client.name,
        giver_name=giver.name,
        until=firm_days.day_of(sight.firm, hand.expires_at - timedelta(seconds=1)),
    )
