"""Reading what was sent: the finished e-mails a world caught, and the links and codes in them."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

from portal_app.ports import Envelope
from tests.world import World

_LINK = re.compile(r"^https?://\S+/r/(\S+)$", re.MULTILINE)
_CODE = re.compile(r"^\s*(\d{3})[\s\u00a0]?(\d{3})\s*$", re.MULTILINE)


def parsed(envelope: Envelope) -> EmailMessage:
    """The message as a mail program reads it."""
    return cast(EmailMessage, message_from_bytes(envelope.message, policy=default))


def text_of(envelope: Envelope) -> str:
    """The text part."""
    part = parsed(envelope).get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def html_of(envelope: Envelope) -> str:
    """The HTML part."""
    part = parsed(envelope).get_body(("html",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def token_in(envelope: Envelope) -> str:
    """The token of the one magic or access link, which stands alone on its line."""
    found = _LINK.findall(text_of(envelope))
    assert len(found) == 1, text_of(envelope)
    return str(found[0])


def code_in(envelope: Envelope) -> str:
    """The six digits."""
    found = _CODE.findall(text_of(envelope))
    assert len(found) == 1, text_of(envelope)
    return "".join(found[0])


def subjects(world: World) -> list[str]:
    """Subjects that left, in order."""
    return [str(parsed(envelope)["Subject"]) for envelope in world.mail.sent]
