"""From a composed e-mail to a row of the outbox: the bytes of RFC 5322, sealed until they leave (15.2).

What is queued is finished: nothing is worked out when it leaves, and a retry is the same e-mail to the byte,
Message-ID included. The links in it can be read with the installation's key alone, not from a database dump.
"""

from __future__ import annotations

import re
from binascii import b2a_qp
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from portal_app.domain.bounces import verp
from portal_app.domain.errors import BadInput
from portal_app.domain.outbox import Urgency
from portal_app.models import Firm, OutboxMail, Staff, new_id
from portal_app.ports import Envelope, Ports
from portal_app.services.mail.emails import ComposedMail
from portal_app.settings import Settings
from portal_app.text import _
from portal_app.work import Work

_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who an e-mail is from: `address` stands in From, a reply goes to `reply_to` where it is not empty."""

    name: str
    address: str
    reply_to: str = ""

    @property
    def line(self) -> str:
        """The From line as people read it."""
        return f"{self.name} <{self.address}>"


def sender_of(settings: Settings, firm: Firm, staff: Staff | None = None) -> Sender:
    """Who writes (6.16): the staff member from their own address, or from the firm's where the mail server may
    not send for theirs, with Reply-To; what no staff member sends comes from the firm, and replies go where it
    says (1.12).

    The server may send for the domains of its own address and of the firm's, and for those the operator names. The demo sends nothing, so it may all.
    """
    own = firm.sender_email or settings.mail_from or firm.support_email
    if staff is None:
        return Sender(firm.name, own, reply_to=firm.reply_to_email)
    if not own or _may_send_for(settings, firm, staff.email):
        return Sender(staff.name, staff.email)
    return Sender(staff.name, own, reply_to=staff.email)


def queue(
    work: Work,
    mail: ComposedMail,
    *,
    firm: Firm,
    to: tuple[str, str],
    dedupe_key: str,
    sender: Sender | None = None,
    urgency: Urgency = Urgency.LATER,
    **about: UUID | None,
) -> OutboxMail:
    """Seal `mail` for `to` (name, address) and put it into the outbox in this transaction.

    `about` names columns of `OutboxMail`: contact_id, staff_id, request_id, recipient_id. Without `sender` it
    comes from the firm. Raises `BadInput` for an address that is none, or a header that would be two.
    """
    sender = sender or sender_of(work.ports.settings, firm)
    mail_id = new_id()
    message_id = f"<{mail_id.hex}@{urlsplit(work.ports.settings.public_url).hostname or 'localhost'}>"
    message = written(mail, sender=sender, to=to, message_id=message_id, at=work.now)
    row = OutboxMail(
        id=mail_id,
        firm_id=firm.id,
        dedupe_key=dedupe_key,
        event=mail.event,
        urgency=urgency,
        sender=_ascii(sender.address),
        recipient=_ascii(to[1]),
        subject=mail.subject[:300],
        message_id=message_id,
        sealed=work.ports.sealer.seal(message, _about(mail_id)),
        next_try_at=work.now,
        queued_at=work.now,
        **_columns(about),
    )
    work.queue(row)
    work.session.flush()
    return row


def envelope(ports: Ports, row: OutboxMail) -> Envelope:
    """The e-mail as the server gets it; what comes back goes to the bounce mailbox where there is one (8.6). Raises `ValueError` when it was changed, or sealed by a lost key."""
    if row.sealed is None:
        raise ValueError("this e-mail has left; nothing of it is kept")
    bounces_to = ports.settings.bounce_address
    sender = verp(bounces_to, row.id.hex) if bounces_to else row.sender
    return Envelope(sender, row.recipient, ports.sealer.unseal(row.sealed, _about(row.id)))


def written(
    mail: ComposedMail, *, sender: Sender, to: tuple[str, str], message_id: str, at: datetime
) -> bytes:
    """The bytes of RFC 5322: text and HTML, headers encoded. Raises `BadInput`."""
    # The body by hand: the library's takes several times as long, and a bulk send queues thousands.
    border = f"=_{message_id.strip('<>').partition('@')[0]}"  # quoted-printable never writes "=_"
    spoken = {
        "From": _mailbox(sender.name, sender.address),
        "To": _mailbox(*to),
        "Subject": _header(mail.subject),
    }
    if sender.reply_to:
        spoken["Reply-To"] = _mailbox(sender.name, sender.reply_to)
    head = b"".join(SMTP.fold_binary(*SMTP.header_store_parse(*pair)) for pair in spoken.items())
    head += (
        f"Date: {format_datetime(at)}\r\nMessage-ID: {message_id}\r\nMIME-Version: 1.0\r\n"
        f"Content-Language: {mail.locale}-CA\r\n"
        f'Content-Type: multipart/alternative; boundary="{border}"\r\n'
    ).encode()
    parts = _part(border, "plain", mail.text) + _part(border, "html", mail.html)
    return head + b"\r\n" + parts + f"--{border}--\r\n".encode()


def _part(border: str, kind: str, text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    return (
        f"--{border}\r\nContent-Type: text/{kind}; charset=utf-8\r\n"
        "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    ).encode() + b"%b\r\n" % b2a_qp(lines)


def is_usable(address: str) -> bool:
    """Whether an e-mail can be sent to `address` at all: one address, no list, nothing that ends a header."""
    try:
        return bool(_ascii(address))
    except BadInput:
        return False


def is_same(address: str, recipient: str) -> bool:
    """Whether `recipient`, of an e-mail, is `address` as it is written now; case does not count (2.16)."""
    return is_usable(address) and _ascii(address).casefold() == recipient.casefold()


def _may_send_for(settings: Settings, firm: Firm, address: str) -> bool:
    if settings.demo and not settings.smtp_host:
        return True
    said = {domain.casefold().removeprefix("@") for domain in settings.mail_own_domains}
    own = {_domain(firm.sender_email), _domain(settings.mail_from), *said} - {""}
    return _domain(address) in own


def _domain(address: str) -> str:
    return address.rpartition("@")[2].casefold()


def _mailbox(name: str, address: str) -> str:
    return str(Address(display_name=_header(name), addr_spec=_ascii(address)))


def _header(text: str) -> str:
    if _CONTROL.search(text):
        raise BadInput(_("A name or subject in an e-mail cannot hold a line break."))
    return text


def _ascii(address: str) -> str:
    """One plain address, its domain as the mail system knows it (é.example is xn--9ca.example)."""
    local, at, domain = address.rpartition("@")
    try:
        plain = f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        plain = ""
    if not _ADDRESS.fullmatch(plain) or ".." in plain or local.startswith(".") or local.endswith("."):
        raise BadInput(
            _("{address} is not an e-mail address that can be written to.").format(address=address)
        )
    return plain


def _about(mail_id: UUID) -> bytes:
    return b"outbox:" + mail_id.bytes


def _columns(about: dict[str, UUID | None]) -> dict[str, Any]:
    unknown = about.keys() - {"contact_id", "staff_id", "request_id", "recipient_id"}
    if unknown:
        raise TypeError(f"not columns of an e-mail: {unknown}")
    return dict(about)
