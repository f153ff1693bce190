"""What client pages are made of: masthead, signs, the firm's contact, files, foot (9.2, 9.4)."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import reflex as rx
from reflex_components_core.el.elements.inline import A

from portal_app import routes
from portal_app.assets import SOURCE
from portal_app.components.plain_form import plain_form
from portal_app.text import _, locale

Text = rx.Var[str] | str


@cache
def _symbols() -> str:
    sprite = (SOURCE / "icons" / "client.svg").read_text(encoding="utf-8")
    return "".join(re.findall(r"<symbol.*?</symbol>", sprite, re.DOTALL))


def sprite() -> rx.Component:
    """The signs of the page, once."""
    return rx.el.svg(
        style={"display": "none"},
        custom_attrs={"aria-hidden": "true", "dangerouslySetInnerHTML": {"__html": _symbols()}},
    )


def sign(name: Text, class_name: str = "") -> rx.Component:
    """One sign; decoration, since words stand beside it."""
    href = f"#{name}" if isinstance(name, str) else "#" + name.to(str)
    return rx.el.svg(rx.el.svg.use(href=href), class_name=class_name, custom_attrs={"aria-hidden": "true"})


def plain_link(*children: Any, href: Text, **props: Any) -> rx.Component:
    """A link that the browser follows by itself: the next document shows its first view at once."""
    return A.create(*children, href=href, **props)


def masthead(firm_name: Text, home: Text, *links: rx.Component) -> rx.Component:
    """The firm's name, and the way in or out."""
    return rx.el.header(
        rx.el.div(plain_link(firm_name, href=home, class_name="brand"), *links, class_name="wrap"),
        class_name="mast",
    )


def state_words(line: Any) -> rx.Component:
    """A state: a sign where it has one, and words."""
    return rx.el.span(
        rx.cond(line.sign != "", sign(line.sign)), line.state, class_name="state " + line.tone.to(str)
    )


def client_switcher(page: Any) -> rx.Component:
    """Which client is shown and what waits at the others; with one client, just the way out (2.2, 9.2)."""
    several = rx.el.details(
        rx.el.summary(rx.el.b(rx.el.span(_("Change client, shown: "), class_name="sr"), page.about)),
        rx.el.ul(rx.foreach(page.clients, _client), rx.el.li(_way_out(page, sign("out")))),
        class_name="who",
        id="who",
    )
    return rx.cond(page.clients.length() > 1, several, _way_out(page))


def _client(client: Any) -> rx.Component:
    button = rx.el.button(
        rx.cond(client.is_shown, sign("yes", "ok")),
        rx.el.b(client.name),
        rx.el.span(client.waits, class_name="quiet"),
        type="submit",
        custom_attrs={"aria-current": rx.cond(client.is_shown, "true", "false")},
    )
    return rx.el.li(
        show_client(client, button),
        key=client.id,
    )


def _way_out(page: Any, *signs: rx.Component) -> rx.Component:
    button = rx.el.button(*signs, rx.el.span(_("Sign out")), class_name="link", type="submit")
    return plain_form(button, action=page.sign_out_url)


def show_client(client: Any, *children: rx.Component) -> rx.Component:
    """A form that lets home open with this client."""
    chosen = rx.el.input(type="hidden", name="client", value=client.id)
    return plain_form(chosen, *children, action=routes.HOME_CLIENT)


def bones() -> rx.Component:
    """Still lines where the page will stand."""
    lines = [rx.el.div(class_name="bone") for _line in range(6)]
    return rx.el.main(*lines, class_name="page", aria_busy="true")


def firm_contact(view: Any) -> rx.Component:
    """Who helps, wherever one can be stuck (1.14)."""
    return rx.el.section(
        rx.el.h2(_("A question?")),
        rx.cond(view.person != "", rx.el.p(_("Ask {name}.").format(name=view.person), class_name="quiet")),
        rx.el.ul(
            rx.cond(
                view.support_phone != "",
                rx.el.li(plain_link(sign("tel"), view.support_phone, href=view.phone_url)),
            ),
            rx.cond(
                view.support_email != "",
                rx.el.li(
                    plain_link(
                        sign("mail"), _("Write to the firm"), href="mailto:" + view.support_email.to(str)
                    )
                ),
            ),
        ),
        class_name="firm",
    )


def foot(view: Any) -> rx.Component:
    """Help, the other language, and where the firm is."""
    other = "en" if locale() == "fr" else "fr"
    return rx.el.footer(
        rx.el.div(
            plain_link(_("Help"), href=view.help_url),
            plain_link(
                "English" if other == "en" else "Français",
                href=f"/language/{other}?next=" + view.here.to(str),
                lang=other,
            ),
            rx.el.p(view.firm_line),
            class_name="wrap",
        ),
        class_name="foot",
    )


def accent(css: rx.Var[str]) -> rx.Component:
    """The firm's colour, for both schemes."""
    return rx.el.style(css)
