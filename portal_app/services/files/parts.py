"""A sealed part becomes a row, and with the last row the file exists (10.1). Runs in threads."""

from __future__ import annotations

import hashlib

from sqlalchemy import BigInteger, Uuid, bindparam, func, insert, update
from sqlmodel import col, select

from portal_app.domain.uploads import UploadGone, WrongOffset
from portal_app.models import FilePart, Upload, UtcDateTime, new_id
from portal_app.ports import Ports
from portal_app.services.files import landing
from portal_app.services.files.arrivals import Arrival, SealedPart, seal_part, stopped, stored_parts
from portal_app.services.files.files import Receipt
from portal_app.services.files.running_sums import sums
from portal_app.services.files.stored_objects import remove_objects
from portal_app.services.files.uploads import drop_upload
from portal_app.text import _
from portal_app.work import Work, begin, reading

CHECKED_EVERY = 16  # parts between two looks at whether the uploader is still welcome (10.10)

# Written once, so that a part costs the database's time and little of ours.
_MOVE = (
    update(Upload)
    .where(
        col(Upload.id) == bindparam("of", type_=Uuid()),
        col(Upload.received) == bindparam("at"),
        col(Upload.finished_at).is_(None),
    )
    .values(
        received=bindparam("to", type_=BigInteger()),
        looked_at=func.coalesce(Upload.looked_at, bindparam("looked", type_=UtcDateTime())),
    )
    .returning(col(Upload.id))
    .execution_options(synchronize_session=False)
)
_ADD = insert(FilePart.__table__)  # type: ignore[attr-defined]


def commit_part(ports: Ports, arrival: Arrival, part: SealedPart) -> Receipt | None:
    """Write the part's row; with the last one the file exists, and this is its receipt.

    Raises `WrongOffset` when another request was first, and `UploadGone` where the uploader's way in was
    taken away: then nothing stays of the upload.
    """
    digest = _digest(ports, arrival, part) if part.last is not None else None
    try:
        receipt = _commit(ports, arrival, part, digest)
    except UploadGone:
        sums.drop(arrival.upload_id)
        drop_upload(ports, arrival.upload_id)
        raise
    if part.last is not None:
        sums.drop(arrival.upload_id)
    elif part.sum is not None:
        sums.keep(arrival.upload_id, part.offset + part.size, part.sum)
    return receipt


def discard_part(ports: Ports, part: SealedPart) -> None:
    """Remove a sealed part whose row will not come, since one before it was refused."""
    remove_objects(ports, [part.object_key])


def store_part(ports: Ports, arrival: Arrival, plain: memoryview) -> Receipt | None:
    """Seal the next part and commit it."""
    return commit_part(ports, arrival, seal_part(ports, arrival, plain))


def _commit(ports: Ports, arrival: Arrival, part: SealedPart, digest: bytes | None) -> Receipt | None:
    """The part's row, and the file with the last one. An object whose row is refused is removed at once.

    When it is unknown whether the commit happened the object stays: the sweeper knows later.
    """
    try:
        with begin(ports, arrival.actor) as work:
            _claim(work, arrival, part)
            _add_row(work, arrival, part)
            if digest is None and part.number % CHECKED_EVERY:
                return None
            upload = work.session.get_one(Upload, arrival.upload_id)
            if not landing.is_welcome(work, upload):
                raise stopped()
            return landing.land(work, upload, digest) if digest is not None else None
    except (WrongOffset, UploadGone):
        discard_part(ports, part)
        raise


def _claim(work: Work, arrival: Arrival, part: SealedPart) -> None:
    """Of two requests that bring the same bytes one moves the offset; the other is told where it is."""
    moved = work.session.execute(
        _MOVE,
        {
            "of": arrival.upload_id,
            "at": part.offset,
            "to": part.offset + part.size,
            "looked": work.now if arrival.is_looked_at else None,
        },
    )
    if moved.first() is None:
        now_at = work.session.exec(select(Upload.received).where(Upload.id == arrival.upload_id)).first()
        if now_at is None:
            raise UploadGone(_("This upload has ended. Choose the file again."))
        raise WrongOffset(now_at)


def _add_row(work: Work, arrival: Arrival, part: SealedPart) -> None:
    row = {
        "id": new_id(),
        "firm_id": arrival.firm_id,
        "upload_id": arrival.upload_id,
        "number": part.number,
        "offset": part.offset,
        "size": part.size,
        "object_key": part.object_key,
    }
    work.session.execute(_ADD, row)


def _digest(ports: Ports, arrival: Arrival, part: SealedPart) -> bytes:
    """The file's SHA-256; where this process did not see the beginning, from the parts, one at a time."""
    if part.sum is not None or part.last is None:
        return part.sum.digest() if part.sum else b""
    again = hashlib.sha256()
    with reading(ports, arrival.actor) as work:
        for plain in stored_parts(work, arrival):
            again.update(plain)
    again.update(part.last)
    return again.digest()
