"""What a handler takes from a browser: exactly what its hints say."""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from reflex_base.utils.form import FormData

from portal_app.domain.errors import BadInput
from portal_app.state._payload import LARGEST_NUMBER, LONGEST_TEXT, Line, Payload, Shape, Text


class Colour(StrEnum):
    RED = "red"


class Form(Payload):
    name: Line
    due_on: date | None
    is_on: bool
    to: list[UUID]


async def everything(
    self: Any,
    number: int,
    share: float,
    text: Text,
    row: UUID,
    day: date,
    colour: Colour,
    rows: list[UUID],
    maybe: str | None,
) -> None: ...


async def form_only(self: Any, form: Form) -> None: ...


ROW = "018f4a3c-0000-7000-8000-000000000001"
GOOD = {
    "number": 5,
    "share": 1.5,
    "text": "Été «2026»",
    "row": ROW,
    "day": "2026-04-15",
    "colour": "red",
    "rows": [ROW],
    "maybe": None,
}


def test_what_was_declared_arrives_as_what_it_is():
    read = Shape.of(everything).read(GOOD)
    assert read == {
        **GOOD,
        "row": UUID(ROW),
        "day": date(2026, 4, 15),
        "colour": Colour.RED,
        "rows": [UUID(ROW)],
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"number": "5"},
        {"number": 5.0},
        {"number": True},
        {"number": LARGEST_NUMBER + 1},
        {"number": None},
        {"share": "1.5"},
        {"share": float("nan")},
        {"share": float("inf")},
        {"text": 5},
        {"text": "x" * (LONGEST_TEXT + 1)},
        {"text": "a\0b"},
        {"text": "\ud800"},
        {"text": ["x"]},
        {"row": "not an id"},
        {"row": 5},
        {"day": "15/04/2026"},
        {"day": 0},
        {"colour": "blue"},
        {"rows": ROW},
        {"rows": [ROW] * 5_000},
        {"rows": {"0": ROW}},
        {"maybe": 5},
        {"role": "owner"},
        {"self": "x"},
        {"row": object()},
    ],
    ids=lambda wrong: re.sub(r" at 0x\w+", "", str(wrong))[:60],
)
def test_asvs_32_anything_else_is_refused(wrong):
    with pytest.raises(BadInput):
        Shape.of(everything).read({**GOOD, **wrong})


@pytest.mark.parametrize("name", sorted(GOOD))
def test_asvs_32_what_is_missing_is_refused(name):
    with pytest.raises(BadInput):
        Shape.of(everything).read({key: value for key, value in GOOD.items() if key != name})


def test_a_refusal_names_its_field_and_not_what_was_typed():
    with pytest.raises(BadInput) as refusal:
        Shape.of(everything).read({**GOOD, "number": "canary"})
    assert refusal.value.field == "number"
    assert "canary" not in refusal.value.text
    assert refusal.value.__cause__ is None


def test_depth_is_bounded():
    nested: Any = "x"
    for _ in range(1_000):
        nested = [nested]
    with pytest.raises(BadInput):
        Shape.of(everything).read({**GOOD, "rows": nested})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(deadline=None)  # the first runs build the validator
@given(st.dictionaries(st.sampled_from(sorted(GOOD)) | st.text(), JSON, max_size=9))
def test_asvs_32_no_payload_does_worse_than_be_refused(payload):
    try:
        read = Shape.of(everything).read({**GOOD, **payload})
    except BadInput:
        return
    assert set(read) == set(GOOD)
    assert type(read["number"]) is int


def test_what_is_left_empty_is_nothing_where_nothing_may_be():
    assert Shape.of(everything).read({**GOOD, "maybe": ""})["maybe"] is None
    assert Shape.of(everything).read({**GOOD, "text": ""})["text"] == ""


def test_a_form_arrives_by_its_fields():
    entries = [("name", "Gagnon"), ("due_on", ""), ("is_on", "on"), ("to", ROW), ("to", ROW)]
    form = Shape.of(form_only).read({"form": FormData(entries)})["form"]
    assert form == Form(name="Gagnon", due_on=None, is_on=True, to=[UUID(ROW), UUID(ROW)])


def test_boxes_and_lists_that_a_form_leaves_out_are_off_and_empty():
    form = Shape.of(form_only).read({"form": FormData([("name", "Gagnon"), ("due_on", "2026-04-15")])})[
        "form"
    ]
    assert form == Form(name="Gagnon", due_on=date(2026, 4, 15), is_on=False, to=[])


@pytest.mark.parametrize("extra", ["role", "firm_id", "is_admin"])
def test_asvs_30_a_form_with_more_than_its_fields_is_refused(extra):
    entries = [("name", "Gagnon"), ("due_on", ""), (extra, "x")]
    with pytest.raises(BadInput):
        Shape.of(form_only).read({"form": FormData(entries)})


class Loose(BaseModel):
    name: str


async def takes_anything(self: Any, one: Any) -> None: ...
async def takes_a_dict(self: Any, one: dict[str, str]) -> None: ...
async def takes_a_loose_model(self: Any, one: Loose) -> None: ...
async def says_nothing(self, one) -> None: ...
async def takes_more(self: Any, *more: str) -> None: ...
async def leaves_out(self: Any, one: str = "") -> None: ...
async def hides_a_dict(self: Any, one: list[dict[str, str]]) -> None: ...


@pytest.mark.parametrize(
    "method",
    [takes_anything, takes_a_dict, takes_a_loose_model, says_nothing, takes_more, leaves_out, hides_a_dict],
)
def test_a_handler_that_could_take_anything_is_no_handler(method):
    with pytest.raises(TypeError):
        Shape.of(method)


def test_bounds_in_the_hints_hold():
    async def bounded(self: Any, n: Annotated[int, Field(ge=0, le=10)]) -> None: ...

    shape = Shape.of(bounded)
    assert shape.read({"n": 10}) == {"n": 10}
    with pytest.raises(BadInput):
        shape.read({"n": 11})
