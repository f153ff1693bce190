"""Whether every file has its parts, and each part its object (fault 39)."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Generator, Iterator
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, or_, select

from portal_app.domain.actors import Actor
from portal_app.models import BrandFile, FilePart, Firm, StoredFile, Upload
from portal_app.ports import Ports
from portal_app.services.backups.ledger import Ledger
from portal_app.services.doctor.findings import Finding, fault, ok, warning
from portal_app.services.files.arrivals import PREFIX
from portal_app.services.files.downloads import Damaged, open_row, read_part
from portal_app.work import Work, reading

CHECK = "files"
SAMPLE = 20
"""How many files are opened and summed up without --deep."""
MOST_NAMED = 50
BATCH = 500
_RESTORE = (
    "Restore its objects from a backup (`portal restore` into another folder, or copy them from objects/ there), or ask "
    "for it again: nothing else brings it back."
)


def files(ports: Ports, *, deep: bool) -> Iterator[Finding]:
    """Rows against objects, both ways; then files opened and summed up: some of them, or with `deep` all."""
    bad: dict[UUID, str] = {}
    with reading(ports, Actor.timetable()) as work:
        bad.update(_torn(work))
        strays = yield from _objects(work, bad)
        count = work.session.exec(select(func.count()).select_from(StoredFile)).one()
    opened = 0
    for file_id in _files(ports) if deep else _some(ports):
        opened += 1
        if file_id not in bad and (what := _unreadable(ports, file_id)):
            bad[file_id] = what
    named = list(_named(ports, bad))
    yield from named
    if not named:
        how = "all" if deep else f"{opened}"
        yield ok(CHECK, f"{count:,} files have their objects; {how} of them opened, and fit their SHA-256.")
    if strays:
        yield warning(
            CHECK,
            f"{strays:,} objects belong to no row.",
            "Nothing: the timetable removes those of dropped uploads every six hours.",
        )


def _torn(work: Work) -> Iterator[tuple[UUID, str]]:
    """Files whose parts do not follow each other from the first byte to the last."""
    parts_of = func.coalesce(Upload.parts_of_id, Upload.id)
    held = (
        select(
            col(FilePart.upload_id).label("upload_id"),
            func.sum(FilePart.size).label("size"),
            func.count().label("count"),
            func.max(FilePart.number).label("last"),
        )
        .group_by(col(FilePart.upload_id))
        .subquery()
    )
    query = (
        select(StoredFile.id)
        .join(Upload, col(Upload.id) == col(StoredFile.id))
        .outerjoin(held, held.c.upload_id == parts_of)
        .where(
            or_(
                held.c.size.is_(None),
                held.c.size != StoredFile.size,
                held.c.count != held.c.last + 1,
            )
        )
    )
    for file_id in work.session.exec(query):
        yield file_id, "its parts do not make up its size"


def _objects(work: Work, bad: dict[UUID, str]) -> Generator[Finding, None, int]:
    """Objects against rows; a missing one is put down with its files. Gives how many objects no row names."""
    with Ledger() as ledger:
        ledger.want(work.ports.objects.keys())
        missing: dict[UUID, list[int]] = defaultdict(list)
        query = select(FilePart.upload_id, FilePart.number, FilePart.object_key)
        for upload_id, number, key in work.session.execute(query.execution_options(yield_per=BATCH)):
            ledger.know(key, 0, "")
            if not ledger.is_wanted(key) and _is_gone(work.ports, key):
                missing[upload_id].append(number)
        for picture_id, key in work.session.execute(select(BrandFile.id, BrandFile.object_key)):
            ledger.know(key, 0, "")
            if not ledger.is_wanted(key) and _is_gone(work.ports, key):
                yield fault(
                    "pictures",
                    f"Brand picture {picture_id}: its object {key} is missing.",
                    "Choose the logo or the hero again in Settings › Branding.",
                )
        strays = sum(1 for key, size, _sum in ledger.wanted() if size is None and key.startswith(PREFIX))
    for upload_id, numbers in missing.items():
        some = ", ".join(str(number + 1) for number in sorted(numbers)[:5])
        for file_id in _files_in(work, upload_id):
            bad[file_id] = f"{len(numbers)} of its objects are missing (part {some})"
    return strays


def _files_in(work: Work, upload_id: UUID) -> list[UUID]:
    """The file that came by this upload, and those that share its parts; none where it is still coming."""
    query = (
        select(StoredFile.id)
        .join(Upload, col(Upload.id) == col(StoredFile.id))
        .where(or_(Upload.id == upload_id, Upload.parts_of_id == upload_id))
    )
    return list(work.session.exec(query))


def _is_gone(ports: Ports, key: str) -> bool:
    """One that came after the list was made is there."""
    try:
        ports.objects.get(key)
    except KeyError:
        return True
    return False


def _files(ports: Ports) -> Iterator[UUID]:
    last = UUID(int=0)
    while some := _next_files(ports, last):
        yield from some
        last = some[-1]


def _next_files(ports: Ports, after: UUID) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        query = select(StoredFile.id).where(col(StoredFile.id) > after).order_by(col(StoredFile.id))
        return list(work.session.exec(query.limit(BATCH)))


def _some(ports: Ports) -> list[UUID]:
    with reading(ports, Actor.timetable()) as work:
        return list(work.session.exec(select(StoredFile.id).order_by(func.random()).limit(SAMPLE)))


def _unreadable(ports: Ports, file_id: UUID) -> str:
    """Why a file cannot be read as it came; empty where it can."""
    with reading(ports, Actor.timetable()) as work:
        row = work.session.get(StoredFile, file_id)
        if row is None:
            return ""
        try:
            file = open_row(work, row)
        except Damaged:
            return "its key or its parts cannot be opened"
    found = hashlib.sha256()
    for number in range(len(file.parts)):
        try:
            found.update(read_part(ports, file, number))
        except Damaged:
            return f"part {number + 1} of {len(file.parts)} is missing, changed or another file’s"
    return "" if found.digest() == row.sha256 else "its content does not fit its SHA-256"


def _named(ports: Ports, bad: dict[UUID, str]) -> Iterator[Finding]:
    """Say which they are; a file that went for good meanwhile is none of them."""
    with reading(ports, Actor.timetable()) as work:
        for file_id, what in list(bad.items())[:MOST_NAMED]:
            row = work.session.get(StoredFile, file_id)
            firm = work.session.get(Firm, row.firm_id) if row else None
            if row is None or firm is None:
                continue
            where = f"task {row.task_id}" if row.task_id else f"document {row.document_id}"
            yield fault(
                CHECK, f"File {file_id} of {firm.slug} ({where}, {row.size:,} bytes): {what}.", _RESTORE
            )
    if len(bad) > MOST_NAMED:
        yield fault(CHECK, f"{len(bad) - MOST_NAMED:,} more files are damaged.", _RESTORE)
