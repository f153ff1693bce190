"""What uploads left behind: the unfinished after a day, and objects that no row knows (10.2)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from uuid import UUID

import structlog
from sqlmodel import col, select

from portal_app.domain.actors import Actor
from portal_app.models import FilePart, Upload
from portal_app.ports import Ports
from portal_app.services.files.arrivals import PREFIX
from portal_app.services.files.uploads import drop_upload
from portal_app.work import reading

BATCH = 500

log = structlog.get_logger(__name__)


def sweep_uploads(ports: Ports) -> None:
    """Remove uploads that did not finish within 24 hours, with their reservation.

    May run twice or at the same time elsewhere; a bad row is logged and the rest still goes.
    """
    for upload_id in _expired(ports):
        try:
            drop_upload(ports, upload_id)
        except Exception:
            log.exception("upload_not_swept", upload=str(upload_id))


def sweep_orphans(ports: Ports) -> None:
    """Remove objects that a kill left without a row; it lists everything stored, so it runs seldom.

    An object is an orphan when no row names it and its upload is not under way.

    Rows are read after the objects were listed. An object without a row may be one whose row comes in a
    moment, so those of unfinished uploads wait; of any other upload no row can come.
    """
    keys = ports.objects.keys(PREFIX)
    while batch := list(islice(keys, BATCH)):
        for key in _orphans(ports, batch):
            ports.objects.delete(key)


def _expired(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        query = select(Upload.id).where(col(Upload.finished_at).is_(None), Upload.expires_at <= work.now)
        return list(work.session.exec(query.limit(BATCH)))


def _orphans(ports: Ports, keys: list[str]) -> Iterator[str]:
    with reading(ports, Actor.timetable()) as work:
        known = set(work.session.exec(select(FilePart.object_key).where(col(FilePart.object_key).in_(keys))))
        ids = {UUID(hex=_upload_of(key)) for key in keys}
        open_now = select(Upload.id).where(col(Upload.id).in_(ids), col(Upload.finished_at).is_(None))
        coming = {upload_id.hex for upload_id in work.session.exec(open_now)}
    return (key for key in keys if key not in known and _upload_of(key) not in coming)


def _upload_of(key: str) -> str:
    return key.split("/")[2]
