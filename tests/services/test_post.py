"""Finished e-mails: headers that cannot be broken, senders, bytes that mail programs read (6.16, asvs 38)."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain.errors import BadInput
from portal_app.models import Firm, OutboxMail, Staff
from portal_app.services.mail import post
from portal_app.services.mail.emails import ComposedMail
from portal_app.services.mail.post import Sender, sender_of
from portal_app.settings import Settings
from portal_app.work import begin
from tests.world import World

NOW = datetime(2026, 3, 2, 14, tzinfo=UTC)
FIRM = Sender("Tremblay Ouellet CPA", "portal@tremblay.example")
CLIENT = ("Zoé Gagnon", "zoe@gagnon.example")


def mail(subject: str = "Documents", text: str = "Bonjour\n", html: str = "<p>Bonjour</p>\n") -> ComposedMail:
    return ComposedMail("request_sent", "fr", subject, text, html)


def read(composed: ComposedMail, sender: Sender = FIRM, to: tuple[str, str] = CLIENT) -> EmailMessage:
    raw = post.written(composed, sender=sender, to=to, message_id="<ab12@portal.example>", at=NOW)
    assert raw.count(b"\n") == raw.count(b"\r\n"), "RFC 5322 ends lines with CRLF"
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def test_headers_are_encoded_and_read_back() -> None:
    message = read(
        mail("Documents demandés : « été »"), Sender("Éloïse Côté, CPA", "e@cote.example", "r@cote.example")
    )
    assert message["Subject"] == "Documents demandés : « été »"
    sender = message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == ("Éloïse Côté, CPA", "e@cote.example")
    assert message["To"].addresses[0].display_name == "Zoé Gagnon"
    assert message["Reply-To"].addresses[0].addr_spec == "r@cote.example"
    assert message["Message-ID"] == "<ab12@portal.example>"
    assert message["Date"].datetime == NOW
    assert not message.defects


def test_text_and_html_are_read_back_to_the_letter() -> None:
    text = (
        "Élise,\n\n.a dot first\nFrom the start\nhttps://p.example/r/"
        + "x" * 200
        + "\n  indented \n= equals\n"
    )
    html = "<p>é = <b>1</b></p>\n" * 200
    message = read(mail(text=text, html=html))
    assert message.get_content_type() == "multipart/alternative"
    plain, rich = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert rich is not None
    assert plain.get_content().replace("\r\n", "\n") == text
    assert rich.get_content().replace("\r\n", "\n") == html


words = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=120)


@given(subject=words, name=words, text=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300))
def test_whatever_is_written_there_is_one_sender_one_recipient_and_no_other_header(
    subject: str, name: str, text: str
) -> None:
    message = read(mail(subject, text + "\n"), Sender(name, FIRM.address), (name, CLIENT[1]))
    assert [one.addr_spec for one in message["From"].addresses] == [FIRM.address]
    assert [one.addr_spec for one in message["To"].addresses] == [CLIENT[1]]
    assert sorted(message.keys()) == sorted(
        ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Language", "Content-Type"]
    )


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@y.example", "a\nb", "a\rb", "a\x00b", "a\u2028b", "a\x85b"])
def test_asvs_38_a_line_break_in_a_header_is_refused(evil: str) -> None:
    for composed, sender, to in (
        (mail(evil), FIRM, CLIENT),
        (mail(), Sender(evil, FIRM.address), CLIENT),
        (mail(), FIRM, (evil, CLIENT[1])),
    ):
        with pytest.raises(BadInput):
            read(composed, sender, to)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "nobody",
        "@b.example",
        "a@",
        "a@b.example, c@d.example",
        "a@b.example;c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "<a@b.example>",
        "a b@c.example",
        '"a"@b.example',
        "a..b@c.example",
        ".a@b.example",
        "a@b..example",
        "a@[127.0.0.1]",
        "é@b.example",
        "a@b@c.example",
        "a@" + "b" * 300 + ".example",
    ],
)
def test_asvs_38_lists_and_what_is_no_address_are_refused(address: str) -> None:
    assert not post.is_usable(address)
    with pytest.raises(BadInput):
        read(mail(), FIRM, ("Somebody", address))
    with pytest.raises(BadInput):
        read(mail(), Sender("Somebody", address), CLIENT)


def test_a_domain_with_accents_is_written_as_mail_servers_know_it() -> None:
    assert (
        read(mail(), FIRM, ("Zoé", "zoe@érable.example"))["To"].addresses[0].domain == "xn--rable-9ra.example"
    )
    assert post.is_same("ZOE@érable.example", "zoe@xn--rable-9ra.example")
    assert not post.is_same("zoe@other.example", "zoe@xn--rable-9ra.example")


def _settings(**more: object) -> Settings:
    return Settings(_env_file=None, **{"smtp_host": "mail.example", "mail_from": "mail@host.example", **more})


def _firm(sender_email: str = "") -> Firm:
    return Firm(
        slug="f", name="The firm", created_at=NOW, sender_email=sender_email, support_email="help@f.example"
    )


SOPHIE = Staff(firm_id=_firm().id, email="sophie@f.example", email_key="", name="Sophie", created_at=NOW)


@pytest.mark.parametrize(
    ("settings", "firm", "staff", "expected"),
    [
        (_settings(), _firm("portal@f.example"), SOPHIE, Sender("Sophie", "sophie@f.example")),
        (
            _settings(),
            _firm("portal@elsewhere.example"),
            SOPHIE,
            Sender("Sophie", "portal@elsewhere.example", "sophie@f.example"),
        ),
        (_settings(), _firm(), SOPHIE, Sender("Sophie", "mail@host.example", "sophie@f.example")),
        (_settings(mail_from="x@f.example"), _firm(), SOPHIE, Sender("Sophie", "sophie@f.example")),
        (_settings(mail_own_domains=("@F.example",)), _firm(), SOPHIE, Sender("Sophie", "sophie@f.example")),
        (_settings(), _firm("portal@f.example"), None, Sender("The firm", "portal@f.example")),
        (_settings(), _firm(), None, Sender("The firm", "mail@host.example")),
        (_settings(smtp_host="", demo=True), _firm(), SOPHIE, Sender("Sophie", "sophie@f.example")),
    ],
)
def test_6_16_who_stands_in_from(
    settings: Settings, firm: Firm, staff: Staff | None, expected: Sender
) -> None:
    assert sender_of(settings, firm, staff) == expected


def test_what_waits_is_sealed_to_its_own_row(world: World) -> None:
    """One e-mail's bytes moved into another's row do not open there."""
    for key in ("a", "b"):
        with begin(world.ports, world.staff) as work:
            post.queue(work, mail(text=f"secret {key}\n"), firm=world.firm, to=CLIENT, dedupe_key=key)
    first, second = world.all(OutboxMail)
    assert b"secret" not in first.sealed
    assert b"secret a" in post.envelope(world.ports, first).message
    world.change(second, sealed=first.sealed)
    with pytest.raises(ValueError, match="sealed"):
        post.envelope(world.ports, world.get(second))


def test_a_message_id_is_of_the_public_address_and_each_its_own(world: World) -> None:
    for key in ("a", "b"):
        with begin(world.ports, world.staff) as work:
            post.queue(work, mail(), firm=world.firm, to=CLIENT, dedupe_key=key)
    ids = [row.message_id for row in world.all(OutboxMail)]
    assert len(set(ids)) == 2
    assert all(one.endswith("@localhost>") for one in ids)
