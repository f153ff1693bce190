"""A document begins to arrive: by staff, or by a signed-in contact; it comes as every other upload does (10.1, 10.6)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain import uploads as rules
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.domain.permissions import Permission
from portal_app.domain.secrets import new_token, token_hash
from portal_app.domain.uploads import NoRoomLeft, Refused
from portal_app.models import AccessLevel, Client, Contact, Document, Firm, SharedWith, Side, Upload, new_id
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.documents import document_names
from portal_app.services.files.uploads import Standing, check_pace, key_about, limits_of, under_way
from portal_app.services.firm import firm_days
from portal_app.text import _
from portal_app.work import Work, begin

DOCUMENTS_PER_CLIENT = 20_000
"""A bound on rows; no client of a firm comes near it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document goes: the client, a folder or the top, or the document whose new version it is."""

    client_id: UUID
    folder_id: UUID | None = None
    document_id: UUID | None = None
    shared_with: SharedWith = SharedWith.CLIENT


def start_upload(
    ports: Ports,
    actor: Actor,
    place: Place,
    name: str,
    length: int,
    *,
    head: bytes = b"",
    is_photo: bool = False,
) -> tuple[str, Standing]:
    """Be ready for `length` bytes; gives back the secret of the upload's address.

    What a contact puts there is shared with the client, whatever `place` says. Raises `Refused`, `RuleBroken` for
    another person's document, `NoRoomLeft`, `TryLater`, and what the doors raise.
    """
    label = rules.clean_name(name) or _("File")
    with begin(ports, actor) as work:
        client, contact, _level = whose = _whose(work, place)
        if is_photo:
            label = _photo_name(work, whose, place, label)
        shared_with = place.shared_with if actor.is_staff else SharedWith.CLIENT
        _check_place(work, place)
        _check_limits(work, client, label, length, head)
        check_pace(work, contact.id if contact else None)
        token, upload_id = new_token(), new_id()
        upload = Upload(
            id=upload_id,
            firm_id=client.firm_id,
            token_hash=token_hash(token),
            client_id=client.id,
            folder_id=place.folder_id,
            document_id=place.document_id,
            shared_with=shared_with,
            side=Side.FIRM if actor.is_staff else Side.CLIENT,
            name=label,
            length=length,
            sealed_key=ports.sealer.new_key(key_about(upload_id, client.firm_id)),
            contact_id=contact.id if contact else None,
            staff_id=actor.staff_id,
            session_id=actor.session_id,
            began_as=(contact.email_key or "") if contact else "",
            created_at=work.now,
            expires_at=work.now + rules.KEPT_FOR,
        )
        work.add(upload)
    return token, Standing(received=0, length=length, expires_at=upload.expires_at)


def _photo_name(work: Work, whose: _Whose, place: Place, name: str) -> str:
    """A name of its own among what this person sees there, and what of theirs is on its way (10.4)."""
    contact_id = whose.contact.id if whose.contact else None
    seen = document_names.seen_in(work, whose.client.id, place.folder_id, contact_id, whose.level)
    coming = select(Upload.name).where(
        under_way(work),
        Upload.client_id == whose.client.id,
        Upload.folder_id == place.folder_id,
        Upload.contact_id == contact_id,
    )
    day = firm_days.today(work.session.get_one(Firm, whose.client.firm_id), work.now)
    return rules.photo_name(_("Photo"), day, name, [*seen, *work.session.exec(coming)])


class _Whose(NamedTuple):
    """The client whose document it will be, and the contact who brings it, unless staff do."""

    client: Client
    contact: Contact | None = None
    level: AccessLevel | None = None


def _whose(work: Work, place: Place) -> _Whose:
    if work.actor.is_staff:
        return _Whose(access.client(work, place.client_id, Permission.DOCUMENT_EDIT))
    client, contact, given = access.own_client(work, place.client_id, Permission.DOCUMENT_UPLOAD)
    return _Whose(client, contact, given.level)


def _check_place(work: Work, place: Place) -> None:
    """The folder and the document are the client's, and this person's to add to."""
    is_staff = work.actor.is_staff
    permission = Permission.DOCUMENT_EDIT if is_staff else Permission.DOCUMENT_UPLOAD
    folder = access.folder(work, place.folder_id, permission) if place.folder_id else None
    if folder is not None and folder.client_id != place.client_id:
        raise NotFound(_("There is nothing here."))
    if place.document_id is None:
        return
    document = access.document(work, place.document_id, permission)
    if document.client_id != place.client_id or document.deleted_at is not None:
        raise NotFound(_("There is nothing here."))
    if not is_staff and document.contact_id != work.actor.contact_id:
        raise RuleBroken(_("Only what you put here yourself can be replaced. Upload it beside instead."))


def _check_limits(work: Work, client: Client, label: str, length: int, head: bytes) -> None:
    limits = limits_of(work.session.get_one(Firm, client.firm_id))
    limits = replace(limits, task_total=limits.largest_file)
    rules.check_start(label, length, limits, 0)
    if head:
        rules.check_head(label, head, limits)
    there = select(func.count()).select_from(Document).where(Document.client_id == client.id)
    coming = (
        select(func.count())
        .select_from(Upload)
        .where(under_way(work), Upload.client_id == client.id, col(Upload.shared_with).is_not(None))
    )
    if work.session.exec(there).one() + work.session.exec(coming).one() >= DOCUMENTS_PER_CLIENT:
        raise Refused(_("There are as many documents here as there can be. Remove some first."), 413)
    if not work.ports.objects.has_room(length):
        raise NoRoomLeft
