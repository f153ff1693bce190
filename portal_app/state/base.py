"""What every page's state stands on: declared handlers, the one who asks, the way to the services, the bell.

```python
class RequestState(PageState, rx.State):
    view: views.RequestView = views.RequestView()

    @handler(Permission.REQUEST_SEND)
    async def send(self):
        await self._call(requests.send_request, self._id())
        yield notice(_("Sent."))
        yield RequestState.load
```
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import inspect
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

import reflex as rx
from reflex.state import BaseState, _override_base_method
from reflex_base.utils.format import format_event_handler

from portal_app import bootstrap
from portal_app.domain.actors import Actor, Kind
from portal_app.domain.errors import NotFound
from portal_app.domain.visitors import Visitor
from portal_app.ports import Ports
from portal_app.state import _asking
from portal_app.state._payload import Line, Payload, Shape, Text
from portal_app.state._policy import Audience, Policy, side
from portal_app.state._tabs import Tabs
from portal_app.text import _

__all__ = [
    "ANYONE",
    "CLIENT",
    "STAFF",
    "Line",
    "PageState",
    "Payload",
    "Text",
    "handler",
    "tabs",
]

ANYONE, STAFF, CLIENT = Audience.ANYONE, Audience.STAFF, Audience.CLIENT

P = ParamSpec("P")
R = TypeVar("R")
S = TypeVar("S", bound=BaseState)

tabs = Tabs()
"""The tabs of this process that listen to the bell."""


def handler(policy: Policy) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make an async method an event handler: who may call it, and by its hints, what it takes.

    At each call the asker is read from the database and admitted, then the payload is checked strictly, and
    only then does the method run. Raises `TypeError` at import for a method that is not async or whose
    arguments could be anything.
    """

    def declare(method: Callable[..., Any]) -> Callable[..., Any]:
        if not (inspect.iscoroutinefunction(method) or inspect.isasyncgenfunction(method)):
            raise TypeError(f"{method.__qualname__}: a handler is async, else it holds up everybody")
        shape = Shape.of(method)

        if inspect.isasyncgenfunction(method):

            @functools.wraps(method)
            async def run(self: PageState, /, **payload: Any) -> AsyncIterator[Any]:
                async with (
                    self._admitted(policy, method.__name__),
                    contextlib.aclosing(method(self, **shape.read(payload))) as events,
                ):
                    async for event in events:
                        yield event

        else:

            @functools.wraps(method)
            async def run(self: PageState, /, **payload: Any) -> Any:
                async with self._admitted(policy, method.__name__):
                    return await method(self, **shape.read(payload))

        run.__annotations__ = shape.reflex_hints()
        run.__signature__ = shape.signature  # type: ignore[attr-defined]
        run.__policy__ = policy  # type: ignore[attr-defined]
        run.__shape__ = shape  # type: ignore[attr-defined]
        return run

    return declare


class PageState(rx.State, mixin=True):
    """The state of one page family. Public methods are handlers; helpers begin with an underscore.

    What it holds is bound to the session that put it there: a tab's token opens it for nobody else.
    """

    _bound_to: str = ""

    def __init_subclass__(cls, **more: Any) -> None:
        super().__init_subclass__(**more)
        for name, made in ({} if cls._mixin else cls.event_handlers).items():
            if name != "setvar" and not hasattr(made.fn, "__policy__"):
                raise TypeError(
                    f"{cls.__name__}.{name} is open to anybody: declare it by @handler, or begin it with _"
                )

    async def _call(
        self, service: Callable[Concatenate[Ports, Actor, P], R], /, *args: P.args, **more: P.kwargs
    ) -> R:
        """Run a service in a thread, as the one who asks."""
        ask = functools.partial(service, bootstrap.ports(), _asking.asker(), *args, **more)
        return await asyncio.to_thread(ask)

    def _id(self, name: str = "id") -> UUID:
        """The id in the page's address. Raises `NotFound` where there is none."""
        try:
            return UUID(str(self.rx_router_page.params.get(name)))
        except ValueError:
            raise NotFound(_("There is nothing here.")) from None

    def _listen(self, *channels: str) -> None:
        """Have this tab call `refresh` when one of these channels of the bell sounds, until it shows another page."""
        actor = _asking.asker()
        person = actor.staff_id or actor.contact_id or actor.device_id
        name = format_event_handler(type(self).event_handlers["refresh"])
        tabs.listen(self.rx_router_session.client_token, str(person), name, channels)

    def _own_channels(self) -> list[str]:
        """Where it sounds when the access of a signed-in contact changes (3.1)."""
        contact_id = _asking.asker().contact_id
        return [f"contact:{contact_id}"] if contact_id else []

    @contextlib.asynccontextmanager
    async def _admitted(self, policy: Policy, verb: str) -> AsyncIterator[None]:
        """Let the one who asks pass, and make this state theirs. Raises `SignInNeeded`, `NotFound`.

        What is refused here, or by a door inside, is written down.
        """
        headers = self._headers()
        try:
            await _asking.admitted(policy, headers)
            self._bind(_asking.visitor(headers))
            yield
        except NotFound:
            await _asking.note_refused(policy, headers, f"{type(self).__name__}.{verb}")
            raise

    def _headers(self) -> Mapping[str, str]:
        """What the gate wrote on the socket that this event came by."""
        return self.rx_router_headers.raw_headers

    def _bind(self, visitor: Visitor) -> None:
        """Empty this state when it was filled for another session of its side."""
        now = self._mark(visitor)
        if self._bound_to == now:
            return
        if self._bound_to:
            self.reset()  # type: ignore[no-untyped-call]
        self._bound_to = now

    @classmethod
    def _mark(cls, visitor: Visitor) -> str:
        sides, marks = cls._sides(), []
        if Kind.CLIENT not in sides:
            marks.append(f"staff {visitor.staff}")
        if Kind.STAFF not in sides:
            marks.append(f"client {visitor.client} device {visitor.device}")
        return ", ".join(marks) or repr(visitor)

    @classmethod
    @functools.cache
    def _sides(cls) -> frozenset[Kind]:
        """Whose sessions fill this state, by its handlers."""
        return frozenset(
            side(made.fn.__policy__) for name, made in cls.event_handlers.items() if name != "setvar"
        )

    @_override_base_method
    def get_value(self, key: str) -> Any:
        """What to send of a variable. One that nobody has read or written here is its class's default, the same one for
        all tabs: Reflex would copy and keep every view of every state for each tab that opens, to say that it is empty.
        """
        if key in self.base_vars and key not in self.__dict__:
            return _default(type(self), key)
        return super().get_value(key)

    @_override_base_method
    async def get_state(self, state_cls: type[S]) -> S:
        """Another state of this tab, emptied first when it was another session's."""
        state = await super().get_state(state_cls)
        if isinstance(state, PageState):
            state._bind(_asking.visitor(self._headers()))
        return state


@functools.cache
def _default(state: type[BaseState], name: str) -> Any:
    """A variable's default, to be sent and never to be changed."""
    return state.get_fields()[name].default_value()
