"""Captured mail: what the demo's mailbox shows is what a mail server would have got."""

from __future__ import annotations

from portal_app.adapters.captured import CapturedMailer
from portal_app.models import CapturedMail
from portal_app.ports import Envelope
from tests.world import World


def test_an_email_is_kept_as_it_was_handed_over(world: World) -> None:
    letter = Envelope("firm@example.com", "client@example.com", b"Subject: Hello\r\n\r\n\xc3\xa9\r\n")
    with CapturedMailer(world.ports.sessions, world.clock).conversation() as talk:
        talk.offer(letter)
        assert talk.transmit(letter).startswith("250")

    kept = world.all(CapturedMail)
    assert [(row.sender, row.recipient, row.message, row.at) for row in kept] == [
        (letter.sender, letter.recipient, letter.message, world.clock.now())
    ]


def test_what_was_only_offered_is_not_kept(world: World) -> None:
    with CapturedMailer(world.ports.sessions, world.clock).conversation() as talk:
        talk.offer(Envelope("firm@example.com", "client@example.com", b""))
    assert world.all(CapturedMail) == []
