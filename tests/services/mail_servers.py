"""Mail servers that refuse, and the one e-mail that waits for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from portal_app.models import OutboxMail
from portal_app.ports import MailRefused
from tests.world import World

BUSY = MailRefused("421 4.3.2 busy", code=421, is_final=False)
GREY = MailRefused("451 4.7.1 come back later", code=451, is_final=False)
NO_SUCH = MailRefused("550 5.1.1 no such user", code=550, is_final=True)
POLICY = MailRefused("550 5.7.1 relaying denied", code=550, is_final=True)


class Dead:
    """A mail server that nobody reaches."""

    def conversation(self) -> Any:
        raise MailRefused("ConnectionRefusedError: refused", is_final=False)


def with_mailer(world: World, mailer: object) -> Any:
    return replace(world.ports, mailer=mailer)


def mail_of(world: World) -> OutboxMail:
    rows = world.all(OutboxMail)
    assert len(rows) == 1
    return rows[0]
