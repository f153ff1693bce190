"""Every function that a browser may call was declared, with who may call it and what it takes (15.4)."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

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


def _forms(value: Any) -> list[dict[str, Any]]:
    """A payload and every object inside it."""
    if isinstance(value, list):
        return [form for part in value for form in _forms(part)]
    if not isinstance(value, dict):
        return []
    return [value] + [form for part in value.values() for form in _forms(part)]


@pytest.mark.parametrize("extra", ["role", "firm_id", "is_admin"])
def test_asvs_30_no_form_of_any_handler_takes_a_field_beside_its_own(extra: str):
    for one in declared():
        for number in range(len(_forms(one.payload(uuid4())))):
            payload = one.payload(uuid4())
            _forms(payload)[number][extra] = "x"
            with pytest.raises(BadInput):
                one.takes(payload)


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30)
JSON = st.recursive(
    SCALARS, lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=8), part, max_size=3)
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_asvs_32_whatever_is_sent_to_a_handler_is_taken_or_refused(data: st.DataObject):
    one = data.draw(st.sampled_from(declared()), label="handler")
    payload = one.payload(uuid4())
    for name in data.draw(st.sets(st.sampled_from([*payload, "firm_id"])), label="spoilt"):
        payload[name] = data.draw(JSON, label=name)
    with contextlib.suppress(BadInput):
        one.shape.read(payload)
