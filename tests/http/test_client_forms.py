"""The forms of the client's request: what they change, where they lead, and what they refuse (5.3, 5.7, 6.23)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from portal_app.domain.actors import Actor
from portal_app.models import AuditEntry, Comment, Contact
from portal_app.services.clients import contacts
from portal_app.services.clients.contacts import ContactFields
from portal_app.services.refusals import note_refusal
from tests.http.asked import ENDED, JSON, Asked, browser, end, words
from tests.world import World


@pytest.mark.parametrize("verb", ["tick", "undo"])
def test_4_10_a_form_sent_after_the_session_ended_leads_to_sign_in_and_back_to_the_list(
    world: World, asked: Asked, verb: str
) -> None:
    answer = asked.post(verb, browser(world))

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/f/tremblay/login?next=%2Frequests%2F{asked.request.id}"


@pytest.mark.parametrize("verb", ["tick", "undo", "comment"])
@pytest.mark.parametrize("as_json", ["yes", ""])
def test_asvs_29_a_task_of_another_request_is_not_found_under_this_one(
    world: World, asked: Asked, verb: str, as_json: str
) -> None:
    second = world.draft_request(asked.client, tasks=("Deed",), to=[asked.contact])
    world.change(second, sent_at=world.clock.now())
    session = asked.session(asked.contact)
    task = world.tasks(second)[0]
    page = browser(world, client=session)
    headers = JSON if as_json else {}

    answer = page.post(f"{asked.here}/tasks/{task.id}/{verb}", data={"body": "Here"}, headers=headers)

    assert answer.status_code == 404
    assert world.get(task).completed_at is None
    assert not world.all(Comment)
    assert page.post(f"/requests/{second.id}/tasks/{task.id}/tick").status_code == 303


def test_asvs_53_a_refused_form_leaves_one_line_a_minute_for_each_door(world: World, asked: Asked) -> None:
    theirs = Asked(world)
    page = browser(world, client=asked.session(asked.contact))

    for _press in range(3):
        theirs.post("tick", page, as_json="yes")
        theirs.post("comment", page, body="Mine now")

    lines = world.all(AuditEntry, action="access:refused")
    assert sorted(line.facts["target"] for line in lines) == ["comment", "tick"]
    assert {line.actor_id for line in lines} == {asked.contact.id}
    assert {line.firm_id for line in lines} == {world.firm.id}


def test_asvs_53_whoever_tries_every_door_leaves_ten_lines_a_minute(world: World, asked: Asked) -> None:
    actor = world.signed_in(asked.contact)

    for number in range(30):
        note_refusal(world.ports, actor, f"door {number}")
    note_refusal(world.ports, Actor.nobody(), "door")

    assert len(world.all(AuditEntry, action="access:refused")) == 10


def typed_in(answer: Any) -> str:
    """What stands in the page's text field."""
    found = re.findall(r"<textarea[^>]*>\n?(.*?)</textarea>", answer.text, flags=re.DOTALL)
    assert len(found) == 1
    return unescape(found[0])


def test_a_refused_comment_form_repeats_what_was_typed_to_be_corrected(world: World, asked: Asked) -> None:
    page, long = browser(world, device=asked.device), "<b>" + "x" * 5000

    answer = asked.post("comment", page, body=long)

    assert answer.status_code == 422
    assert "This comment is too long: 5000 characters at most." in words(answer)
    assert typed_in(answer) == long
    assert f'action="{asked.here}/tasks/{asked.tasks[0].id}/comment"' in answer.text
    assert "readonly" not in answer.text


@pytest.mark.parametrize("how", [*ENDED, "completed", "signed out"])
def test_6_23_a_comment_that_comes_too_late_is_shown_to_whoever_typed_it(
    world: World, asked: Asked, how: str
) -> None:
    page = browser(world, device=asked.device)
    if how == "completed":
        asked.post("tick", page)
    elif how == "signed out":
        page = browser(world)
    else:
        end(world, asked, how)

    answer = asked.post("comment", page, body="The policy is in my husband’s name")

    assert answer.status_code in {401, 409, 410}
    assert typed_in(answer) == "The policy is in my husband’s name"
    assert "readonly" in answer.text
    assert f'href="{asked.here}' in answer.text
    assert not world.all(Comment)


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data; boundary=b"])
def test_a_form_that_is_none_is_refused_as_such(world: World, asked: Asked, kind: str) -> None:
    page = browser(world, device=asked.device)

    answer = page.post(
        f"{asked.here}/tasks/{asked.tasks[0].id}/tick", content=b"{}", headers={"Content-Type": kind}
    )

    assert answer.status_code == 415
    assert world.get(asked.tasks[0]).completed_at is None


