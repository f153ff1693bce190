"""*Portal* and *Security* of the settings: switches, each with what it touches beside it (1.3, 1.7, 1.8, 1.9)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.live import copy_button
from portal_app.components.settings_parts import part
from portal_app.components.staff_forms import dialog
from portal_app.components.staff_icons import Text, icon
from portal_app.components.staff_parts import button, note
from portal_app.state.settings import PORTAL_OFF, SettingsState
from portal_app.text import _, pgettext

S: Any = SettingsState


def portal_part() -> rx.Component:
    """The firm's switch, and its own sign-in page."""
    return part(
        "portal",
        pgettext("settings", "Portal"),
        _switch(
            "portal-on",
            _("Client portal"),
            S.view.portal_text,
            checked=S.view.is_portal_on,
            on_change=S.switch_portal,
        ),
        rx.el.div(
            _switch(
                "contacts-may-invite",
                _("Contacts with full access may invite others"),
                _("A bookkeeper or a colleague, to that client only."),
                checked=S.view.contacts_may_invite,
                on_change=S.let_contacts_invite,
            ),
            _switch(
                "approve-first",
                _("Staff approve those invitations first"),
                S.view.waiting_text,
                checked=S.view.invites_need_approval,
                disabled=~S.view.contacts_may_invite,
                on_change=S.approve_first,
            ),
        ),
        rx.el.div(
            rx.el.span(_("Your sign-in page"), class_name="label"),
            copy_button(S.view.sign_in_url, class_name=""),
            rx.el.p(_("Put it on your website; clients can bookmark it."), class_name="hint"),
            class_name="field",
        ),
        dialog(
            _("Switch the portal off?"),
            rx.el.div(
                rx.el.ul(
                    rx.foreach(S.view.off_lines, lambda line: rx.el.li(icon("right"), line, key=line)),
                    class_name="passes",
                ),
                class_name="fields",
            ),
            rx.el.div(
                button(_("Leave it on"), on_click=S.close),
                button(_("Switch off"), kind="stop", on_click=S.portal_off),
                class_name="dfoot",
            ),
            on_leave=S.close,
            is_open=S.dialog == PORTAL_OFF,
        ),
        sub=_("Whether clients can sign in. Each client’s own portal is switched on from their page."),
    )


def security_part() -> rx.Component:
    """By link or signed in: as a whole, and action by action."""
    view = S.security
    return part(
        "security",
        pgettext("settings", "Security"),
        rx.cond(view.can_change, rx.fragment(), note(_("Only an owner can change this."), drawing="lock")),
        _switch(
            "require-mfa",
            _("Require MFA"),
            rx.el.span(
                _(
                    "Recipients sign in with MFA to see or act on a request, from their next click. "
                    "Off, they work by link. Neither change sends an e-mail."
                ),
                rx.foreach(view.touches, lambda text: rx.el.span(text, class_name="hint")),
            ),
            checked=view.is_mfa_required,
            disabled=~view.can_change,
            on_change=S.require_mfa,
        ),
        rx.el.fieldset(
            rx.el.legend(_("Signed in only"), class_name="label"),
            rx.el.p(
                _("What is off here goes by link too. By link, what is on leads to sign-in and back."),
                class_name="hint",
            ),
            rx.el.div(rx.foreach(view.actions, _action), class_name="boxed"),
            class_name="field",
        ),
        rx.el.fieldset(
            rx.el.legend(_("Second steps of signing in"), class_name="label"),
            rx.el.p(
                _(
                    "Authenticator apps and passkeys always count. Who has nothing else sets one up at the next sign-in."
                ),
                class_name="hint",
            ),
            rx.el.div(
                _switch(
                    "email-codes",
                    _("Codes by e-mail"),
                    _("Only as safe as the mailbox."),
                    checked=view.has_email_codes,
                    disabled=~view.can_change,
                    on_change=lambda is_on: S.take_codes("email", is_on),
                ),
                _switch(
                    "sms-codes",
                    _("Codes by text message"),
                    rx.cond(
                        view.can_text,
                        _("Messages can be intercepted, or go to a number that was taken over."),
                        _("No provider of text messages is set. Ask whoever runs the server."),
                    ),
                    checked=view.has_sms_codes,
                    disabled=~view.can_change | ~(view.can_text | view.has_sms_codes),
                    on_change=lambda is_on: S.take_codes("sms", is_on),
                ),
                class_name="boxed",
            ),
            class_name="field",
        ),
        sub=_("How recipients reach their requests, and how people sign in."),
    )


def _action(row: Any) -> rx.Component:
    return _switch(
        "signed-in-" + row.id.to(str),
        row.word,
        row.hint,
        checked=row.is_signed_in,
        disabled=row.is_fixed | ~S.security.can_change,
        on_change=lambda is_on: S.sign_in_for(row.id, is_on),
        key=row.id,
    )


def _switch(
    name: Text, label: Text, hint: Any, *, checked: Any, on_change: Any, **props: Any
) -> rx.Component:
    hint_id = f"{name}-hint"
    key = {"key": props.pop("key")} if "key" in props else {}
    return rx.el.div(
        rx.el.span(rx.el.label(label, html_for=name), rx.el.span(hint, class_name="hint", id=hint_id)),
        rx.el.input(
            type="checkbox",
            role="switch",
            class_name="switch",
            id=name,
            checked=checked,
            on_change=on_change,
            custom_attrs={"aria-describedby": hint_id},
            **props,
        ),
        class_name="line-choice",
        **key,
    )
