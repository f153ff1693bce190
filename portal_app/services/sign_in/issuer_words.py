"""Why signing in by the issuer led nowhere, and what to do about it (1.2)."""

from __future__ import annotations

from portal_app.text import N_, _

_TEXTS = {
    "over": N_(
        "This sign-in took longer than ten minutes, or was begun in another browser. Start again from the sign-in page."
    ),
    "stopped": N_("You stopped at {issuer}. Nothing was changed; start again when you like."),
    "away": N_(
        "{issuer} does not answer as it should. Try again in a few minutes. An owner can sign in with the password."
    ),
    "token": N_(
        "What {issuer} answered cannot be trusted, so nothing was opened. Tell an owner of the firm, who sees it in the audit log."
    ),
    "unverified": N_(
        "{issuer} does not say that your e-mail address is verified, so the portal cannot know who you are. "
        "Tell an owner of the firm: the settings of the connection say what is needed."
    ),
    "nobody": N_(
        "Nobody in the team of {firm} has the address {email}. Choose another account at {issuer}, or ask an admin to invite this address."
    ),
    "other": N_(
        "Another account of {issuer} is linked to the address {email}. Use that one, or ask an owner of the firm to end the link."
    ),
    "not_allowed": N_("{firm} no longer signs in by {issuer}. Start again from the sign-in page."),
}


def refusal_text(why: str, issuer: str, firm: str, email: str) -> str:
    """The sentence for a reason."""
    if why == "nobody" and not email:
        return _(
            "Your account at {issuer} opens nothing at {firm} any more. Ask an admin of the firm."
        ).format(issuer=issuer, firm=firm)
    return _(_TEXTS[why]).format(issuer=issuer, firm=firm, email=email)
