"""Keys and seals: rows 49 and 50 of the security table."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.adapters.sealer import PartSealer, TinkSealer
from portal_app.models import KeyCheck
from portal_app.services.files.keys import check_key
from portal_app.settings import Settings, StartRefused
from tests.world import World

OLD, NEW = b"o" * 64, b"n" * 64


@pytest.fixture
def parts() -> PartSealer:
    sealer = TinkSealer([OLD])
    return sealer.parts(sealer.new_key(b"file"), b"file")


@given(plain=st.binary(max_size=300), at=st.integers(0, 10_000), flip=st.integers(1, 255))
def test_asvs_49_no_byte_of_a_sealed_part_can_change(plain: bytes, at: int, flip: int) -> None:
    sealer = PartSealer(bytes(32))
    sealed = sealer.seal(plain, b"part 0")
    assert sealer.unseal(bytes(sealed), b"part 0") == plain

    sealed[at % len(sealed)] ^= flip
    with pytest.raises(ValueError, match="changed"):
        sealer.unseal(bytes(sealed), b"part 0")


@pytest.mark.parametrize("cut", [0, 1, 12, 27, 28, 40])
def test_asvs_49_a_part_cut_short_or_lengthened_does_not_open(parts: PartSealer, cut: int) -> None:
    sealed = bytes(parts.seal(b"some thirty bytes of plain text", b"part 0"))
    for changed in (sealed[:cut], sealed + b"\0"):
        with pytest.raises(ValueError, match="part"):
            parts.unseal(changed, b"part 0")


def test_asvs_49_a_part_opens_only_in_its_place_and_with_its_file(parts: PartSealer) -> None:
    sealed = bytes(parts.seal(b"plain", b"part 0"))
    sealer = TinkSealer([OLD])
    other = sealer.parts(sealer.new_key(b"file"), b"file")

    with pytest.raises(ValueError, match="another place"):
        parts.unseal(sealed, b"part 1")
    with pytest.raises(ValueError, match="another place"):
        other.unseal(sealed, b"part 0")


def test_the_same_part_is_never_sealed_alike_twice(parts: PartSealer) -> None:
    assert parts.seal(b"plain", b"part 0") != parts.seal(b"plain", b"part 0")


def test_asvs_50_after_rotation_the_new_key_seals_and_the_old_one_opens() -> None:
    before, both, after = TinkSealer([OLD]), TinkSealer([NEW, OLD]), TinkSealer([NEW])
    file_key = before.new_key(b"file")
    sealed = bytes(before.parts(file_key, b"file").seal(b"plain", b"part 0"))

    assert both.parts(file_key, b"file").unseal(sealed, b"part 0") == b"plain"
    assert after.unseal(both.seal(b"secret", b"x"), b"x") == b"secret"
    with pytest.raises(ValueError, match="another key"):
        after.parts(file_key, b"file")


def test_a_secret_opens_only_for_what_it_was_sealed_for() -> None:
    sealer = TinkSealer([OLD])
    with pytest.raises(ValueError, match="something else"):
        sealer.unseal(sealer.seal(b"secret", b"one row"), b"another row")


def test_the_demo_makes_its_own_key_once_for_itself_alone(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, demo=True, data_dir=tmp_path / "data")
    sealed = TinkSealer.open(settings).seal(b"secret", b"x")

    assert TinkSealer.open(settings).unseal(sealed, b"x") == b"secret"
    assert stat.S_IMODE((tmp_path / "data/secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "data").iterdir()] == ["secret.key"]


@pytest.mark.parametrize("content", [None, b"", b"\n \n"])
def test_outside_the_demo_a_missing_or_empty_key_refuses_the_start(
    tmp_path: Path, content: bytes | None
) -> None:
    path = tmp_path / "secret.key"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StartRefused, match="secret key"):
        TinkSealer.open(Settings(_env_file=None, data_dir=tmp_path / "data", secret_key_file=path))


def test_fault_23_another_key_than_the_database_was_sealed_with_refuses_the_start(world: World) -> None:
    check_key(world.ports)
    check_key(world.ports)
    assert len(world.all(KeyCheck)) == 1

    path = world.settings.secret_key_file
    right = path.read_bytes()
    path.write_bytes(NEW)
    with pytest.raises(StartRefused, match="not the one this database was sealed with"):
        check_key(replace(world.ports, sealer=TinkSealer.open(world.settings)))

    path.write_bytes(NEW + b"\n" + right)
    check_key(replace(world.ports, sealer=TinkSealer.open(world.settings)))
