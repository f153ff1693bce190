"""The forms of templates take what a browser sends for fields that are not on the page (5.4, 5.5)."""

from __future__ import annotations

from uuid import uuid4

from portal_app.services.templates.relative_days import TypedDays
from portal_app.state.making import MakingForm
from portal_app.state.template import RulesForm


def test_5_4_rules_by_hand_come_without_days_and_hour() -> None:
    hidden = dict.fromkeys(("days", "side", "hour", "before", "every"))
    typed = RulesForm.model_validate({"send": "manual", "remind": "none", **hidden}).typed()
    assert (typed.send, typed.days, typed.hour, typed.remind) == (
        "manual",
        TypedDays("", "before"),
        None,
        "none",
    )


def test_5_4_a_typed_rule_comes_as_it_was_typed() -> None:
    form = RulesForm.model_validate({"send": "relative", "days": "3", "side": "after", "hour": "9"})
    assert (form.typed().days, form.typed().hour) == (TypedDays("3", "after"), 9)


def test_5_5_recipients_come_by_section() -> None:
    section, anna, luc = uuid4(), uuid4(), uuid4()
    hidden = dict.fromkeys(("template", "words", "contact_words"))
    form = MakingForm.model_validate({"to": [f"{section}:{anna}", f"{section}:{luc}"], **hidden})
    assert form.recipients() == {section: [anna, luc]}
