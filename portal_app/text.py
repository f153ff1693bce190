"""What people read, in their language: English is the source, catalogs hold the rest.

The catalogs are the `.po` files themselves, one an area, merged at first use: nothing to compile,
nothing that can be out of step. The language is a context variable, set by the gate for a request,
by a handler for an event, by the outbox for an e-mail, and by the build for its pages.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date as babel_date
from babel.dates import format_time as babel_time
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

LANGUAGES = ("en", "fr")
CATALOGS = Path(__file__).parent / "locale"
NBSP = "\N{NO-BREAK SPACE}"

_BUILD = os.environ.get("PORTAL_BUILD_LOCALE", "en")
_IS_BUILD = "PORTAL_BUILD_LOCALE" in os.environ
"""Whether this process draws the pages of the site, and does nothing else."""
_current: ContextVar[str] = ContextVar("portal_locale", default=_BUILD)

_dates: ContextVar[str] = ContextVar("portal_dates", default="")

DATE_FORMATS = {"": "", "iso": "y-MM-dd", "dmy": "dd/MM/y", "mdy": "MM/dd/y"}
"""How a firm may have days written in figures (1.15); empty writes the month out, as the language does."""

# French as Québec writes it, English as Canada does: dates, hours and numbers.
_REGION = {"en": Locale("en", "CA"), "fr": Locale("fr", "CA")}

Key = tuple[str | None, str]


def locale() -> str:
    """The language now in force: one of `LANGUAGES`."""
    return _current.get()


def known_language(language: str | None) -> str | None:
    """`language` when it is one of ours, else None."""
    return language if language in LANGUAGES else None


def set_locale(language: str) -> None:
    """Set the language for the rest of this context (a request, an event)."""
    _current.set(known_language(language) or "en")


@contextmanager
def use_locale(language: str) -> Iterator[None]:
    """Set the language for a block."""
    token = _current.set(known_language(language) or "en")
    try:
        yield
    finally:
        _current.reset(token)


def set_dates(chosen: str) -> None:
    """Write days as a firm has them, for the rest of this context; one of `DATE_FORMATS`."""
    _dates.set(chosen if chosen in DATE_FORMATS else "")


@contextmanager
def use_dates(chosen: str) -> Iterator[None]:
    """Write days as a firm has them, for a block."""
    token = _dates.set(chosen if chosen in DATE_FORMATS else "")
    try:
        yield
    finally:
        _dates.reset(token)


@cache
def catalog(language: str) -> dict[Key, tuple[str, ...]]:
    """(context, English) -> translations by plural form; empty for English itself."""
    entries: dict[Key, tuple[str, ...]] = {}
    for path in sorted((CATALOGS / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale=language):
                if not message.id:
                    continue
                single = message.id if isinstance(message.id, str) else message.id[0]
                forms = (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
                entries[(message.context, single)] = forms
    return entries


def _forms(context: str | None, message: str) -> tuple[str, ...]:
    return catalog(_current.get()).get((context, message), ())


def _(message: str) -> str:
    """`message` in the current language; English where the catalog has nothing (a test forbids that)."""
    return _drawn(_forms(None, message), message)


def unbroken(words: str) -> str:
    """`words` as a page draws them: within a line *e-mail* never breaks at its hyphen (one that begins a line cannot).

    Texts of the portal alone: in an e-mail, a search or an export a hyphen stays a hyphen.
    """
    return words.replace("e-mail", "e\N{NON-BREAKING HYPHEN}mail")


def N_(message: str) -> str:
    """Mark a text for the catalogs; it is looked up where it is shown."""
    return message


def pgettext(context: str, message: str) -> str:
    """`message` where one English word has two French ones."""
    return _drawn(_forms(context, message), message)


def _drawn(forms: tuple[str, ...], message: str) -> str:
    found = forms[0] if forms and forms[0] else message
    return unbroken(found) if _IS_BUILD else found


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form for `n` (French counts 0 as singular), with `{n}` filled in."""
    is_one = n in (0, 1) if _current.get() == "fr" else n == 1
    forms = _forms(None, singular)
    text = (forms[0] if is_one else forms[-1]) if forms and all(forms) else (singular if is_one else plural)
    return text.replace("{n}", format_number(n))


def format_number(n: float) -> str:
    """`n` with the language's separators."""
    if isinstance(n, int) and 0 <= n < 1000:
        return str(n)  # most of what a list says; it has none
    return str(format_decimal(n, locale=_REGION[_current.get()]))


def format_date(day: date, style: str = "long") -> str:
    """A day: `long` is *31 March 2026* / *31 mars 2026*, `short` leaves the year out, `medium` abbreviates,
    `full` begins with the day of the week, `weekday_name` is that alone, and `month` leaves the day out.

    Where the firm writes days in figures (1.15), all but the last two do, with the year."""
    language = _current.get()
    if (figures := DATE_FORMATS[_dates.get()]) and style not in ("weekday_name", "month"):
        pattern = {"full": f"EEEE {figures}", "weekday": f"EEE {figures}"}.get(style, figures)
        return str(babel_date(day, pattern, locale=_REGION[language])).replace(" ", NBSP)
    pattern = {
        "long": "d MMMM y",
        "short": "d MMMM",
        "medium": "d MMM y",
        "weekday": "EEE d MMM",
        "full": "EEEE d MMMM",
        "weekday_name": "EEEE",
        "month": "MMM y",
    }[style]
    text = str(babel_date(day, pattern, locale=_REGION[language]))
    if language == "fr" and day.day == 1 and style == "full":
        text = text.replace(" 1 ", " 1er ")
    elif language == "fr" and day.day == 1 and style not in ("weekday", "weekday_name", "month"):
        text = "1er" + text[1:]
    return text.replace(" ", NBSP)


def format_time(moment: datetime, zone: str) -> str:
    """An hour of the day in `zone`: *10:42* / *10 h 42*."""
    local = moment.astimezone(ZoneInfo(zone))
    if _current.get() == "fr":
        return f"{local.hour}{NBSP}h{NBSP}{local.minute:02d}"
    return str(babel_time(local.time(), "HH:mm", locale=_REGION["en"]))


def format_moment(moment: datetime, zone: str) -> str:
    """A day and an hour in `zone`."""
    day = format_date(moment.astimezone(ZoneInfo(zone)).date())
    return f"{day}, {format_time(moment, zone)}"


def format_size(size: int) -> str:
    """A size in bytes, in MB of 1,048,576 bytes (1.10): *412 KB* / *412 Ko*."""
    units = ("octets", "Ko", "Mo", "Go") if _current.get() == "fr" else ("bytes", "KB", "MB", "GB")
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(units) - 1:
        amount, unit = amount / 1024, unit + 1
    digits = 1 if unit >= 2 and amount < 100 and round(amount, 1) != round(amount) else 0
    return f"{format_number(round(amount, digits) if digits else round(amount))}{NBSP}{units[unit]}"


def format_bytes(size: int) -> str:
    """A size to the byte: *209,715,201 bytes* / *209 715 201 octets*."""
    return f"{format_number(size)}{NBSP}{'octets' if _current.get() == 'fr' else 'bytes'}"
