"""The help page for clients: the firm's own words section by section, else the standard ones (9.7).

What is typed has the plain marks of a task's instructions; what is stored is sanitized HTML, shown as pieces.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlmodel import select

from portal_app.domain import rich_text
from portal_app.domain.actors import Actor
from portal_app.domain.errors import NotFound
from portal_app.domain.permissions import Permission
from portal_app.domain.rich_text import Block
from portal_app.models import Firm, HelpText
from portal_app.ports import Ports
from portal_app.services import access, typed
from portal_app.services.firm import standard_help
from portal_app.services.mail import outgoing_mail
from portal_app.services.tasks.checklists import sanitized
from portal_app.text import LANGUAGES, _, use_locale
from portal_app.work import Work, begin, reading

SECTIONS: Final = ("own", *standard_help.SECTIONS)
"""In the order of the page; `own` is a word from the firm, above the standard ones."""
LONGEST_TITLE, LONGEST_BODY = 150, 5_000


@dataclass(frozen=True, slots=True)
class HelpSection:
    """One section: its title, its words as typed, as pieces, and whether they are the firm's own."""

    key: str = ""
    title: str = ""
    body: str = ""
    blocks: list[Block] = field(default_factory=list)
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class HelpView:
    """The help page in one language, ready to edit; `href` is where clients see it."""

    locale: str = ""
    sections: tuple[HelpSection, ...] = ()
    href: str = ""
    trouble: str = ""


def help_view(ports: Ports, actor: Actor, locale: str) -> HelpView:
    """The page's sections as they are. Raises `NotFound` for members, and for a language that is none."""
    with reading(ports, actor) as work:
        firm = _firm(work, "own", locale)
        own = {row.section: row for row in _rows(work, firm, locale)}
        return HelpView(
            locale=locale,
            sections=tuple(_section(firm, key, locale, own.get(key)) for key in SECTIONS),
            href=f"/f/{firm.slug}/help",
            trouble=outgoing_mail.trouble(work),
        )


def save_help(ports: Ports, actor: Actor, locale: str, section: str, title: str, body: str) -> bool:
    """Keep one section; false where it says that already. Nothing typed: the standard words (or none) again.

    Raises `BadInput` naming the field, `NotFound` for members.
    """
    with begin(ports, actor) as work:
        firm = _firm(work, section, locale)
        row = next((one for one in _rows(work, firm, locale) if one.section == section), None)
        now = _section(firm, section, locale, row)
        words = typed.prose(body, "body", longest=LONGEST_BODY)
        missing = _("Type a title.") if words else ""
        name = typed.line(title, "title", longest=LONGEST_TITLE, missing=missing)
        html = sanitized(words)
        standard = _section(firm, section, locale, None)
        if not words or (name, html) == (standard.title, sanitized(standard.body)):
            return _forget(work, firm, row)
        if (name, html) == (now.title, sanitized(now.body)):
            return False
        kept = row or HelpText(firm_id=firm.id, locale=locale, section=section, title="", changed_at=work.now)
        kept.title, kept.body = name, html
        kept.changed_at, kept.changed_by_staff_id = work.now, actor.staff_id
        work.add(kept)
        _record(work, firm, "help:changed", section)
        return True


def set_back_help(ports: Ports, actor: Actor, locale: str, section: str) -> bool:
    """Forget the firm's words of a section; false where there are none."""
    with begin(ports, actor) as work:
        firm = _firm(work, section, locale)
        return _forget(work, firm, next((r for r in _rows(work, firm, locale) if r.section == section), None))


def help_sections(ports: Ports, slug: str, locale: str) -> dict[str, HelpSection]:
    """The firm's own sections, for whoever opens the page; the others are the page's."""
    with reading(ports, Actor.nobody(locale)) as work:
        firm = work.session.exec(select(Firm).where(Firm.slug == slug)).first()
        if firm is None:
            raise NotFound(_("There is nothing here."))
        return {row.section: _section(firm, row.section, locale, row) for row in _rows(work, firm, locale)}


def _firm(work: Work, section: str, locale: str) -> Firm:
    access.allow(work, Permission.SETTINGS_EDIT)
    if section not in SECTIONS or locale not in LANGUAGES:
        raise NotFound(_("There is nothing here."))
    return work.session.get_one(Firm, work.actor.firm_id)


def _rows(work: Work, firm: Firm, locale: str) -> list[HelpText]:
    query = select(HelpText).where(HelpText.firm_id == firm.id, HelpText.locale == locale)
    return list(work.session.exec(query))


def _section(firm: Firm, key: str, locale: str, row: HelpText | None) -> HelpSection:
    if row is not None:
        return HelpSection(key, row.title, rich_text.to_typed(row.body), rich_text.blocks(row.body), True)
    with use_locale(locale):
        title, body = standard_help.standard(key, firm.name)
    return HelpSection(key, title, body, rich_text.blocks(rich_text.to_html(body)))


def _forget(work: Work, firm: Firm, row: HelpText | None) -> bool:
    if row is None:
        return False
    work.session.delete(row)
    _record(work, firm, "help:set_back", row.section)
    return True


def _record(work: Work, firm: Firm, action: str, section: str) -> None:
    work.audit(action, firm_id=firm.id, subject_kind="firm", subject_id=firm.id, section=section)
