"""What tests of documents share: a client with full and limited contacts, and a document in one line."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from portal_app.domain.actors import Actor
from portal_app.models import AccessLevel, Client, Contact, Document, SharedWith, StoredFile
from portal_app.services.documents import document_uploads
from portal_app.services.documents.document_uploads import Place
from portal_app.services.files import arrivals, parts, running_sums, uploads
from tests.files.tools import pdf
from tests.world import World


@dataclass
class House:
    """A client: Marie with full access, Luc with limited access, and the firm's owner."""

    world: World
    client: Client
    marie: Contact
    luc: Contact
    full: Actor
    limited: Actor

    def put(
        self,
        actor: Actor,
        name: str = "Letter.pdf",
        *,
        folder: UUID | None = None,
        replaces: Document | None = None,
        shared_with: SharedWith = SharedWith.CLIENT,
        body: bytes = b"",
    ) -> Document:
        """A document that arrives whole."""
        body = body or pdf(3000)
        place = Place(self.client.id, folder, replaces.id if replaces else None, shared_with)
        token, _ = document_uploads.start_upload(self.world.ports, actor, place, name, len(body))
        receipt = self.bring(token, body)
        file = self.world.all(StoredFile, id=receipt)[0]
        return self.world.all(Document, id=file.document_id)[0]

    def bring(self, token: str, body: bytes) -> UUID:
        """The bytes of an upload that has begun; the id of its file."""
        arrival = arrivals.receive(self.world.ports, token, 0)
        receipt = parts.store_part(self.world.ports, arrival, memoryview(body))
        assert receipt is not None
        return receipt.file_id

    def standing(self, token: str) -> uploads.Standing:
        """Where an upload is."""
        return uploads.upload_standing(self.world.ports, token)


@pytest.fixture(autouse=True)
def _forget_sums() -> None:
    running_sums.sums.kept.clear()


@pytest.fixture
def house(world: World) -> House:
    """The client and its people."""
    client = world.new_client()
    marie = world.new_contact(client)
    luc = world.new_contact(client, "Luc Gagnon")
    world.give_account(marie, client)
    world.give_account(luc, client, level=AccessLevel.LIMITED)
    return House(world, client, marie, luc, world.signed_in(marie), world.signed_in(luc))
