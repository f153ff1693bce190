"""Demo: e-mails and text messages go nowhere but into a table, which /dev/mailbox shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP

from portal_app.models import CapturedMail
from portal_app.ports import Clock, Envelope, MailConversation, Sessions

SMS = "SMS"


class CapturedMailer:
    """Accepts everything and keeps it."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions, self._clock = sessions, clock

    @contextmanager
    def conversation(self) -> Iterator[MailConversation]:
        """A batch; there is nothing to connect to."""
        yield self

    def offer(self, envelope: Envelope) -> None:
        """Every sender and every recipient is welcome."""

    def transmit(self, envelope: Envelope) -> str:
        """Keep the e-mail as the server would have got it."""
        kept = CapturedMail(
            at=self._clock.now(),
            sender=envelope.sender,
            recipient=envelope.recipient,
            message=envelope.message,
        )
        with self._sessions.writing() as session:
            session.add(kept)
            session.commit()
        return "250 captured"


class CapturedTexter:
    """Accepts every text message and keeps it among the e-mails, as one that is from `SMS` and has no subject."""

    def __init__(self, sessions: Sessions, clock: Clock) -> None:
        self._sessions, self._clock = sessions, clock

    def send(self, number: str, body: str) -> str:
        """Keep the message; its id."""
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = SMS, number, ""
        message.set_content(body)
        kept = CapturedMail(at=self._clock.now(), sender=SMS, recipient=number, message=bytes(message))
        with self._sessions.writing() as session:
            session.add(kept)
            session.commit()
            return f"captured-{kept.id}"
