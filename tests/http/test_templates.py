"""The plain pages: whole in both languages, small, without a script, and usable by whoever comes (12.2)."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from jinja2 import UndefinedError
from starlette.requests import Request
from starlette.responses import Response

from portal_app import templates
from portal_app.domain.letterhead import ACCENTS, Letterhead
from portal_app.http.rendering import minified, render
from portal_app.text import LANGUAGES, use_locale
from tests.http.page_samples import PAGES
from tests.http.sample_facts import FIRM

FOLDER = Path(templates.__file__).parent / "pages"
PIECES = {"letter.html", "client.html", "staff_letter.html", "parts.html", "code_form.html"}
LIMIT = 10 * 1024  # bytes, packed


class Outline(HTMLParser):
    """What a page offers: its elements with their attributes, and the words within buttons, links and headings."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.words: list[list[str]] = []
        self._open: list[int] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self.words.append([])
        if tag in {"button", "a", "h1", "h2", "title", "label", "p"}:
            self._open.append(len(self.elements) - 1)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self.elements[self._open[-1]][0] == tag:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        for index in self._open:
            self.words[index].append(data)

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.elements if tag in tags]

    def names(self, tag: str) -> list[str]:
        return [
            "".join(words).strip()
            for (kind, _), words in zip(self.elements, self.words, strict=True)
            if kind == tag
        ]


def asked(path: str = "/here", query: str = "", method: str = "GET") -> Request:
    return Request(
        {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": [],
            "scheme": "http",
        }
    )


def drawn(name: str, language: str = "en", **changes: Any) -> str:
    template, context = PAGES[name]
    with use_locale(language):
        return bytes(render(asked(), template, **(context | changes)).body).decode()


every_page = pytest.mark.parametrize("name", PAGES)
every_language = pytest.mark.parametrize("language", LANGUAGES)


def test_every_template_has_a_sample() -> None:
    files = {path.name for path in FOLDER.glob("*.html")} - PIECES
    assert {name for name in files if not name.startswith("dev_")} == {
        template for template, _ in PAGES.values()
    }


@every_language
@every_page
def test_a_page_stands_by_itself_and_is_small(name: str, language: str) -> None:
    html = drawn(name, language)
    outline = Outline(html)

    assert f'<html lang="{language}-CA">' in html
    assert len(gzip.compress(html.encode(), 9)) <= LIMIT
    assert not outline.all("iframe", "object")
    context = PAGES[name][1]
    own = [context["script"]] if context.get("script") else []  # passkeys alone need one
    assert [script["src"] for script in outline.all("script") if script] == own
    assert html.count("<script>") == bool(
        context.get("prefetch")
    )  # what looks ahead, which a page can do without
    assert [link["rel"] for link in outline.all("link") if link["rel"] not in {"icon", "prefetch"}] == []
    assert not re.search(r'\son[a-z]+="', html)


@every_language
@every_page
def test_a_page_has_one_heading_one_main_button_and_fields_that_say_what_they_are(
    name: str, language: str
) -> None:
    outline = Outline(drawn(name, language))
    ids = [attrs["id"] for _, attrs in outline.elements if "id" in attrs]
    fields = [
        field for field in outline.all("input", "select") if field.get("type") not in {"hidden", "checkbox"}
    ]
    shown = [field for field in fields if field.get("aria-hidden") != "true"]

    assert len(ids) == len(set(ids))
    assert len(outline.names("h1")) == 1
    assert len([button for button in outline.all("button") if "main" in button.get("class", "")]) <= 1
    assert {field["id"] for field in shown} <= {label.get("for") for label in outline.all("label")}
    assert {part for field in shown for part in field.get("aria-describedby", "").split()} <= set(ids)
    assert {link["href"][1:] for link in outline.all("a") if link["href"].startswith("#")} <= set(ids)
    assert all(form["method"] == "post" for form in outline.all("form"))
    assert all(field.get("autocomplete") for field in fields if field.get("type") in {"email", "password"})


@every_page
def test_1_14_whoever_is_stuck_finds_the_firm(name: str) -> None:
    template, context = PAGES[name]
    html = drawn(name)
    if context.get("firm") == FIRM and template != "sign_out.html":
        assert 'href="tel:+14185550142"' in html.partition("<header")[2].partition("</header>")[2]


