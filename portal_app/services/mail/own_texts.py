"""Settings › E-mail: the words of each e-mail to clients, checked, looked at, tried and set back (1.12).

Each language has its own. What equals the standard text is not kept, so a better standard reaches the firm.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sqlmodel import select

from portal_app.domain import email_texts
from portal_app.domain.actors import Actor
from portal_app.domain.email_texts import EVENTS, OwnText
from portal_app.domain.errors import BadInput, NotFound
from portal_app.domain.outbox import Urgency
from portal_app.domain.permissions import Permission
from portal_app.models import EmailText, Firm, Staff, new_id
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.firm.letterheads import letterhead, own_text
from portal_app.services.mail import post, sample_mails, standard_texts
from portal_app.services.mail.emails import ComposedMail
from portal_app.text import LANGUAGES, _, pgettext, use_locale
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class EmailEntry:
    """One e-mail in the list: its event, its name, and whether the firm changed its words."""

    event: str = ""
    name: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """One place: as it is typed, what stands there, and whether the text must hold it."""

    mark: str = ""
    meaning: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class EmailTextView:
    """One e-mail in one language, ready to edit."""

    event: str = ""
    name: str = ""
    locale: str = ""
    subject: str = ""
    body: str = ""
    is_own: bool = False
    emails: tuple[EmailEntry, ...] = ()
    places: tuple[PlaceRow, ...] = ()
    after: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class TextPreview:
    """An e-mail with invented facts; `wrong` says why the text as it is cannot be kept, beside `field`."""

    subject: str = ""
    text: str = ""
    html: str = ""
    from_line: str = ""
    reply_to: str = ""
    field: str = ""
    wrong: str = ""


def email_text_view(ports: Ports, actor: Actor, event: str, locale: str) -> EmailTextView:
    """The words of an e-mail as they are. Raises `NotFound` for members, and for an e-mail that is none."""
    with reading(ports, actor) as work:
        firm = _firm(work, event, locale)
        rows = work.session.exec(select(EmailText).where(EmailText.firm_id == firm.id))
        own = {(row.event, row.locale) for row in rows}
        text = _current(firm, event, locale)
        return EmailTextView(
            event=event,
            name=NAMES[event](),
            locale=locale,
            subject=text.subject,
            body=text.body,
            is_own=(event, locale) in own,
            emails=tuple(
                EmailEntry(one, NAMES[one](), any((one, language) in own for language in LANGUAGES))
                for one in EVENTS
            ),
            places=_places(event),
            after=_after(event),
            address=work.session.get_one(Staff, actor.staff_id).email,
        )


def save_email_text(ports: Ports, actor: Actor, event: str, locale: str, subject: str, body: str) -> bool:
    """Keep the firm's own words from the next e-mail on; false where they are what they were.

    Raises `BadInput` naming the field, with a sentence that names the place that is unknown or missing;
    `NotFound` for members.
    """
    with begin(ports, actor) as work:
        firm = _firm(work, event, locale)
        text = _checked(work, firm, event, subject, body)
        if text == _current(firm, event, locale):
            return False
        if text == _standard(event, locale):
            return _forget(work, firm, event, locale)
        row = _row(work, firm, event, locale) or EmailText(
            firm_id=firm.id, event=event, locale=locale, subject="", changed_at=work.now
        )
        row.subject, row.body = text.subject, text.body
        row.changed_at, row.changed_by_staff_id = work.now, actor.staff_id
        work.add(row)
        _record(work, firm, "email_text:changed", event, locale)
        return True


def back_to_standard(ports: Ports, actor: Actor, event: str, locale: str) -> bool:
    """Forget the firm's own words of an e-mail in a language; false where there are none."""
    with begin(ports, actor) as work:
        return _forget(work, _firm(work, event, locale), event, locale)


def preview_email_text(
    ports: Ports, actor: Actor, event: str, locale: str, subject: str, body: str
) -> TextPreview:
    """The e-mail with these words and invented facts; what is wrong with them is said, and not refused."""
    with reading(ports, actor) as work:
        firm = _firm(work, event, locale)
        try:
            _checked(work, firm, event, subject, body)
            where = wrong = ""
        except BadInput as refusal:
            where, wrong = refusal.field, refusal.text
        mail = _sampled(work, firm, event, locale, OwnText(subject, body))
        person = work.session.get_one(Staff, actor.staff_id) if event in SIGNED else None
        sender = post.sender_of(ports.settings, firm, person)
        return TextPreview(
            mail.subject, mail.text, mail.html, sender.line, sender.reply_to or sender.address, where, wrong
        )


def send_test(ports: Ports, actor: Actor, event: str, locale: str, subject: str, body: str) -> str:
    """Send these words with invented facts to the one who asks; gives their address.

    Raises `BadInput` where they cannot be kept either, `NotFound` for members.
    """
    with begin(ports, actor) as work:
        firm = _firm(work, event, locale)
        text = _checked(work, firm, event, subject, body)
        person = work.session.get_one(Staff, actor.staff_id)
        mail = _sampled(work, firm, event, locale, text)
        post.queue(
            work,
            ComposedMail("email_text_test", locale, mail.subject, mail.text, mail.html),
            firm=firm,
            to=(person.name, person.email),
            dedupe_key=f"email_text_test:{new_id()}",
            sender=post.sender_of(ports.settings, firm, person if event in SIGNED else None),
            urgency=Urgency.SOON,
            staff_id=person.id,
        )
        return person.email


