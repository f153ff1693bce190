"""What an admin looks at while choosing the brand: the real pages and a real e-mail, with invented names (1.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from portal_app.domain.actors import Actor
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.permissions import Permission
from portal_app.models import Firm, Staff, new_id
from portal_app.ports import Ports
from portal_app.services import access
from portal_app.services.files.files import FileView
from portal_app.services.firm.firm_days import today
from portal_app.services.firm.letterheads import letterhead, own_text
from portal_app.services.home import switching
from portal_app.services.home.home_lines import RequestLine, TaskLine
from portal_app.services.home.home_pages import HomePage, firm_page
from portal_app.services.mail import sample_mails, standard_texts
from portal_app.text import _, format_date
from portal_app.work import Work, reading

EVENT = "request_sent"
"""The e-mail that is looked at: the one that every client gets."""


def home(ports: Ports, actor: Actor) -> HomePage:
    """Home of an invented client, in the current language. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        firm = _firm(work)
        work_name = _("Tax return")
        soon = format_date(today(firm, work.now) + timedelta(days=14), "short")
        return replace(
            firm_page(work, firm, new_id(), _("Marie-Claude Gagnon")),
            person=_staff(work).name,
            waits=switching.waits(3, 1),
            first=TaskLine(
                id="sample",
                href="#",
                title=_("Bank statements for December"),
                request=work_name,
                state=_("Late"),
                tone="late",
                sign="late",
            ),
            next=[TaskLine(id=title, href="#", title=title, state=soon, sign="day") for title in _titles()],
            open=[
                RequestLine(
                    href="#",
                    title=work_name,
                    state=_("{done} of {total}").format(done=2, total=5),
                    marks=["y", "y", "l", "", ""],
                )
            ],
            files=[FileView(href="#", name=_("Last notice of assessment"), detail=soon)],
        )


def _titles() -> tuple[str, ...]:
    return _("T4 slips"), _("Last notice of assessment")


def letterhead_of(ports: Ports, actor: Actor) -> Letterhead:
    """How the firm signs its sign-in page. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        return replace(letterhead(ports.settings, _firm(work)), own_texts=None)


def email(ports: Ports, actor: Actor, language: str) -> str:
    """The e-mail that brings a request, as HTML, in the firm's own words. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        firm = _firm(work)
        text = own_text(firm, EVENT, language) or standard_texts.standard(EVENT)
        head, staff = letterhead(ports.settings, firm), _staff(work)
        return sample_mails.sample(
            EVENT, head, text, locale=language, staff_name=staff.name, now=work.now
        ).html


def _firm(work: Work) -> Firm:
    access.allow(work, Permission.SETTINGS_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id)


def _staff(work: Work) -> Staff:
    return work.session.get_one(Staff, work.actor.staff_id)
