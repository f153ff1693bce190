"""Each e-mail with invented facts: what a firm looks at while it writes its own words, and sends to itself (1.12)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from portal_app.domain.email_texts import OwnText
from portal_app.domain.letterhead import Letterhead
from portal_app.services.mail import emails
from portal_app.services.mail.email_facts import Access, Introduction, Invitation, RequestMail, TaskLine
from portal_app.services.mail.emails import ComposedMail
from portal_app.text import _, use_locale

NO_LINK: Final = "…"
"""Where a real e-mail holds a link: a sample opens nothing."""
CODE: Final = "123456"


def sample(
    event: str, head: Letterhead, text: OwnText, *, locale: str, staff_name: str, now: datetime
) -> ComposedMail:
    """The e-mail of `event` in the words of `text`, from `staff_name`."""
    own = replace(head, own_texts=lambda _event, _locale: text)
    with use_locale(locale):
        return _SAMPLES[event](own, _request(own, staff_name, now), locale)


def _request(head: Letterhead, staff_name: str, now: datetime) -> RequestMail:
    due = (now + timedelta(days=14)).date()
    return RequestMail(
        recipient_name=_("Marie-Claude Gagnon"),
        client_name=_("Gagnon Cabinetmakers Inc."),
        title=_("Tax return"),
        sender_name=staff_name,
        tasks=(
            TaskLine(_("Bank statements for December"), due),
            TaskLine(_("T4 slips"), due),
            TaskLine(_("Last notice of assessment")),
        ),
        link=_link(head),
        expires_at=now + timedelta(days=30),
        message=_("We can meet on the 20th if that is easier for you."),
    )


def _link(head: Letterhead) -> str:
    return head.help_url.partition("/f/")[0] + "/r/" + NO_LINK


def _reopened(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
    one = replace(mail, tasks=mail.tasks[:1])
    reason = _("The statement of the second account is missing.")
    return emails.task_reopened(head, one, reason=reason, locale=locale)


def _access(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
    facts = Access(mail.recipient_name, mail.client_name, mail.title, mail.link, CODE)
    return emails.access_link(head, facts, locale=locale)


def _invitation(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
    facts = Invitation(
        name=mail.recipient_name,
        client_names=(mail.client_name,),
        inviter_name=mail.sender_name,
        link=mail.link.replace("/r/", "/invite/"),
        expires_at=mail.expires_at - timedelta(days=27),
        message=mail.message,
    )
    return emails.invitation(head, facts, locale=locale)


def _introduction(head: Letterhead, mail: RequestMail, locale: str) -> ComposedMail:
    facts = Introduction(
        mail.recipient_name, (mail.client_name,), mail.sender_name, head.help_url, head.video_url
    )
    return emails.introduction(head, facts, locale=locale)


_SAMPLES: Final[dict[str, Callable[[Letterhead, RequestMail, str], ComposedMail]]] = {
    "request_sent": lambda head, mail, locale: emails.request_sent(head, mail, locale=locale),
    "reminder": lambda head, mail, locale: emails.reminder(
        head,
        replace(mail, message=""),
        locale=locale,
        waiting=(replace(mail.tasks[2], note=_("you asked a question")),),
    ),
    "task_added": lambda head, mail, locale: emails.task_added(head, mail, locale=locale),
    "task_reopened": _reopened,
    "request_withdrawn": lambda head, mail, locale: emails.request_withdrawn(head, mail, locale=locale),
    "access_link": _access,
    "sign_in_code": lambda head, mail, locale: emails.sign_in_code(
        head, name=mail.recipient_name, code=CODE, locale=locale
    ),
    "invitation": _invitation,
    "password_reset": lambda head, mail, locale: emails.password_reset(
        head, name=mail.recipient_name, link=mail.link, locale=locale
    ),
    "introduction": _introduction,
}
