"""Notices of real mail servers, read for what they say of one e-mail (8.6)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_app.domain import bounces
from portal_app.domain.bounces import Fate
from tests.mail.corpus import names, notice

ID = "<0190a1b2c3d4e5f60718293a4b5c6d7e@portal.example.com>"
TO = "marie.gagnon@client.example"
TAG = "0190a1b2c3d4e5f60718293a4b5c6d7e"
SES = "<010d018f2b3c4d5e-000000@ca-central-1.amazonses.com>"

SAYS = {
    "postfix_failed": (Fate.FAILED, ID, TAG, "5.1.1", "User unknown"),
    "postfix_delayed": (Fate.DELAYED, ID, TAG, "4.4.1", "timed out"),
    "postfix_relayed": (Fate.DELIVERED, ID, TAG, "2.0.0", "queued as"),
    "exchange_online": (Fate.FAILED, ID, "", "5.1.10", "RecipientNotFound"),
    "exchange_policy": (Fate.FAILED, ID, "", "5.7.1", "rejected as spam"),
    "gmail_failed": (Fate.FAILED, ID, "", "5.1.1", "does not exist"),
    "gmail_delayed": (Fate.DELAYED, ID, "", "4.4.2", "did not accept"),
    "exim_new_failed": (Fate.FAILED, ID, "", "5.0.0", "Mailbox full"),
    "exim_old_failed": (Fate.FAILED, ID, "", "", "Unrouteable address"),
    "exim_delayed": (Fate.DELAYED, ID, "", "4.7.1", "Greylisted"),
    "qmail_failed": (Fate.FAILED, ID, "", "5.1.1", "no mailbox here"),
    "sendmail_expired": (Fate.FAILED, ID, "", "4.4.7", "does not resolve"),
    "ses_rewritten_id": (Fate.FAILED, SES, TAG, "5.1.1", "user unknown"),
    "lotus_recipient_only": (Fate.FAILED, "", "", "5.1.1", "not listed"),
    "courier_base64": (Fate.FAILED, ID, "", "5.1.1", "User unknown"),
}


@pytest.mark.parametrize("name", SAYS)
def test_8_6_a_notice_says_what_became_of_which_e_mail(name: str) -> None:
    found = bounces.read(notice(name, message_id=ID, recipient=TO, tag=TAG))

    assert [(one.fate, one.message_id, one.tag, one.status) for one in found] == [SAYS[name][:4]]
    assert found[0].recipients == {TO}
    assert SAYS[name][4] in found[0].text


@pytest.mark.parametrize("name", sorted(set(names()) - set(SAYS)))
def test_8_6_what_is_no_notice_says_nothing(name: str) -> None:
    assert name.startswith("not_")
    assert bounces.read(notice(name, message_id=ID, recipient=TO)) == []


@given(st.binary(max_size=400), st.sampled_from(names()), st.integers(0, 2000))
def test_8_6_a_notice_of_rubbish_is_read_without_a_fault(rubbish: bytes, name: str, at: int) -> None:
    whole = notice(name, message_id=ID, recipient=TO)
    bounces.read(rubbish)
    bounces.read(whole[:at] + rubbish + whole[at:])
    bounces.read(whole[:at])


def test_8_6_a_notice_about_many_recipients_is_cut() -> None:
    head, _, tail = notice("postfix_failed", message_id=ID, recipient=TO).partition(b"Final-Recipient:")
    blocks = b"".join(b"Final-Recipient: rfc822; a@b.example\r\nAction: failed\r\n\r\n" for _ in range(500))
    assert len(bounces.read(head + blocks + b"Final-Recipient:" + tail)) == bounces.MOST


@pytest.mark.parametrize(
    ("status", "is_about"),
    [
        ("5.1.1", True),
        ("5.2.2", True),
        ("4.4.7", True),
        ("5.0.0", True),
        ("", True),
        ("5.7.1", False),
        ("5.3.4", False),
        ("5.6.0", False),
    ],
)
def test_8_6_only_what_is_about_the_address_counts_against_it(status: str, is_about: bool) -> None:
    assert bounces.is_about_address(status) is is_about


@pytest.mark.parametrize(
    ("status", "fate"),
    [
        ("5.1.1", Fate.FAILED),
        ("4.2.0", Fate.DELAYED),
        ("2.1.5", Fate.DELIVERED),
        ("delayed", Fate.DELAYED),
        ("gone", None),
        ("", None),
        ("3.1.1", None),
    ],
)
def test_8_6_a_bare_status_says_what_became_of_it(status: str, fate: Fate | None) -> None:
    assert bounces.fate_of(status) is fate


def test_8_6_the_address_to_come_back_to_names_the_e_mail() -> None:
    assert bounces.verp("bounces@portal.example.com", TAG) == f"bounces+b-{TAG}@portal.example.com"
