"""Which clients the management page shows: found, narrowed, put in order and paged by indexes alone (2.5).

The rarest word leads: an index holds its clients in each order of the list, with what the filters look at, so that a
page is read from it as from the list itself; each client is then asked for the other words. So the cost follows the page,
not the firm.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, true, union_all
from sqlalchemy import select as select_rows
from sqlmodel import col

from portal_app.domain.standings import staff_word, wanted_words
from portal_app.models import ClientStanding, Firm, PortalCount
from portal_app.services.portal import places, words
from portal_app.services.portal.places import FOUND, LISTED, ME, ORDERS, Filters, Place
from portal_app.services.portal.words import Word
from portal_app.work import Work

PAGE: Final = 50
FEW: Final = 2_000
"""Up to so many clients are counted; so many rows are put in order rather than read in order."""
ASKED: Final = 1_000
"""So many clients are asked for other words to find a page of a word with many forms."""
COUNTED: Final = 400
"""So many are asked for other words to count those that have them."""


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked, in which order, and the words for it, rarest first."""

    firm: Firm
    wanted: Filters
    order: str
    words: tuple[Word, ...] = ()
    last: tuple[Any, ...] = ()
    """What put the last row of the page before in its place."""
    size: int = 0
    """How long a page is."""


@dataclass(frozen=True, slots=True)
class Matching:
    """How many clients match, or are more than so many."""

    number: int
    is_all: bool = True


def is_plain(wanted: Filters) -> bool:
    """Whether nothing narrows the list."""
    return wanted == Filters(tab=wanted.tab, order=wanted.order, after=wanted.after)


def search(work: Work, firm: Firm, wanted: Filters) -> Search:
    """What is asked for; values that mean nothing are left out."""
    marks = places.marks(firm, wanted)
    staff_id = work.actor.staff_id if wanted.assigned == ME else _uuid(wanted.assigned)
    staff = [staff_word(staff_id)] if staff_id else []
    found = words.measured(work, firm.id, wanted_words(wanted.search), [*staff, *marks])
    others = [word for word in found[1:] if word.text not in marks]  # those the filters' columns tell
    order = wanted.order if wanted.order in ORDERS else ""
    return Search(firm, wanted, order, (*found[:1], *others), _last(work, firm, order, wanted.after))


def page(work: Work, found: Search, size: int | None = None) -> list[UUID]:
    """The ids of one page in order, `PAGE` or `size` at most, and of one more where there is another page."""
    found = replace(found, size=size or PAGE)
    if not found.words:
        return _read(work, _list_page(found))
    lead = found.words[0]
    if not lead.size:
        return []
    if lead.is_one or (lead.is_merged and lead.size > FEW):
        return _read(work, _merged(found))
    if lead.size > words.MANY:
        ids = _read(work, _list_page(found, *_next(work, found)))
        if len(ids) > found.size:
            return ids
    return _read(work, _word_page(found, *lead.rows))


def every(work: Work, found: Search) -> list[UUID]:
    """All ids by name."""
    where = LISTED.narrowed(found.firm, found.wanted)
    if found.words:
        lead = select_rows(FOUND.client_id).where(*found.words[0].rows)
        where += [LISTED.client_id.in_(lead), *_has(LISTED, found.words[1:], "")]
    query = select_rows(*LISTED.keys("")).where(*_of_list(found), *where)
    return _read(work, query.order_by(*LISTED.ordered("")))


