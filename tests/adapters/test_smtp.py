"""SMTP as real servers speak it: refusals, silence, broken lines, and TLS that is never given up."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from portal_app.adapters.smtp import SmtpMailer, on_the_wire
from portal_app.ports import Envelope, MailRefused, MailUnknown
from portal_app.settings import Settings
from scripts.certificates import server_context

MESSAGE = b"Subject: Hello\r\n\r\nOne line.\r\n.starts with a dot\r\n"
LETTER = Envelope("firm@example.com", "client@example.com", MESSAGE)


class Server:
    """What the mail server on this machine does; set an answer to have it refuse."""

    def __init__(self) -> None:
        self.got: list[tuple[str, list[str], bytes]] = []
        self.sessions: set[int] = set()
        self.commands: list[str] = []
        self.rcpt: Callable[[str], str] = lambda _address: "250 OK"
        self.data: Callable[[Any], str] = lambda _server: "250 OK"
        self.silence: asyncio.Event | None = None

    async def handle_MAIL(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.sessions.add(id(session))
        self.commands.append(f"MAIL {'tls' if session.ssl else 'clear'}")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        answer = self.rcpt(address)
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.got.append((envelope.mail_from, list(envelope.rcpt_tos), envelope.content))
        if self.silence is not None:
            await self.silence.wait()
        return self.data(server)


class Local(Controller):
    """A server on a free port of this machine; it is up when it took its first connection."""

    kind: type[SMTP] = SMTP

    def factory(self) -> Any:
        return self.kind(self.handler, **self.SMTP_kwargs)

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        socket.create_connection(("127.0.0.1", self.port)).close()


@contextmanager
def served(server: Server, kind: type[SMTP] = SMTP, **options: Any) -> Iterator[int]:
    """The port of a running server."""
    controller = Local(server, hostname="127.0.0.1", port=0, **options)
    controller.kind = kind
    controller.start()
    try:
        yield controller.port
    finally:
        if server.silence is not None:
            controller.loop.call_soon_threadsafe(server.silence.set)
        controller.stop()


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def tls(tmp_path: Path) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context, and one that trusts it."""
    context, certificate = server_context(tmp_path)
    return context, ssl.create_default_context(cafile=str(certificate))


def mailer(
    port: int, trust: ssl.SSLContext | None = None, timeout: float = 10, **settings: Any
) -> SmtpMailer:
    chosen = Settings(
        _env_file=None,
        smtp_host="127.0.0.1",
        smtp_port=port,
        **{"smtp_security": "none", **settings},
    )
    return SmtpMailer(chosen, trust, timeout)


def send(talk: Any, letter: Envelope = LETTER) -> str:
    talk.offer(letter)
    return str(talk.transmit(letter))


def test_an_email_arrives_as_it_was_written(server: Server) -> None:
    with served(server) as port, mailer(port).conversation() as talk:
        assert send(talk).startswith("250")
    assert server.got == [("firm@example.com", ["client@example.com"], MESSAGE)]


def test_a_batch_goes_by_one_connection(server: Server) -> None:
    with served(server) as port, mailer(port).conversation() as talk:
        for _number in range(50):
            send(talk)
    assert len(server.got) == 50
    assert len(server.sessions) == 1


@pytest.mark.parametrize(("answer", "is_final"), [("450 busy", False), ("550 5.1.1 no such user", True)])
def test_fault_9_a_refused_recipient_says_for_now_or_for_good(
    server: Server, answer: str, is_final: bool
) -> None:
    server.rcpt = lambda _address: answer
    with served(server) as port, mailer(port).conversation() as talk, pytest.raises(MailRefused) as refusal:
        talk.offer(LETTER)
    assert (refusal.value.code, refusal.value.is_final) == (int(answer[:3]), is_final)
    assert answer[4:] in refusal.value.text
    assert server.got == []


@pytest.mark.parametrize(("answer", "is_final"), [("451 later", False), ("554 spam", True)])
def test_fault_9_a_refusal_after_data_is_a_refusal_not_a_doubt(
    server: Server, answer: str, is_final: bool
) -> None:
    server.data = lambda _server: answer
    with served(server) as port, mailer(port).conversation() as talk:
        talk.offer(LETTER)
        with pytest.raises(MailRefused) as refusal:
            talk.transmit(LETTER)
    assert (refusal.value.code, refusal.value.is_final) == (int(answer[:3]), is_final)


def test_fault_9_one_refused_recipient_does_not_touch_the_others(server: Server) -> None:
    server.rcpt = lambda address: "550 no" if address == "bad@example.com" else "250 OK"
    bad = Envelope("firm@example.com", "bad@example.com", MESSAGE)
    with served(server) as port, mailer(port).conversation() as talk:
        send(talk)
        with pytest.raises(MailRefused):
            talk.offer(bad)
        send(talk)
    assert [recipients for _sender, recipients, _content in server.got] == [["client@example.com"]] * 2
    assert len(server.sessions) == 1


def test_fault_7_silence_after_the_final_dot_is_a_doubt(server: Server) -> None:
    server.silence = asyncio.Event()
    with served(server) as port, mailer(port, timeout=2).conversation() as talk:
        talk.offer(LETTER)
        with pytest.raises(MailUnknown):
            talk.transmit(LETTER)
        server_had_it = list(server.got)
    assert len(server_had_it) == 1, "it was all there: only the answer is missing"


def test_fault_8_a_line_cut_after_the_data_is_a_doubt_and_the_next_email_gets_a_new_line(
    server: Server,
) -> None:
    def cut(smtp: Any) -> str:
        smtp.transport.abort()
        return "250 never heard"

    server.data = cut
    with served(server) as port, mailer(port).conversation() as talk:
        talk.offer(LETTER)
        with pytest.raises(MailUnknown):
            talk.transmit(LETTER)
        server.data = lambda _server: "250 OK"
        assert send(talk).startswith("250")
    assert len(server.sessions) == 2


