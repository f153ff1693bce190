"""Files as people see them: the list on a task, the receipt, what room is left."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import file_kinds
from portal_app.domain.uploads import Limits
from portal_app.models import Contact, Firm, HandOver, Side, Staff, StoredFile
from portal_app.services.files.there import there
from portal_app.text import _, format_moment, format_size
from portal_app.work import Work


@dataclass(frozen=True)
class Receipt:
    """What the portal says it has (10.7); `sha256` in hexadecimal, `received_at` aware UTC, `zone` the firm's.

    `has_paper` where it can be had as a PDF: a file of a client's, not a template's.
    """

    file_id: UUID
    name: str
    size: int
    sha256: str
    received_at: datetime
    zone: str
    has_paper: bool = True


@dataclass(frozen=True)
class Version:
    """A version that a newer one replaced."""

    id: str = ""
    href: str = ""
    by: str = ""
    at: str = ""
    detail: str = ""


@dataclass(frozen=True)
class FileView:
    """One file on a task, in the reader's language; `is_gone` where it was taken off and can be put back."""

    id: str = ""
    name: str = ""
    href: str = ""
    detail: str = ""
    by: str = ""
    at: str = ""
    sha256: str = ""
    is_firms: bool = False
    is_late: bool = False
    is_damaged: bool = False
    is_checking: bool = False
    is_gone: bool = False
    has_preview: bool = False
    receipt: str = ""
    """Where the reader gets the receipt of their own (10.7)."""
    can_change: bool = False
    """Whether the reader may replace it or take it back (10.4, 10.11)."""
    earlier: list[Version] = field(default_factory=list)


@dataclass(frozen=True)
class RoomView:
    """The limits before a file is chosen (1.10); `is_full` takes the button away and `text` says why."""

    text: str = ""
    is_full: bool = False


def receipt_of(work: Work, upload_id: UUID) -> Receipt | None:
    """The receipt of an upload that arrived whole, else None."""
    row = work.session.get(StoredFile, upload_id)
    if row is None:
        return None
    zone = work.session.get_one(Firm, row.firm_id).time_zone
    has_paper = row.client_id is not None
    return Receipt(row.id, row.name, row.size, row.sha256.hex(), row.completed_at, zone, has_paper)


def file_views(
    work: Work, firm: Firm, task_ids: Iterable[UUID], *, gone: ColumnElement[bool] | None = None
) -> dict[UUID, list[FileView]]:
    """The files of tasks that a door has already opened, oldest first, in the current language; with those that were
    taken off and of which `gone` says that they show."""
    here = there() if gone is None else or_(there(), gone)
    views: dict[UUID, list[FileView]] = {}
    for row, view in _rows(work, firm, col(StoredFile.task_id).in_(list(task_ids)), here):
        views.setdefault(row.task_id or row.id, []).append(view)
    return views


def with_earlier(work: Work, firm: Firm, files: Sequence[FileView]) -> list[FileView]:
    """These files with the versions before them, the newest first; for staff (10.4)."""
    found: dict[str, list[Version]] = {}
    before = col(StoredFile.replaced_by_id).in_([UUID(one.id) for one in files])
    for row, view in _rows(work, firm, before):
        version = Version(view.id, view.href, view.by, view.at, view.detail)
        found.setdefault(str(row.replaced_by_id), []).insert(0, version)
    return [replace(one, earlier=found.get(one.id, [])) for one in files]


def with_check(view: FileView) -> FileView:
    """For lists that have no sign for it: the detail says that the file is being checked (10.13)."""
    if not view.is_checking:
        return view
    return replace(view, detail=f"{view.detail}, {_('being checked')}")


def template_file_views(work: Work, firm: Firm, task_id: UUID) -> list[FileView]:
    """The attachments of a template's task that a door has already opened, oldest first."""
    query = (
        select(StoredFile, Staff.name)
        .outerjoin(Staff, col(Staff.id) == StoredFile.staff_id)
        .where(StoredFile.template_task_id == task_id, col(StoredFile.deleted_at).is_(None))
        .order_by(col(StoredFile.completed_at), col(StoredFile.id))
    )
    return [with_check(_view(row, staff or "", firm.time_zone)) for row, staff in work.session.execute(query)]


def room_view(limits: Limits, reserved: int) -> RoomView:
    """*Up to 20 MB a file; 33.6 MB of 50 MB are left for this task*, or that none is; less where the two are one."""
    left, total = limits.task_total - reserved, format_size(limits.task_total)
    if left <= 0:
        text = _(
            "This task's files have reached {total}, the most it can take. Ask the firm if one is missing."
        )
        return RoomView(text.format(total=total), is_full=True)
    if left == limits.task_total <= limits.largest_file:
        return RoomView(_("Up to {total} in all for this task.").format(total=total))
    text = _("Up to {largest} a file; {left} of {total} are left for this task.")
    return RoomView(
        text.format(
            largest=format_size(min(limits.largest_file, limits.task_total)),
            left=format_size(left),
            total=total,
        )
    )


def in_eights(sha256: str) -> str:
    """A SHA-256 in groups of eight, as people compare it."""
    return " ".join(sha256[i : i + 8] for i in range(0, len(sha256), 8))


def _rows(work: Work, firm: Firm, *where: ColumnElement[bool]) -> Iterator[tuple[StoredFile, FileView]]:
    query = (
        select(StoredFile, func.coalesce(HandOver.name, Contact.name), Staff.name)
        .outerjoin(HandOver, col(HandOver.id) == StoredFile.hand_over_id)
        .outerjoin(Contact, col(Contact.id) == StoredFile.contact_id)
        .outerjoin(Staff, col(Staff.id) == StoredFile.staff_id)
        .where(*where)
        .order_by(col(StoredFile.completed_at), col(StoredFile.id))
    )
    for row, contact, staff in work.session.execute(query):
        yield row, _view(row, contact or staff or "", firm.time_zone)


def _view(row: StoredFile, by: str, zone: str) -> FileView:
    kind, size = file_kinds.ending(row.name).upper(), format_size(row.size)
    return FileView(
        id=str(row.id),
        name=row.name,
        href=routes.to(routes.DOWNLOAD, id=row.id),
        detail=f"{kind}, {size}" if kind else size,
        by=by,
        at=format_moment(row.completed_at, zone),
        sha256=in_eights(row.sha256.hex()),
        is_firms=row.side is Side.FIRM,
        is_late=row.late_at is not None,
        is_damaged=row.damaged_at is not None,
        is_checking=row.checking_since is not None,
        is_gone=row.deleted_at is not None,
        has_preview=row.damaged_at is None
        and file_kinds.has_preview(row.name, row.size, is_checking=row.checking_since is not None),
    )