HIDDEN = "".join(
    map(
        chr,
        (
            0x202A,
            0x202B,
            0x202D,
            0x202E,
            0x202C,
            0x2066,
            0x2067,
            0x2068,
            0x2069,
            0x200E,
            0x200F,
            0x061C,
            0xFEFF,
            7,
        ),
    )
)


def test_comments_and_names_keep_no_character_that_turns_the_text_around_them(
    world: World, asked: Asked
) -> None:
    page = browser(world, device=asked.device)
    asked.post("comment", page, body=f"{HIDDEN}Paid by\r\n\u202eeuqehc 👩‍💼{HIDDEN}", as_json="yes")
    fields = ContactFields(name=f"Luc {HIDDEN}Roy", email="roy@client.example")
    contacts.add_contact(world.ports, world.staff, asked.client.id, fields)

    assert [row.body for row in world.all(Comment)] == ["Paid by\neuqehc 👩‍💼"]
    assert "Luc Roy" in [row.name for row in world.all(Contact)]


def test_a_refusal_to_the_live_page_says_where_to_go(world: World, asked: Asked) -> None:
    world.clock.advance(days=31)

    answer = asked.post("tick", browser(world, device=asked.device), as_json="yes")

    assert answer.status_code in {401, 410}
    assert answer.json()["leave"] == asked.here


@pytest.mark.parametrize("verb", ["tick", "undo", "comment"])
def test_another_client_s_task_is_not_found_and_stays_as_it_was(
    world: World, asked: Asked, verb: str
) -> None:
    theirs = Asked(world)
    page = browser(world, device=asked.device, client=asked.session(asked.contact))

    answer = theirs.post(verb, page, body="Mine now", as_json="yes")

    assert answer.status_code in {401, 404}
    assert world.get(theirs.tasks[0]).completed_at is None
    assert not world.all(Comment)


def test_forms_tick_undo_and_write_and_come_back_to_the_task(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)

    ticked = asked.post("tick", page)
    assert (ticked.status_code, ticked.headers["location"]) == (303, f"{asked.here}#t{asked.tasks[0].id}")
    shown = page.get(asked.here)
    assert 'role="status"><p><b>Bank statements</b> Marked as done.' in shown.text
    assert shown.text.count('aria-checked="true"') == 1
    assert asked.post("undo", page).status_code == 303
    assert world.get(asked.tasks[0]).completed_at is None
    written = asked.post("comment", page, body="Here it is")
    assert written.headers["location"] == f"{asked.here}#c{asked.tasks[0].id}"
    assert "Here it is" in words(page.get(asked.here))


def test_the_live_page_hears_when_it_was_stored_and_for_how_long_it_can_be_undone(
    world: World, asked: Asked
) -> None:
    page = browser(world, device=asked.device)

    answers = [asked.post("tick", page, as_json="yes") for _press in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == {"at": int(world.clock.now().timestamp() * 1000), "undo_ms": 10_000}
    assert answers[0].headers["cache-control"] == "no-store"


def test_5_7_a_comment_sent_again_with_its_key_is_one_comment(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)

    answers = [asked.post("comment", page, body="Once", once_key="k1", as_json="yes") for _press in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert [row.body for row in world.all(Comment)] == ["Once"]


def test_5_3_and_5_16_a_form_that_is_refused_says_why_in_the_reader_s_language(
    world: World, asked: Asked
) -> None:
    world.change(asked.tasks[0], needs_file=True)
    luc = browser(world, device=asked.bound(asked.other))
    asked.post("tick", luc, number=1)
    page = browser(world, "fr", device=asked.device)

    needs, late = asked.post("tick", page), asked.post("tick", page, number=1)

    assert (needs.status_code, late.status_code) == (409, 409)
    assert "Un fichier est demandé pour cette tâche" in words(needs)
    assert "Luc Gagnon" in words(late)
    assert f'href="{asked.here}#t{asked.tasks[0].id}"' in needs.text


def test_an_empty_comment_and_one_that_is_too_long_are_refused(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)

    empty = asked.post("comment", page, body="  ", as_json="yes")
    long = asked.post("comment", page, body="x" * 5001, as_json="yes")

    assert (empty.status_code, long.status_code) == (422, 422)
    assert empty.json()["text"] == "Write something first."
    assert not world.all(Comment)


def test_a_form_from_another_site_changes_nothing(world: World, asked: Asked) -> None:
    page = browser(world, device=asked.device)
    page.headers["Origin"] = "https://evil.example"

    asked.post("tick", page)

    assert world.get(asked.tasks[0]).completed_at is None
