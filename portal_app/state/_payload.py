"""What a handler takes, checked strictly before it runs: the browser may send anything (15.4)."""

from __future__ import annotations

import inspect
import json
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from reflex_base.utils.form import FormData
from typing_extensions import TypedDict

from portal_app.domain.errors import BadInput
from portal_app.text import _

LONGEST_TEXT, LONGEST_LIST, DEEPEST, LARGEST_NUMBER = 20_000, 500, 8, 2**31 - 1
"""What no payload exceeds, whatever its hints: characters, entries, levels, and what the database's integers hold."""
STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
OFF = frozenset({"", "0", "false", "off"})

Line = Annotated[str, Field(max_length=200)]
"""One line of text."""
Text = Annotated[str, Field(max_length=LONGEST_TEXT)]
"""Several lines."""


class Payload(BaseModel):
    """A form, or another composed argument: exactly its fields, exactly their types."""

    model_config = ConfigDict(**STRICT, frozen=True)


@dataclass(frozen=True)
class Shape:
    """The arguments of one handler."""

    signature: inspect.Signature
    adapter: TypeAdapter[Any]
    forms: dict[str, type[Payload]]
    blanks: frozenset[str]

    @classmethod
    def of(cls, handler: Callable[..., Any]) -> Shape:
        """Read the hints. Raises `TypeError` for an argument that could be anything."""
        hints = typing.get_type_hints(handler, include_extras=True)
        parameters = list(inspect.signature(handler).parameters.values())[1:]
        fields: dict[str, Any] = {}
        for parameter in parameters:
            if parameter.kind is not parameter.POSITIONAL_OR_KEYWORD or parameter.name not in hints:
                raise TypeError(f"{handler.__qualname__}: say by a hint what {parameter.name} takes")
            if parameter.default is not parameter.empty:
                # Reflex would put the click itself into an argument that the page leaves out.
                raise TypeError(f"{handler.__qualname__}: {parameter.name} cannot be left out")
            fields[parameter.name] = _checked(
                hints[parameter.name], f"{handler.__qualname__}({parameter.name})"
            )
        arguments = TypedDict("Arguments", fields)  # type: ignore[misc]
        arguments.__pydantic_config__ = STRICT  # type: ignore[attr-defined]
        return cls(
            signature=inspect.Signature(
                [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
                + [parameter.replace(annotation=inspect.Parameter.empty) for parameter in parameters]
            ),
            adapter=TypeAdapter(arguments),
            forms={name: hint for name, hint in fields.items() if _is_form(hint)},
            blanks=frozenset(name for name, hint in fields.items() if _may_be_none(hint)),
        )

    def reflex_hints(self) -> dict[str, Any]:
        """What Reflex may know: no types, else it turns "5" into 5 before us; forms keep every entry."""
        return dict.fromkeys(self.forms, FormData)

    def read(self, payload: dict[str, Any]) -> dict[str, Any]:
        """The arguments. Raises `BadInput` for anything else than what was declared; nothing is converted."""
        plain = {name: self._unpacked(name, value) for name, value in payload.items()}
        if not _is_bounded(plain, DEEPEST):
            raise _unusable("")
        try:
            checked: dict[str, Any] = self.adapter.validate_json(json.dumps(plain))
        except (ValidationError, ValueError, TypeError) as fault:
            raise _unusable(_field(fault)) from None
        return checked

    def _unpacked(self, name: str, value: Any) -> Any:
        form = self.forms.get(name)
        if form is not None and isinstance(value, FormData):
            return _form_fields(value, form)
        return None if value == "" and name in self.blanks else value


def _unusable(field: str) -> BadInput:
    return BadInput(_("Part of what was entered cannot be used. Please check it and try again."), field=field)


def _field(fault: Exception) -> str:
    if not isinstance(fault, ValidationError):
        return ""
    where = fault.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
    return str(where[-1]) if where else ""


def _is_form(hint: Any) -> bool:
    return isinstance(hint, type) and issubclass(hint, Payload)


def _may_be_none(hint: Any) -> bool:
    if get_origin(hint) is Annotated:
        hint = get_args(hint)[0]
    return type(None) in get_args(hint)


def _checked(hint: Any, where: str) -> Any:
    """Refuse hints that let everything through."""
    if hint in (Any, object, dict, list, tuple, set) or get_origin(hint) is dict:
        raise TypeError(f"{where}: {hint} lets anything in")
    if isinstance(hint, type) and issubclass(hint, BaseModel) and not issubclass(hint, Payload):
        raise TypeError(f"{where}: a composed argument is a Payload")
    for part in get_args(hint):
        if isinstance(part, type) or get_origin(part) is not None:
            _checked(part, where)
    return hint


def _is_bounded(value: object, depth: int) -> bool:
    """Whether sizes stay within what any handler could want, and text within what a database keeps."""
    if depth == 0:
        return False
    if isinstance(value, str):
        return len(value) <= LONGEST_TEXT and "\0" not in value
    if isinstance(value, (int, float)):
        return abs(value) <= LARGEST_NUMBER
    if isinstance(value, dict):
        entries: list[object] = [*value.keys(), *value.values()]
    elif isinstance(value, (list, tuple)):
        entries = list(value)
    else:
        return value is None
    return len(entries) <= 2 * LONGEST_LIST and all(_is_bounded(entry, depth - 1) for entry in entries)


def _form_fields(form: FormData[str, Any], model: type[Payload]) -> dict[str, Any]:
    """A submitted form as its model's fields: boxes are on or off, lists hold every entry, blanks may be None."""
    fields: dict[str, Any] = dict(form)
    for name, field in model.model_fields.items():
        if field.annotation is bool and not isinstance(form.get(name), bool):
            fields[name] = str(form.get(name) or "").lower() not in OFF
        elif get_origin(field.annotation) in (list, tuple, set, frozenset):
            entries = form.getlist(name)
            fields[name] = entries[0] if len(entries) == 1 and isinstance(entries[0], list) else entries
        elif fields.get(name) == "" and _may_be_none(field.annotation):
            fields[name] = None
    return fields
