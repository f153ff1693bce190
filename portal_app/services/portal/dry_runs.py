"""The dry run of bulk work: who gets what, and why some do not; nothing is changed by it (2.7)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.domain.bulk_access import Choices, Switch, gets
from portal_app.domain.errors import RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.models import Client, Firm
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.portal import bulk_people, selections
from portal_app.services.portal.bulk_words import gets_words, why_words
from portal_app.services.portal.selections import Selection
from portal_app.text import _, ngettext
from portal_app.work import Work, reading

SHOWN = 200
"""People that a dry run names of those who get something, and of those who do not; all are counted."""


@dataclass(frozen=True, slots=True)
class DryRow:
    """One contact at one client: what they get, or why nothing."""

    key: str = ""
    name: str = ""
    email: str = ""
    client: str = ""
    what: str = ""
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would happen now. `rows` are the first of those left out, then of those who get something."""

    summary: list[str] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    rows: list[DryRow] = field(default_factory=list)
    more: str = ""
    can_start: bool = False


def dry_run(ports: Ports, actor: Actor, selection: Selection, choices: Choices) -> DryRun:
    """Who would get what. Raises `RuleBroken` while the firm's portal is off and it is to be switched on (1.3)."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.BULK)
        firm = work.session.get_one(Firm, actor.firm_id)
        check_firm(firm, choices)
        client_ids = selections.clients(work, firm, selection)
        switched = switching(work, client_ids, choices.portal)
        got: list[DryRow] = []
        out: list[DryRow] = []
        reasons: Counter[str] = Counter()
        people, invited = 0, 0
        for pair in bulk_people.pairs(work, client_ids, is_firm_on=firm.portal_on_at is not None):
            found = gets(choices, pair.facts)
            why = why_words(found.why_not or "")
            people, invited = people + found.is_anything, invited + found.invitation
            if why:
                reasons[why] += 1
            shown = got if found.is_anything else out
            if len(shown) < SHOWN:
                key = f"{pair.client_id.hex}{pair.contact_id.hex}"
                what = gets_words(found, choices)
                shown.append(DryRow(key, pair.name, pair.email, pair.client_name, what, why))
        return DryRun(
            summary=_summary(choices, len(client_ids), switched, people, invited),
            reasons=[_reason(why, n) for why, n in reasons.most_common()],
            rows=[*out, *got],
            more=_("The first {n} of each are listed.").format(n=SHOWN)
            if max(people, sum(reasons.values())) > SHOWN
            else "",
            can_start=bool(people or switched),
        )


def check_firm(firm: Firm, choices: Choices) -> None:
    """Raises `RuleBroken`: while the firm's portal is off, no client's is switched on, and nobody invited (1.3)."""
    if firm.portal_on_at is None and (choices.portal is Switch.ON or choices.is_inviting):
        raise RuleBroken(_("The portal is off for the whole firm. Switch it on in the settings first."))


def switching(work: Work, client_ids: list[UUID], portal: Switch) -> int:
    """For how many of these clients the portal is switched."""
    if portal is Switch.LEAVE:
        return 0
    count = 0
    for start in range(0, len(client_ids), bulk_people.AT_ONCE):
        some = client_ids[start : start + bulk_people.AT_ONCE]
        is_on = col(Client.portal_on_at).is_not(None)
        query = select(Client.id).where(
            col(Client.id).in_(some),
            ~is_on if portal is Switch.ON else is_on,
            col(Client.archived_at).is_(None),
        )
        count += len(work.session.exec(query).all())
    return count


def _summary(choices: Choices, clients: int, switched: int, people: int, invited: int) -> list[str]:
    lines = [ngettext("{n} client is selected.", "{n} clients are selected.", clients)]
    if switched and choices.portal is Switch.ON:
        text = ngettext(
            "The portal is switched on for {n} client.",
            "The portal is switched on for {n} clients.",
            switched,
        )
        lines.append(text)
    if switched and choices.portal is Switch.OFF:
        lines.append(
            ngettext(
                "The portal is switched off for {n} client: nobody signs in to it, and open invitations are cancelled.",
                "The portal is switched off for {n} clients: nobody signs in to them, and open invitations are cancelled.",
                switched,
            )
        )
    lines.append(
        ngettext("Something changes for {n} contact.", "Something changes for {n} contacts.", people)
    )
    if invited:
        lines.append(
            ngettext(
                "{n} invitation goes out; a person with several clients gets one e-mail.",
                "{n} invitations go out; a person with several clients gets one e-mail.",
                invited,
            )
        )
    return lines


def _reason(why: str, n: int) -> str:
    return ngettext("{n} contact: {why}", "{n} contacts: {why}", n).replace("{why}", why)
