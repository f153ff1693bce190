"""Settings › Team: who works here, who is invited, and who left (1.13, 1.16)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.settings_menu import settings_shell
from portal_app.components.staff_icons import Text
from portal_app.components.staff_parts import Child, bones, button, face, muted, named, status, tag, waiting
from portal_app.components.team_dialogs import team_dialogs
from portal_app.pages._frames import staff_page
from portal_app.state.team import TeamState
from portal_app.text import N_, _, pgettext

S: Any = TeamState


@staff_page(routes.SETTINGS_TEAM, title=N_("Team"), on_load=S.load)
def settings_team() -> rx.Component:
    """Three lists, and a dialog for each thing that can be done."""
    return settings_shell(
        "team",
        pgettext("settings", "Team"),
        rx.cond(S.is_loaded, _lists(), rx.el.div(waiting(), bones(6), class_name="part")),
        team_dialogs(),
        is_missing=S.is_missing,
        sub=_("Who works with the portal, and what each may do."),
        acts=(button(_("Invite"), drawing="plus", kind="main", on_click=S.begin),),
    )


def _lists() -> rx.Component:
    return rx.fragment(
        _list("people", _("People"), rx.foreach(S.view.members, _member), sub=S.view.summary),
        rx.cond(
            S.view.invited.length() > 0,
            _list(
                "invited",
                pgettext("team", "Invited"),
                rx.foreach(S.view.invited, _invited),
                sub=_("They can sign in once they have accepted."),
            ),
        ),
        rx.cond(
            S.view.left.length() > 0,
            _list(
                "left",
                _("No longer here"),
                rx.foreach(S.view.left, _gone),
                sub=_("What they did keeps their name; what comes for them goes to whoever took over."),
            ),
        ),
        rx.el.section(
            rx.el.h2(_("What each role may do"), id="roles-title"),
            rx.el.dl(
                _role(
                    _("Member"),
                    _("Works with all clients: contacts, work items, requests, documents, invitations."),
                ),
                _role(
                    _("Admin"),
                    _("Also settings, the team, bulk work, MFA resets, exports and the audit log."),
                ),
                _role(_("Owner"), _("Also security policy, sign-in rules, erasing, and the other owners.")),
                class_name="roles",
            ),
            class_name="part",
            aria_labelledby="roles-title",
        ),
    )


def _role(word: Text, what: Text) -> rx.Component:
    return rx.el.div(rx.el.dt(word), rx.el.dd(what))


def _list(name: str, title: Text, rows: Child, *, sub: Text) -> rx.Component:
    return rx.el.section(
        rx.el.h2(title, id=f"{name}-title"),
        rx.el.p(sub, class_name="sub"),
        rx.el.ul(rows, class_name="people"),
        class_name="part",
        aria_labelledby=f"{name}-title",
    )


def _person(name: Text, email: Text, mark: Text, *more: Child) -> list[Child]:
    return [
        face(mark),
        rx.el.div(
            rx.el.div(rx.el.span(name, class_name="person"), *more),
            rx.el.div(email, class_name="fine m"),
            class_name="who-is",
        ),
    ]


def _member(row: Any) -> rx.Component:
    return rx.el.li(
        *_person(row.name, row.email, row.initials, " ", tag(row.role_word)),
        rx.el.div(
            rx.cond(row.note != "", rx.fragment(row.note, rx.el.br())), row.seen, class_name="fine m when"
        ),
        rx.el.div(
            rx.cond(
                row.can_change,
                button(
                    _("Role"),
                    small=True,
                    on_click=S.ask_role(row.id),
                    aria_label=named(_("Role of {name}"), row.name),
                ),
            ),
            rx.cond(
                row.can_leave,
                button(
                    _("Deactivate"),
                    small=True,
                    on_click=S.ask_leave(row.id),
                    aria_label=named(_("Deactivate {name}"), row.name),
                ),
            ),
            class_name="acts",
        ),
        key=row.id,
    )


def _invited(row: Any) -> rx.Component:
    return rx.el.li(
        *_person(row.name, row.email, "…", " ", tag(row.role_word)),
        rx.el.div(
            rx.cond(row.is_expired, status("clock", row.until, "wait"), muted(row.until)), class_name="when"
        ),
        rx.el.div(
            rx.cond(
                row.can_change,
                rx.fragment(
                    button(
                        _("Resend"),
                        small=True,
                        on_click=S.invite_again(row.id),
                        aria_label=named(_("Resend the invitation of {name}"), row.name),
                    ),
                    button(
                        _("Cancel"),
                        small=True,
                        on_click=S.ask_cancel(row.id),
                        aria_label=named(_("Cancel the invitation of {name}"), row.name),
                    ),
                ),
            ),
            class_name="acts",
        ),
        key=row.id,
    )


def _gone(row: Any) -> rx.Component:
    return rx.el.li(
        *_person(row.name, row.email, row.initials, " ", tag(row.role_word)),
        rx.el.div(row.seen, class_name="fine m when"),
        rx.el.div(
            rx.cond(
                row.can_return,
                button(
                    _("Reactivate"),
                    small=True,
                    on_click=S.reactivate(row.id),
                    aria_label=named(_("Reactivate {name}"), row.name),
                ),
            ),
            class_name="acts",
        ),
        key=row.id,
    )
