"""Settings › Firm and Files: one setting at a time, in force from the next event on (1.10, 1.14, 1.15).

One setting is one transaction, so of two people at two settings neither undoes the other.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, Literal, get_args
from zoneinfo import available_timezones

from sqlmodel import select

from portal_app.domain import file_kinds
from portal_app.domain.actors import Actor
from portal_app.domain.addresses import is_mailable
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.models import Firm, Staff
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.mail.post import is_usable
from portal_app.services.reminders import replanning
from portal_app.services.requests import send_plans
from portal_app.text import DATE_FORMATS, LANGUAGES, _, format_number
from portal_app.work import Work, begin

Setting = Literal[
    "name",
    "address",
    "time_zone",
    "locale",
    "date_format",
    "support_email",
    "support_phone",
    "sender_email",
    "reply_to_email",
    "mail_per_minute",
    "video_url",
    "largest_file_mb",
    "task_total_mb",
    "retention_days",
    "endings",
]
"""What is typed or chosen; `endings` are what is refused beside whole kinds."""
Kind = Literal["programs", "scripts", "html", "svg"]
"""A kind that is refused whole, by name and by content: one of `file_kinds.REFUSED`."""

SETTINGS: Final[tuple[Setting, ...]] = get_args(Setting)
MAIL_PER_MINUTE = (1, 10_000)
LARGEST_FILE_MB, TASK_TOTAL_MB, RETENTION_DAYS = (1, 2_000), (1, 10_000), (1, 365)
"""Least and most of the three numbers; a MB is 1,048,576 bytes (1.10)."""
MOST_ENDINGS = 100
LONGEST_NAME, LONGEST_ADDRESS, LONGEST_PHONE, LONGEST_EMAIL = 200, 500, 40, 254
LONGEST_URL = 500
_HTTPS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?(/[^\s<>\"{}\\^`|]*)?")
_ENDING = re.compile(r"[^\W_][\w+-]{0,19}")
_FEWEST_DIGITS = 3


def change_setting(ports: Ports, actor: Actor, setting: Setting, written: str) -> bool:
    """Write one setting as it was typed; false where that is what it was already.

    A lower limit touches no file that is here, nor an upload under way (10.12). Raises `BadInput` naming the
    setting, `NotFound` for members.
    """
    with begin(ports, actor) as work:
        firm = _firm(work)
        if setting == "endings":
            kinds = [kind for kind in firm.refused_kinds if kind in file_kinds.REFUSED]
            return _set_kinds(work, firm, kinds + _endings(written))
        return _set(work, firm, setting, _CHECKS[setting](written))


def refuse_kind(ports: Ports, actor: Actor, kind: Kind, *, is_refused: bool) -> bool:
    """Refuse a whole kind of file from now on, or take it; false where that is so already (1.10).

    Raises `NotFound` for members.
    """
    with begin(ports, actor) as work:
        firm = _firm(work)
        others = [known for known in firm.refused_kinds if known != kind]
        return _set_kinds(work, firm, [*others, kind] if is_refused else others)


def other_endings(firm: Firm) -> list[str]:
    """What the firm refuses by its ending alone, in alphabetical order, without dots."""
    return sorted(set(firm.refused_kinds) - set(file_kinds.REFUSED))


def _firm(work: Work) -> Firm:
    access.allow(work, Permission.SETTINGS_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)


def _set_kinds(work: Work, firm: Firm, wanted: list[str]) -> bool:
    kinds = [kind for kind in file_kinds.REFUSED if kind in wanted]
    return _set(work, firm, "refused_kinds", kinds + sorted(set(wanted) - set(kinds)))


def _set(work: Work, firm: Firm, column: str, value: object) -> bool:
    if getattr(firm, column) == value:
        return False
    setattr(firm, column, value)
    _check_reachable(work, firm, column)
    work.add(firm)
    if column in ("time_zone", "sending_hour", "sending_weekdays"):
        send_plans.plan_firm(work, firm)
        replanning.replan_firm(work, firm.id)
    work.audit("settings:changed", firm_id=firm.id, subject_kind="firm", subject_id=firm.id, fields=column)
    people = work.session.exec(select(Staff.id).where(Staff.firm_id == firm.id))
    work.ring(f"firm:{firm.id}", *(f"staff:{person}" for person in people))
    return True


def _check_reachable(work: Work, firm: Firm, column: str) -> None:
    """Clients who are stuck have somebody to ask (1.14), and e-mails somebody to come from (6.16)."""
    if column in ("support_email", "support_phone") and not (firm.support_email or firm.support_phone):
        text = _("Keep an e-mail address or a phone number: clients who are stuck need one of them.")
        raise BadInput(text, field=column)
    own = firm.sender_email or work.ports.settings.mail_from or firm.support_email
    if column in ("support_email", "sender_email") and not own:
        text = _("Write the sender’s address first: without either of them, e-mails come from nobody.")
        raise BadInput(text if column == "support_email" else _("Type an e-mail address."), field=column)


def _name(written: str) -> str:
    return typed.line(written, "name", longest=LONGEST_NAME, missing=_("Type the firm’s name."))


def _address(written: str) -> str:
    text = typed.prose(written, "address", longest=LONGEST_ADDRESS)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip())


def _time_zone(written: str) -> str:
    if written not in available_timezones():
        raise BadInput(_("Choose a time zone from the list."), field="time_zone")
    return written


def _locale(written: str) -> str:
    if written not in LANGUAGES:
        raise BadInput(_("Choose a language from the list."), field="locale")
    return written


def _date_format(written: str) -> str:
    if written not in DATE_FORMATS:
        raise BadInput(_("Choose a way of writing days from the list."), field="date_format")
    return written


def _email(setting: str) -> Callable[[str], str]:
    def check(written: str) -> str:
        email = typed.line(written, setting, longest=LONGEST_EMAIL)
        if email and not (is_mailable(email) and is_usable(email)):
            raise BadInput(_("This is not an e-mail address, like name@example.com."), field=setting)
        return email

    return check


def _phone(written: str) -> str:
    phone = typed.line(written, "support_phone", longest=LONGEST_PHONE)
    if phone and sum(mark.isdigit() for mark in phone) < _FEWEST_DIGITS:
        raise BadInput(_("This is not a phone number, like 418 555-0142."), field="support_phone")
    return phone


def _number(setting: str, least: int, most: int) -> Callable[[str], int]:
    def check(written: str) -> int:
        digits = "".join(written.split())
        if not re.fullmatch("[0-9]{1,6}", digits) or not least <= int(digits) <= most:
            text = _("Type a whole number from {least} to {most}.")
            raise BadInput(text.format(least=format_number(least), most=format_number(most)), field=setting)
        return int(digits)

    return check


def _endings(written: str) -> list[str]:
    words = [word.removeprefix("*").removeprefix(".").lower() for word in re.split(r"[\s,;]+", written)]
    found = sorted({word for word in words if word})
    for word in found:
        if not _ENDING.fullmatch(word):
            text = _("{word} is not the ending of a file’s name, like zip.")
            raise BadInput(text.format(word=word[:40]), field="endings")
    if len(found) > MOST_ENDINGS:
        raise BadInput(_("These are too many: {n} endings at most.").format(n=MOST_ENDINGS), field="endings")
    return found


def _video_url(written: str) -> str:
    """The film on the help page and in the introduction e-mail: https alone (9.7)."""
    address = typed.line(written, "video_url", longest=LONGEST_URL)
    if address and not _HTTPS.fullmatch(address):
        raise BadInput(_("Type an address that begins with https://"), field="video_url")
    return address


def _mail_per_minute(written: str) -> int | None:
    """Empty: as the installation's (15.5)."""
    return _number("mail_per_minute", *MAIL_PER_MINUTE)(written) if written.strip() else None


_CHECKS: Final[dict[Setting, Callable[[str], str | int | None]]] = {
    "name": _name,
    "address": _address,
    "time_zone": _time_zone,
    "locale": _locale,
    "date_format": _date_format,
    "support_email": _email("support_email"),
    "support_phone": _phone,
    "sender_email": _email("sender_email"),
    "reply_to_email": _email("reply_to_email"),
    "video_url": _video_url,
    "mail_per_minute": _mail_per_minute,
    "largest_file_mb": _number("largest_file_mb", *LARGEST_FILE_MB),
    "task_total_mb": _number("task_total_mb", *TASK_TOTAL_MB),
    "retention_days": _number("retention_days", *RETENTION_DAYS),
}
