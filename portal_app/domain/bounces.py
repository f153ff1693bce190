"""What a mail server reports about an e-mail of ours (8.6): delivery status notifications of RFC 3464, and what
older servers write in prose. Anything else that comes to the mailbox (absences, read receipts) says nothing here.

Everything in a notice was written by strangers: it is read, bounded and never believed beyond the ids in it.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import message_from_bytes, message_from_string
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import Message
from enum import StrEnum
from quopri import decodestring

LARGEST = 1 << 20
"""Bytes of a notice that are read; servers return headers, or a short e-mail of ours."""
MOST = 20
"""Recipients of one notice; ours go to one each."""


class Fate(StrEnum):
    """What became of an e-mail after our server took it."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Report:
    """One recipient's line of a notice. `message_id` and `tag` name our e-mail; both may be missing or foreign."""

    fate: Fate
    message_id: str = ""
    tag: str = ""
    recipients: frozenset[str] = frozenset()
    """The recipient, as asked and as the server resolved it; in lower case."""
    status: str = ""
    text: str = ""


_TAG = re.compile(r"\+b-([0-9a-f]{32})@", re.IGNORECASE)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.])([45])[0-9]{2}(?=[ -])")
_ADDRESS = re.compile(r"[^\s<>;,:\"()\[\]]+@[^\s<>;,:\"()\[\]]+")
_MESSAGE_ID = re.compile(r"(?im)^message-id:\s*(<[^<>\s]{1,250}>)")
_RETURNED = re.compile(
    r"(?im)^-{2,} ?(?:below this line is a copy|this is a copy of (?:the|your) message|original message|"
    r"message header|the header of the original|returned message|copie du message).*$"
)
_QMAIL = re.compile(r"(?i)this is the qmail-send program|cannot be delivered|i wasn't able to deliver")
_LATE = re.compile(
    r"(?i)\bdelayed\b|warning: could not send|still (?:be )?retr|will (?:be )?(?:retried|continue)|not resend"
)
_FAILED = re.compile(
    r"(?i)could not be delivered|undeliver|permanent (?:fatal )?error|delivery (?:has )?failed|returned mail|"
    r"failure notice|mail delivery failed|delivery status notification \(failure\)"
)
_ROBOT = re.compile(r"(?i)mailer-daemon|postmaster|mail delivery|microsoftexchange")
_ABOUT_ADDRESS = frozenset("0124")


def verp(address: str, mail_id: str) -> str:
    """The address to which a notice about this e-mail shall go: `address` with the e-mail's id behind a plus."""
    local, _, domain = address.rpartition("@")
    return f"{local}+b-{mail_id}@{domain}"


def is_about_address(status: str) -> bool:
    """Whether a failure is about the recipient's mailbox or domain, and not about us or what we wrote (RFC 3463)."""
    subject = status.split(".")[1] if _STATUS.fullmatch(status) else "0"
    return subject in _ABOUT_ADDRESS


def fate_of(status: str) -> Fate | None:
    """What a bare status code says; None where it is no code and no word of ours."""
    if status in set(Fate):
        return Fate(status)
    classes = {"2": Fate.DELIVERED, "4": Fate.DELAYED, "5": Fate.FAILED}
    return classes.get(status[0]) if _STATUS.fullmatch(status) else None


def read(raw: bytes) -> list[Report]:
    """What a notice reports, a line for each recipient; nothing for an e-mail that is no notice. Never raises."""
    notice = message_from_bytes(raw[:LARGEST])
    parts = list(notice.walk())
    kind = str(notice.get_param("report-type") or "").lower()
    if kind in {"disposition-notification", "feedback-report"}:
        return []
    returned = _returned(parts)
    found = [one for part in parts for one in _formal(part)]
    found = found or _in_prose(notice, parts)
    tag = _tag(notice, returned)
    return [replace(one, message_id=one.message_id or _id_in(returned), tag=tag) for one in found][:MOST]


def _formal(part: Message) -> Iterator[Report]:
    """The recipients of a `message/delivery-status` part."""
    if part.get_content_type() not in {"message/delivery-status", "message/global-delivery-status"}:
        return
    for block in _blocks(part):
        fate = _fate(_field(block, "Action"), _field(block, "Status"))
        if fate is not None and (block.get("Action") or block.get("Final-Recipient")):
            text = _field(block, "Diagnostic-Code")
            said = _STATUS.search(_field(block, "Status"))
            yield Report(
                fate,
                recipients=_addresses(
                    _field(block, "Original-Recipient"),
                    _field(block, "Final-Recipient"),
                    _field(block, "X-Actual-Recipient"),
                ),
                status=said[1] if said else "",
                text=_short(re.sub(r"(?i)^\s*[a-z0-9-]+\s*;\s*", "", text)),
            )


def _blocks(part: Message) -> list[Message]:
    """The groups of fields: the library cuts one of the two kinds, and decodes neither."""
    content = part.get_payload()
    coding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    groups = [one for one in content if isinstance(one, Message)] if isinstance(content, list) else []
    if groups and coding not in {"base64", "quoted-printable"}:
        return groups
    text = _decoded(groups, coding) if groups else _text(part)
    return [message_from_string(group) for group in re.split(r"\r?\n\s*\r?\n", text) if group.strip()]


