"""E-mail by SMTP. What the settings call TLS is TLS: nothing here ever goes on in clear text (15.4)."""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from portal_app.ports import Envelope, MailConversation, MailRefused, MailUnknown
from portal_app.settings import Settings

TIMEOUT = 30.0  # seconds for each answer of the server
GO_AHEAD, ACCEPTED = 354, 250
_SHUT = (421,)  # the server closes the line after saying this
_ABOUT_US = frozenset({503, 530, 534, 535, 538})  # our order or our sign-in is wrong, not the e-mail

_LONE_BREAK = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"(?m)^\.")


class SmtpMailer:
    """Hands e-mails to the server of the settings; `trust` says whose certificates count."""

    def __init__(
        self, settings: Settings, trust: ssl.SSLContext | None = None, timeout: float = TIMEOUT
    ) -> None:
        self._settings, self._timeout = settings, timeout
        self._trust = trust or ssl.create_default_context()

    @contextmanager
    def conversation(self) -> Iterator[MailConversation]:
        """A line for a batch. Raises `MailRefused(is_final=False)` when no server answers as it must."""
        talk = _Conversation(self)
        talk.connect()
        try:
            yield talk
        finally:
            talk.close()

    def connect(self) -> smtplib.SMTP:
        """A greeted, encrypted, signed-in line. Raises what smtplib and ssl raise."""
        chosen = self._settings
        if not chosen.smtp_host:
            raise OSError("no mail server is set (PORTAL_SMTP_HOST)")
        if chosen.smtp_security == "tls":
            line: smtplib.SMTP = smtplib.SMTP_SSL(
                chosen.smtp_host, chosen.smtp_port, timeout=self._timeout, context=self._trust
            )
        else:
            line = smtplib.SMTP(chosen.smtp_host, chosen.smtp_port, timeout=self._timeout)
        try:
            self._introduce(line)
        except BaseException:
            line.close()
            raise
        return line

    def _introduce(self, line: smtplib.SMTP) -> None:
        chosen = self._settings
        line.ehlo_or_helo_if_needed()
        if chosen.smtp_security == "starttls":
            line.starttls(context=self._trust)  # raises where the server, or somebody between, hides it
            line.ehlo()
        if chosen.smtp_user:
            line.login(chosen.smtp_user, chosen.smtp_password.get_secret_value())


class _Conversation:
    """One line at a time; a new one is opened for the next e-mail when it broke."""

    def __init__(self, mailer: SmtpMailer) -> None:
        self._mailer = mailer
        self._line: smtplib.SMTP | None = None
        self._is_offered = False  # an offer that was not followed by DATA must be taken back

    def connect(self) -> smtplib.SMTP:
        if self._line is None:
            try:
                self._line = self._mailer.connect()
            except (smtplib.SMTPException, OSError) as fault:
                raise MailRefused(_said(fault), is_final=False) from fault
        return self._line

    def close(self) -> None:
        """Say goodbye; a server that is gone already does not mind."""
        line, self._line = self._line, None
        if line is not None:
            with suppress(smtplib.SMTPException, OSError):
                line.quit()
            line.close()

    def offer(self, envelope: Envelope) -> None:
        """MAIL and RCPT. A refusal leaves the line clean for the next e-mail."""
        line = self.connect()
        if self._is_offered:
            self._is_offered = False
            self._ask(line, "RSET")
        for command in (f"MAIL FROM:<{envelope.sender}>", f"RCPT TO:<{envelope.recipient}>"):
            code, text = self._ask(line, command)
            if code // 100 != 2:
                self._refuse(line, code, text)
        self._is_offered = True

    def transmit(self, envelope: Envelope) -> str:
        """DATA. Before the server's 354 a broken line is a refusal; after it, nobody knows (15.2)."""
        line = self._line
        if line is None or not self._is_offered:
            raise MailRefused("the line broke after the offer", is_final=False)
        self._is_offered = False
        code, text = self._ask(line, "DATA")
        if code != GO_AHEAD:
            self._refuse(line, code, text)
        try:
            line.send(on_the_wire(envelope.message))
            code, answer = line.getreply()
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            raise MailUnknown(_said(fault)) from fault
        if code != ACCEPTED:
            self._refuse(line, code, answer)
        return f"{code} {_text(answer)}"

    def _ask(self, line: smtplib.SMTP, command: str) -> tuple[int, bytes]:
        try:
            return line.docmd(command)
        except (smtplib.SMTPException, OSError) as fault:
            self._drop()
            raise MailRefused(_said(fault), is_final=False) from fault

    def _refuse(self, line: smtplib.SMTP, code: int, text: bytes) -> None:
        if code in _SHUT or code < 0:
            self._drop()
        else:
            with suppress(smtplib.SMTPException, OSError):
                line.rset()
        raise MailRefused(
            f"{code} {_text(text)}", code=code, is_final=code // 100 == 5 and code not in _ABOUT_US
        )

    def _drop(self) -> None:
        if self._line is not None:
            self._line.close()
        self._line, self._is_offered = None, False


def on_the_wire(message: bytes) -> bytes:
    """The message as DATA wants it: CRLF everywhere, leading dots doubled, the final dot."""
    lines = _LEADING_DOT.sub(b"..", _LONE_BREAK.sub(b"\r\n", message))
    return lines + (b"" if lines.endswith(b"\r\n") else b"\r\n") + b".\r\n"


def _text(answer: bytes) -> str:
    return " ".join(answer.decode("utf-8", "replace").split())[:400]


def _said(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        text = fault.smtp_error
        return f"{fault.smtp_code} {_text(text if isinstance(text, bytes) else text.encode())}"
    return f"{type(fault).__name__}: {' '.join(str(fault).split())}"[:400]
