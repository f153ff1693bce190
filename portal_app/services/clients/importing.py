"""Clients and contacts from a CSV file: received, its columns chosen, and taken (2.1).

Nothing is half-imported: what the preview calls right comes in one transaction or not at all, and is looked at again
in it. Lines with an error stay out, by number and with the reason; they can be taken out as a file of their own,
mended and brought again, since what is here already is never added twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from portal_app.domain import csv_files
from portal_app.domain.actors import Actor
from portal_app.domain.csv_files import NotCsv
from portal_app.domain.errors import BadInput, NotFound, RuleBroken
from portal_app.domain.import_columns import Column, guessed
from portal_app.domain.permissions import Permission
from portal_app.models import (
    ContactImport,
    Firm,
)
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import import_plan
from portal_app.services.clients.import_plan import Plan
from portal_app.services.clients.import_rows import Bringing
from portal_app.services.clients.import_wishes import Wishes
from portal_app.text import _
from portal_app.work import Work, begin

KEPT_FOR: Final = timedelta(days=1)
"""How long a file waits for somebody to take it."""


def receive_file(ports: Ports, actor: Actor, name: str, data: bytes) -> UUID:
    """Keep the file for a day, its columns guessed, nothing else. Raises `BadInput` saying what is wrong with it."""
    try:
        text, encoding = csv_files.decoded(data)
        separator = csv_files.separator_of(text)
        first = next(iter(csv_files.lines(text, separator)), None)
        is_alone = first is None or sum(1 for _line in csv_files.lines(text, separator)) < 2
    except NotCsv as fault:
        raise BadInput(sentence(fault), field="file") from None
    if first is None or is_alone:
        raise BadInput(_("The file has a line of names at most: there is nobody in it."), field="file")
    with begin(ports, actor) as work:
        access.allow(work, Permission.BULK)
        if actor.firm_id is None or actor.staff_id is None:
            raise NotFound(_("There is nothing here."))
        row = ContactImport(
            firm_id=actor.firm_id,
            staff_id=actor.staff_id,
            file_name=name[:255],
            content=text,
            encoding=encoding,
            separator=separator,
            reading={"columns": {key.value: place for key, place in guessed(first.cells).items()}},
            created_at=work.now,
        )
        work.add(row)
        work.audit("import:received", firm_id=row.firm_id, subject_kind="import", subject_id=row.id)
        return row.id


def sentence(fault: NotCsv) -> str:
    """What is wrong with a file, and what to do."""
    texts = {
        "empty": _("The file is empty."),
        "large": _("The file is larger than {n} MB. Cut it in several.").format(
            n=csv_files.LARGEST // 1024**2
        ),
        "binary": _("This is no CSV file. In Excel, choose Save as, then CSV UTF-8."),
        "quotes": _("Line {line}: a quotation mark is opened and not closed.").format(line=fault.line),
        "long": _("Line {line}: a cell is longer than {n} characters.").format(
            line=fault.line, n=csv_files.LONGEST_CELL
        ),
        "lines": _("The file has more than {n} lines. Cut it in several.").format(n=csv_files.MOST_LINES),
        "columns": _("Line {line} has more than {n} columns. Check the separator.").format(
            line=fault.line, n=csv_files.MOST_COLUMNS
        ),
    }
    return texts[fault.why]


def choose_column(ports: Ports, actor: Actor, import_id: UUID, column: Column, place: int | None) -> None:
    """Say in which column something stands, or that it stands in none."""
    with begin(ports, actor) as work:
        row = waiting(work, import_id)
        columns = {**row.reading.get("columns", {}), column.value: place}
        row.reading = {**row.reading, "columns": {key: at for key, at in columns.items() if at is not None}}
        work.add(row)


def choose_separator(ports: Ports, actor: Actor, import_id: UUID, separator: str) -> None:
    """Say what parts the columns; they are guessed anew."""
    with begin(ports, actor) as work:
        row = waiting(work, import_id)
        if separator not in csv_files.SEPARATORS:
            raise NotFound(_("There is nothing here."))
        try:
            first = next(iter(csv_files.lines(row.content, separator)))
        except NotCsv as fault:
            raise RuleBroken(sentence(fault)) from None
        row.separator = separator
        places = {key.value: place for key, place in guessed(first.cells).items()}
        row.reading = {**row.reading, "columns": places}
        work.add(row)


def choose_wishes(ports: Ports, actor: Actor, import_id: UUID, wishes: Wishes) -> None:
    """Say what is done for those who come. Raises `RuleBroken` where the firm's portal is off (1.3)."""
    with begin(ports, actor) as work:
        row = waiting(work, import_id)
        stored = wishes.stored()
        if stored["portal"] and work.session.get_one(Firm, row.firm_id).portal_on_at is None:
            raise RuleBroken(_("The portal is off for the whole firm. Switch it on in the settings first."))
        row.reading = {**row.reading, **stored}
        work.add(row)


def take(ports: Ports, actor: Actor, import_id: UUID) -> None:
    """Bring in what is right, in one transaction; invitations leave after it, one by one.

    A second press brings nothing more. Raises `RuleBroken` where there is nothing to bring.
    """
    try:
        _take(ports, actor, import_id)
    except IntegrityError:  # somebody gave an address of the file to a contact at the same moment
        _take(ports, actor, import_id)


def forget_imports(ports: Ports) -> None:
    """The timetable's: files that nobody took for a day go."""
    with begin(ports, Actor.timetable()) as work:
        work.session.execute(
            delete(ContactImport).where(
                col(ContactImport.imported_at).is_(None), col(ContactImport.created_at) < work.now - KEPT_FOR
            )
        )


def waiting(work: Work, import_id: UUID) -> ContactImport:
    """An import that was not taken yet, locked. Raises `NotFound`, `RuleBroken`."""
    row = access.of_firm(work, ContactImport, import_id, Permission.BULK, lock=True)
    if row.imported_at is not None:
        raise RuleBroken(_("This file was imported already."))
    return row


def planned(work: Work, row: ContactImport) -> Plan:
    """What the file comes to now. Raises `RuleBroken` for what no longer reads as lines."""
    try:
        lines = list(csv_files.lines(row.content, row.separator))
    except NotCsv as fault:
        raise RuleBroken(sentence(fault)) from None
    return import_plan.plan(work, row.firm_id, lines[1:], places_of(row))


def places_of(row: ContactImport) -> dict[Column, int]:
    """Which column stands where."""
    kept: Mapping[str, int] = row.reading.get("columns", {})
    return {Column(key): place for key, place in kept.items()}


def _take(ports: Ports, actor: Actor, import_id: UUID) -> None:
    with begin(ports, actor) as work:
        row = access.of_firm(work, ContactImport, import_id, Permission.BULK, lock=True)
        if row.imported_at is not None:
            return
        wishes = Wishes.of(row)
        found = planned(work, row)
        links = [link for link in found.links if wishes.link_known or not link.is_offered]
        if not (found.clients or links):
            raise RuleBroken(_("There is nothing in this file to bring in."))
        Bringing(work, row, wishes).bring(found, links)
        row.imported_at, row.content = work.now, ""
        row.counts = {
            "clients": len(found.clients),
            "contacts": len(found.contacts),
            "linked": sum(link.is_offered for link in links),
            "faults": len(found.faults),
        }
        work.add(row)
        work.audit(
            "import:taken", firm_id=row.firm_id, subject_kind="import", subject_id=row.id, **row.counts
        )
        work.ring(f"firm:{row.firm_id}")