def _firm(work: Work, event: str, locale: str) -> Firm:
    access.allow(work, Permission.SETTINGS_EDIT)
    if event not in EVENTS or locale not in LANGUAGES:
        raise NotFound(_("There is nothing here."))
    return work.session.get_one(Firm, work.actor.firm_id)


def _row(work: Work, firm: Firm, event: str, locale: str) -> EmailText | None:
    query = select(EmailText).where(
        EmailText.firm_id == firm.id, EmailText.event == event, EmailText.locale == locale
    )
    return work.session.exec(query.with_for_update()).first()


def _forget(work: Work, firm: Firm, event: str, locale: str) -> bool:
    row = _row(work, firm, event, locale)
    if row is None:
        return False
    work.session.delete(row)
    _record(work, firm, "email_text:set_back", event, locale)
    return True


def _record(work: Work, firm: Firm, action: str, event: str, locale: str) -> None:
    work.audit(action, firm_id=firm.id, subject_kind="firm", subject_id=firm.id, event=event, locale=locale)


def _standard(event: str, locale: str) -> OwnText:
    with use_locale(locale):
        return standard_texts.standard(event)


def _current(firm: Firm, event: str, locale: str) -> OwnText:
    return own_text(firm, event, locale) or _standard(event, locale)


def _sampled(work: Work, firm: Firm, event: str, locale: str, text: OwnText) -> ComposedMail:
    head = letterhead(work.ports.settings, firm)
    person = work.session.get_one(Staff, work.actor.staff_id)
    return sample_mails.sample(event, head, text, locale=locale, staff_name=person.name, now=work.now)


def _checked(work: Work, firm: Firm, event: str, subject: str, body: str) -> OwnText:
    """The text as it is kept: a subject of one line, a body without control characters (asvs_38)."""
    text = OwnText(
        typed.prose(email_texts.one_line(subject), "subject", longest=email_texts.LONGEST_SUBJECT),
        typed.prose(body, "body", longest=email_texts.LONGEST_BODY),
    )
    found = email_texts.problem(event, text)
    if found:
        mark = found.name if found.fault == "address_twice" else f"{{{found.name}}}"
        raise BadInput(_SENTENCES[found.fault](found.field).format(place=mark), field=found.field)
    head = letterhead(work.ports.settings, firm)
    for address in (head.sign_in_url, head.help_url):
        if address and address in text.body.split():
            raise BadInput(_("{place} stands at the foot already.").format(place=address), field="body")
    return text


_SENTENCES: Final[dict[email_texts.Fault, Callable[[str], str]]] = {
    "empty": lambda field: _("Type a subject.") if field == "subject" else _("Type the text."),
    "unknown": lambda _field: _(
        "{place} is none of this e-mail’s placeholders: choose one from the list, or leave the braces out."
    ),
    "not_here": lambda _field: _("{place} cannot stand in a subject: put it into the text."),
    "missing": lambda _field: _("{place} is missing: without it this e-mail does not do what it is for."),
    "twice": lambda _field: _("{place} stands there twice: once is enough."),
    "address_twice": lambda _field: _("{place} stands there twice: once is enough."),
}

SIGNED: Final = frozenset(
    {
        "request_sent",
        "reminder",
        "task_added",
        "task_reopened",
        "request_withdrawn",
        "invitation",
        "introduction",
    }
)
"""E-mails that a staff member sends (6.16)."""

NAMES: Final[dict[str, Callable[[], str]]] = {
    "request_sent": lambda: pgettext("e-mail", "Request"),
    "reminder": lambda: pgettext("e-mail", "Reminder"),
    "task_added": lambda: pgettext("e-mail", "Tasks added"),
    "task_reopened": lambda: pgettext("e-mail", "Task reopened"),
    "request_withdrawn": lambda: pgettext("e-mail", "Request withdrawn"),
    "access_link": lambda: pgettext("e-mail", "Access link and code"),
    "sign_in_code": lambda: pgettext("e-mail", "Sign-in code"),
    "invitation": lambda: pgettext("e-mail", "Invitation to the portal"),
    "password_reset": lambda: pgettext("e-mail", "New password"),
    "introduction": lambda: pgettext("e-mail", "Introduction of the portal"),
}

_MEANINGS: Final[dict[str, Callable[[], str]]] = {
    "name": lambda: _("the recipient’s name"),
    "client": lambda: _("the client’s name"),
    "clients": lambda: _("the names of their clients"),
    "request": lambda: _("the request’s title"),
    "task": lambda: _("the task’s title"),
    "due": lambda: _("the last due date; without one, “a date to be agreed”"),
    "items": lambda: _("how many things are asked, such as “3 items”"),
    "staff": lambda: _("who sends it"),
    "firm": lambda: _("the firm’s name"),
    "message": lambda: _("what the sender adds, where they add something"),
    "reason": lambda: _("why the task is open again"),
    "link": lambda: _("the button; in the text part the link, alone on its line"),
    "code": lambda: _("the six-digit code"),
    "tasks": lambda: _("the list of tasks with their dates"),
    "video": lambda: _("the link to your video, where you give one"),
}


def _places(event: str) -> tuple[PlaceRow, ...]:
    rules = EVENTS[event]
    return tuple(PlaceRow(f"{{{one}}}", _MEANINGS[one](), one in rules.required) for one in rules.places)


def _after(event: str) -> str:
    if event in SIGNED - {"invitation", "introduction"}:
        return _("Below it always stand who signs, until when the link works, and why people get the e-mail.")
    return _("Below it always stand whom to ask, and why people get the e-mail.")
