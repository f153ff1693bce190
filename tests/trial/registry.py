"""What Reflex would let a browser call, and payloads that every handler takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FormData

import portal_app.portal_app as whole
from portal_app.domain.actors import Kind
from portal_app.state._payload import Shape
from portal_app.state._policy import Policy, side
from portal_app.whole import forget_setters

TEXTS = ("x", "/x", "person@other.example", "10:00", "2026-04-15", "")
"""Tried in turn where a text has to have a pattern."""


@dataclass(frozen=True)
class Declared:
    """One handler that somebody declared."""

    name: str
    policy: Policy
    shape: Shape
    module: str

    @property
    def state(self) -> str:
        return self.name.rpartition(".")[0]

    @property
    def side(self) -> Kind:
        return side(self.policy)

    @property
    def schema(self) -> dict[str, Any]:
        return self.shape.adapter.json_schema()

    @property
    def takes_rows(self) -> bool:
        """Whether it is told by id which row it is about."""
        return any(_is_id(name, field) for name, field in self.schema["properties"].items())

    @property
    def ids(self) -> list[str]:
        """The names under which it is told rows."""
        return [name for name, field in self.schema["properties"].items() if _is_id(name, field)]

    def payload(self, row: UUID | Mapping[str, UUID]) -> dict[str, Any]:
        """A payload that is taken, with one row wherever an id goes, or a row of its own for each name."""
        schema = self.schema
        return {
            name: _example(name, field, schema.get("$defs", {}), row if isinstance(row, UUID) else row[name])
            for name, field in schema["properties"].items()
        }

    def takes(self, payload: dict[str, Any]) -> None:
        """Read it as an event would. Raises `BadInput`."""
        wrapped = {
            name: FormData(value) if name in self.shape.forms else value for name, value in payload.items()
        }
        self.shape.read(wrapped)


def registered() -> dict[str, Any]:
    """Every function that is open after the portal has been put together, by full name."""
    assert whole.app is not None
    forget_setters(whole.app)
    return {name: entry.handler.fn for name, entry in RegistrationContext.get().event_handlers.items()}


def declared() -> list[Declared]:
    """The handlers with a policy."""
    return [
        Declared(name, fn.__policy__, fn.__shape__, fn.__module__)
        for name, fn in registered().items()
        if hasattr(fn, "__policy__")
    ]


def _is_id(name: str, field: dict[str, Any]) -> bool:
    return field.get("format") == "uuid" or name == "id" or name.endswith("_id")


def _example(name: str, field: dict[str, Any], known: dict[str, Any], row_id: UUID) -> Any:
    """A value that fits one JSON schema."""
    if "$ref" in field:
        return _example(name, known[field["$ref"].rpartition("/")[2]], known, row_id)
    if options := field.get("anyOf"):
        return _example(name, options[0], known, row_id)
    if "const" in field or "enum" in field:
        return field.get("const", field.get("enum", [None])[-1])
    match field.get("type"):
        case "object":
            return {
                part: _example(part, inner, known, row_id)
                for part, inner in field.get("properties", {}).items()
            }
        case "array":
            return [_example(name, field.get("items", {}), known, row_id)]
        case "string":
            return _text(name, field, row_id)
        case "integer":
            return field.get("minimum", 1)
        case "number":
            return float(field.get("minimum", 1))
        case "boolean":
            return True
    raise AssertionError(f"teach tests/trial/registry.py what to send for {name}: {field}")


def _text(name: str, field: dict[str, Any], row_id: UUID) -> str:
    by_format = {
        "uuid": str(row_id),
        "date": "2026-04-15",
        "date-time": "2026-04-15T10:00:00Z",
        "time": "10:00:00",
    }
    if "format" in field:
        return by_format[field["format"]]
    if _is_id(name, field):
        return str(row_id)
    from pydantic_core import SchemaValidator, ValidationError, core_schema

    limits = {
        "min_length": field.get("minLength"),
        "max_length": field.get("maxLength"),
        "pattern": field.get("pattern"),
    }
    check = SchemaValidator(
        core_schema.str_schema(**{key: value for key, value in limits.items() if value is not None})
    )
    for text in TEXTS:
        try:
            return check.validate_python(text)
        except ValidationError:
            continue
    raise AssertionError(f"teach tests/trial/registry.py a text for {name}: {field}")
