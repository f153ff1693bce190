"""The help page for clients: the firm's own sections, else the standard ones; nothing typed is markup (9.7)."""

from __future__ import annotations

import re
from html import unescape

import pytest
from starlette.requests import Request

from portal_app.domain import rich_text
from portal_app.domain.actors import Role
from portal_app.domain.errors import BadInput, NotFound
from portal_app.http.rendering import render
from portal_app.models import HelpText
from portal_app.services.firm.firm_settings import change_setting
from portal_app.services.firm.help_texts import SECTIONS, help_sections, help_view, save_help, set_back_help
from portal_app.text import LANGUAGES, unbroken, use_locale
from tests.http.sample_facts import FIRM
from tests.signing import browser
from tests.world import World


def save(world: World, title: str, body: str, *, section: str = "why", language: str = "en") -> bool:
    return save_help(world.ports, world.staff, language, section, title, body)


def shown(world: World) -> str:
    page = browser(world)
    return page.get("/f/tremblay/help", headers={"accept-language": "en"}).text


def words(html: str) -> str:
    plain = re.sub(r"</?(?:strong|b|em|a)\b[^>]*>", "", html)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", plain)))


def test_9_7_clients_read_the_firms_own_words_and_the_standard_ones_around_them(world: World) -> None:
    save(world, "Why us?", "We do **your** books.\n\n- one\n- two")
    page = shown(world)

    assert '<section class="part" id="why"><h2>Why us?</h2>' in page
    assert "We do <strong>your</strong> books." in page
    assert "<ul><li>one</li><li>two</li></ul>" in page
    assert "Why did I get this e-mail?" not in page
    assert "What is this link?" in page


def test_9_7_each_language_has_its_own_sections(world: World) -> None:
    save(world, "Pourquoi nous?", "Vos livres.", language="fr")
    assert set(help_sections(world.ports, "tremblay", "fr")) == {"why"}
    assert help_sections(world.ports, "tremblay", "en") == {}


def test_9_7_nothing_that_is_typed_becomes_markup(world: World) -> None:
    save(world, "<i>Hi</i>", '<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror="a">')
    page = shown(world)
    for bad in ("<script>alert", "<i>Hi", "<img src=x", 'href="javascript'):
        assert bad not in page


def test_9_7_emptied_or_typed_as_it_was_a_section_is_the_standard_one_again(world: World) -> None:
    before = help_view(world.ports, world.staff, "en")
    for one in before.sections:
        save(world, "Mine", "Words", section=one.key)
        save(world, one.title, one.body, section=one.key)
    assert world.all(HelpText) == []
    save(world, "Mine", "Words")
    save(world, "Mine", "")
    assert world.all(HelpText) == []
    save(world, "Mine", "Words")
    assert set_back_help(world.ports, world.staff, "en", "why")
    assert help_view(world.ports, world.staff, "en") == before


def test_9_7_a_text_without_a_title_is_refused(world: World) -> None:
    with pytest.raises(BadInput) as refusal:
        save(world, " ", "Words")
    assert refusal.value.field == "title"


def test_9_7_the_film_is_linked_from_the_page(world: World) -> None:
    change_setting(world.ports, world.staff, "video_url", "https://video.example/1")
    assert 'href="https://video.example/1"' in shown(world)


@pytest.mark.parametrize("language", LANGUAGES)
def test_9_7_what_a_firm_begins_to_edit_is_what_the_page_says(world: World, language: str) -> None:
    view = help_view(world.ports, world.staff, language)
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    context = {"firm": FIRM, "links_url": "", "register_url": "", "video_url": "", "own": {}}
    with use_locale(language):
        page = words(bytes(render(Request(scope), "help.html", **context).body).decode())
    assert [one.key for one in view.sections] == list(SECTIONS)
    for one in view.sections[1:]:
        assert unbroken(re.sub(r"\s+", " ", one.title)) in page
        for block in one.blocks:
            for line in block.lines:
                said = "".join(run.text for run in line.runs).strip()
                assert unbroken(re.sub(r"\s+", " ", said)) in page
        assert rich_text.to_typed(rich_text.to_html(one.body)) == one.body


def test_1_16_the_help_page_is_written_by_admins_of_this_firm(world: World) -> None:
    member = world.actor(world.new_staff("Karim Benali"))
    other = world.new_firm("Other CPA", slug="other")
    rival = world.actor(world.new_staff("Rival", role=Role.OWNER, firm=other))
    save(world, "Mine", "Words")
    for call in (
        lambda: help_view(world.ports, member, "en"),
        lambda: save_help(world.ports, member, "en", "why", "A", "B"),
        lambda: set_back_help(world.ports, member, "en", "why"),
        lambda: help_view(world.ports, world.staff, "de"),
        lambda: save_help(world.ports, world.staff, "en", "nothing", "A", "B"),
    ):
        with pytest.raises(NotFound):
            call()
    assert not any(one.is_own for one in help_view(world.ports, rival, "en").sections)
