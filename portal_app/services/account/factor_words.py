"""The second steps that somebody has set up, in words (4.3)."""

from __future__ import annotations

from portal_app.domain.factors import EMAIL, PASSKEY, SMS, TOTP
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.factors import factors_of
from portal_app.text import _
from portal_app.work import Work


def factor_words(work: Work, person: Person) -> list[str]:
    """What counts as this person's second step, the strongest first."""
    words = {
        PASSKEY: _("Passkey"),
        TOTP: _("Authenticator app"),
        SMS: _("Codes by text message"),
        EMAIL: _("Codes by e-mail"),
    }
    return [words[kind] for kind in factors_of(work, person).counting]
