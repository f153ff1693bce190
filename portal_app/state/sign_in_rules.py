"""Settings › Sign-in: by which ways staff sign in (1.2). The issuer's secret is typed on a plain page alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.issuers import StaffSignIn
from portal_app.domain.permissions import Permission
from portal_app.services.team import sign_in_rules
from portal_app.services.team.sign_in_rules import SignInView
from portal_app.state.base import STAFF, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

P = Permission
DISCONNECT = "disconnect"


class SignInRulesState(FormState, rx.State):
    """The rule, and the question before the issuer is forgotten."""

    view: SignInView = SignInView()
    is_loaded: bool = False

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; for a member there is no such page."""
        await self._arrive()
        await self._look()

    @handler(P.POLICY_EDIT)
    async def allow(self, allowed: StaffSignIn) -> AsyncIterator[Any]:
        """Passwords, the issuer, or either."""
        await self._call(sign_in_rules.allow_ways, allowed)
        await self._look()
        yield notice(_("Saved."))

    @handler(P.POLICY_EDIT)
    async def ask_disconnect(self) -> None:
        """Ask once before the issuer is forgotten."""
        self._open(DISCONNECT)

    @handler(P.POLICY_EDIT)
    async def close(self) -> None:
        """Close the dialog."""
        self._close()

    @handler(P.POLICY_EDIT)
    async def disconnect(self) -> AsyncIterator[Any]:
        """Forget the issuer."""
        if await self._saved(DISCONNECT, sign_in_rules.disconnect):
            await self._look()
            yield notice(_("Everybody signs in with a password again."))

    async def _look(self) -> None:
        found = await self._found(sign_in_rules.sign_in_view)
        self.view, self.is_loaded = found or SignInView(), found is not None
