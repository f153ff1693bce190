"""Documents and folders of a client that were removed and can still be restored (10.8)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlmodel import col, select

from portal_app.models import Client, Document, Firm, Folder
from portal_app.services.firm.firm_days import day_of
from portal_app.text import _, format_date, ngettext
from portal_app.work import Work

MOST = 200


@dataclass(frozen=True, slots=True)
class GoneRow:
    """What was removed and until when it can come back; `kind` is folder or document."""

    id: str = ""
    kind: str = ""
    name: str = ""
    detail: str = ""


def gone(work: Work, firm: Firm, client: Client) -> list[GoneRow]:
    """What can still be restored, the latest first; of a removed folder's content the folder stands for it."""
    folders = select(Folder).where(Folder.client_id == client.id, col(Folder.deleted_at).is_not(None))
    rows = list(work.session.exec(folders.order_by(col(Folder.deleted_at).desc())))
    moments = {row.id: row.deleted_at for row in rows}
    tops = [row for row in rows if row.parent_id is None or moments.get(row.parent_id) != row.deleted_at]
    documents = select(Document).where(Document.client_id == client.id, col(Document.deleted_at).is_not(None))
    loose = [
        row
        for row in work.session.exec(documents.order_by(col(Document.deleted_at).desc()).limit(MOST))
        if row.folder_id is None or moments.get(row.folder_id) != row.deleted_at
    ]
    found: list[Folder | Document] = sorted(
        [*tops, *loose], key=lambda row: str(row.deleted_at), reverse=True
    )
    return [_row(firm, row) for row in found]


def kept_for(firm: Firm) -> str:
    """For how long, in words."""
    return ngettext(
        "What is removed can be restored for {n} day. Then it really goes.",
        "What is removed can be restored for {n} days. Then it really goes.",
        firm.retention_days,
    )


def _row(firm: Firm, row: Folder | Document) -> GoneRow:
    assert row.deleted_at is not None  # noqa: S101  asked for removed rows only
    is_folder = isinstance(row, Folder)
    last = day_of(firm, row.deleted_at + timedelta(days=firm.retention_days))
    detail = _("{kind}, until {day}").format(
        kind=_("Folder") if is_folder else _("Document"), day=format_date(last, "short")
    )
    return GoneRow(str(row.id), "folder" if is_folder else "document", row.name, detail)
