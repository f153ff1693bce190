"""What a tab that has just opened costs, and that it shares nothing that can change."""

from __future__ import annotations

from dataclasses import dataclass, field

import reflex as rx

from portal_app.state.base import PageState


@dataclass(frozen=True)
class Shelf:
    books: list[str] = field(default_factory=list)


class ShelfState(PageState, rx.State):
    shelf: Shelf = Shelf()
    names: list[str] = []


def opened() -> ShelfState:
    return ShelfState(_reflex_internal_init=True)  # type: ignore[no-untyped-call]


def test_what_nobody_touched_is_sent_without_a_copy_for_the_tab() -> None:
    one, other = opened(), opened()
    assert one.dict() == other.dict()
    assert one.get_value("shelf") is other.get_value("shelf")
    assert not {"shelf", "names"} & one.__dict__.keys()


def test_what_a_tab_changes_is_its_own() -> None:
    one, other = opened(), opened()
    one.dict()
    one.names.append("Ada")
    one.shelf.books.append("Ledger")
    assert (one.get_value("names"), one.get_value("shelf").books) == (["Ada"], ["Ledger"])
    assert (other.get_value("names"), other.get_value("shelf").books) == ([], [])
    assert (opened().names, opened().shelf.books) == ([], [])