@every_language
@pytest.mark.parametrize("name", [name for name, (_, facts) in PAGES.items() if facts.get("firm") == FIRM])
def test_9_7_every_page_of_a_client_leads_to_the_help_page(name: str, language: str) -> None:
    links = {link.get("href"): words for link, words in _links(Outline(drawn(name, language)))}
    assert links[FIRM.help_url] == {"en": "Help", "fr": "Aide"}[language]


def _links(outline: Outline) -> list[tuple[dict[str, str], str]]:
    return list(zip(outline.all("a"), outline.names("a"), strict=True))


@pytest.mark.parametrize(
    ("name", "language", "buttons"),
    [
        ("claim", "en", ["Open my requests"]),
        ("claim", "fr", ["Ouvrir mes demandes"]),
        ("other_device", "en", ["Send access link"]),
        ("other_device", "fr", ["Envoyer le lien d'accès"]),
        ("expired", "en", ["Send access link"]),
        ("expired", "fr", ["Envoyer le lien d'accès"]),
        ("code", "en", ["Open my requests", "Send access link"]),
        ("code_spent", "fr", ["Envoyer le lien d'accès"]),
        ("sign_in", "en", ["Sign in"]),
        ("sign_in", "fr", ["Se connecter"]),
        ("staff_password", "en", ["Sign in"]),
        ("staff_password", "fr", ["Se connecter"]),
    ],
)
def test_16_buttons_have_their_names(name: str, language: str, buttons: list[str]) -> None:
    assert Outline(drawn(name, language)).names("button") == buttons


@pytest.mark.parametrize(
    ("language", "links"),
    [("en", {"Forgot password", "Create an account"}), ("fr", {"Mot de passe oublié", "Créer un compte"})],
)
def test_16_links_of_the_sign_in_page_have_their_names(language: str, links: set[str]) -> None:
    assert links <= set(Outline(drawn("sign_in", language)).names("a"))


def test_6_4_a_claim_page_changes_something_only_by_its_one_post() -> None:
    outline = Outline(drawn("claim"))

    assert outline.all("form") == [{"method": "post", "action": "/r/abc"}]
    assert not [
        link
        for link in outline.all("a", "link", "img")
        if "/r/abc" in (link.get("href") or link.get("src", ""))
    ]
    assert [link["href"] for link in outline.all("link") if link["rel"] == "prefetch"] == [
        "/assets/requests-1a2b.js"
    ]


def test_6_4_a_claim_page_says_whose_it_is_and_until_when() -> None:
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", drawn("claim", "fr")))
    for fact in (
        "Tremblay Ouellet CPA",
        "Déclaration de revenus 2025",
        "Marie-Claude Gagnon",
        "Sophie Ouellet, CPA",
        "7 éléments, d’ici le 31 mars 2026",
    ):
        assert fact in words
    assert "Adressée à" not in words


def test_9_2_a_claim_page_names_the_recipient_beside_another_client() -> None:
    html = drawn("claim_plain")
    assert "Ébénisterie Gagnon inc." in html
    assert "<dt>Sent to</dt><dd>Luc Gagnon</dd>" in html


def test_what_people_typed_is_text() -> None:
    html = drawn("claim_plain", title="<script>alert(1)</script>", sender_name='"><img src=x>')
    assert "<script>alert" not in html
    assert "<img" not in html
    assert "&lt;script&gt;alert(1)" in html


def test_an_accent_is_the_firms_and_an_unknown_one_the_first() -> None:
    assert ACCENTS["encre"].light in drawn("claim_plain")
    assert ACCENTS["sapin"].light in drawn("claim", firm=Letterhead("Cabinet", accent="no such colour"))


def test_6_5_a_wrong_code_says_how_many_tries_are_left_and_asks_again() -> None:
    html = drawn("code_wrong")
    assert "3 tries are left." in html
    assert "One try is left." in drawn("code_wrong", tries_left=1)
    assert 'role="alert"' in html
    assert 'name="code"' in html
    assert 'name="code"' not in drawn("code_spent")


def test_errors_stand_above_and_beside_and_what_was_typed_stays() -> None:
    html = drawn("setup_wrong")
    outline = Outline(html)
    fields = {field.get("name", ""): field for field in outline.all("input", "select")}

    assert "<title>Error: " in html
    assert [link["href"] for link in outline.all("a") if link["href"].startswith("#")] == [
        "#key",
        "#password",
    ]
    assert fields["key"]["aria-invalid"] == "true"
    assert fields["key"]["aria-describedby"] == "key-wrong key-hint"
    assert "autofocus" in fields["key"]
    assert "autofocus" not in fields["password"]
    assert fields["firm_name"]["value"] == "Tremblay & Ouellet"
    assert '<option value="America/Halifax" selected>' in html


