"""What the gate reads in a request's head, case by case."""

import pytest

from portal_app.gate import rules
from portal_app.gate.rules import From
from portal_app.gate.sockets import Meter
from portal_app.settings import Settings

HERE = "https://portal.example.com"


def settings(url: str = HERE, hops: int = 0) -> Settings:
    return Settings(_env_file=None, public_url=url, trusted_proxy_hops=hops)


@pytest.mark.parametrize(
    ("hops", "forwarded", "address"),
    [
        (0, "6.6.6.6", "10.0.0.1"),
        (1, "6.6.6.6, 203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.9", "203.0.113.9"),
        (2, "6.6.6.6, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "not an address", "10.0.0.1"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8::7]:4711", "2001:db8::7"),
        (1, "2001:DB8::7", "2001:db8::7"),
    ],
)
def test_asvs_36_the_address_is_what_the_outermost_proxy_of_ours_saw(hops, forwarded, address):
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert rules.client_address({"client": ("10.0.0.1", 1)}, headers, hops) == address


def test_asvs_36_forwarded_for_that_comes_in_two_headers_is_one_list():
    headers = rules.joined([(b"X-Forwarded-For", b"6.6.6.6"), (b"x-forwarded-for", b"203.0.113.9")])
    assert rules.client_address({"client": ("10.0.0.1", 1)}, headers, 1) == "203.0.113.9"


@pytest.mark.parametrize(
    ("origin", "site", "is_socket", "whence"),
    [
        (HERE, None, True, From.HERE),
        (HERE, "cross-site", False, From.HERE),
        (None, None, True, From.NOWHERE),
        (None, None, False, From.NOWHERE),
        (None, "same-origin", True, From.NOWHERE),
        (None, "same-origin", False, From.HERE),
        (None, "same-site", False, From.NOWHERE),
        ("null", None, True, From.ELSEWHERE),
        ("null", "same-origin", True, From.ELSEWHERE),
        ("null", "same-origin", False, From.HERE),
        ("null", "cross-site", False, From.ELSEWHERE),
        ("null", None, False, From.ELSEWHERE),
        ("https://evil.example", None, True, From.ELSEWHERE),
        ("https://evil.example", "same-origin", False, From.ELSEWHERE),
        ("https://sub.portal.example.com", None, True, From.ELSEWHERE),
        ("http://portal.example.com", None, True, From.ELSEWHERE),
        ("https://portal.example.com:8443", None, True, From.ELSEWHERE),
        ("https://portal.example.com.evil.example", None, True, From.ELSEWHERE),
        ("", None, True, From.ELSEWHERE),
    ],
)
def test_asvs_33_only_our_own_origin_is_here(origin, site, is_socket, whence):
    headers = {
        key: value for key, value in (("origin", origin), ("sec-fetch-site", site)) if value is not None
    }
    assert rules.whence(headers, settings(), is_socket=is_socket) is whence


def test_a_form_of_the_demo_on_plain_http_is_believed_though_its_browser_hides_where_it_is():
    demo = settings("http://192.168.1.20:8000")
    assert rules.whence({"origin": "null"}, demo, is_socket=False) is From.HERE
    assert rules.whence({"origin": "null"}, demo, is_socket=True) is From.ELSEWHERE


@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        ("fr", "en-CA", "fr"),
        ("", "fr-CA,fr;q=0.9,en;q=0.8", "fr"),
        ("", "de, en;q=0.3, fr;q=0.5", "fr"),
        ("de", "en", "en"),
        ("", "", "en"),
        ("", "*;q=x, ,;;,fr", "fr"),
    ],
)
def test_the_language_is_the_persons_choice_then_the_browsers(cookie, accepted, language):
    assert rules.language(cookie, accepted) == language


@pytest.mark.parametrize(
    "name", [b"x-portal-staff", b"X-Portal-Staff", b"x_portal_staff", b"x-forwarded-for", b"forwarded"]
)
def test_what_only_the_gate_may_say_is_not_taken_from_outside(name):
    assert rules.passed_on([(name, b"forged")], {}) == []
    assert rules.to_socket([(name, b"forged")], {}) == []


@pytest.mark.parametrize(
    "name", [b"cookie", b"authorization", b"proxy-authorization", b"x-auth-request-access-token"]
)
def test_no_secret_of_a_handshake_reaches_reflex(name):
    assert rules.to_socket([(name, b"secret"), (b"host", b"h")], {}) == [(b"host", b"h")]


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        (b"token=1b4e28ba-2fa1-4d2e-883f-0016d3cca427&EIO=4", True),
        (b"", False),
        (b"token=", False),
        (b"token=a/b", False),
        (b"token=" + b"a" * 65, False),
        (b"token=1b4e28ba-2fa1-4d2e-883f&token=1b4e28ba-2fa1-4d2e-883f", False),
    ],
)
def test_a_handshake_names_one_tab(query, fits):
    assert rules.is_tab_token(query) is fits


def test_fault_37_frames_come_a_hundred_at_once_and_then_thirty_a_second():
    now = [0.0]
    meter = Meter(30, 100, lambda: now[0])
    assert [meter.take() for _ in range(101)] == [True] * 100 + [False]
    now[0] = 1.0
    assert [meter.take() for _ in range(31)] == [True] * 30 + [False]


def test_an_ipv6_customer_is_one_neighbour():
    assert rules.neighbourhood("2001:db8::1") == rules.neighbourhood("2001:db8::ffff:1")
    assert rules.neighbourhood("2001:db8::1") != rules.neighbourhood("2001:db8:0:1::1")
    assert rules.neighbourhood("203.0.113.9") == "203.0.113.9"


def test_an_ipv4_address_that_comes_as_ipv6_is_the_ipv4_one():
    assert rules.neighbourhood("::ffff:203.0.113.9") == "203.0.113.9"
    assert rules.neighbourhood("::ffff:203.0.113.9") != rules.neighbourhood("::ffff:203.0.113.10")
    assert rules.client_address({"client": ("::ffff:203.0.113.9", 1)}, {}, 0) == "203.0.113.9"
