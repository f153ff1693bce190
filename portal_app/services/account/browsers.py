"""Where somebody is signed in, remembered, or holds links: one line a browser, each ended alone (4.4, 9.5)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import NotFound
from portal_app.models import AccessGrant, ClassicEntry, Device, Firm, KnownBrowser, SignInSession
from portal_app.ports import Ports
from portal_app.services import spoken
from portal_app.services.account.own import own
from portal_app.services.links import binding
from portal_app.services.push import subscriptions
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.sessions import end_session, is_live
from portal_app.text import _, format_date, ngettext, pgettext
from portal_app.work import Work, begin


@dataclass(frozen=True, slots=True)
class BrowserRow:
    """One browser: what it is, from where, when it was seen last, and what it may do."""

    id: str = ""
    name: str = ""
    place: str = ""
    seen: str = ""
    can: str = ""
    is_here: bool = False


@dataclass
class _Browser:
    """What one browser holds of a person; without a device it is a session alone."""

    id: UUID
    device: Device | None = None
    sessions: list[SignInSession] = field(default_factory=list)
    known: KnownBrowser | None = None
    grants: list[AccessGrant] = field(default_factory=list)
    entries: list[ClassicEntry] = field(default_factory=list)

    def is_here(self, actor: Actor) -> bool:
        return self.id == actor.device_id or any(one.id == actor.session_id for one in self.sessions)

    @property
    def seen_at(self) -> datetime:
        moments = [one.last_seen_at for one in self.sessions]
        moments += [self.device.last_seen_at] if self.device else []
        moments += [one.shown_at or one.claimed_at or one.created_at for one in self.grants]
        moments += [one.entered_at for one in self.entries]
        return max(moments)


def browser_rows(work: Work, person: Person) -> list[BrowserRow]:
    """The person's browsers, this one first, then the one seen last."""
    found = sorted(_browsers(work, person), key=lambda one: one.seen_at, reverse=True)
    found.sort(key=lambda one: not one.is_here(work.actor))
    return [_row(work, person.firm, one) for one in found]


def end_browser(ports: Ports, actor: Actor, browser_id: UUID) -> bool:
    """End all that one browser holds of the one who asks; says whether it was this browser. Raises `NotFound`.

    Its sessions end on open pages too, it is remembered no more, and the links it holds open nothing there (4.4).
    """
    with begin(ports, actor) as work:
        person = own(work, lock=True)
        chosen = next((one for one in _browsers(work, person) if one.id == browser_id), None)
        if chosen is None:
            raise NotFound(_("There is nothing here."))
        _end(work, person, chosen)
        return chosen.is_here(actor)


def end_others(ports: Ports, actor: Actor) -> int:
    """End everything everywhere but in this browser; says how many browsers that were (4.4)."""
    with begin(ports, actor) as work:
        person = own(work, lock=True)
        others = [one for one in _browsers(work, person) if not one.is_here(actor)]
        for one in others:
            _end(work, person, one)
        return len(others)


def _end(work: Work, person: Person, browser: _Browser) -> None:
    for session in browser.sessions:
        end_session(work, session.id)
    if browser.known is not None:
        browser.known.remembered_until = None
        work.add(browser.known)
    subscriptions.end_of_device(work, person.id, browser.id)
    for grant in browser.grants:
        binding.end(work, grant)
        work.ring(f"request:{grant.request_id}")
    for entry in browser.entries:
        entry.expires_at = work.now
        work.add(entry)
    work.audit(
        "browser:ended",
        firm_id=person.firm.id,
        subject_kind=person.kind.value,
        subject_id=person.id,
        sessions=len(browser.sessions),
        links=len(browser.grants) + len(browser.entries),
    )


def _browsers(work: Work, person: Person) -> list[_Browser]:
    found: dict[UUID, _Browser] = {}

    def of(browser_id: UUID) -> _Browser:
        return found.setdefault(browser_id, _Browser(browser_id))

    for session in _sessions(work, person):
        of(session.device_id or session.id).sessions.append(session)
    for known in _remembered(work, person):
        of(known.device_id).known = known
    for device_id, grants in _grants(work, person).items():
        of(device_id).grants = grants
    for entry in _entries(work, person):
        of(entry.device_id).entries.append(entry)
    devices = select(Device).where(col(Device.id).in_(list(found)))
    for device in work.session.exec(devices):
        found[device.id].device = device
    return [one for one in found.values() if one.device is not None or one.sessions]


def _sessions(work: Work, person: Person) -> list[SignInSession]:
    query = select(SignInSession).where(
        SignInSession.staff_id == person.staff_id,
        SignInSession.contact_id == person.contact_id,
        col(SignInSession.ended_at).is_(None),
    )
    return [row for row in work.session.exec(query.order_by(col(SignInSession.id))) if is_live(row, work.now)]


def _remembered(work: Work, person: Person) -> list[KnownBrowser]:
    query = select(KnownBrowser).where(
        KnownBrowser.staff_id == person.staff_id,
        KnownBrowser.contact_id == person.contact_id,
        col(KnownBrowser.remembered_until) > work.now,
    )
    return list(work.session.exec(query))


def _grants(work: Work, person: Person) -> dict[UUID, list[AccessGrant]]:
    """The contact's open grants by the device that holds them."""
    held: dict[UUID, list[AccessGrant]] = defaultdict(list)
    if person.contact_id is None:
        return held
    query = (
        select(AccessGrant)
        .where(
            AccessGrant.contact_id == person.contact_id,
            col(AccessGrant.device_id).is_not(None),
            col(AccessGrant.device_ended_at).is_(None),
            col(AccessGrant.ended_at).is_(None),
            col(AccessGrant.expires_at) > work.now,
        )
        .order_by(col(AccessGrant.id))
    )
    for grant in work.session.exec(query):
        if grant.device_id is not None:
            held[grant.device_id].append(grant)
    return held


def _entries(work: Work, person: Person) -> list[ClassicEntry]:
    """Browsers where a PIN of the contact's is open (6.9)."""
    if person.contact_id is None:
        return []
    query = (
        select(ClassicEntry)
        .join(AccessGrant, col(AccessGrant.id) == ClassicEntry.grant_id)
        .where(
            AccessGrant.contact_id == person.contact_id,
            col(AccessGrant.ended_at).is_(None),
            col(ClassicEntry.expires_at) > work.now,
        )
    )
    return list(work.session.exec(query))


def _row(work: Work, firm: Firm, browser: _Browser) -> BrowserRow:
    newest = max(browser.sessions, key=lambda one: one.last_seen_at, default=None)
    agent = (newest.browser if newest else "") or (browser.device.browser if browser.device else "")
    address = (newest.address if newest else "") or (browser.device.address if browser.device else "")
    is_here = browser.is_here(work.actor)
    seen = spoken.moment(browser.seen_at, work.now, firm.time_zone)
    return BrowserRow(
        id=str(browser.id),
        name=browser_name(agent) or _("Unknown browser"),
        place=address,
        seen=_("This browser, now") if is_here else _("Last seen {moment}").format(moment=seen),
        can=", ".join(_can(firm, browser)),
        is_here=is_here,
    )


def _can(firm: Firm, browser: _Browser) -> list[str]:
    can = [pgettext("browser", "signed in")] if browser.sessions else []
    until = browser.known.remembered_until if browser.known else None
    if until is not None:
        can.append(_("remembered until {day}").format(day=format_date(until.date(), "short")))
    if links := len(browser.grants) + len(browser.entries):
        can.append(ngettext("opens {n} request by link", "opens {n} requests by link", links))
    return can
