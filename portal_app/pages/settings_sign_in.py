"""Settings › Sign-in: passwords, the firm's issuer, or either (1.2)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.live import copy_button
from portal_app.components.settings_menu import settings_shell
from portal_app.components.staff_forms import dialog
from portal_app.components.staff_icons import Text, icon
from portal_app.components.staff_parts import bones, button, note, plain_link, waiting
from portal_app.domain.issuers import StaffSignIn
from portal_app.pages._frames import staff_page
from portal_app.state.sign_in_rules import DISCONNECT, SignInRulesState
from portal_app.text import N_, _, pgettext

S: Any = SignInRulesState


@staff_page(routes.SETTINGS_SIGN_IN, title=N_("Staff sign-in"), on_load=S.load)
def settings_sign_in() -> rx.Component:
    """Two sections: the rule, and the issuer behind it."""
    return settings_shell(
        "sign-in",
        pgettext("settings", "Sign-in"),
        rx.cond(
            S.is_loaded,
            rx.fragment(_ways(), _issuer()),
            rx.el.div(waiting(), bones(6), class_name="part"),
        ),
        _ask(),
        is_missing=S.is_missing,
        sub=_("How your staff sign in. Clients have a page of their own, which none of this touches."),
    )


def _ways() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Ways to sign in"), id="ways-title"),
        rx.cond(S.view.can_change, rx.fragment(), note(_("Only an owner can change this."), drawing="lock")),
        rx.el.fieldset(
            rx.el.legend(_("Ways to sign in"), class_name="vh"),
            _way(
                StaffSignIn.PASSWORD,
                _("Password and MFA"),
                _("E-mail address and password, then a second step of the portal’s own."),
            ),
            _way(
                StaffSignIn.EITHER,
                _("Either"),
                _("Each person chooses at each sign-in."),
                needs_issuer=True,
            ),
            _way(
                StaffSignIn.ISSUER,
                _("The issuer alone"),
                _("Passwords of all but owners open nothing. Owners keep password and MFA as a second way."),
                needs_issuer=True,
            ),
            class_name="boxed",
        ),
        rx.foreach(S.view.touches, lambda text: rx.el.p(text, class_name="hint", key=text)),
        note(
            _(
                "Who signs in by the issuer gives the portal neither password nor code: MFA is then the issuer’s. See that it asks for it."
            ),
            tone="calm",
            drawing="lock",
        ),
        class_name="part",
        aria_labelledby="ways-title",
    )


def _way(way: StaffSignIn, word: Text, hint: Text, *, needs_issuer: bool = False) -> rx.Component:
    name = f"way-{way.value}"
    is_shut = ~S.view.can_change
    return rx.el.div(
        rx.el.input(
            type="radio",
            class_name="check",
            name="way",
            id=name,
            checked=S.view.allowed == way.value,
            disabled=is_shut | (S.view.issuer == "") if needs_issuer else is_shut,
            on_change=S.allow(way.value),
            custom_attrs={"aria-describedby": f"{name}-hint"},
        ),
        rx.el.span(rx.el.label(word, html_for=name), rx.el.span(hint, class_name="hint", id=f"{name}-hint")),
        class_name="line-choice",
    )


def _issuer() -> rx.Component:
    return rx.el.section(
        rx.el.h2(_("Issuer"), id="issuer-title"),
        rx.el.p(
            _("Google, Microsoft or any other that speaks OpenID Connect, such as Okta or Keycloak."),
            class_name="sub",
        ),
        rx.cond(
            S.view.issuer != "",
            rx.fragment(
                rx.el.dl(
                    rx.el.div(rx.el.dt(_("Issuer")), rx.el.dd(S.view.issuer)),
                    rx.el.div(rx.el.dt(_("Client ID")), rx.el.dd(S.view.client_id)),
                    class_name="roles",
                ),
                rx.el.p(S.view.linked, class_name="hint"),
            ),
            rx.el.p(_("None is connected: everybody signs in with a password."), class_name="hint"),
        ),
        rx.el.div(
            rx.el.span(_("Redirect URI, for the issuer’s settings"), class_name="label"),
            copy_button(S.view.callback_url, class_name=""),
            class_name="field",
        ),
        rx.cond(
            S.view.can_change,
            rx.el.div(
                rx.cond(
                    S.view.issuer != "",
                    plain_link(
                        icon("pen"), _("Change the connection"), href=routes.SETTINGS_ISSUER, class_name="btn"
                    ),
                    plain_link(
                        icon("key"),
                        _("Connect an issuer"),
                        href=routes.SETTINGS_ISSUER,
                        class_name="btn main",
                    ),
                ),
                rx.cond(
                    S.view.issuer != "",
                    button(_("Disconnect"), kind="stop", on_click=S.ask_disconnect),
                ),
                class_name="acts",
            ),
        ),
        class_name="part",
        aria_labelledby="issuer-title",
    )


def _ask() -> rx.Component:
    return dialog(
        _("Disconnect the issuer?"),
        rx.el.div(
            _(
                "Everybody signs in with a password again. Who has none chooses one by “Forgot password”. "
                "All but owners are signed out now."
            ),
            class_name="fields",
        ),
        rx.el.div(
            button(_("Cancel"), on_click=S.close),
            button(_("Disconnect"), kind="stop", on_click=S.disconnect),
            class_name="dfoot",
        ),
        on_leave=S.close,
        is_open=S.dialog == DISCONNECT,
    )
