"""What a browser may send by the socket: events that somebody declared, in exactly their form."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from reflex_base.registry import RegistrationContext
from reflex_base.utils.form import FORM_DATA_ENTRIES_KEY

_ROOT = "reflex___state____state"
BOOT = f"{_ROOT}.hydrate_and_load"
NAVIGATE = f"{_ROOT}.reflex___state____on_load_internal_state.on_load_internal"
BROWSER_FAULT = f"{_ROOT}.reflex___state____frontend_event_exception_state.handle_frontend_exception"

REFLEX_OWN = frozenset(
    {
        BOOT,
        NAVIGATE,
        BROWSER_FAULT,
        f"{_ROOT}.hydrate",
        f"{_ROOT}.set_is_hydrated",
        f"{_ROOT}.reflex___state____on_load_internal_state.set_is_hydrated",
        f"{_ROOT}.reflex___state____update_vars_internal_state.update_vars_internal",
    }
)
"""Reflex's own handlers, by full name; a browser may call the three of `_FORMS`, the rest are called inside."""

Path = Annotated[str, Field(max_length=2_000)]
Short = Annotated[str, Field(max_length=200)]


class _Exact(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Boot(_Exact):
    vars: Annotated[dict[Short, str | None], Field(max_length=0)] = {}
    """Browser storage: no state of ours reads any."""
    hashes: Annotated[list[Short], Field(max_length=2_000)] | None = None


class _Nothing(_Exact):
    pass


class _BrowserFault(_Exact):
    info: Annotated[str, Field(max_length=100_000)]
    component_stack: Annotated[str, Field(max_length=100_000)]


_FORMS: dict[str, type[_Exact]] = {BOOT: _Boot, NAVIGATE: _Nothing, BROWSER_FAULT: _BrowserFault}


class _Router(BaseModel):
    """Where the tab says it is; what else it says of itself is left out."""

    model_config = ConfigDict(strict=True, extra="ignore")
    pathname: Path = "/"
    asPath: Path = "/"
    query: Annotated[dict[Short, Path], Field(max_length=50)] = {}


class _Frame(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")
    name: Annotated[str, Field(max_length=500)]
    payload: dict[str, Any] = {}
    router_data: _Router = _Router()


class Refused(Exception):
    """An event that does not come in; `is_unknown` when its page is of another version."""

    def __init__(self, why: str, name: str = "", *, is_unknown: bool = False) -> None:
        super().__init__(why)
        self.why, self.name, self.is_unknown = why, name, is_unknown


def readable(data: object) -> dict[str, Any]:
    """The event as Reflex may have it. Raises `Refused`."""
    try:
        frame = _Frame.model_validate(data)
    except ValidationError:
        raise Refused("malformed") from None
    _check_payload(frame)
    return frame.model_dump()


def _check_payload(frame: _Frame) -> None:
    if form := _FORMS.get(frame.name):
        try:
            form.model_validate(frame.payload)
        except ValidationError:
            raise Refused("malformed", frame.name) from None
        return
    known = RegistrationContext.get().event_handlers.get(frame.name)
    if known is None or not hasattr(known.handler.fn, "__policy__"):
        raise Refused("unknown", frame.name, is_unknown=True)
    if not all(_is_form_or_plain(value) for value in frame.payload.values()):
        raise Refused("malformed", frame.name)


def _is_form_or_plain(value: object) -> bool:
    """Reflex unwraps a submitted form itself, and prints what it cannot."""
    if not isinstance(value, dict) or FORM_DATA_ENTRIES_KEY not in value:
        return True
    entries = value[FORM_DATA_ENTRIES_KEY]
    return isinstance(entries, list) and all(
        isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str) for entry in entries
    )
