"""A site is built anew when something it is made of has changed, and only then."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from portal_app.assets import ROOT
from scripts import build_site
from scripts.stamp import digest, inputs, site_stamp


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """Two files."""
    files = [tmp_path / "a.py", tmp_path / "b.css"]
    for path in files:
        path.write_text(path.name)
    return files


def test_times_do_not_count(sources: list[Path], tmp_path: Path) -> None:
    before = digest(sources, tmp_path)
    os.utime(sources[0], (1, 1))

    assert digest(sources, tmp_path) == before


def test_contents_names_and_tools_count(sources: list[Path], tmp_path: Path) -> None:
    before = digest(sources, tmp_path, "node 24")
    moved = sources[0].rename(tmp_path / "c.py")
    renamed = digest([moved, sources[1]], tmp_path, "node 24")
    moved.rename(sources[0]).write_text("other")

    seen = {before, renamed, digest(sources, tmp_path, "node 24"), digest(sources, tmp_path, "node 25")}

    assert len(seen) == 4


@pytest.mark.parametrize(
    ("path", "counts"),
    [
        ("portal_app/pages/_frames.py", True),
        ("portal_app/locale/fr/frame.po", True),
        ("portal_app/components/copy.jsx", True),
        ("assets/client.css", True),
        ("rxconfig.py", True),
        ("requirements.txt", True),
        ("scripts/build_site.py", True),
        ("portal_app/adapters/clock.py", False),
        ("portal_app/http/health.py", False),
    ],
)
def test_what_a_page_may_be_made_of_counts(path: str, counts: bool) -> None:
    assert (ROOT / path).is_file()
    assert (ROOT / path in set(inputs())) is counts


def test_every_input_is_listed_once() -> None:
    listed = list(inputs())

    assert len(listed) == len(set(listed))
    assert all(path.is_file() for path in listed)


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Which sources were built, instead of building them; nothing was, so far."""
    done: list[str] = []
    told: dict[str, Any] = {
        "ROOT": tmp_path,
        "NEW": tmp_path / "site-new",
        "OLD": tmp_path / "site-old",
        "source_digest": lambda: "sources",
        "site_stamp": lambda sources: f"stamp of {sources}",
        "assemble": lambda _target, sources: done.append(sources),
        "take_its_place": lambda _target: None,
    }
    for name, value in told.items():
        monkeypatch.setattr(build_site, name, value)
    monkeypatch.setattr("sys.argv", ["build_site"])
    return done


def test_the_same_sources_are_not_built_again(monkeypatch: pytest.MonkeyPatch, built: list[str]) -> None:
    monkeypatch.setattr(build_site, "built_stamp", lambda: "stamp of sources")

    build_site.main()

    assert built == []


def test_other_sources_are_built(monkeypatch: pytest.MonkeyPatch, built: list[str]) -> None:
    monkeypatch.setattr(build_site, "built_stamp", lambda: "stamp of older sources")

    build_site.main()

    assert built == ["sources"]


def test_a_build_can_be_forced(monkeypatch: pytest.MonkeyPatch, built: list[str]) -> None:
    monkeypatch.setattr(build_site, "built_stamp", lambda: "stamp of sources")
    monkeypatch.setattr("sys.argv", ["build_site", "--force"])

    build_site.main()

    assert built == ["sources"]


def test_the_locked_packages_count() -> None:
    assert site_stamp("a") != site_stamp("b")
    assert len(site_stamp("a")) == 64


def test_the_locked_packages_stand_in_one_order(tmp_path: Path) -> None:
    one, other = tmp_path / "one.json", tmp_path / "other.json"
    one.write_text('{"name":"reflex","dependencies":{"b":"1","a":"2"}}')
    other.write_text('{"dependencies":{"a":"2","b":"1"},"name":"reflex"}')

    build_site.settle_lock(one)
    build_site.settle_lock(other)

    assert one.read_text() == other.read_text()
    assert '"a": "2"' in one.read_text()


def test_the_new_site_takes_the_old_one_s_place_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    site, new, old = (tmp_path / name for name in ("site", "site-new", "site-old"))
    for name, value in {"SITE": site, "NEW": new, "OLD": old}.items():
        monkeypatch.setattr(build_site, name, value)
    for folder in (site, new):
        folder.mkdir()
        (folder / folder.name).touch()

    build_site.take_its_place(new)

    assert [path.name for path in tmp_path.iterdir()] == ["site"]
    assert (site / "site-new").exists()
