"""Every limit in time and number on one page, as the rules hold it; docs/security.md shows this table (asvs 26).

Each value is the constant that its rule reads: changing it there changes it here, and the other way round nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from portal_app.domain import (
    automations,
    continuing,
    handing,
    invitations,
    links,
    promises,
    reminders,
    sessions,
    sign_in,
    uploads,
)
from portal_app.domain.actors import Kind


@dataclass(frozen=True, slots=True)
class Limit:
    """What is limited, to what, and the rule that says so."""

    what: str
    most: timedelta | int | str
    rule: str


LIMITS: Final = (
    Limit("A grant after a send, a resend or a reopened task", links.SEND_LASTS_FOR, "6.6"),
    Limit("A grant after a reminder", links.REMINDER_LASTS_FOR, "6.6"),
    Limit("An access link, and the grant that it begins anew", links.ACCESS_LINK_LASTS_FOR, "6.6"),
    Limit("The code beside an access link", links.ACCESS_CODE_LASTS_FOR, "6.5"),
    Limit("Tries of that code", links.ACCESS_CODE_TRIES, "6.5"),
    Limit("Access links by e-mail for one grant: one each", links.ACCESS_MAIL_EVERY, "6.12"),
    Limit("Access links by e-mail for one grant, an hour", links.ACCESS_MAILS_AN_HOUR, "6.12"),
    Limit("Presses of *Send access link* from one network address", links.ACCESS_PRESSES, "6.12"),
    Limit("Tries of a PIN", links.PIN_TRIES, "6.9"),
    Limit("A browser that gave the PIN", links.ENTRY_LASTS_FOR, "6.9"),
    Limit("The code of *Continue on a computer*", continuing.CODE_LASTS_FOR, "6.5a"),
    Limit("Wrong codes at /continue from one network address", continuing.WRONG_TRIES, "6.5a"),
    Limit("An invitation", invitations.LASTS_FOR, "3.3"),
    Limit("A code by e-mail to sign in", sign_in.CODE_LASTS_FOR, "4.3"),
    Limit("Tries of that code", sign_in.CODE_TRIES, "4.3"),
    Limit("A link to a new password", sign_in.RESET_LASTS_FOR, "4.5"),
    Limit("A browser that is remembered", sign_in.REMEMBERED_FOR, "4.4"),
    Limit("A staff session without use", sessions.LIMITS[Kind.STAFF].idle_for, "4.6"),
    Limit("A staff session in all", sessions.LIMITS[Kind.STAFF].whole_for, "4.6"),
    Limit("A client's session without use", sessions.LIMITS[Kind.CLIENT].idle_for, "4.6"),
    Limit("A client's session in all", sessions.LIMITS[Kind.CLIENT].whole_for, "4.6"),
    Limit("Reminders to a recipient since the last send", reminders.MOST, "7.4"),
    Limit("A promised day, in days ahead", promises.FURTHEST, "5.20"),
    Limit("A task handed over, in days ahead", handing.MOST_DAYS, "5.8a"),
    Limit("Before an automation completes a work", automations.WAITS_BEFORE_COMPLETING, "8.8"),
    Limit("A file, in MB, unless the firm sets another", uploads.LARGEST_FILE_MB, "1.10"),
    Limit(
        "The clients' files on one task, in MB, unless the firm sets another", uploads.TASK_TOTAL_MB, "1.10"
    ),
    Limit("An upload, pauses included", uploads.KEPT_FOR, "10.10"),
)


def table() -> str:
    """The limits in Markdown."""
    rows = [f"| {one.what} | {_said(one.most)} | {one.rule} |" for one in LIMITS]
    return "\n".join(["| limit | value | rule |", "| --- | --- | --- |", *rows])


def _said(most: timedelta | int | str) -> str:
    if not isinstance(most, timedelta):
        return str(most)
    minutes = int(most.total_seconds()) // 60
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes % size == 0 and minutes > size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"