def test_a_line_cut_before_the_data_is_a_refusal_for_now(server: Server) -> None:
    cut: list[Any] = []

    class Cutting(SMTP):
        async def smtp_DATA(self, arg: str) -> None:
            cut.append(arg)
            self.transport.abort()

    with served(server, Cutting) as port, mailer(port).conversation() as talk:
        talk.offer(LETTER)
        with pytest.raises(MailRefused) as refusal:
            talk.transmit(LETTER)
    assert cut
    assert not refusal.value.is_final


def test_an_offer_that_was_given_up_is_taken_back_before_the_next(server: Server) -> None:
    other = Envelope("firm@example.com", "other@example.com", MESSAGE)
    with served(server) as port, mailer(port).conversation() as talk:
        talk.offer(LETTER)
        send(talk, other)
    assert [recipients for _sender, recipients, _content in server.got] == [["other@example.com"]]


def test_fault_6_no_server_is_a_refusal_for_now() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(MailRefused) as refusal, mailer(port).conversation():
            pytest.fail("nobody answered")
    assert (refusal.value.code, refusal.value.is_final) == (0, False)


def test_without_a_server_set_nothing_leaves() -> None:
    nowhere = SmtpMailer(Settings(_env_file=None))
    with pytest.raises(MailRefused, match="PORTAL_SMTP_HOST") as refusal, nowhere.conversation():
        pytest.fail("there is none")
    assert not refusal.value.is_final


# TLS


def test_starttls_encrypts_before_anything_is_said(
    server: Server, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with (
        served(server, tls_context=tls[0]) as port,
        mailer(port, tls[1], smtp_security="starttls").conversation() as talk,
    ):
        send(talk)
    assert server.commands == ["MAIL tls"]


def test_tls_from_the_first_byte(server: Server, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    with (
        served(server, ssl_context=tls[0]) as port,
        mailer(port, tls[1], smtp_security="tls").conversation() as talk,
    ):
        send(talk)
    assert len(server.got) == 1


def test_fault_10_where_starttls_is_stripped_nothing_goes_on_in_clear_text(server: Server) -> None:
    with (
        served(server) as port,
        pytest.raises(MailRefused) as refusal,
        mailer(port, smtp_security="starttls", smtp_user="firm", smtp_password="secret").conversation(),
    ):
        pytest.fail("no TLS, no conversation")
    assert not refusal.value.is_final
    assert server.commands == []


def test_fault_10_a_certificate_that_is_not_trusted_ends_it(
    server: Server, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    with (
        served(server, tls_context=tls[0]) as port,
        pytest.raises(MailRefused) as refusal,
        mailer(port, smtp_security="starttls").conversation(),
    ):
        pytest.fail("nobody we trust signed it")
    assert not refusal.value.is_final
    assert "CERTIFICATE_VERIFY_FAILED" in refusal.value.text
    assert server.commands == []


def _authenticated(expected: str, tried: list[bytes]) -> Callable[..., AuthResult]:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        tried.append(data.password)
        return AuthResult(success=data.password == expected.encode())

    return check


def test_sign_in_comes_after_tls(server: Server, tls: tuple[ssl.SSLContext, ssl.SSLContext]) -> None:
    tried: list[bytes] = []
    options = {
        "auth_required": True,
        "auth_require_tls": True,
        "authenticator": _authenticated("secret", tried),
    }
    with served(server, tls_context=tls[0], **options) as port:
        chosen = {"smtp_security": "starttls", "smtp_user": "firm"}
        with mailer(port, tls[1], smtp_password="secret", **chosen).conversation() as talk:
            send(talk)
        with (
            pytest.raises(MailRefused) as refusal,
            mailer(port, tls[1], smtp_password="wrong", **chosen).conversation(),
        ):
            pytest.fail("the password is wrong")
    assert len(server.got) == 1
    assert (refusal.value.is_final, b"secret" in tried) == (False, True), "a wrong password fails no e-mail"


def test_a_server_that_wants_a_sign_in_we_have_not_fails_no_email(
    server: Server, tls: tuple[ssl.SSLContext, ssl.SSLContext]
) -> None:
    options = {"auth_required": True, "auth_require_tls": True, "authenticator": _authenticated("x", [])}
    with (
        served(server, tls_context=tls[0], **options) as port,
        mailer(port, tls[1], smtp_security="starttls").conversation() as talk,
        pytest.raises(MailRefused) as refusal,
    ):
        talk.offer(LETTER)
    assert (refusal.value.code, refusal.value.is_final) == (530, False)


@pytest.mark.parametrize("address", ["a@b.example>\r\nRCPT TO:<c@d.example", "a@b.example\nDATA"])
def test_asvs_38_an_address_cannot_hold_a_command(server: Server, address: str) -> None:
    with (
        served(server) as port,
        mailer(port).conversation() as talk,
        pytest.raises((MailRefused, ValueError)),
    ):
        talk.offer(Envelope("firm@example.com", address, MESSAGE))
    assert server.got == []


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        (b"a\r\nb\r\n", b"a\r\nb\r\n.\r\n"),
        (b"a\nb", b"a\r\nb\r\n.\r\n"),
        (b".\r\n..\r\n", b"..\r\n...\r\n.\r\n"),
        (b"a\r.\r\n", b"a\r\n..\r\n.\r\n"),
        (b"", b"\r\n.\r\n"),
    ],
)
def test_no_line_of_a_message_ends_the_message(written: bytes, sent: bytes) -> None:
    assert on_the_wire(written) == sent
