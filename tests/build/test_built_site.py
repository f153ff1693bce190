"""What was built: weights, policies, and both languages from one source."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest

from portal_app.assets import SITE
from portal_app.http.site import documents
from portal_app.pages._frames import PAGES
from portal_app.text import unbroken
from scripts.build_site import built_stamp
from scripts.site_documents import script_hashes
from scripts.stamp import site_stamp, source_digest
from scripts.weigh import Weight, chunks_of, weights

WHOLE = 165_000  # bytes of scripts and sheets with brotli on a client page (figure 3)
BEFORE_TASKS = 10_000  # of them, before the tasks show (figure 3)
EVERYBODY_S = re.compile(r"/(manifest|context|state|entry\.client)-")
"""Chunks that name every route or every state, whoever loads them."""

CLIENT_PAGES = [page for page in weights() if page.audience == "client"]
ALL_PAGES = [(language, route) for language, route, _facts in documents()]


def named(page: Weight) -> str:
    return f"{page.language}{page.route}"


def html_of(language: str, route: str) -> str:
    facts = next(facts for *where, facts in documents() if where == [language, route])
    return (SITE / language / facts["file"]).read_text(encoding="utf-8")


def test_the_site_is_the_one_of_these_sources() -> None:
    assert built_stamp() == site_stamp(source_digest()), "run `make build`"


def test_every_declared_page_is_there_in_both_languages() -> None:
    declared = {page.route for page in PAGES}

    assert {route for language, route in ALL_PAGES if language == "en"} == declared
    assert {route for language, route in ALL_PAGES if language == "fr"} == declared


@pytest.mark.parametrize("page", CLIENT_PAGES, ids=named)
def test_a_client_page_stays_light(page: Weight) -> None:
    assert page.total <= WHOLE, f"{page.total:,} bytes: see `python -m scripts.weigh`"


@pytest.mark.parametrize("page", CLIENT_PAGES, ids=named)
def test_little_comes_before_a_client_s_tasks_show(page: Weight) -> None:
    html = html_of(page.language, page.route)

    assert page.before_content <= BEFORE_TASKS
    assert 'rel="stylesheet"' not in html
    assert not re.findall(r"<script(?![^>]*(?:async|module))[^>]* src=", html)


@pytest.mark.parametrize("page", CLIENT_PAGES, ids=named)
def test_no_client_page_loads_a_staff_chunk(page: Weight) -> None:
    own = [chunk for chunk in page.chunks if not EVERYBODY_S.search(chunk)]
    holding = [
        chunk for chunk in own if "/staff/" in (SITE / chunk.removeprefix("/")).read_text(encoding="utf-8")
    ]

    assert own
    assert not holding
    assert "staff-" not in html_of(page.language, page.route)


def test_10_9_the_camera_s_code_comes_only_when_it_is_used() -> None:
    lazy = {f"/assets/{path.name}" for path in (SITE / "assets").glob("camera*.js")}

    assert lazy
    assert not [page for page in weights() if lazy & page.chunks]


def test_a_page_module_serves_one_audience() -> None:
    audiences: dict[str, set[str]] = {}
    for page in PAGES:
        audiences.setdefault(page.body.__module__, set()).add(page.audience)

    assert all(len(found) == 1 for found in audiences.values())
    assert all(re.fullmatch(r"portal_app\.pages\.(?!_)\w+", module) for module in audiences)


@pytest.mark.parametrize(("language", "route"), ALL_PAGES)
def test_the_policy_of_a_document_knows_exactly_its_scripts(language: str, route: str) -> None:
    facts = next(facts for *where, facts in documents() if where == [language, route])
    html = html_of(language, route)

    assert facts["scripts"] == script_hashes(html)
    assert facts["scripts"]
    assert not re.search(r"<[^>]+\son\w+=", html), "an inline handler would be refused by the policy"


@pytest.mark.parametrize(("language", "route"), ALL_PAGES)
def test_a_document_says_its_language_and_asks_early_for_all_it_loads(language: str, route: str) -> None:
    html = html_of(language, route)
    early = set(re.findall(r'<link rel="modulepreload" href="([^"]+)"', html))

    assert f'<html lang="{language}"' in html
    assert "<title>" in html
    assert early == chunks_of(html)


def test_both_languages_speak_to_one_backend() -> None:
    schemas = {
        language: {
            found
            for route in {route for known, route in ALL_PAGES if known == language}
            for chunk in chunks_of(html_of(language, route))
            for found in re.findall(r"`([0-9a-f]{32})`", (SITE / chunk.removeprefix("/")).read_text("utf-8"))
        }
        for language in ("en", "fr")
    }

    assert schemas["en"]
    assert schemas["en"] == schemas["fr"]


def test_no_address_is_baked_in() -> None:
    read = {path: path.read_bytes() for path in packable()}
    assert any(b"location.origin" in content for content in read.values()), "the addresses are there"
    assert not [path for path, content in read.items() if b"portal.invalid" in content]


def test_what_is_packed_is_what_lies_beside_it() -> None:
    pairs = 0
    for path in packable():
        for suffix, unpack in ((".br", brotli.decompress), (".gz", gzip.decompress)):
            beside = path.with_name(path.name + suffix)
            if beside.exists():
                pairs += 1
                assert unpack(beside.read_bytes()) == path.read_bytes()
    assert pairs > len(ALL_PAGES)


def packable() -> list[Path]:
    return [path for path in SITE.rglob("*") if path.is_file() and path.suffix in {".js", ".css", ".html"}]


def test_12_2_no_line_of_a_live_page_ends_in_the_middle_of_e_mail() -> None:
    chunks = [path.read_text(encoding="utf-8") for path in (SITE / "assets").glob("*.js")]

    assert any(unbroken("one e-mail").split()[1] in chunk for chunk in chunks)
    assert not [found for chunk in chunks for found in re.findall(r"[a-z,] e-mail[^\"]{0,20}", chunk)]
