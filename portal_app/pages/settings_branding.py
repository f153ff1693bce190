"""Settings › Branding: logo, colour and hero, and how home, sign-in page and e-mail look with them (1.4 to 1.7)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app import routes
from portal_app.components.branding_parts import hero_part, logo_part, preview_part
from portal_app.components.settings_menu import settings_shell
from portal_app.components.staff_parts import bones, waiting
from portal_app.pages._frames import staff_page
from portal_app.state.branding import BrandingState
from portal_app.text import N_, _, pgettext

S: Any = BrandingState


@staff_page(routes.SETTINGS_BRANDING, title=N_("Branding"), on_load=S.load)
def settings_branding() -> rx.Component:
    """Two parts to choose in, and one to look at."""
    return settings_shell(
        "branding",
        pgettext("settings", "Branding"),
        rx.cond(
            S.is_loaded,
            rx.el.div(logo_part(), hero_part(), preview_part(), class_name="branding"),
            rx.el.div(waiting(), bones(8), class_name="part"),
        ),
        is_missing=S.is_missing,
        sub=_("What your clients see of you, on every page and in every e-mail."),
    )
