"""Plain requests through the gate: cookies, origins, headers, faults, bodies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from portal_app.domain.visitors import Visitor
from portal_app.gate import Gate
from portal_app.settings import Settings

HERE = "https://portal.example.com"
STAFF = Visitor(staff=UUID(int=7))


class Book:
    """Knows one cookie, and who was seen."""

    def __init__(self) -> None:
        self.touched: list[Visitor] = []
        self.is_away = False

    def resolve(self, cookies: Mapping[str, str], address: str) -> Visitor:
        if self.is_away:
            raise OSError("canary-of-the-database")
        return STAFF if cookies.get("__Host-staff") == "right" else Visitor()

    def touch(self, visitor: Visitor) -> None:
        self.touched.append(visitor)

    def ended(self, visitors: Any) -> set[Visitor]:
        return set()


async def _seen(request: Request) -> JSONResponse:
    return JSONResponse({**request.headers, "client": request.client.host, "scheme": request.url.scheme})


async def _page(_request: Request) -> HTMLResponse:
    return HTMLResponse("<p>Hello.</p>")


async def _own_policy(_request: Request) -> HTMLResponse:
    return HTMLResponse("<p>Hello.</p>", headers={"Content-Security-Policy": "default-src 'self'"})


async def _broken(_request: Request) -> HTMLResponse:
    raise RuntimeError("canary-of-the-route")


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
def portal(book: Book) -> TestClient:
    return client(book, HERE)


def client(book: Book, url: str, **more: Any) -> TestClient:
    routes = [
        Route("/seen", _seen, methods=["GET", "POST"]),
        Route("/page", _page),
        Route("/own", _own_policy),
        Route("/broken", _broken),
        Route("/ping", _page),
    ]
    gate = Gate(
        Starlette(routes=routes), sessions=book, settings=Settings(_env_file=None, public_url=url, **more)
    )
    return TestClient(gate, base_url=url, raise_server_exceptions=False, client=("10.0.0.1", 4711))


def seen(portal: TestClient, method: str = "GET", **headers: str) -> dict[str, str]:
    answer = portal.request(method, "/seen", headers=headers)
    assert answer.status_code == 200
    return answer.json()


def test_a_cookie_becomes_a_session_id(portal, book):
    assert seen(portal, cookie="__Host-staff=right")["x-portal-staff"] == UUID(int=7).hex
    assert book.touched == [STAFF]


def test_a_cookie_that_nobody_knows_is_nobody(portal, book):
    assert "x-portal-staff" not in seen(portal, cookie="__Host-staff=wrong")
    assert book.touched == []


def test_asvs_17_on_https_a_cookie_without_its_prefix_counts_for_nothing(portal):
    assert "x-portal-staff" not in seen(portal, cookie="staff=right")


def test_forged_portal_headers_are_written_over(portal):
    forged = {"x-portal-staff": UUID(int=9).hex, "X-Portal-Address": "6.6.6.6"}
    answer = seen(portal, **forged)
    assert "x-portal-staff" not in answer
    assert answer["x-portal-address"] == "10.0.0.1"


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://portal.example.com"])
def test_asvs_34_another_sites_post_is_refused(portal, origin):
    answer = portal.post("/seen", headers={"origin": origin, "cookie": "__Host-staff=right"})
    assert answer.status_code == 403


def test_asvs_34_a_post_that_hides_where_it_comes_from_is_nobodys(portal):
    answer = seen(portal, "POST", cookie="__Host-staff=right; other=1")
    assert "x-portal-staff" not in answer
    assert "cookie" not in answer


@pytest.mark.parametrize("proof", [{"origin": HERE}, {"origin": "null", "sec-fetch-site": "same-origin"}])
def test_a_form_of_our_own_page_is_its_persons(portal, proof):
    assert seen(portal, "POST", cookie="__Host-staff=right", **proof)["x-portal-staff"] == UUID(int=7).hex


def test_what_another_site_fetches_is_fetched_as_nobody(portal):
    answer = seen(portal, origin="https://evil.example", cookie="__Host-staff=right")
    assert "x-portal-staff" not in answer


@pytest.mark.parametrize(
    "path",
    [
        "/_event",
        "/_event/?EIO=4&transport=polling",
        "/_upload",
        "/_upload/a.pdf",
        "/ping",
        "/_health",
        "/_all_routes",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_asvs_57_what_reflex_serves_besides_its_socket_is_not_there(portal, path, method):
    assert portal.request(method, path, headers={"origin": HERE}).status_code == 404


def test_asvs_35_every_answer_carries_the_security_headers(portal):
    for path in ("/page", "/seen", "/nowhere", "/ping", "/broken"):
        headers = portal.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"]
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["strict-transport-security"].startswith("max-age=63072000")


def test_asvs_35_a_refusal_carries_them_too(portal):
    answer = portal.post("/seen", headers={"origin": "https://evil.example"})
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_asvs_35_a_document_has_a_policy_its_own_or_the_strict_one(portal):
    strict = portal.get("/page").headers["content-security-policy"]
    for part in ("default-src 'none'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in strict
    assert portal.get("/own").headers["content-security-policy"] == "default-src 'self'"
    assert "content-security-policy" not in portal.get("/seen").headers


def test_on_plain_http_no_browser_is_told_to_insist_on_https(book):
    assert "strict-transport-security" not in client(book, "http://localhost:8000").get("/page").headers


def test_asvs_55_a_fault_says_its_reference_and_nothing_else(portal, capsys):
    answer = portal.get("/broken")
    assert answer.status_code == 500
    assert "canary" not in answer.text
    said = capsys.readouterr()
    assert "request_failed" in said.out
    assert "canary" not in said.out + said.err


def test_asvs_55_without_the_database_nobody_is_let_in_as_anybody(portal, book, capsys):
    book.is_away = True
    answer = portal.get("/seen", headers={"cookie": "__Host-staff=right"})
    assert answer.status_code == 500
    assert "canary" not in answer.text + capsys.readouterr().out


def test_a_built_file_asks_the_database_nothing(portal, book):
    book.is_away = True
    assert portal.get("/assets/page-4711.js", headers={"cookie": "__Host-staff=right"}).status_code == 404


def test_asvs_36_routes_see_the_address_and_the_scheme_that_people_use(book):
    portal = client(book, HERE, trusted_proxy_hops=1)
    answer = seen(portal, **{"x-forwarded-for": "6.6.6.6, 203.0.113.9", "x-forwarded-proto": "https"})
    assert (answer["client"], answer["x-portal-address"], answer["scheme"]) == (
        "203.0.113.9",
        "203.0.113.9",
        "https",
    )
    assert "x-forwarded-for" not in answer
    assert "x-forwarded-proto" not in answer


@pytest.mark.parametrize(("wish", "language"), [("fr-CA", "fr"), ("en", "en"), ("de", "en")])
def test_the_gate_says_the_language(portal, wish, language):
    assert seen(portal, **{"accept-language": wish})["x-portal-locale"] == language


@pytest.mark.parametrize(
    ("hops", "proto", "is_led"),
    [
        (1, "http", True),
        (1, "HTTP", True),
        (1, "https, http", True),
        (2, "http, https", True),
        (0, "http", True),
        (1, "https", False),
        (1, "http, https", False),
        (2, "https, http", False),
        (1, "", False),
    ],
)
def test_15_4_who_comes_by_plain_http_is_led_to_https(book, hops, proto, is_led):
    portal = client(book, HERE, trusted_proxy_hops=hops)
    forwarded = {"x-forwarded-for": "203.0.113.9", "x-forwarded-proto": proto}
    for method in ("GET", "HEAD"):
        answer = portal.request(method, "/page?a=b%20c", headers=forwarded, follow_redirects=False)
        assert answer.status_code == (308 if is_led else 200)
        if is_led:
            assert answer.headers["location"] == f"{HERE}/page?a=b%20c"


def test_15_4_a_path_that_looks_like_another_host_stays_here(book):
    portal = client(book, HERE, trusted_proxy_hops=1)
    answer = portal.get(
        f"{HERE}//evil.example/%0d%0aSet-Cookie:%20a=b",
        headers={"x-forwarded-proto": "http"},
        follow_redirects=False,
    )
    assert answer.headers["location"] == f"{HERE}//evil.example/%0d%0aSet-Cookie:%20a=b"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_15_4_what_is_sent_by_plain_http_is_refused(book, method):
    portal = client(book, HERE, trusted_proxy_hops=1)
    answer = portal.request(method, "/seen", headers={"x-forwarded-proto": "http", "origin": HERE})
    assert answer.status_code == 403
    assert answer.headers["strict-transport-security"].startswith("max-age=")
    assert book.touched == []


def test_15_4_the_demo_on_plain_http_is_served(book):
    portal = client(book, "http://localhost:8000", demo=True)
    assert portal.get("/page", headers={"x-forwarded-proto": "http"}).status_code == 200


def test_asvs_40_a_body_passes_part_by_part_and_is_never_gathered(book):
    """The app asks for the next part only when it is done with the one before, and so does the gate."""
    import asyncio

    asked: list[int] = []
    taken: list[int] = []

    async def receive() -> dict[str, Any]:
        asked.append(len(asked))
        return {"type": "http.request", "body": bytes(65_536), "more_body": len(asked) < 50}

    async def send(_message: Any) -> None:
        return None

    async def upload(_scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            part = await receive()
            taken.append(len(part["body"]))
            assert len(asked) == len(taken)
            more = part["more_body"]
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    gate = Gate(upload, sessions=book, settings=Settings(_env_file=None, public_url=HERE))
    scope = {
        "type": "http",
        "method": "PATCH",
        "path": "/files/1",
        "query_string": b"",
        "headers": [(b"origin", HERE.encode())],
        "client": ("10.0.0.1", 1),
        "scheme": "http",
    }
    asyncio.run(gate(scope, receive, send))
    assert taken == [65_536] * 50
