"""Settings: each is kept as soon as it is changed, and only what was changed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import reflex as rx

from portal_app.domain.permissions import Permission
from portal_app.domain.policy import Action
from portal_app.domain.time_zones import zones
from portal_app.services.clients import portal_switch
from portal_app.services.firm import firm_settings, security, settings_views
from portal_app.services.firm.firm_settings import SETTINGS, Kind, Setting
from portal_app.services.firm.security import CodesBy, SecurityView
from portal_app.services.firm.settings_views import SettingsView
from portal_app.state.base import STAFF, Text, handler
from portal_app.state.forms import FormState
from portal_app.state.tab import notice
from portal_app.text import _

PORTAL_OFF = "portal_off"


class SettingsState(FormState, rx.State):
    """The firm's settings as this tab shows them; `wrong` says by setting why it was not kept.

    Fields keep what is typed, so a new `turn` makes them anew where a load finds other settings than they show.
    """

    view: SettingsView = SettingsView()
    zones: list[str] = []
    security: SecurityView = SecurityView()
    wrong: dict[str, str] = dict.fromkeys(SETTINGS, "")
    is_loaded: bool = False
    turn: int = 0
    _shown: dict[str, str] = {}

    @handler(STAFF)
    async def load(self) -> None:
        """The page stands; whoever may not change settings is told that there is nothing."""
        self.wrong = dict.fromkeys(SETTINGS, "")
        await self._arrive()
        await self._look()
        found: dict[str, str] = {setting: getattr(self.view, setting) for setting in SETTINGS}
        self.turn += found != self._shown
        self._shown = found
        offered, zone = list(zones()), self.view.time_zone
        self.zones = offered if zone in offered else [zone, *offered]

    @handler(Permission.SETTINGS_EDIT)
    async def keep(self, setting: Setting, written: Text) -> AsyncIterator[Any]:
        """Keep a setting that was changed here; one that was only visited is left as somebody else may have made it."""
        is_new = written != self._shown.get(setting)
        saved = await self._taken(firm_settings.change_setting, setting, written) if is_new else None
        self.wrong = self.wrong | {setting: self.wrong_text if is_new else ""}
        if saved:
            self._shown = self._shown | {setting: written}
            await self._look()
            yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def refuse(self, kind: Kind, is_refused: bool) -> AsyncIterator[Any]:
        """Refuse a kind of file, or take it."""
        await self._call(firm_settings.refuse_kind, kind, is_refused=is_refused)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def switch_portal(self, is_on: bool) -> AsyncIterator[Any]:
        """Switch the portal on for the firm; off, after asking (2.14)."""
        if not is_on:
            self._open(PORTAL_OFF)
            return
        await self._call(portal_switch.switch_firm, is_on=True)
        await self._look()
        yield notice(_("The portal is on."))

    @handler(Permission.SETTINGS_EDIT)
    async def portal_off(self) -> AsyncIterator[Any]:
        """Switch the portal off, as the question said."""
        if await self._saved(PORTAL_OFF, portal_switch.switch_firm, is_on=False):
            await self._look()
            yield notice(_("The portal is off."))

    @handler(Permission.SETTINGS_EDIT)
    async def close(self) -> None:
        """Close the question."""
        self._close()

    @handler(Permission.SETTINGS_EDIT)
    async def let_contacts_invite(self, is_on: bool) -> AsyncIterator[Any]:
        """Whether contacts may invite others (3.6)."""
        await self._call(portal_switch.let_contacts_invite, is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.SETTINGS_EDIT)
    async def approve_first(self, is_on: bool) -> AsyncIterator[Any]:
        """Whether staff look at those invitations first (3.6)."""
        await self._call(portal_switch.approve_first, is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.POLICY_EDIT)
    async def require_mfa(self, is_on: bool) -> AsyncIterator[Any]:
        """Magic links, or signing in with MFA."""
        await self._call(security.require_mfa, is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.POLICY_EDIT)
    async def sign_in_for(self, action: Action, is_on: bool) -> AsyncIterator[Any]:
        """Have one action done signed in only, or by link too."""
        await self._call(security.sign_in_for, action, is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    @handler(Permission.POLICY_EDIT)
    async def take_codes(self, way: CodesBy, is_on: bool) -> AsyncIterator[Any]:
        """Whether codes by e-mail, or by text message, count as a second step."""
        await self._call(security.take_codes, way, is_on=is_on)
        await self._look()
        yield notice(_("Saved."))

    async def _look(self) -> None:
        self.security = await self._found(security.security_view) or SecurityView()
        found = await self._found(settings_views.settings_view)
        self.view, self.is_loaded = found or SettingsView(), found is not None
