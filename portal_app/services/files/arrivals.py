"""What arrives, part by part, sealed and durable before `parts` gives it a row (10.1, 10.3).

Everything here runs in threads. A part's bytes are never copied in the clear and never touch the disk.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import func
from sqlmodel import col, select

from portal_app.domain import uploads
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.uploads import Limits, NoRoomLeft, UploadGone, WrongOffset
from portal_app.models import FilePart, Firm, Upload
from portal_app.ports import NoRoom, PartSealer, Ports
from portal_app.services.files import landing
from portal_app.services.files.running_sums import Hash, sums
from portal_app.services.files.uploads import by_token, drop_upload, key_about, limits_of
from portal_app.text import _
from portal_app.work import Work, reading

PREFIX = "parts/"


@dataclass
class Arrival:
    """An upload that one request is bringing bytes to; `offset` and `number` are of the next part to seal.

    One thread seals at a time; another may still write the part before, a third commit the one before that.
    """

    upload_id: UUID
    firm_id: UUID
    name: str
    length: int
    offset: int
    number: int
    limits: Limits
    sealer: PartSealer
    actor: Actor
    is_looked_at: bool
    head: bytes = b""
    sum: Hash | None = None

    @property
    def left(self) -> int:
        """Bytes still to come."""
        return self.length - self.offset


@dataclass(frozen=True)
class SealedPart:
    """A part that is durable and has no row yet; `sum` is the running hash up to its end."""

    number: int
    offset: int
    size: int
    object_key: str
    sum: Hash | None
    last: memoryview | None
    """The plain bytes of the file's last part: they are summed up once more when `sum` is missing."""


def receive(ports: Ports, token: str, offset: int, *, address: str = "") -> Arrival:
    """Be ready for bytes from `offset` on. Raises `NotFound`, `UploadGone` or `WrongOffset`."""
    with reading(ports, Actor.nobody()) as work:
        upload = by_token(work, token)
        if upload.received != offset:
            raise WrongOffset(upload.received)
        if landing.is_welcome(work, upload):
            return _arrival(work, upload, address)
    drop_upload(ports, upload.id)
    raise stopped()


def seal_part(
    ports: Ports, arrival: Arrival, plain: memoryview, sealed: Callable[[], None] = lambda: None
) -> SealedPart:
    """Seal the next part and store it durably; its row comes by `commit_parts`, in order.

    `sealed` is called as soon as `plain` is done with: the next part can be sealed while this one is written.
    Raises `Refused` for what the content is: then nothing stays of the upload. `NoRoomLeft` when the disk is
    full, `UploadGone` after too many crumbs. After any of them no later part may get a row.
    """
    try:
        _check_bounds(ports, arrival, len(plain))
        _look(arrival, plain)
    except (uploads.Refused, UploadGone):
        sums.drop(arrival.upload_id)
        drop_upload(ports, arrival.upload_id)
        raise
    about = part_about(arrival.upload_id, arrival.number, arrival.firm_id)
    if arrival.sum is not None:
        arrival.sum.update(plain)
    part = SealedPart(
        number=arrival.number,
        offset=arrival.offset,
        size=len(plain),
        object_key=_new_key(arrival.upload_id),
        sum=arrival.sum.copy() if arrival.sum is not None else None,
        last=plain if len(plain) == arrival.left else None,
    )
    kept = arrival.sealer.seal(plain, about)
    arrival.offset += len(plain)
    arrival.number += 1
    sealed()
    _put(ports, part.object_key, kept)
    return part


def part_about(upload_id: UUID, number: int, firm_id: UUID) -> bytes:
    """What a sealed part is bound to: it opens nowhere else."""
    return f"{upload_id}|{number}|{firm_id}".encode()


def _arrival(work: Work, upload: Upload, address: str) -> Arrival:
    ports, firm = work.ports, work.session.get_one(Firm, upload.firm_id)
    query = select(func.coalesce(func.max(FilePart.number) + 1, 0)).where(FilePart.upload_id == upload.id)
    sealer = ports.sealer.parts(upload.sealed_key, key_about(upload.id, upload.firm_id))
    running = hashlib.sha256() if upload.received == 0 else sums.take(upload.id, upload.received)
    arrival = Arrival(
        upload_id=upload.id,
        firm_id=upload.firm_id,
        name=upload.name,
        length=upload.length,
        offset=upload.received,
        number=work.session.exec(query).one(),
        limits=limits_of(firm),
        sealer=sealer,
        actor=_uploader(upload, address),
        is_looked_at=upload.looked_at is not None,
        sum=running,
    )
    if not arrival.is_looked_at and upload.received:
        arrival.head = b"".join(stored_parts(work, arrival))
    return arrival


def _uploader(upload: Upload, address: str) -> Actor:
    """Whoever began it: the file lands in their name, also when their session has ended since (10.10)."""
    return Actor(
        kind=Kind.STAFF if upload.staff_id else Kind.CLIENT,
        firm_id=upload.firm_id,
        staff_id=upload.staff_id,
        contact_id=upload.contact_id,
        device_id=upload.device_id,
        session_id=upload.session_id,
        address=address,
    )


def _check_bounds(ports: Ports, arrival: Arrival, size: int) -> None:
    if arrival.number >= uploads.most_parts(arrival.length):
        raise UploadGone(_("This upload was interrupted too often and has ended. Choose the file again."))
    if not ports.objects.has_room(size):
        raise NoRoomLeft


def _look(arrival: Arrival, plain: memoryview) -> None:
    """Refuse by content as soon as enough has come, or all of it; a slow first packet hides nothing."""
    if arrival.is_looked_at:
        return
    head = arrival.head + bytes(plain[: uploads.HEAD - len(arrival.head)])
    if len(head) >= uploads.HEAD or len(plain) == arrival.left:
        uploads.check_head(arrival.name, head, arrival.limits)
        arrival.is_looked_at = True
    arrival.head = head


def _new_key(upload_id: UUID) -> str:
    """A key of its own for every try: who loses the row must not have touched the winner's object."""
    name = upload_id.hex
    return f"{PREFIX}{name[-2:]}/{name}/{uuid4().hex}"


def _put(ports: Ports, key: str, kept: bytearray) -> None:
    try:
        ports.objects.put(key, kept)
    except NoRoom:
        raise NoRoomLeft from None


def stored_parts(work: Work, arrival: Arrival) -> Iterator[bytes]:
    """The plain bytes of the parts that have rows, in order, one at a time."""
    query = (
        select(FilePart.number, FilePart.object_key)
        .where(FilePart.upload_id == arrival.upload_id)
        .order_by(col(FilePart.number))
    )
    for number, key in work.session.exec(query):
        yield opened(work.ports, arrival, number, key)


def opened(ports: Ports, arrival: Arrival, number: int, key: str) -> bytes:
    """The plain bytes of a part that is stored, whether it has its row or not."""
    return arrival.sealer.unseal(
        ports.objects.get(key), part_about(arrival.upload_id, number, arrival.firm_id)
    )


def stopped() -> UploadGone:
    """What an uploader is told whose way in was taken away (10.10)."""
    return UploadGone(_("This upload has ended: the request no longer takes files from here."))
