"""Magic links: what one shows, and the first press that binds a device to its grant (6.4, 6.5, 6.11, 6.21)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from sqlmodel import select

from portal_app.domain import links
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, PortalError
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.links import Standing
from portal_app.domain.secrets import token_hash
from portal_app.models import AccessGrant, Contact, LinkToken, Staff
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.access import Sight
from portal_app.services.firm import firm_days
from portal_app.services.firm.letterheads import letterhead
from portal_app.services.links import binding, grants, reading_as
from portal_app.services.requests import sendable
from portal_app.services.triage import triage
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class Found:
    """A link with what it leads to."""

    link: LinkToken
    grant: AccessGrant
    sight: Sight


@dataclass(frozen=True, slots=True)
class LinkPage:
    """A link as its page shows it. `goes_straight`: this browser or this signed-in recipient sees the request.

    `is_known_here` without it: the browser opens it for the recipient too, and shows it for somebody else now (6.22).
    """

    standing: Standing
    goes_straight: bool
    request_id: UUID
    firm: Letterhead
    firm_slug: str
    title: str
    client_name: str
    recipient_name: str
    sender_name: str
    is_classic: bool
    can_sign_in: bool
    task_count: int
    due_on: date | None
    expired_on: date
    is_known_here: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """What a press came to: *yours*, or why not. `is_new_device` where the browser must keep the token it gave."""

    standing: Standing
    request_id: UUID
    is_new_device: bool = False


def look(ports: Ports, actor: Actor, token: str) -> LinkPage:
    """What the link shows to this browser. Changes nothing, however often and by whomever (6.4). Raises `NotFound`."""
    with reading(ports, actor) as work:
        found = find(work, token)
        where = standing_of(work, found, actor.device_id)
        shown = link_page(work, found, where, goes_straight=_goes_straight(work, found, where))
        return replace(shown, is_known_here=found.grant.contact_id in _readers(work, found))


def claim(ports: Ports, actor: Actor, token: str, device_token: str) -> Claim:
    """Press *Open my requests*: the first device is bound to the grant, by one conditional UPDATE (6.5, 6.11).

    An access link not yet used moves the grant here instead. A browser without a device is known by
    `device_token` from now on; the same token pressed twice is one device. Whoever comes second is told where
    the link stands, and nothing of theirs changes. Raises `NotFound`.
    """
    with begin(ports, actor) as work:
        found = find(work, token)
        browser = binding.Browser(work, actor.device_id, device_token)
        where = standing_of(work, found, browser.device_id)
        is_known = found.grant.contact_id in _readers(work, found)
        if is_known:
            reading_as.show(work, found.sight, found.grant.contact_id)
        if is_known or where is Standing.YOURS:
            return Claim(Standing.YOURS, found.sight.request.id, is_new_device=_is_news(browser, where))
        if where is not Standing.UNCLAIMED or is_classic(found):
            _record_refusal(work, found, where)
            return Claim(where, found.sight.request.id)
        took = (
            binding.move_by_link(work, found.grant, found.link, browser)
            if is_fresh_access_link(work, found.link)
            else binding.bind(work, found.grant, browser)
        )
        if not took:
            return _came_second(work, found, browser)
        binding.record(work, found.sight, found.grant, took)
        return Claim(Standing.YOURS, found.sight.request.id, is_new_device=actor.device_id is None)


def _came_second(work: Work, found: Found, browser: binding.Browser) -> Claim:
    """Who lost the race: another device, or this very one by its first press (fault 14)."""
    work.session.refresh(found.grant)
    where = standing_of(work, found, browser.device_id)
    if where is not Standing.YOURS:
        _record_refusal(work, found, where)
    return Claim(where, found.sight.request.id, is_new_device=_is_news(browser, where))


def find(work: Work, token: str) -> Found:
    """The link with its grant and request. Raises `NotFound`."""
    link = work.session.exec(select(LinkToken).where(LinkToken.hash == token_hash(token))).first()
    grant = work.session.get(AccessGrant, link.grant_id) if link else None
    sight = access.sight_of(work, grant.request_id) if grant else None
    if link is None or grant is None or sight is None:
        raise NotFound(_("There is nothing here."))
    return Found(link, grant, replace(sight, contact=work.session.get(Contact, grant.contact_id)))


def is_classic(found: Found) -> bool:
    """Whether the link asks for a PIN: until a resend under the portal makes it a link like the others (6.9)."""
    return found.link.kind in grants.BY_PIN and found.grant.classic_at is not None


def standing_of(work: Work, found: Found, device_id: UUID | None) -> Standing:
    """Where the grant stands for this browser, through this link."""
    where = links.standing(access.grant_facts(work, found.sight, found.grant), device_id, work.now)
    return links.through(where, is_fresh_access_link=is_fresh_access_link(work, found.link))


def is_fresh_access_link(work: Work, link: LinkToken) -> bool:
    """Whether it is an access link that can still move its grant: neither used nor spent by its code, nor too old."""
    return (
        link.kind == grants.ACCESS
        and link.used_at is None
        and link.spent_at is None
        and link.expires_at is not None
        and work.now < link.expires_at
    )


def _goes_straight(work: Work, found: Found, where: Standing) -> bool:
    """A bound device, or the recipient signed in, shows it for them: no press is needed, none binds (6.21, 6.22)."""
    seen = _readers(work, found)
    return seen[0] == found.grant.contact_id if seen else where is Standing.YOURS


def _readers(work: Work, found: Found) -> list[UUID | None]:
    """For whom this browser opens the request, the one it shows first."""
    try:
        return [access.reader_of(one) for one in access.readers(work, found.sight)]
    except PortalError:
        return []


def _is_news(browser: binding.Browser, where: Standing) -> bool:
    return where is Standing.YOURS and browser.is_by_token


def link_page(work: Work, found: Found, where: Standing, *, goes_straight: bool) -> LinkPage:
    """The link as a page shows it that stands like this."""
    page = page_of(work, found.sight, found.grant, where)
    return replace(page, goes_straight=goes_straight, is_classic=is_classic(found))


def page_of(work: Work, sight: Sight, grant: AccessGrant, where: Standing) -> LinkPage:
    """What any link of this grant says where it stands at `where`; `sight` names its recipient."""
    tasks = sendable.open_tasks(work, sight)
    return LinkPage(
        standing=where,
        goes_straight=False,
        request_id=sight.request.id,
        firm=letterhead(work.ports.settings, sight.firm, sight.client),
        firm_slug=sight.firm.slug,
        title=sight.section.name,
        client_name=sight.client.name,
        recipient_name=sight.contact.name if sight.contact else "",
        sender_name=_person_to_ask(work, sight),
        is_classic=grant.classic_at is not None,
        can_sign_in=grants.is_portal_on(sight.firm, sight.client),
        task_count=len(tasks),
        due_on=max((task.due_on for task in tasks if task.due_on), default=None),
        expired_on=firm_days.day_of(sight.firm, grant.expires_at),
    )


def _person_to_ask(work: Work, sight: Sight) -> str:
    """Who stands for the request now, by name; the firm where nobody does."""
    told = triage.told(work, sight)
    person = work.session.get(Staff, told[0]) if told else None
    return person.name if person else sight.firm.name


def _record_refusal(work: Work, found: Found, where: Standing) -> None:
    work.audit(
        "link:refused",
        firm_id=found.grant.firm_id,
        subject_kind="access_grant",
        subject_id=found.grant.id,
        standing=where.value,
    )
