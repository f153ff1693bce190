"""The site server, over a site of three pages."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import brotli
import pytest
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.testclient import TestClient

from portal_app.http import first_view
from portal_app.http.site import NotBuilt, Site, chunks_of
from portal_app.text import locale

HOME, REQUEST, WORK = "/home", "/requests/[id]", "/staff/work/[id]"
CHUNK = "/assets/home-1a2b3c4d.js"
BROWSER = {"accept": "text/html,*/*;q=0.8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small site as the build leaves one."""
    site = tmp_path / "site"
    languages: dict[str, dict[str, object]] = {}
    for language in ("en", "fr"):
        (site / language).mkdir(parents=True)
        languages[language] = {}
        for route in (HOME, REQUEST, WORK):
            file = route.removeprefix("/").replace("/", ".") + ".html"
            html = f"<html lang={language}><body><p>{route}</p></body></html>"
            (site / language / file).write_text(html, encoding="utf-8")
            languages[language][route] = {"file": file, "audience": "client", "scripts": ["'sha256-abc='"]}
    code = b"export const a = 1;" * 20
    for path in (site / CHUNK.removeprefix("/"), site / "public" / "sw.js"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(code)
        path.with_name(path.name + ".br").write_bytes(brotli.compress(code))
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(code))
    (site / "documents.json").write_text(json.dumps({"stamp": "1", "languages": languages}), encoding="utf-8")
    return site


@pytest.fixture
def client(folder: Path) -> TestClient:
    """A browser that asks for English unless told otherwise."""
    return TestClient(Site(folder), headers={"accept-language": "en", "accept-encoding": "identity"})


@pytest.fixture(autouse=True)
def views(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty register of first views, put back afterwards."""
    monkeypatch.setattr(first_view, "_views", {})


def test_without_a_site_the_way_to_one_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotBuilt, match="make build"):
        Site(tmp_path)


@pytest.mark.parametrize(
    ("headers", "language"),
    [
        ({"accept-language": "fr-CA,fr;q=0.9,en;q=0.8"}, "fr"),
        ({"accept-language": "en-CA,fr;q=0.9"}, "en"),
        ({"accept-language": "de"}, "en"),
        ({"accept-language": "fr", "x-portal-locale": "en"}, "en"),
        ({"accept-language": "en", "x-portal-locale": "fr"}, "fr"),
        ({"accept-language": "fr", "x-portal-locale": "xx"}, "fr"),
    ],
)
def test_a_page_comes_in_the_reader_s_language(
    client: TestClient, headers: dict[str, str], language: str
) -> None:
    answer = client.get(HOME, headers=headers)

    assert f"<html lang={language}>" in answer.text
    assert {"cookie", "accept-language"} <= {
        name.strip().lower() for name in answer.headers["vary"].split(",")
    }
    assert answer.headers["cache-control"] == "no-cache"


def test_a_page_carries_the_policy_of_its_scripts(client: TestClient) -> None:
    policy = client.get(HOME).headers["content-security-policy"]

    assert "script-src 'self' 'sha256-abc=';" in policy
    for part in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'", "form-action 'self'"):
        assert part in policy
    assert "unsafe-eval" not in policy
    assert "content-security-policy" not in client.get(CHUNK).headers


@pytest.mark.parametrize("path", ["/requests/42", "/requests/42/", "/staff/work/0190a1b2", "/home/", "/home"])
def test_a_path_leads_to_its_document_without_a_round_trip(client: TestClient, path: str) -> None:
    answer = client.get(path, follow_redirects=False)

    assert answer.status_code == 200
    assert answer.text.count("<p>") == 1


@pytest.mark.parametrize(
    "path", ["/requests", "/requests/1/2", "/nowhere", "/assets/../documents.json", "/home.html"]
)
def test_where_nothing_is_our_own_page_says_so(client: TestClient, path: str) -> None:
    answer = client.get(path, headers=BROWSER | {"accept-language": "fr"})

    assert answer.status_code == 404
    assert "<h1>Page introuvable</h1>" in answer.text
    assert '<html lang="fr' in answer.text


def test_a_program_gets_its_404_as_json(client: TestClient) -> None:
    answer = client.get("/nowhere", headers={"accept": "application/json"})

    assert answer.status_code == 404
    assert answer.json() == {"error": "not found"}


def test_a_page_takes_no_post(client: TestClient) -> None:
    assert client.post(HOME).status_code == 404


@pytest.mark.parametrize(
    ("accepted", "used"), [("br, gzip", "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip"), ("", None)]
)
def test_a_chunk_is_kept_for_ever_in_the_best_form(
    client: TestClient, accepted: str, used: str | None
) -> None:
    answer = client.get(CHUNK, headers={"accept-encoding": accepted})

    assert answer.headers.get("content-encoding") == used
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.content == b"export const a = 1;" * 20


def test_a_file_under_a_name_of_its_own_is_asked_for_again(client: TestClient) -> None:
    first = client.get("/sw.js")
    again = client.get("/sw.js", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304
    assert again.content == b""


def test_head_says_the_same_without_the_body(client: TestClient) -> None:
    assert (
        client.head(HOME).headers["content-security-policy"]
        == client.get(HOME).headers["content-security-policy"]
    )


@pytest.mark.parametrize("accepted", ["br", "gzip", "identity"])
def test_a_first_view_stands_just_before_the_body_ends(client: TestClient, accepted: str) -> None:
    first_view.register(REQUEST, lambda request: f"<h1>{request.path_params['id']} {locale()}</h1>")

    answer = client.get("/requests/42", headers={"accept-encoding": accepted, "accept-language": "fr"})

    assert answer.text.endswith('<div id="first"><h1>42 fr</h1></div></body></html>')
    assert answer.headers["cache-control"] == "no-store"
    assert "'sha256-abc='" in answer.headers["content-security-policy"]
    assert "etag" not in answer.headers


def test_a_first_view_may_lead_elsewhere_or_leave_the_page_bare(client: TestClient) -> None:
    async def led_away(_request: Request) -> RedirectResponse:
        return RedirectResponse("/f/demo/login", status_code=303)

    first_view.register(HOME, led_away)
    first_view.register(REQUEST, lambda _request: None)

    assert client.get(HOME, follow_redirects=False).headers["location"] == "/f/demo/login"
    assert 'id="first"' not in client.get("/requests/1").text


def test_a_page_has_one_first_view() -> None:
    first_view.register(HOME, lambda _request: None)

    with pytest.raises(ValueError, match="already"):
        first_view.register(HOME, lambda _request: None)


def test_a_plain_page_can_fetch_early_what_its_way_leads_to(folder: Path, tmp_path: Path) -> None:
    page = folder / "fr" / "home.html"
    page.write_text(f'<link rel="modulepreload" href="{CHUNK}"/>', encoding="utf-8")

    assert chunks_of(HOME, "fr", folder) == (CHUNK,)
    assert chunks_of(HOME, "en", folder) == ()
    assert chunks_of(HOME, "fr", tmp_path / "nothing") == ()
