"""What tests of files share: a task one may upload to, and an upload in one line."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.uploads import MB
from portal_app.models import (
    AccessGrant,
    ClientRequest,
    Contact,
    FilePart,
    Notification,
    Recipient,
    StoredFile,
    Task,
    Upload,
)
from portal_app.services.files import arrivals, downloads, parts, uploads
from portal_app.services.files.files import Receipt
from tests.world import World

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


def pdf(size: int) -> bytes:
    """Bytes that begin like a PDF and repeat nowhere; the same ones each time."""
    return (PDF + random.Random(size).randbytes(size))[:size]


@dataclass
class Asked:
    """A sent request, its first task, and its recipient on a bound device."""

    request: ClientRequest
    task: Task
    contact: Contact
    grant: AccessGrant
    client: Actor
    cookie: str

    @property
    def headers(self) -> dict[str, str]:
        """What the gate tells the routes about this browser."""
        return {"x-portal-device": self.client.device_id.hex}


def asked(world: World, name: str = "Marie-Claude Gagnon") -> Asked:
    """Send a request in miniature: recipient, grant, device."""
    client = world.new_client(name)
    contact = world.new_contact(client, name)
    request = world.draft_request(client, to=[contact])
    now = world.clock.now()
    world.change(request, sent_at=now, sent_by_staff_id=world.owner.id)
    recipient = world.all(Recipient, request_id=request.id)[0]
    actor, cookie = world.new_device()
    grant = world.put(
        AccessGrant(
            firm_id=world.firm.id,
            request_id=request.id,
            recipient_id=recipient.id,
            contact_id=contact.id,
            created_at=now,
            expires_at=now + timedelta(days=30),
            device_id=actor.device_id,
            claimed_at=now,
        )
    )
    actor = replace(actor, kind=Kind.CLIENT)
    return Asked(request, world.tasks(request)[0], contact, grant, actor, cookie)


def begin(world: World, who: Asked, body: bytes, name: str = "Bank statements.pdf") -> str:
    """Begin an upload; its address's secret."""
    token, _standing = uploads.start_upload(world.ports, who.client, who.task.id, name, len(body))
    return token


def bring(world: World, token: str, body: bytes, *, part: int = 1 << 20) -> Receipt | None:
    """Bring all that is missing, in parts."""
    offset = uploads.upload_standing(world.ports, token).received
    arrival = arrivals.receive(world.ports, token, offset)
    receipt = None
    for start in range(offset, len(body), part):
        receipt = parts.store_part(world.ports, arrival, memoryview(body)[start : start + part])
    return receipt


def uploaded(world: World, who: Asked, body: bytes, name: str = "Bank statements.pdf") -> Receipt:
    """A file that arrived."""
    receipt = bring(world, begin(world, who, body, name), body)
    assert receipt is not None
    return receipt


BODY = pdf(3 * MB + 17)


def plain(world: World, file_id: Any, who: Asked) -> bytes:
    """A file read back whole."""
    file = downloads.open_file(world.ports, who.client, file_id)
    return b"".join(downloads.read_part(world.ports, file, number) for number in range(len(file.parts)))


def told(world: World) -> list[Notification]:
    """What staff were told of files, in order."""
    rows = [row for row in world.all(Notification) if row.kind == "files_uploaded"]
    return sorted(rows, key=lambda row: row.at)


def nothing_is_left(world: World) -> bool:
    return not (world.all(Upload) or world.all(FilePart) or world.all(StoredFile) or world.objects.parts)
