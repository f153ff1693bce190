"""Files at rest: keys that change meanwhile, and archives that nobody opens (10.3)."""

from __future__ import annotations

import struct
import zipfile
from io import BytesIO

import pytest
from sqlalchemy import Engine

from portal_app.adapters.sealer import TinkSealer
from portal_app.domain import file_kinds
from portal_app.domain.uploads import MB
from portal_app.services.files import downloads
from tests.files.tools import BODY, Asked, begin, bring, pdf, plain, uploaded
from tests.world import World


@pytest.fixture
def engine(sqlite_engine: Engine) -> Engine:
    """Sealed bytes are the same to every database."""
    return sqlite_engine


def test_fault_23_and_asvs_50_the_key_may_change_while_a_file_arrives(world: World, who: Asked) -> None:
    old, new = b"old" * 16, b"new" * 16
    object.__setattr__(world.ports, "sealer", TinkSealer([old]))
    token = begin(world, who, BODY)
    bring(world, token, BODY[:MB])

    object.__setattr__(world.ports, "sealer", TinkSealer([new, old]))
    receipt = bring(world, token, BODY)
    assert receipt is not None
    later = uploaded(world, who, pdf(9), "Later.pdf")
    assert plain(world, receipt.file_id, who) == BODY

    object.__setattr__(world.ports, "sealer", TinkSealer([new]))
    assert plain(world, later.file_id, who) == pdf(9)
    with pytest.raises(downloads.Damaged):
        downloads.open_file(world.ports, who.client, receipt.file_id)


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.xlsx"])
def test_asvs_42_an_archive_is_stored_as_it_came_whatever_is_in_it(
    world: World, who: Asked, name: str
) -> None:
    """A gigabyte of zeros twice over, a way out of the folder, a symlink: nobody looks inside."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("xl/workbook.xml", bytes(64 * MB))
        archive.writestr("../../outside", b"x")
        link = zipfile.ZipInfo("link")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, b"/etc/passwd")
    body = made.getvalue().replace(struct.pack("<I", 64 * MB), struct.pack("<I", 1 << 30))
    receipt = uploaded(world, who, body, name)
    assert plain(world, receipt.file_id, who) == body
    assert not file_kinds.has_preview(name, len(body))
