"""Sealed parts become rows, and with the last row the file exists (10.1). Runs in threads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import BigInteger, Uuid, bindparam, func, insert, update
from sqlmodel import col, select

from portal_app.domain.uploads import UploadGone, WrongOffset
from portal_app.models import FilePart, Upload, UtcDateTime, new_id
from portal_app.ports import Ports
from portal_app.services.files import landing
from portal_app.services.files.arrivals import Arrival, SealedPart, opened, seal_part, stopped, stored_parts
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


def commit_parts(ports: Ports, arrival: Arrival, group: Sequence[SealedPart]) -> Receipt | None:
    """Write the rows of parts that follow one another, all or none; with the last one the file exists, and this is its receipt.

    Raises `WrongOffset` when another request was first, and `UploadGone` where the uploader's way in was
    taken away: then nothing stays of the upload.
    """
    end = group[-1]
    digest = _digest(ports, arrival, group) if end.last is not None else None
    try:
        receipt = _commit(ports, arrival, group, digest)
    except UploadGone:
        sums.drop(arrival.upload_id)
        drop_upload(ports, arrival.upload_id)
        raise
    if end.last is not None:
        sums.drop(arrival.upload_id)
    elif end.sum is not None:
        sums.keep(arrival.upload_id, end.offset + end.size, end.sum)
    return receipt


def discard_parts(ports: Ports, group: Iterable[SealedPart]) -> None:
    """Remove sealed parts whose rows will not come, since one before them was refused."""
    remove_objects(ports, [part.object_key for part in group])


def store_part(ports: Ports, arrival: Arrival, plain: memoryview) -> Receipt | None:
    """Seal the next part and commit it."""
    return commit_parts(ports, arrival, [seal_part(ports, arrival, plain)])


def _commit(
    ports: Ports, arrival: Arrival, group: Sequence[SealedPart], digest: bytes | None
) -> Receipt | None:
    """The parts' rows, and the file with the last one. Objects whose rows are refused are removed at once.

    When it is unknown whether the commit happened the objects stay: the sweeper knows later.
    """
    try:
        with begin(ports, arrival.actor) as work:
            _claim(work, arrival, group)
            work.session.execute(_ADD, [_row(arrival, part) for part in group])
            if digest is None and all(part.number % CHECKED_EVERY for part in group):
                return None
            upload = work.session.get_one(Upload, arrival.upload_id)
            if not landing.is_welcome(work, upload):
                raise stopped()
            return landing.land(work, upload, digest) if digest is not None else None
    except (WrongOffset, UploadGone):
        discard_parts(ports, group)
        raise


def _claim(work: Work, arrival: Arrival, group: Sequence[SealedPart]) -> None:
    """Of two requests that bring the same bytes one moves the offset; the other is told where it is."""
    moved = work.session.execute(
        _MOVE,
        {
            "of": arrival.upload_id,
            "at": group[0].offset,
            "to": group[-1].offset + group[-1].size,
            "looked": work.now if arrival.is_looked_at else None,
        },
    )
    if moved.first() is None:
        now_at = work.session.exec(select(Upload.received).where(Upload.id == arrival.upload_id)).first()
        if now_at is None:
            raise UploadGone(_("This upload has ended. Choose the file again."))
        raise WrongOffset(now_at)


def _row(arrival: Arrival, part: SealedPart) -> dict[str, object]:
    return {
        "id": new_id(),
        "firm_id": arrival.firm_id,
        "upload_id": arrival.upload_id,
        "number": part.number,
        "offset": part.offset,
        "size": part.size,
        "object_key": part.object_key,
    }


def _digest(ports: Ports, arrival: Arrival, group: Sequence[SealedPart]) -> bytes:
    """The file's SHA-256; where this process did not see the beginning, from the parts, one at a time."""
    if (running := group[-1].sum) is not None:
        return running.digest()
    again = hashlib.sha256()
    with reading(ports, arrival.actor) as work:
        for plain in stored_parts(work, arrival):
            again.update(plain)
    for part in group:
        again.update(
            part.last if part.last is not None else opened(ports, arrival, part.number, part.object_key)
        )
    return again.digest()
