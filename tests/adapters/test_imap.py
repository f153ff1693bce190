"""The bounce mailbox against a server that speaks IMAP: each notice taken once, whatever breaks (8.6, 15.4)."""

from __future__ import annotations

import ssl
from pathlib import Path
from urllib.parse import quote

import pytest

from portal_app.adapters.imap import ImapMailbox
from portal_app.domain.bounces import LARGEST
from portal_app.settings import Settings
from scripts.certificates import server_context
from tests.mail.imap_server import PASSWORD, USER, Mailbox, served


def reader(
    port: int, *, scheme: str = "imap", done: str = "", trust: ssl.SSLContext | None = None, **more: str
) -> ImapMailbox:
    chosen = Settings(
        _env_file=None,
        bounce_imap_url=f"{scheme}://{quote(USER, safe='')}@127.0.0.1:{port}/{more.pop('folder', 'INBOX')}",
        bounce_imap_password=more.pop("password", PASSWORD),
        bounce_imap_done=done,
    )
    return ImapMailbox(chosen, trust)


def taken(box: Mailbox, **how: str) -> list[bytes]:
    got: list[bytes] = []
    with served(box) as port:
        reader(port, **how).each(got.append)  # type: ignore[arg-type]
    return got


def test_8_6_unread_notices_are_taken_oldest_first_and_once() -> None:
    box = Mailbox()
    box.put(b"Subject: first\r\n\r\n.\r\n")
    box.put(b"Subject: second\r\n\r\n")
    assert taken(box) == [b"Subject: first\r\n\r\n.\r\n", b"Subject: second\r\n\r\n"]
    assert taken(box) == []
    assert [row.flags for row in box.folders["INBOX"]] == [{"\\Seen"}, {"\\Seen"}]


def test_8_6_with_a_folder_for_it_they_move_there() -> None:
    box = Mailbox(folders={"INBOX": [], "Done box": []})
    box.put(b"one")
    assert taken(box, done="Done box") == [b"one"]
    assert {name: len(rows) for name, rows in box.folders.items()} == {"INBOX": 0, "Done box": 1}


def test_8_6_one_that_cannot_be_taken_waits_and_the_others_go_on() -> None:
    box, got = Mailbox(), []
    box.put(b"bad")
    box.put(b"good")

    def take(raw: bytes) -> None:
        if raw == b"bad":
            raise RuntimeError("database is locked")
        got.append(raw)

    with served(box) as port:
        assert reader(port).each(take) == 1
        assert got == [b"good"]
        assert reader(port).each(got.append) == 1
    assert got == [b"good", b"bad"]


def test_8_6_a_line_that_breaks_after_reading_gives_the_notice_again() -> None:
    box = Mailbox(hang_up_at="UID STORE")
    box.put(b"one")
    got: list[bytes] = []
    with served(box) as port:
        with pytest.raises(OSError):
            reader(port).each(got.append)
        box.hang_up_at = ""
        reader(port).each(got.append)
        reader(port).each(got.append)
    assert got == [b"one", b"one"], "taking twice changes nothing; losing one would"


def test_8_6_of_a_huge_message_only_the_beginning_is_read() -> None:
    box = Mailbox()
    box.put(b"x" * (LARGEST + 5000))
    assert [len(raw) for raw in taken(box)] == [LARGEST]


@pytest.mark.parametrize(("how", "said"), [({"password": "wrong"}, "AUTH"), ({"folder": "None"}, "folder")])
def test_8_6_a_mailbox_that_does_not_let_us_in_is_said(how: dict[str, str], said: str) -> None:
    with pytest.raises(OSError, match=said):
        taken(Mailbox(), **how)


def test_15_4_the_mailbox_is_read_by_tls_and_by_nothing_less(tmp_path: Path) -> None:
    context, certificate = server_context(tmp_path)
    box = Mailbox(tls=context)
    box.put(b"sealed")
    got: list[bytes] = []
    with served(box) as port:
        with pytest.raises(OSError):
            reader(port, scheme="imaps").each(got.append)  # nobody vouches for this certificate
        assert "LOGIN" not in box.heard
        reader(port, scheme="imaps", trust=ssl.create_default_context(cafile=str(certificate))).each(
            got.append
        )
    assert got == [b"sealed"]
