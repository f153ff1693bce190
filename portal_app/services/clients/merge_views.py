"""What merging two contacts would bring together, and what would end, before anybody does it (2.20)."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import SQLModel, col, or_, select

from portal_app.domain import merging as rules
from portal_app.domain.actors import Actor
from portal_app.domain.names import name_key
from portal_app.domain.permissions import Permission
from portal_app.models import Activity, Client, ClientContact, Comment, Contact, Recipient, StoredFile
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import contact_ends, merging, readdressing
from portal_app.services.clients.contact_list_views import of_firm
from portal_app.services.work.work_words import Choice
from portal_app.text import _, ngettext
from portal_app.work import Work, reading

MOST_FOUND = 8


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: `stays` says how they sign in if this address stays, `ends` what ends if it goes."""

    id: str = ""
    name: str = ""
    email: str = ""
    stays: str = ""
    cannot_stay: str = ""
    ends: list[str] = field(default_factory=list)
    has_open: bool = False


@dataclass(frozen=True, slots=True)
class MergeView:
    """The two, and what comes together whichever address stays; `levels` has a line a client."""

    mine: Side = Side()
    other: Side = Side()
    together: list[str] = field(default_factory=list)
    levels: list[str] = field(default_factory=list)


def contacts_to_merge(ports: Ports, actor: Actor, contact_id: UUID, words: str) -> list[Choice]:
    """Other contacts of the firm with these words in name or address; without words, those of the same name."""
    with reading(ports, actor) as work:
        contact = access.contact(work, contact_id, Permission.CLIENT_EDIT)
        key, name = name_key(words), col(Contact.name_key)
        found = or_(
            name.contains(key, autoescape=True), col(Contact.email_key).contains(key, autoescape=True)
        )
        query = select(Contact).where(
            *of_firm(contact.firm_id),
            Contact.id != contact.id,
            found if key else name == contact.name_key,
        )
        rows = work.session.exec(query.order_by(name, col(Contact.id)).limit(MOST_FOUND))
        return [Choice(str(row.id), f"{row.name} · {row.email}" if row.email else row.name) for row in rows]


def merge_view(ports: Ports, actor: Actor, contact_id: UUID, other_id: UUID) -> MergeView:
    """Both sides, and what they come to. Raises `NotFound`, `RuleBroken`."""
    with reading(ports, actor) as work:
        mine = access.contact(work, contact_id, Permission.CLIENT_EDIT)
        other = access.contact(work, other_id, Permission.CLIENT_EDIT)
        merging.check(
            mine if mine.archived_at is None else other, other if mine.archived_at is None else mine
        )
        return MergeView(
            mine=_side(work, mine),
            other=_side(work, other),
            together=_together(work, mine, other),
            levels=_levels(work, mine, other),
        )


def _side(work: Work, contact: Contact) -> Side:
    return Side(
        id=str(contact.id),
        name=contact.name,
        email=contact.email or _("no e-mail address"),
        stays=_("signs in with their account, as now")
        if merging.has_account(work, contact)
        else _("has no account yet: invite them, or they create one"),
        cannot_stay=_("archived: restore them first to keep this address") if contact.archived_at else "",
        ends=contact_ends.open_of(work, contact.id).words(),
        has_open=bool(readdressing.open_to(work, [contact.id])),
    )


def _together(work: Work, mine: Contact, other: Contact) -> list[str]:
    ids = [mine.id, other.id]

    def count(kind: type[SQLModel], column: str) -> int:
        place = kind.__table__.c[column]  # type: ignore[attr-defined]
        query = select_rows(func.count(place.distinct())).where(
            kind.__table__.c["contact_id"].in_(ids)  # type: ignore[attr-defined]
        )
        return int(work.session.execute(query).scalar_one())

    clients, requests = count(ClientContact, "client_id"), count(Recipient, "request_id")
    files, comments, moments = count(StoredFile, "id"), count(Comment, "id"), count(Activity, "id")
    lines = (
        ngettext("{n} client", "{n} clients", clients),
        ngettext("{n} request", "{n} requests", requests) if requests else "",
        ngettext("{n} file", "{n} files", files) if files else "",
        ngettext("{n} comment", "{n} comments", comments) if comments else "",
        ngettext("{n} entry of the timeline", "{n} entries of the timeline", moments) if moments else "",
    )
    return [line for line in lines if line]


def _levels(work: Work, mine: Contact, other: Contact) -> list[str]:
    """The level at each client where one of the two has access; it is the same whichever address stays."""
    first, second = merging.access_of(work, mine.id), merging.access_of(work, other.id)
    query = select(Client).where(col(Client.id).in_({*first, *second})).order_by(col(Client.name_key))
    lines = []
    for client in work.session.exec(query):
        found = rules.merged(
            merging.held(first.get(client.id), mine),
            merging.held(second.get(client.id), other),
            has_account=True,
        )
        if found is not None and found.is_live:
            level = _("full access") if found.level == rules.FULL else _("limited access")
            lines.append(_("{client}: {level}").format(client=client.name, level=level))
    return lines
