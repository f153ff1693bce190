"""Sealed streams: what a backup's rows and manifest lie in (10.3)."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_app.adapters.sealer import TinkSealer

PLAIN = bytes(range(256)) * 10_000  # two and a half segments
LINES = [b"newest line of the key file, long enough", b"an older line of the key file, long too"]


def sealed(path: Path, sealer: TinkSealer, about: bytes = b"backup 1") -> Path:
    with sealer.sealing(path.open("xb"), about) as sink:
        for start in range(0, len(PLAIN), 70_000):
            sink.write(PLAIN[start : start + 70_000])
    return path


def opened(path: Path, sealer: TinkSealer, about: bytes = b"backup 1") -> bytes:
    with sealer.unsealing(path.open("rb"), about) as source:
        return source.read()


def test_10_3_a_stream_comes_back_and_says_nothing_sealed(tmp_path: Path) -> None:
    path = sealed(tmp_path / "one", TinkSealer(LINES))
    assert PLAIN[:64] not in path.read_bytes()
    assert opened(path, TinkSealer(LINES)) == PLAIN


def test_asvs_50_a_stream_of_an_older_line_opens_after_the_key_was_changed(tmp_path: Path) -> None:
    path = sealed(tmp_path / "one", TinkSealer(LINES[1:]))
    assert opened(path, TinkSealer(LINES)) == PLAIN
    with pytest.raises(ValueError, match="another key"):
        opened(path, TinkSealer(LINES[:1]))


@pytest.mark.parametrize("cut", [0, 10, 100, 1 << 20, 2 << 20, len(PLAIN)])
def test_asvs_49_a_stream_cut_off_anywhere_does_not_end_well(tmp_path: Path, cut: int) -> None:
    path = sealed(tmp_path / "one", TinkSealer(LINES))
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(ValueError, match="changed since"):
        opened(path, TinkSealer(LINES))


@pytest.mark.parametrize("at", [5, 1_000, 1_500_000, -1])
def test_asvs_49_no_byte_of_a_stream_can_change(tmp_path: Path, at: int) -> None:
    path = sealed(tmp_path / "one", TinkSealer(LINES))
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(ValueError, match="changed since"):
        opened(path, TinkSealer(LINES))


def test_asvs_49_a_stream_opens_only_as_what_it_was_sealed_for(tmp_path: Path) -> None:
    path = sealed(tmp_path / "one", TinkSealer(LINES))
    with pytest.raises(ValueError, match="for something else"):
        opened(path, TinkSealer(LINES), b"backup 2")


def test_an_empty_stream_is_sealed_too(tmp_path: Path) -> None:
    with TinkSealer(LINES).sealing((tmp_path / "one").open("xb"), b"x"):
        pass
    assert opened(tmp_path / "one", TinkSealer(LINES), b"x") == b""
