"""What a file would bring, for its page: columns, the first lines, what is wrong where, and what is done for whom (2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from sqlalchemy import func
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain import csv_cells, csv_files
from portal_app.domain.actors import Actor
from portal_app.domain.csv_files import Line
from portal_app.domain.import_columns import LONGEST, Column, Fault, Wrong
from portal_app.domain.permissions import Permission
from portal_app.models import Client, Contact, ContactImport, Firm, ImportInvitation
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.clients import import_plan, importing
from portal_app.services.clients.import_plan import Link, NewContact, Plan
from portal_app.services.clients.import_wishes import Wishes
from portal_app.services.work.work_words import Choice
from portal_app.text import _, ngettext, pgettext
from portal_app.work import Work, reading

SHOWN_FAULTS: Final = 100
SHOWN_LINES: Final = 12
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """What something is, and the place of its column; empty where none was chosen."""

    column: str = ""
    word: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class FaultRow:
    """What is wrong: the line as an editor counts it, the column, what stands there, and why it cannot be."""

    line: str = ""
    column: str = ""
    value: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class LineRow:
    """What a line brings."""

    line: str = ""
    client: str = ""
    contact: str = ""
    email: str = ""
    does: str = ""


@dataclass(frozen=True, slots=True)
class ImportView:
    """The page of one file, before it is taken and after."""

    id: str = ""
    file_name: str = ""
    separator: str = ","
    encoding: str = ""
    columns: list[ColumnRow] = field(default_factory=list)
    heads: list[Choice] = field(default_factory=list)
    brings: list[str] = field(default_factory=list)
    faults: list[FaultRow] = field(default_factory=list)
    fault_count: str = ""
    more_faults: str = ""
    lines: list[LineRow] = field(default_factory=list)
    known: str = ""
    link_known: bool = True
    portal: bool = False
    level: str = ""
    invite: bool = False
    portal_off: str = ""
    take: str = ""
    is_taken: bool = False
    sending: str = ""
    not_sent: list[FaultRow] = field(default_factory=list)
    bell: str = ""


def import_view(ports: Ports, actor: Actor, import_id: UUID) -> ImportView:
    """The preview, worked out against what the firm has now; or what came of it. Raises `NotFound`."""
    with reading(ports, actor) as work:
        row = access.of_firm(work, ContactImport, import_id, Permission.BULK)
        return _after(work, row) if row.imported_at is not None else _before(work, row)


def faulty_lines(ports: Ports, actor: Actor, import_id: UUID) -> Iterator[str]:
    """The lines that stay out, as a CSV file with what is wrong in a column of its own; mended, it can be brought."""
    with reading(ports, actor) as work:
        row = access.of_firm(work, ContactImport, import_id, Permission.BULK)
        every = list(csv_files.lines(row.content, row.separator)) if row.content else []
        found = importing.planned(work, row) if every else Plan()
        texts: dict[int, list[str]] = {}
        for fault in found.faults:
            texts.setdefault(fault.line, []).append(f"{column_word(fault.column)}: {fault_text(fault)}")
    head = every[0].cells if every else ()
    yield csv_cells.START + csv_cells.line((*head, pgettext("import", "Error")))
    for line in every[1:]:
        if line.number in texts:
            cells = (*line.cells, *[""] * (len(head) - len(line.cells)))
            yield csv_cells.line((*cells[: len(head)], " ".join(texts[line.number])))


def template_lines() -> str:
    """A file to fill in, with an example of each sort of line; the names of its columns are guessed right."""
    names = [column_word(column) for column in Column if column not in (Column.FIRST_NAME, Column.LAST_NAME)]
    firm, person = pgettext("import", "organization"), pgettext("import", "individual")
    rows = (
        ("Clinique Papineau inc.", "1042", firm, "Anne Côté", "anne@example.com", "514 555-0142", "", "fr"),
        ("Nadia Haddad", "1043", person, "Nadia Haddad", "nadia@example.com", "", "", "en"),
    )
    return csv_cells.START + "".join(csv_cells.line(row) for row in (names, *rows))


def column_word(column: Column) -> str:
    """What a column is called, on the page and in the file to fill in."""
    return {
        Column.CLIENT: _("Client"),
        Column.NUMBER: _("File number"),
        Column.KIND: pgettext("import", "Kind"),
        Column.NAME: _("Contact"),
        Column.FIRST_NAME: pgettext("import", "First name"),
        Column.LAST_NAME: pgettext("import", "Last name"),
        Column.EMAIL: _("E-mail"),
        Column.PHONE: _("Phone"),
        Column.TITLE: pgettext("import", "Role"),
        Column.LANGUAGE: _("Language"),
    }[column]


def fault_text(fault: Fault) -> str:
    """Why it cannot be, and what to do."""
    texts = {
        Wrong.NO_CLIENT: _("write the client’s name, or the file number of a client who is here"),
        Wrong.NO_NAME: _("write the person’s name"),
        Wrong.TOO_LONG: _("{n} characters at most").format(n=LONGEST.get(fault.column, 0)),
        Wrong.ADDRESS: _("this is no e-mail address, like name@company.ca"),
        Wrong.KIND: _("write organization or individual, or nothing"),
        Wrong.LANGUAGE: _("write fr or en, or nothing"),
        import_plan.ARCHIVED_CLIENT: _("this client is archived: restore it first"),
        import_plan.ARCHIVED_CONTACT: _("this address belongs to {name}, who is archived").format(
            name=fault.other
        ),
        import_plan.SAME_NAMES: _("several clients have this name: give the file number"),
        import_plan.OTHER_CLIENT: _("line {line} gives this number to a client of another name").format(
            line=fault.other
        ),
        import_plan.OTHER_PERSON: _("line {line} gives this address to somebody of another name").format(
            line=fault.other
        ),
    }
    return texts[fault.wrong]


def _before(work: Work, row: ContactImport) -> ImportView:
    firm, wishes = work.session.get_one(Firm, row.firm_id), Wishes.of(row)
    found = importing.planned(work, row)
    every = csv_files.lines(row.content, row.separator)
    head, example = next(every), next(every, None)
    links = [link for link in found.links if wishes.link_known or not link.is_offered]
    known = sum(link.is_offered for link in found.links)
    places = importing.places_of(row)
    return ImportView(
        id=str(row.id),
        file_name=row.file_name,
        separator=row.separator,
        encoding=row.encoding.upper() if row.encoding.startswith("utf") else "Windows-1252",
        columns=[
            ColumnRow(column.value, column_word(column), str(places.get(column, ""))) for column in Column
        ],
        heads=_heads(head, example),
        brings=_brings(found, links),
        faults=[_fault(fault) for fault in found.faults[:SHOWN_FAULTS]],
        fault_count=ngettext("{n} error", "{n} errors", len(found.faults)) if found.faults else "",
        more_faults=_more(len(found.faults) - SHOWN_FAULTS),
        lines=[_line(link) for link in links[:SHOWN_LINES]],
        known=_known(known),
        link_known=wishes.link_known,
        portal=wishes.portal,
        level=wishes.level.value if wishes.level else "",
        invite=wishes.invite,
        portal_off=""
        if firm.portal_on_at
        else _("The portal is off for the whole firm. Switch it on in the settings first."),
        take=_take_word(found, links),
        bell=f"firm:{firm.id}",
    )


def _after(work: Work, row: ContactImport) -> ImportView:
    counts = row.counts
    mine = col(ImportInvitation.import_id) == row.id
    asked = select_rows(func.count(), func.count(col(ImportInvitation.settled_at))).where(mine)
    total, settled = work.session.execute(asked).one()
    failed = (
        select_rows(ImportInvitation, col(Contact.name), col(Client.name))
        .join(Contact, col(Contact.id) == ImportInvitation.contact_id)
        .join(Client, col(Client.id) == ImportInvitation.client_id)
        .where(mine, col(ImportInvitation.why_not) != "")
        .order_by(col(ImportInvitation.id))
        .limit(SHOWN_FAULTS)
    )
    lines = (
        ngettext("{n} client added", "{n} clients added", counts["clients"]),
        ngettext("{n} contact added", "{n} contacts added", counts["contacts"]),
        ngettext("{n} known contact linked", "{n} known contacts linked", counts["linked"])
        if counts["linked"]
        else "",
        ngettext("{n} error left out", "{n} errors left out", counts["faults"]) if counts["faults"] else "",
    )
    return ImportView(
        id=str(row.id),
        file_name=row.file_name,
        brings=[line for line in lines if line],
        is_taken=True,
        sending=_("Invitations: {n} of {m} on their way").format(n=settled, m=total) if total else "",
        not_sent=[
            FaultRow(value=name, column=client, text=_(one.why_not))
            for one, name, client in work.session.execute(failed)
        ],
        bell=f"import:{row.id}",
    )


def _heads(head: Line, example: Line | None) -> list[Choice]:
    """The columns by letter, name, and what the first line has there."""
    choices = []
    for place, name in enumerate(head.cells):
        letter = LETTERS[place] if place < len(LETTERS) else f"A{LETTERS[place % 26]}"
        shown = example.cells[place] if example and place < len(example.cells) else ""
        word = " · ".join(part for part in (letter, name[:40], shown[:30]) if part)
        choices.append(Choice(str(place), word))
    return choices


def _brings(found: Plan, links: list[Link]) -> list[str]:
    contacts = {id(link.contact) for link in links if isinstance(link.contact, NewContact)}
    linked = sum(link.is_offered for link in links)
    lines = (
        ngettext("{n} line read", "{n} lines read", found.lines),
        ngettext("{n} new client", "{n} new clients", len(found.clients)),
        ngettext("{n} new contact", "{n} new contacts", len(contacts)),
        ngettext("{n} known contact to link", "{n} known contacts to link", linked) if linked else "",
        ngettext("{n} line says what is here already", "{n} lines say what is here already", found.idle)
        if found.idle
        else "",
    )
    return [line for line in lines if line]


def _known(count: int) -> str:
    if not count:
        return ""
    return ngettext(
        "Link the {n} person whose address is known already; their name and phone stay as they are",
        "Link the {n} people whose address is known already; their names and phones stay as they are",
        count,
    )


def _take_word(found: Plan, links: list[Link]) -> str:
    if not (found.clients or links):
        return ""
    if not found.faults:
        return _("Import")
    lines = len({fault.line for fault in found.faults})
    return ngettext("Import without the {n} line in error", "Import without the {n} lines in error", lines)


def _more(count: int) -> str:
    return ngettext("and {n} more", "and {n} more", count) if count > 0 else ""


def _fault(fault: Fault) -> FaultRow:
    return FaultRow(str(fault.line), column_word(fault.column), fault.value, fault_text(fault))


def _line(link: Link) -> LineRow:
    client = link.client.name if isinstance(link.client, Client) else link.client.cells.client
    contact = link.contact if isinstance(link.contact, Contact) else link.contact.cells
    is_new = not isinstance(link.client, Client)
    does = (
        pgettext("import", "known contact, linked")
        if link.is_offered
        else pgettext("import", "new client and contact")
        if is_new
        else pgettext("import", "new contact")
    )
    return LineRow(str(link.number), client, contact.name, contact.email, does)
