"""Every function that a browser may call was declared, with who may call it and what it takes (15.4)."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest

from portal_app.domain.actors import Kind
from portal_app.domain.errors import BadInput
from portal_app.domain.permissions import Permission
from portal_app.pages._frames import PAGES
from portal_app.state import _frames
from portal_app.state._policy import Audience
from tests.trial.registry import Declared, declared, registered

FREE = {"TabState.say", "TabState.go"}
"""What anyone may call: it acts for nobody, and only in the tab that calls."""


def by_name(one: Declared) -> str:
    return one.name.rpartition("____")[2]


def test_asvs_28_every_handler_has_a_policy_or_is_one_of_reflexs_own():
    undeclared = {name for name, fn in registered().items() if not hasattr(fn, "__policy__")}
    assert undeclared == _frames.REFLEX_OWN


def test_asvs_28_no_state_can_be_set_from_outside():
    assert [name for name in registered() if name.endswith(".setvar")] == []


def test_asvs_28_a_policy_is_a_permission_or_an_audience():
    assert declared()
    assert {type(one.policy) for one in declared()} <= {Permission, Audience}


def test_what_anyone_may_call_is_named_here():
    names = {
        fn.__qualname__ for fn in registered().values() if getattr(fn, "__policy__", None) is Audience.ANYONE
    }
    assert names == FREE


def test_a_page_is_filled_by_handlers_of_its_own_side():
    for page in PAGES:
        for made in _handlers(page.on_load):
            policy = made.fn.__policy__
            wanted = Kind.STAFF if page.audience == "staff" else Kind.CLIENT
            sides = {one.side for one in declared() if one.policy is policy}
            assert sides == {wanted}, f"{page.route} is filled by {made.fn.__qualname__}"


def _handlers(on_load: Any) -> list[Any]:
    if on_load is None:
        return []
    return list(on_load) if isinstance(on_load, (list, tuple)) else [on_load]


@pytest.mark.parametrize("one", declared(), ids=by_name)
def test_asvs_32_a_handler_takes_what_it_declares_and_nothing_beside_it(one: Declared):
    good = one.payload(uuid4())
    one.takes(good)
    for extra in ("role", "firm_id", "is_admin"):
        with pytest.raises(BadInput):
            one.takes({**good, extra: "x"})
    for name in good:
        with pytest.raises(BadInput):
            one.takes({**good, name: {"unlike": ["anything", {"declared": 1}]}})
        with pytest.raises(BadInput):
            one.takes({key: value for key, value in good.items() if key != name})
