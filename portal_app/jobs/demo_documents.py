"""Documents of the demo's first clients: letters by the firm in folders, and a slip that a client put there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import update
from sqlmodel import col

from portal_app.domain.actors import Actor
from portal_app.models import Client, ContactNotice, SharedWith
from portal_app.ports import Ports
from portal_app.services.documents import document_uploads, folders
from portal_app.services.documents.document_notices import SHARED
from portal_app.services.documents.document_uploads import Place
from portal_app.services.files import arrivals, parts
from portal_app.work import begin

FOLDERS: Final = {
    "fr": ("Impôts 2025", "Impôts 2024", "Maison et hypothèque"),
    "en": ("Taxes 2025", "Taxes 2024", "House and mortgage"),
}
FIRMS: Final = {
    "fr": (
        (0, "Lettre de mission 2025.pdf", "Lettre de mission", 20),
        (1, "Avis de cotisation 2024, Canada.pdf", "Avis de cotisation 2024", 38),
        (1, "Avis de cotisation 2024, Québec.pdf", "Avis de cotisation 2024", 38),
        (1, "T1 et TP-1 2024, copie du client.pdf", "Déclarations de revenus 2024", 39),
    ),
    "en": (
        (0, "Engagement letter 2025.pdf", "Engagement letter", 20),
        (1, "Notice of assessment 2024.pdf", "Notice of assessment 2024", 38),
        (1, "T1 2024, client copy.pdf", "Income tax return 2024", 39),
    ),
}
NOTES: Final = {"fr": "Notes de planification.pdf", "en": "Planning notes.pdf"}
SLIP: Final = {"fr": "T4-2025-Ebenisterie-Gagnon.pdf", "en": "T4-2025.pdf"}


def fill_documents(
    then: Ports,
    staff: Actor,
    client: Client,
    locale: str,
    go_to: Callable[[datetime], None],
    *,
    contact: Actor | None = None,
) -> None:
    """Folders and documents of one client, on the days they would have come; `go_to` sets the clock of `then`.

    With `contact`, who has an account, one of them is theirs. No e-mail waits about any of it.
    """
    now = then.clock.now()
    go_to(now - timedelta(days=39))
    made = [folders.add_folder(then, staff, client.id, name) for name in FOLDERS[locale]]
    for number, name, title, days in FIRMS[locale]:
        go_to(now - timedelta(days=days))
        _put(then, staff, Place(client.id, made[number]), name, _letter(title, client.name))
    private = Place(client.id, made[0], None, SharedWith.STAFF)
    _put(then, staff, private, NOTES[locale], _letter("Planification", client.name))
    if contact is not None:
        go_to(now - timedelta(days=5))
        _put(then, contact, Place(client.id, made[0]), SLIP[locale], _letter("T4 2025", client.name))
    go_to(now)
    with begin(then, Actor.timetable()) as work:
        told = update(ContactNotice).where(col(ContactNotice.kind) == SHARED)
        work.session.execute(told.values(mail_due_at=None))


def _put(ports: Ports, actor: Actor, place: Place, name: str, body: bytes) -> UUID | None:
    token, _standing = document_uploads.start_upload(ports, actor, place, name, len(body))
    arrival = arrivals.receive(ports, token, 0)
    receipt = parts.store_part(ports, arrival, memoryview(body))
    return receipt.file_id if receipt else None


def _letter(title: str, about: str) -> bytes:
    """A PDF of one page: a title, and some lines."""
    lines = [
        about,
        "",
        "Document de démonstration. / A document of the demonstration.",
        "Il ne contient aucun renseignement réel. / Nothing in it is real.",
    ]
    text = [f"BT /F1 22 Tf 72 720 Td ({_escaped(title)}) Tj ET"]
    text += [
        f"BT /F1 12 Tf 72 {680 - 20 * row} Td ({_escaped(line)}) Tj ET" for row, line in enumerate(lines)
    ]
    return _pdf("\n".join(text).encode("cp1252", "replace"))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def _pdf(content: bytes) -> bytes:
    objects: Sequence[bytes] = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    )
    out, places = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % at for at in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)