def test_a_password_is_never_written_back() -> None:
    html = drawn("sign_in_wrong", values={"email": "a@b.example", "password": "hunter22"})
    assert "a@b.example" in html
    assert "hunter22" not in html


def test_4_2_a_wrong_sign_in_points_at_neither_field() -> None:
    fields = Outline(drawn("sign_in_wrong")).all("input")
    assert {"email", "password"} <= {field["name"] for field in fields}
    assert not [field for field in fields if "aria-invalid" in field]


def test_the_first_of_a_month_is_raised_in_french() -> None:
    assert "1<sup>er</sup>\u00a0avril\u00a02026" in drawn("expired", "fr")
    assert "1\u00a0April\u00a02026" in drawn("expired", "en")


def test_without_a_firm_the_product_signs() -> None:
    assert "<title>Page not found – Comptoir</title>" in drawn("not_found_bare")


def test_a_context_that_leaves_a_name_out_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render(asked(), "claim.html", firm=None)


def answer(path: str = "/here", query: str = "", method: str = "GET") -> Response:
    return render(asked(path, query, method), "not_found.html", 404)


def test_asvs_35_a_page_is_kept_by_nobody_and_runs_nothing() -> None:
    headers = answer().headers
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert "script-src" not in policy
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == policy["frame-ancestors"] == "'none'"


@every_page
def test_a_page_that_fetches_the_next_ones_scripts_may_run_that_line_alone(name: str) -> None:
    answer = render(asked(), PAGES[name][0], **PAGES[name][1])
    policy = answer.headers["content-security-policy"]
    lines = re.findall(r"<script>(.*?)</script>", bytes(answer.body).decode())
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(line.encode()).digest()).decode()}'" for line in lines
    ]

    assert re.findall(r"'sha256-[^']+'", policy) == hashes
    assert "'unsafe-inline'" not in policy.partition("script-src")[2]


def test_12_1_the_other_language_is_one_link_away_and_stays() -> None:
    assert '<a href="/here?lang=fr" lang="fr" hreflang="fr">Français</a>' in drawn("not_found", "en")
    assert '<a href="/here?lang=en" lang="en" hreflang="en">English</a>' in drawn("not_found", "fr")

    moved = answer("/f/demo/login", "next=%2Fhome&lang=fr")
    assert (moved.status_code, moved.headers["location"]) == (303, "/f/demo/login?next=%2Fhome")
    assert moved.headers["set-cookie"].startswith("lang=fr; HttpOnly; Max-Age=31536000; Path=/; SameSite=lax")


def test_an_unknown_language_is_left_alone() -> None:
    assert answer("/here", "lang=de").status_code == 404


def test_a_post_is_answered_in_the_language_it_came_in() -> None:
    assert answer("/here", "lang=fr", "POST").status_code == 404


def test_a_page_that_answers_a_post_switches_language_at_its_own_address() -> None:
    _, context = PAGES["code"]
    page = render(asked("/r/abc/code", "a=b", "POST"), "other_device.html", here="/r/abc", **context)
    assert 'href="/r/abc?lang=fr"' in bytes(page.body).decode()


@pytest.mark.parametrize("path", ["//elsewhere.example/", "/\\elsewhere.example/", "///elsewhere.example"])
def test_asvs_37_the_language_link_stays_on_this_portal(path: str) -> None:
    assert re.match(r"/[^/\\]", answer(path, "lang=fr").headers["location"])
    assert f'href="{path}?' not in bytes(answer(path).body).decode()


def test_a_sheet_loses_its_spaces_and_keeps_its_sense() -> None:
    css = 'a :hover, b > c { margin: 0 calc(-1 * var(--x)); font: 1rem/1.5 "A B"; }\n@media (min-width: 1px) { d { e: f; } }\n'
    assert (
        minified(css)
        == 'a :hover,b>c{margin:0 calc(-1 * var(--x));font:1rem/1.5 "A B"}@media (min-width:1px){d{e:f}}'
    )


@pytest.mark.parametrize("name", PAGES)
def test_12_2_no_line_of_a_page_ends_in_the_middle_of_e_mail(name: str) -> None:
    assert not re.findall(r"[^>\s]+\s+e-mail[^<]{0,20}", drawn(name, "en"))
