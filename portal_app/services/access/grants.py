"""Where a grant stands, and what is said where none opens a request (6.4, 6.8, 6.9, 6.23)."""

from __future__ import annotations

from dataclasses import replace
from typing import NoReturn

from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from portal_app.domain import links
from portal_app.domain.errors import NotFound
from portal_app.domain.links import Standing
from portal_app.domain.permissions import Permission
from portal_app.domain.policy import Way
from portal_app.models import AccessGrant, ClassicEntry, Contact, LostDevice
from portal_app.services.access.sights import Sight
from portal_app.services.access.ways import way
from portal_app.services.links.ended_words import link_ended
from portal_app.text import _
from portal_app.work import Work


def grant_facts(work: Work, found: Sight, grant: AccessGrant) -> links.GrantFacts:
    """What `links.standing` needs, from the rows. Archived is the client, the work or the contact (2.10, 6.4)."""
    person = work.session.get(Contact, grant.contact_id)
    return links.GrantFacts(
        expires_at=grant.expires_at,
        device_id=grant.device_id,
        ended_because=grant.ended_because,
        is_ended=grant.ended_at is not None,
        is_withdrawn=found.request.withdrawn_at is not None,
        is_work_completed=found.work_item.completed_at is not None,
        needs_resend=found.request.needs_resend_at is not None,
        is_archived=any(row is None or row.archived_at for row in (found.client, found.work_item, person)),
        is_mfa_required=way(found.firm, Permission.TASK_VIEW) is Way.SIGNED_IN,
    )


def classic_standing(work: Work, found: Sight, grant: AccessGrant) -> Standing:
    """Where classic access stands: *unclaimed* while it is open. It knows no device and no policy (6.8, 6.9)."""
    facts = replace(grant_facts(work, found, grant), device_id=None, is_mfa_required=False)
    return links.standing(facts, None, work.now)


def say_why_not(work: Work, found: Sight) -> NoReturn:
    """Why no grant that this device holds or held opens the request. Raises `LinkEnded` or `NotFound`."""
    grant = work.session.exec(
        select(AccessGrant)
        .where(AccessGrant.request_id == found.request.id, AccessGrant.device_id == work.actor.device_id)
        .order_by(
            col(AccessGrant.ended_at).is_not(None),
            col(AccessGrant.expires_at) <= work.now,
            col(AccessGrant.claimed_at).desc(),
        )
        .limit(1)
    ).first()
    if work.actor.device_id is None or grant is None:
        _say_if_lost(work, found)
        raise NotFound(_("There is nothing here."))
    raise link_ended(links.standing(grant_facts(work, found, grant), work.actor.device_id, work.now))


def _say_if_lost(work: Work, found: Sight) -> None:
    lost = work.session.exec(
        select(LostDevice.id)
        .join(AccessGrant, col(AccessGrant.id) == LostDevice.grant_id)
        .where(AccessGrant.request_id == found.request.id, LostDevice.device_id == work.actor.device_id)
    ).first()
    if lost is not None:
        raise link_ended(Standing.OTHER_DEVICE)
    entered = work.session.exec(_entries(work, found).limit(1)).first()
    if entered is not None:
        raise link_ended(classic_standing(work, found, entered))


def _entries(work: Work, found: Sight) -> SelectOfScalar[AccessGrant]:
    """The grants whose PIN was ever given in this browser."""
    return (
        select(AccessGrant)
        .join(ClassicEntry, col(ClassicEntry.grant_id) == AccessGrant.id)
        .where(AccessGrant.request_id == found.request.id, ClassicEntry.device_id == work.actor.device_id)
    )
