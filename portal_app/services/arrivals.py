"""What arrives, part by part: sealed, durable, then a row; with the last row the file exists (10.1, 10.3).

Everything here runs in threads. A part's bytes are never copied in the clear and never touch the disk.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol
from uuid import UUID, uuid4

from sqlalchemy import func, update
from sqlmodel import col, select

from portal_app.domain import uploads
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.uploads import Limits, NoRoomLeft, UploadGone, WrongOffset
from portal_app.models import FilePart, Firm, Upload
from portal_app.ports import NoRoom, PartSealer, Ports
from portal_app.services import landing
from portal_app.services.files import Receipt
from portal_app.services.uploads import by_token, drop_upload, key_about, limits_of
from portal_app.text import _
from portal_app.work import Work, begin, reading

PREFIX = "parts/"
CHECKED_EVERY = 16  # parts between two looks at whether the uploader is still welcome (10.10)
_KEPT_HASHES = 512


class Hash(Protocol):
    """A running SHA-256."""

    def update(self, data: bytes | bytearray | memoryview, /) -> None:
        """Take in more bytes."""
        ...

    def digest(self) -> bytes:
        """The sum so far."""
        ...

    def copy(self) -> Hash:
        """Another that goes on from here."""
        ...


@dataclass
class Arrival:
    """An upload that one request is bringing bytes to; used by one thread at a time."""

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


@dataclass
class _Sums:
    """Running hashes between the requests of one upload. Lost with the process: then the parts are read again."""

    kept: OrderedDict[UUID, tuple[int, Hash]] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def take(self, upload_id: UUID, offset: int) -> Hash | None:
        with self.lock:
            at, running = self.kept.get(upload_id, (-1, hashlib.sha256()))
        return running.copy() if at == offset else None

    def keep(self, upload_id: UUID, offset: int, running: Hash) -> None:
        with self.lock:
            self.kept[upload_id] = (offset, running.copy())
            self.kept.move_to_end(upload_id)
            while len(self.kept) > _KEPT_HASHES:
                self.kept.popitem(last=False)

    def drop(self, upload_id: UUID) -> None:
        with self.lock:
            self.kept.pop(upload_id, None)


_sums = _Sums()


def receive(ports: Ports, token: str, offset: int, *, address: str = "") -> Arrival:
    """Be ready for bytes from `offset` on. Raises `NotFound`, `UploadGone` or `WrongOffset`."""
    with reading(ports, Actor.nobody()) as work:
        upload = by_token(work, token)
        if upload.received != offset:
            raise WrongOffset(upload.received)
        if landing.is_welcome(work, upload):
            return _arrival(work, upload, address)
    drop_upload(ports, upload.id)
    raise _stopped()


def store_part(ports: Ports, arrival: Arrival, plain: memoryview) -> Receipt | None:
    """Seal and store the next part, then write its row; the receipt when it was the last.

    Raises `Refused` for what the content is, and `UploadGone` where the uploader's way in was taken away: of
    both nothing stays. `WrongOffset` when another request was first, `NoRoomLeft` when the disk is full.
    """
    try:
        _check_bounds(ports, arrival, len(plain))
        _look(arrival, plain)
        is_last = len(plain) == arrival.left
        key = _put(ports, arrival, plain)
        running = arrival.sum
        if running is not None:
            running.update(plain)
        digest = _digest(ports, arrival, plain) if is_last else None
        receipt = _commit(ports, arrival, key, len(plain), digest)
    except (uploads.Refused, UploadGone):
        _sums.drop(arrival.upload_id)
        drop_upload(ports, arrival.upload_id)
        raise
    arrival.offset += len(plain)
    arrival.number += 1
    if is_last:
        _sums.drop(arrival.upload_id)
    elif running is not None:
        _sums.keep(arrival.upload_id, arrival.offset, running)
    return receipt


def part_about(upload_id: UUID, number: int, firm_id: UUID) -> bytes:
    """What a sealed part is bound to: it opens nowhere else."""
    return f"{upload_id}|{number}|{firm_id}".encode()


def _arrival(work: Work, upload: Upload, address: str) -> Arrival:
    ports, firm = work.ports, work.session.get_one(Firm, upload.firm_id)
    query = select(func.coalesce(func.max(FilePart.number) + 1, 0)).where(FilePart.upload_id == upload.id)
    sealer = ports.sealer.parts(upload.sealed_key, key_about(upload.id, upload.firm_id))
    running = hashlib.sha256() if upload.received == 0 else _sums.take(upload.id, upload.received)
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
        arrival.head = b"".join(_parts(work, arrival))
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


def _put(ports: Ports, arrival: Arrival, plain: memoryview) -> str:
    # A key of its own for every try: who loses the row must not have touched the winner's object.
    name = arrival.upload_id.hex
    key = f"{PREFIX}{name[-2:]}/{name}/{uuid4().hex}"
    about = part_about(arrival.upload_id, arrival.number, arrival.firm_id)
    try:
        ports.objects.put(key, arrival.sealer.seal(plain, about))
    except NoRoom:
        raise NoRoomLeft from None
    return key


def _commit(ports: Ports, arrival: Arrival, key: str, size: int, digest: bytes | None) -> Receipt | None:
    """The part's row, and the file with the last one. An object whose row is refused is removed at once.

    When it is unknown whether the commit happened the object stays: the sweeper knows later.
    """
    try:
        with begin(ports, arrival.actor) as work:
            _claim(work, arrival, size)
            work.add(_row(arrival, key, size))
            if digest is None and arrival.number % CHECKED_EVERY:
                return None
            upload = work.session.get_one(Upload, arrival.upload_id)
            if not landing.is_welcome(work, upload):
                raise _stopped()
            return landing.land(work, upload, digest) if digest is not None else None
    except (WrongOffset, UploadGone):
        ports.objects.delete(key)
        raise


def _claim(work: Work, arrival: Arrival, size: int) -> None:
    """Of two requests that bring the same bytes one moves the offset; the other is told where it is."""
    looked = {"looked_at": func.coalesce(Upload.looked_at, work.now)} if arrival.is_looked_at else {}
    moved = work.session.execute(
        update(Upload)
        .where(
            col(Upload.id) == arrival.upload_id,
            col(Upload.received) == arrival.offset,
            col(Upload.finished_at).is_(None),
        )
        .values({"received": arrival.offset + size, **looked})
        .returning(col(Upload.id))
    )
    if moved.first() is None:
        now_at = work.session.exec(select(Upload.received).where(Upload.id == arrival.upload_id)).first()
        if now_at is None:
            raise UploadGone(_("This upload has ended. Choose the file again."))
        raise WrongOffset(now_at)


def _row(arrival: Arrival, key: str, size: int) -> FilePart:
    return FilePart(
        firm_id=arrival.firm_id,
        upload_id=arrival.upload_id,
        number=arrival.number,
        offset=arrival.offset,
        size=size,
        object_key=key,
    )


def _digest(ports: Ports, arrival: Arrival, last: memoryview) -> bytes:
    """The file's SHA-256; where this process did not see the beginning, from the parts, one at a time."""
    if arrival.sum is not None:
        return arrival.sum.digest()
    again = hashlib.sha256()
    with reading(ports, arrival.actor) as work:
        for part in _parts(work, arrival):
            again.update(part)
    again.update(last)
    return again.digest()


def _parts(work: Work, arrival: Arrival) -> Iterator[bytes]:
    query = (
        select(FilePart.number, FilePart.object_key)
        .where(FilePart.upload_id == arrival.upload_id)
        .order_by(col(FilePart.number))
    )
    for number, key in work.session.exec(query):
        about = part_about(arrival.upload_id, number, arrival.firm_id)
        yield arrival.sealer.unseal(work.ports.objects.get(key), about)


def _stopped() -> UploadGone:
    return UploadGone(_("This upload has ended: the request no longer takes files from here."))
