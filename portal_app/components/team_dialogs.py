"""The dialogs of Settings › Team: inviting, a role, leaving with a successor, and cancelling an invitation."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.staff_forms import dialog, field, form_dialog, select_in, text_in
from portal_app.components.staff_icons import icon
from portal_app.components.staff_parts import button, named, note
from portal_app.state.team import CANCEL, INVITE, LEAVE, ROLE, TeamState
from portal_app.text import _

S: Any = TeamState


def team_dialogs() -> rx.Component:
    """All of them; at most one is open."""
    return rx.fragment(_invite(), _role(), _leave(), _cancel())


def _invite() -> rx.Component:
    return form_dialog(
        _("Invite to the team"),
        field(
            "name",
            _("Name"),
            text_in("name", error=_wrong("name"), first=True, max_length=120, auto_complete="off"),
            error=_wrong("name"),
        ),
        field(
            "email",
            _("E-mail address"),
            text_in(
                "email",
                error=_wrong("email"),
                type="email",
                max_length=254,
                auto_complete="off",
                spell_check=False,
            ),
            hint=_("The link goes there alone, and lives three days. They sign in with this address."),
            error=_wrong("email"),
        ),
        _roles("member"),
        field(
            "locale",
            _("Language"),
            select_in(
                "locale",
                rx.el.option(_("French"), value="fr"),
                rx.el.option(_("English"), value="en"),
                default_value=S.view.locale,
            ),
            hint=_("Of the e-mail, and of what the portal sends them."),
        ),
        save=_("Invite"),
        on_submit=S.invite,
        on_leave=S.close,
        is_open=S.dialog == INVITE,
    )


def _role() -> rx.Component:
    return form_dialog(
        _("Change the role"),
        rx.el.p(S.chosen.name, " ", rx.el.span(S.chosen.email, class_name="fine m")),
        _roles(S.chosen.role),
        save=_("Save"),
        on_submit=S.change_role,
        on_leave=S.close,
        is_open=S.dialog == ROLE,
    )


def _roles(now: Any) -> rx.Component:
    """The roles that the asker may give, each with what it may do."""

    def one(role: Any) -> rx.Component:
        name = rx.Var.create("role-") + role.id
        return rx.el.div(
            rx.el.input(
                type="radio",
                class_name="check",
                name="role",
                id=name,
                default_value=role.id,
                default_checked=role.id == now,
            ),
            rx.el.span(rx.el.label(role.word, html_for=name), rx.el.span(role.hint, class_name="hint")),
            class_name="line-choice",
            key=role.id,
        )

    return rx.el.fieldset(
        rx.el.legend(_("Role"), class_name="label"),
        rx.el.div(rx.foreach(S.view.roles, one), class_name="boxed"),
        class_name="field",
    )


def _leave() -> rx.Component:
    return form_dialog(
        _("Deactivate"),
        rx.el.p(
            rx.el.b(S.leaving.name),
            " ",
            _("is signed out everywhere at once and can no longer sign in. Nothing they did is lost."),
        ),
        rx.cond(
            S.leaving.lines.length() > 0,
            rx.el.div(
                rx.el.p(_("This passes on:"), class_name="label"),
                rx.el.ul(
                    rx.foreach(S.leaving.lines, lambda line: rx.el.li(icon("right"), line, key=line)),
                    class_name="passes",
                ),
            ),
            note(_("Nothing is in their name now."), tone="calm", drawing="check"),
        ),
        field(
            "successor_id",
            _("Who takes over"),
            select_in(
                "successor_id",
                rx.el.option(_("Choose…"), value=""),
                rx.foreach(S.leaving.heirs, lambda one: rx.el.option(one.word, value=one.id)),
                error=_wrong("successor_id"),
                default_value="",
            ),
            hint=_("New notifications for them, and reminders in their name, go to this person too."),
            error=_wrong("successor_id"),
        ),
        save=_("Deactivate"),
        save_kind="stop",
        on_submit=S.deactivate,
        on_leave=S.close,
        is_open=S.dialog == LEAVE,
    )


def _cancel() -> rx.Component:
    return dialog(
        _("Cancel the invitation?"),
        rx.el.div(
            rx.el.p(named(_("The link that {name} got opens nothing from then on."), S.offer.name)),
            class_name="fields",
        ),
        rx.el.div(
            button(_("Keep it"), on_click=S.close),
            button(_("Cancel the invitation"), kind="stop", on_click=S.cancel),
            class_name="dfoot",
        ),
        on_leave=S.close,
        is_open=S.dialog == CANCEL,
    )


def _wrong(name: str) -> rx.Var[Any]:
    return rx.cond(S.wrong_field == name, S.wrong_text, "")
