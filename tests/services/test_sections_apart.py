"""One work item, two sections: whoever may see one finds nothing of the other, wherever they look (5.17).

The other section is full of one word: its title, tasks, people, files, comments, answers. No page, stream or
refusal that a contact can reach may hold it; and no total may count it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from portal_app.domain.actors import Actor
from portal_app.domain.errors import PortalError
from portal_app.models import AccessLevel, Answer, Client, Comment, Recipient, StoredFile, Task
from portal_app.services.files import downloads
from portal_app.services.home.home_pages import home_page
from portal_app.services.requests import seen_as
from portal_app.services.requests.request_pages import request_page
from portal_app.services.tasks import client_answers, comments, tasks
from tests.services.claims import bound
from tests.world import World

CANARY = "Quetzalcoatl"


@dataclass
class Split:
    """A contact with limited access to one section of two; `hidden` is the other."""

    client: Client
    contact: Any
    shown: Any
    hidden: Any
    hidden_file: StoredFile
    hidden_task: Task
    signed_in: Actor
    device: Actor


@pytest.fixture
def split(world: World) -> Split:
    client = world.new_client("Gagnon inc.")
    contact, other = world.new_contact(client), world.new_contact(client, f"Luc {CANARY}")
    work = world.new_work(client, "2025 return")
    shown = world.draft_request(client, to=[contact], work=work, tasks=("Lease", "T4 slips"))
    hidden = world.draft_request(
        client,
        to=[other],
        work=work,
        name=f"{CANARY} shares",
        tasks=(f"{CANARY} deed", f"{CANARY} will", f"{CANARY} loan"),
        due_on=world.clock.now().date() - timedelta(days=3),
    )
    for request in (shown, hidden):
        world.change(request, sent_at=world.clock.now(), sent_by_staff_id=world.owner.id)
    deed, will, _loan = world.tasks(hidden)
    file = world.new_file(deed, f"{CANARY}.pdf", contact_id=other.id)
    now = world.clock.now()
    world.put(Comment(firm_id=world.firm.id, task_id=deed.id, body=f"{CANARY}?", contact_id=other.id, at=now))
    world.change(
        will,
        completed_at=now,
        completed_by_contact_id=other.id,
        answer=Answer.NOT_APPLICABLE,
        answer_text=f"{CANARY} left none",
    )
    world.give_account(contact, client, level=AccessLevel.LIMITED)
    recipient = world.all(Recipient, request_id=shown.id)[0]
    return Split(
        client, contact, shown, hidden, file, deed, world.signed_in(contact), bound(world, shown, recipient)
    )


READS: dict[str, Callable[[World, Split, Actor], object]] = {
    "the list": lambda world, it, who: request_page(world.ports, who, it.shown.id),
    "the other list": lambda world, it, who: request_page(world.ports, who, it.hidden.id),
    "home": lambda world, it, who: home_page(world.ports, who),
    "the other file": lambda world, it, who: downloads.open_file(world.ports, who, it.hidden_file.id),
    "a tick there": lambda world, it, who: tasks.complete_task(world.ports, who, it.hidden_task.id),
    "an undo there": lambda world, it, who: tasks.undo_task(world.ports, who, it.hidden_task.id),
    "a comment there": lambda world, it, who: comments.add_comment(world.ports, who, it.hidden_task.id, "?"),
    "a question there": lambda world, it, who: client_answers.ask_question(
        world.ports, who, it.hidden_task.id, "?"
    ),
    "its file chosen here": lambda world, it, who: client_answers.say_already_there(
        world.ports, who, world.tasks(it.shown)[0].id, it.hidden_file.id
    ),
}


@pytest.mark.parametrize("read", READS)
@pytest.mark.parametrize("way", ["signed_in", "device"])
def test_5_17_nothing_of_the_other_section_is_found_anywhere(
    world: World, split: Split, way: str, read: str
) -> None:
    try:
        said = repr(READS[read](world, split, getattr(split, way)))
    except PortalError as refusal:
        said = refusal.text

    assert CANARY not in said


def test_5_17_no_count_progress_or_date_of_the_other_section_shows(world: World, split: Split) -> None:
    page, home = (
        request_page(world.ports, split.signed_in, split.shown.id),
        home_page(world.ports, split.signed_in),
    )

    assert (page.total, page.done, page.progress) == (2, 0, "0 of 2 done")
    assert "other" not in page.intro
    assert [line.state for line in [home.first, *home.next]] == ["No date", "No date"]
    assert len(home.open) == 1
    assert home.files == []
    assert page.documents == []


def test_5_17_with_the_recipients_eyes_staff_find_no_more(world: World, split: Split) -> None:
    seen = seen_as.request_as(world.ports, world.staff, split.contact.id, split.shown.id)
    home = seen_as.home_as(world.ports, world.staff, split.contact.id)

    assert CANARY not in repr((seen, home))


def test_5_17_with_full_access_both_sections_are_there(world: World, split: Split) -> None:
    """So the canary can be found where it may be."""
    luc = world.new_contact(split.client, "Full access", email="full@client.example")
    world.give_account(luc, split.client, level=AccessLevel.FULL)

    assert CANARY in repr(home_page(world.ports, world.signed_in(luc)))
