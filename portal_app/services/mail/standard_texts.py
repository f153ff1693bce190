"""The standard words of each e-mail with their places open: what a firm's page shows to begin with (1.12).

They are the messages of the e-mail's templates, so that a text that was never touched reads as the e-mail does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from portal_app.domain.email_texts import OwnText
from portal_app.text import _

PLACED: Final = frozenset({"introduction"})
"""E-mails that have no template of their own words: they are always written from these."""


def standard(event: str) -> OwnText:
    """The standard text of an e-mail, in the language in force."""
    subject, paragraphs = _TEXTS[event]()
    return OwnText(subject, "\n\n".join(paragraphs))


def _hello() -> str:
    return _("Hello {name},")


def _request_sent() -> tuple[str, list[str]]:
    lead = _("For {client}, I need {items} by {date}.").replace("{date}", "{due}")
    photo = _("A clear photo taken with your phone is enough.")
    subject = _("Documents needed: {title}").replace("{title}", "{request}")
    return subject, [_hello(), "{message}", f"{lead} {photo}", "{link}", "{tasks}"]


def _reminder() -> tuple[str, list[str]]:
    lead = _("A friendly reminder. Still to provide for {client}: {items}.")
    rest = _("What you have already sent is in: only this is left.")
    subject = _("Reminder: {title}").replace("{title}", "{request}")
    return subject, [_hello(), "{message}", f"{lead} {rest}", "{link}", "{tasks}"]


def _task_added() -> tuple[str, list[str]]:
    lead = _("For {client}, I have added {items} to your list:")
    subject = _("Added to your list: {title}").replace("{title}", "{request}")
    return subject, [_hello(), "{message}", lead, "{tasks}", "{link}"]


def _task_reopened() -> tuple[str, list[str]]:
    lead = _("For {client}, I have reopened {task}. Here is why:")
    kept = _("What you sent before is kept.")
    return _("To look at again: {task}"), [_hello(), lead, "{reason}", "{link}", "{tasks}", kept]


def _request_withdrawn() -> tuple[str, list[str]]:
    says = _(
        "For {client}, I have withdrawn this request: you have nothing left to provide, and its links no longer work. What you sent stays with the firm."
    )
    subject = _("No longer needed: {title}").replace("{title}", "{request}")
    return subject, [_hello(), "{message}", says]


def _access_link() -> tuple[str, list[str]]:
    code = _(
        "To open the request for {client} on another device, type this code on the page that asked for it, within ten minutes:"
    )
    link = _("Or follow this link on the device that you want to use:")
    subject = _("Your access link: {title}").replace("{title}", "{request}")
    return subject, [_hello(), code, "{code}", link, "{link}"]


def _sign_in_code() -> tuple[str, list[str]]:
    lasts = _("It lasts ten minutes and works once. Nobody from the firm will ever ask you for it.")
    lead = _("Type this code where you are signing in to {firm}:")
    return _("Your sign-in code"), [_hello(), lead, "{code}", lasts]


def _invitation() -> tuple[str, list[str]]:
    lead = _("For {clients}: {inviter}, of {firm}, invites you to the client portal.")
    there = _(
        "There you find what the firm asks for, your documents and your history, with a password and a code of your own."
    )
    subject = _("Your invitation to the client portal of {firm}")
    return subject, [_hello(), lead.replace("{inviter}", "{staff}"), "{message}", there, "{link}"]


def _password_reset() -> tuple[str, list[str]]:
    lead = _("Follow this link to choose a new password for {firm}; it works once, for one hour.")
    after = _("Afterwards you are signed out everywhere, and sign in with the new one and your usual code.")
    return _("Choose a new password"), [_hello(), lead, "{link}", after]


def _introduction() -> tuple[str, list[str]]:
    paragraphs = [
        _hello(),
        _(
            "{firm} now has a client portal. When we need documents or answers for {clients}, you get an e-mail with a link: follow it, upload or take a photo, tick, and it is done. No account is needed, and a phone is enough."
        ),
        _(
            "Your documents are encrypted, you see what is left and until when, and nothing gets lost in a mailbox."
        ),
        "{link}",
        "{video}",
        _("You have nothing to do today. Any questions? Reply to this message."),
        "{staff}",
    ]
    return _("{firm} has a client portal"), paragraphs


_TEXTS: Final[dict[str, Callable[[], tuple[str, list[str]]]]] = {
    "request_sent": _request_sent,
    "reminder": _reminder,
    "task_added": _task_added,
    "task_reopened": _task_reopened,
    "request_withdrawn": _request_withdrawn,
    "access_link": _access_link,
    "sign_in_code": _sign_in_code,
    "invitation": _invitation,
    "password_reset": _password_reset,
    "introduction": _introduction,
}
