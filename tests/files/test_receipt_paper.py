"""The receipt as a PDF: real text, in the reader's language, for whoever may read the file (10.7)."""

from __future__ import annotations

import re
from datetime import timedelta

import pypdfium2
import pytest
from pypdfium2.raw import FPDF_PAGEOBJ_IMAGE

from portal_app.domain.brand import ImageUse
from portal_app.domain.errors import LinkEnded, NotFound
from portal_app.domain.uploads import MB
from portal_app.services.files import receipts, removing
from portal_app.services.files.files import in_eights
from portal_app.services.firm import brand_images
from portal_app.text import use_locale
from tests.files.tools import Asked, pdf, uploaded
from tests.services.test_brand import LOGO
from tests.world import World

NAME = "Relevé de l’année – œuvres & finances.pdf"


def read(content: bytes) -> tuple[str, pypdfium2.PdfDocument]:
    """All text of the PDF, its spaces made plain, and the PDF."""
    document = pypdfium2.PdfDocument(content)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return text.replace("\u00a0", " ").replace("\r\n", "\n"), document


def test_10_7_the_paper_names_firm_client_request_task_and_each_file(world: World, who: Asked) -> None:
    world.change(world.firm, address="12, rue Saint-Jean\nQuébec")
    one, two = uploaded(world, who, pdf(MB), NAME), uploaded(world, who, pdf(3000), "T4.pdf")
    with use_locale("fr"):
        name, content = receipts.receipt(world.ports, who.client, one.file_id)

    text, document = read(content)
    assert name == f"Reçu {who.task.title}.pdf"
    assert len(document) == 1
    assert document.get_metadata_dict()["Title"] == f"Reçu, {world.firm.name}"
    assert b"/Lang (fr-CA)" in content
    width, height = document[0].get_size()
    assert (round(width), round(height)) == (612, 792)
    for words in (
        *(world.firm.name, "12, rue Saint-Jean", "Marie-Claude Gagnon", who.task.title, NAME, "T4.pdf"),
        *("Taille 1 Mo", in_eights(one.sha256), in_eights(two.sha256), "heure de l’Est"),
    ):
        assert words in text, words


def test_10_7_in_europe_it_is_a4_and_speaks_the_readers_language(world: World, who: Asked) -> None:
    world.change(world.firm, time_zone="Europe/Paris")
    file_id = uploaded(world, who, pdf(3000), NAME).file_id
    _name, content = receipts.receipt(world.ports, world.staff, file_id)

    text, document = read(content)
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    assert "Receipt" in text
    assert "Central European Time" in text


def test_10_7_many_files_go_on_on_the_next_page_and_none_is_cut_in_two(world: World, who: Asked) -> None:
    ids = [uploaded(world, who, pdf(30 + number), f"Scan {number:02}.pdf").file_id for number in range(14)]
    _name, content = receipts.receipt(world.ports, who.client, ids[0])

    _text, document = read(content)
    assert len(document) > 1
    for page in document:
        said = page.get_textpage().get_text_range()
        assert said.count("Scan ") == said.count("Received on")


def test_10_7_too_many_for_one_receipt_are_counted_and_the_file_itself_is_on_it(
    world: World, who: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "MOST", 2)
    ids = [uploaded(world, who, pdf(30 + number), f"Scan {number}.pdf").file_id for number in range(4)]

    said, _document = read(receipts.receipt(world.ports, who.client, ids[3])[1])

    assert [number for number in range(4) if f"Scan {number}.pdf" in said] == [0, 3]
    assert "2 more files lie on this task; each has its own receipt." in re.sub(r"\s+", " ", said)


def test_10_7_and_1_4_the_logo_stands_in_the_names_place(world: World, who: Asked) -> None:
    file_id = uploaded(world, who, pdf(3000)).file_id
    assert read(receipts.receipt(world.ports, who.client, file_id)[1])[0].startswith(world.firm.name)
    brand_images.take_image(world.ports, world.staff, ImageUse.LOGO, "logo.png", LOGO)

    text, document = read(receipts.receipt(world.ports, who.client, file_id)[1])

    assert not text.startswith(world.firm.name)
    assert any(one.type == FPDF_PAGEOBJ_IMAGE for one in document[0].get_objects())


def test_10_7_it_opens_to_whom_the_file_opens(world: World, who: Asked) -> None:
    file_id = uploaded(world, who, pdf(3000)).file_id
    stranger = world.new_contact(world.new_client("Elsewhere"), "Eve")
    for actor in (world.signed_in(stranger), world.new_device()[0]):
        with pytest.raises(NotFound):
            receipts.receipt(world.ports, actor, file_id)
    removing.take_own_back(world.ports, who.client, who.task.id, file_id)
    with pytest.raises(NotFound):
        receipts.receipt(world.ports, who.client, file_id)
    removing.put_own_back(world.ports, who.client, who.task.id, file_id)
    world.change(who.grant, expires_at=world.clock.now() - timedelta(seconds=1))
    with pytest.raises(LinkEnded):
        receipts.receipt(world.ports, who.client, file_id)