def count(work: Work, found: Search, ids: list[UUID]) -> Matching:
    """How many clients match, when `ids` are a page of them; where that takes long, a round number that they exceed."""
    if is_plain(found.wanted):
        kept = work.session.get(PortalCount, found.firm.id)
        return Matching(kept.clients if kept else 0)
    if not found.last and len(ids) <= PAGE:
        return Matching(len(ids))
    lead = found.words[0] if found.words else None
    if lead and lead.size > words.MANY:
        return Matching(PAGE, is_all=False)  # no exact number would come of counting
    most = COUNTED if found.words[1:] else words.MANY
    matched = int(work.session.execute(_counting(found, most)).scalar_one())
    if matched <= FEW and (lead is None or lead.size <= most):
        return Matching(matched)
    return Matching(max((matched - 1) // 100 * 100, PAGE), is_all=False)


def _read(work: Work, query: Any) -> list[UUID]:
    return [row[-1] for row in work.session.execute(query)]


def _list_page(found: Search, *until: ColumnElement[bool]) -> Any:
    """A page of the list itself."""
    where = [*_of_list(found), *LISTED.after(found.order, found.last), *until]
    narrowed = LISTED.narrowed(found.firm, found.wanted)
    return _page(LISTED, found, [*where, *narrowed, *_has(LISTED, found.words, found.order)])


def _next(work: Work, found: Search) -> list[ColumnElement[bool]]:
    """No more of the list than its next `ASKED` rows."""
    where = [*_of_list(found), *LISTED.after(found.order, found.last)]
    query = select_rows(*LISTED.keys(found.order)).where(*where).order_by(*LISTED.ordered(found.order))
    return LISTED.until(found.order, work.session.execute(query.offset(ASKED).limit(1)).first() or ())


def _merged(found: Search) -> Any:
    """A page of each form of the leading word, and of these one."""
    firm = FOUND.columns.firm_id == found.firm.id
    pages = [_word_page(found, firm, FOUND.columns.word == form) for form in found.words[0].forms]
    if len(pages) == 1:
        return pages[0]
    place = Place.of(union_all(*(select_rows(one.subquery()) for one in pages)).subquery().c, "client_id")
    return _page(place, found, [], is_once=True)


def _word_page(found: Search, *rows: ColumnElement[bool]) -> Any:
    narrowed = [*FOUND.after(found.order, found.last), *FOUND.narrowed(found.firm, found.wanted)]
    others = found.words[1:]
    where = [*rows, *narrowed, *_spanned(FOUND, others), *_has(FOUND, others, found.order)]
    return _page(FOUND, found, where, is_once=True)


def _page(place: Place, found: Search, where: list[Any], *, is_once: bool = False) -> Any:
    query = select_rows(*place.keys(found.order)).where(*where)
    return (
        (query.distinct() if is_once else query).order_by(*place.ordered(found.order)).limit(found.size + 1)
    )


def _counting(found: Search, most: int) -> Any:
    """How many match, counted to one more than `FEW`; where words lead, of so many rows of the first."""
    place, where, is_once = LISTED, _of_list(found), True
    if found.words:
        lead = found.words[0]
        rows = select_rows(*FOUND.keys(""), *FOUND.narrowing())
        rows = rows.where(*lead.rows, *_spanned(FOUND, found.words[1:])).limit(most)
        rows, is_once = (rows.distinct() if lead.is_one else rows), lead.is_one
        place, where = Place.of(rows.subquery().c, "client_id"), []
    matching = [*where, *place.narrowed(found.firm, found.wanted), *_has(place, found.words[1:], "")]
    query = select_rows(place.client_id).where(*matching)
    some = (query if is_once else query.distinct()).limit(FEW + 1).subquery()
    return select_rows(func.count()).select_from(some)


def _of_list(found: Search) -> list[ColumnElement[bool]]:
    return [col(ClientStanding.firm_id) == found.firm.id, col(ClientStanding.is_listed) == true()]


def _has(place: Place, others: tuple[Word, ...], order: str) -> list[ColumnElement[bool]]:
    return [word.holds(place, order) for word in others]


def _spanned(place: Place, others: tuple[Word, ...]) -> list[ColumnElement[bool]]:
    """Nobody need be asked for other words whose name lies before, or after, all who have one of them."""
    if not others:
        return []
    first, last = max(word.span[0] for word in others), min(word.span[1] for word in others)
    return [place.columns.name_key >= first, place.columns.name_key <= last]


def _last(work: Work, firm: Firm, order: str, after: str) -> tuple[Any, ...]:
    row = work.session.get(ClientStanding, client_id) if (client_id := _uuid(after)) else None
    if row is None or row.firm_id != firm.id:
        return ()
    return tuple(getattr(row, key.key) for key in LISTED.keys(order))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