def _decoded(groups: list[Message], coding: str) -> str:
    whole = "\n".join(one.as_string() for one in groups).encode("latin-1", "replace")
    try:
        return (b64decode(whole) if coding == "base64" else decodestring(whole)).decode("latin-1")
    except ValueError:
        return ""


def _fate(action: str, status: str) -> Fate | None:
    words = {
        "failed": Fate.FAILED,
        "delayed": Fate.DELAYED,
        "delivered": Fate.DELIVERED,
        "relayed": Fate.DELIVERED,
        "expanded": Fate.DELIVERED,
    }
    said = _STATUS.search(status)
    return words.get(action.strip().lower()) or (fate_of(said[1]) if said else None)


def _in_prose(notice: Message, parts: list[Message]) -> list[Report]:
    """What qmail, old Exim, Exchange and others write without the formal part."""
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
    said, _, copy = _cut(text)
    failed = _field(notice, "X-Failed-Recipients")
    subject = _field(notice, "Subject")
    is_notice = failed or _QMAIL.search(said) or _ROBOT.search(_field(notice, "From"))
    if not is_notice:
        return []
    status = _STATUS.search(said)
    code = _CODE.search(said)
    late = _LATE.search(subject) or _LATE.search(said)
    is_final = bool(_FAILED.search(subject) or _FAILED.search(said) or _QMAIL.search(said) or failed)
    if late and not (status and status[1].startswith("5")) and not (code and code[1] == "5"):
        fate = Fate.DELAYED
    elif is_final or (status and status[1].startswith("5")):
        fate = Fate.FAILED
    else:
        return []
    ours = _MESSAGE_ID.search(copy)
    return [
        Report(
            fate,
            message_id=ours[1] if ours else "",
            recipients=_addresses(failed) or _addresses(*_named(said)),
            status=status[1] if status else "",
            text=_short(_reason(said, status)),
        )
    ]


def _cut(text: str) -> tuple[str, str, str]:
    """What the server says, and the returned e-mail below it."""
    found = _RETURNED.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", text)


def _named(said: str) -> list[str]:
    """Lines that name the recipient: `<a@b>:` of qmail, an indented address of Exim."""
    lines = [line.strip() for line in said.splitlines()]
    return [line for line in lines if re.fullmatch(r"<?[^\s<>]+@[^\s<>:]+>?:?", line)][:1]


def _reason(said: str, status: re.Match[str] | None) -> str:
    if status is not None:
        return said[said.rfind("\n", 0, status.start()) + 1 :].split("\n", 1)[0]
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    after = [number for number, line in enumerate(lines) if _named(line)]
    return lines[after[0] + 1] if after and after[0] + 1 < len(lines) else (lines[0] if lines else "")


def _returned(parts: list[Message]) -> Message | None:
    """The headers of our e-mail, where the notice brings them back."""
    for part in parts:
        kind, content = part.get_content_type(), part.get_payload()
        if kind in {"message/rfc822", "message/global"} and isinstance(content, list) and content:
            inner = content[0]
            return inner if isinstance(inner, Message) else None
        if kind in {"text/rfc822-headers", "message/global-headers", "message/rfc822-headers"}:
            return message_from_string(_text(part).lstrip())
    return None


def _id_in(returned: Message | None) -> str:
    ids = re.findall(r"<[^<>\s]{1,250}>", _field(returned, "Message-ID")) if returned is not None else []
    return str(ids[0]) if ids else ""


def _tag(notice: Message, returned: Message | None) -> str:
    """The id of our e-mail in the address that the notice came to, or that ours left from."""
    names = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "Return-Path")
    lines = [line for name in names for line in notice.get_all(name, [])]
    lines += returned.get_all("Return-Path", []) if returned is not None else []
    found = (_TAG.search(str(line)) for line in lines)
    return next((one[1].lower() for one in found if one), "")


def _addresses(*texts: str) -> frozenset[str]:
    found = (one for text in texts for one in _ADDRESS.findall(text.partition(";")[2] or text))
    return frozenset(one.strip("<>.").casefold() for one in found)


def _field(message: Message, name: str) -> str:
    """A header as text, on one line, whatever it was encoded in."""
    value = message.get(name, "")
    try:
        text = str(make_header(decode_header(str(value))))
    except (HeaderParseError, LookupError, UnicodeError, ValueError):
        text = str(value)
    return " ".join(text.split())


def _text(part: Message) -> str:
    """A part's text; unknown character sets and what cannot be decoded are read as Latin-1."""
    content = part.get_payload(decode=True)
    if not isinstance(content, bytes):
        return ""
    try:
        return content.decode(part.get_content_charset() or "utf-8").replace("\r\n", "\n")
    except (LookupError, UnicodeError):
        return content.decode("latin-1").replace("\r\n", "\n")


def _short(text: str) -> str:
    return " ".join(re.sub(r"[\x00-\x1f\x7f]+", " ", text).split())[:400]
