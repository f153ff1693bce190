"""The pages of whoever joins in every state: the first set-up, and invitations of clients and of staff."""

from datetime import UTC, datetime
from typing import Any

from tests.http.sample_facts import FIRM

_SETUP = {
    "firm": None,
    "action": "/setup",
    "zones": ("America/Toronto", "America/Halifax"),
    "values": {"time_zone": "America/Toronto", "language": "fr"},
}
_INVITED: dict[str, Any] = {
    "firm": FIRM,
    "client_name": "Ébénisterie Gagnon <fils> inc.",
    "clients": 1,
    "inviter_name": "Sophie Ouellet, CPA",
    "message": "Bonjour Nadia,\n\nvoici l’accès dont nous avons parlé.",
    "email": "nadia.haddad@courriel.example",
    "name": "Nadia Haddad",
    "expires_at": datetime(2026, 4, 3, 13, 0, tzinfo=UTC),
    "has_account": False,
    "is_signed_in": False,
    "action": "/invite/abc",
    "forgot_url": "/f/tremblay/forgot",
}
_NOT_OPEN: dict[str, Any] = {
    "firm": FIRM,
    "client_name": "Ébénisterie Gagnon inc.",
    "expires_at": datetime(2026, 4, 3, 13, 0, tzinfo=UTC),
    "sent_to": "n…d@courriel.example",
    "again_action": "/invite/abc/again",
    "login_url": "/f/tremblay/login",
    "has_account": False,
}
_JOIN = {
    "action": "/staff/join/x",
    "firm_name": "Tremblay Ouellet CPA",
    "name": "Nadia Cormier",
    "email": "nadia@tremblay.example",
    "has_password": True,
    "issuer_name": "Microsoft",
    "issuer_action": "/staff/login/issuer",
    "token": "x",
    "errors": {"password": "Ce mot de passe est trop court."},
}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "setup": ("setup.html", _SETUP),
    "setup_wrong": (
        "setup.html",
        _SETUP
        | {
            "values": {"firm_name": "Tremblay & Ouellet", "time_zone": "America/Halifax", "language": "en"},
            "errors": {
                "key": "Cette clé n’est pas celle du serveur.",
                "password": "Il faut au moins 8 caractères.",
            },
        },
    ),
    "staff_join": ("staff_join.html", _JOIN),
    "staff_join_issuer": (
        "staff_join.html",
        _JOIN | {"has_password": False, "issuer_name": "Google", "errors": {}},
    ),
    "staff_ended": (
        "staff_ended.html",
        {
            "heading": "Cette invitation n’est plus valable",
            "text": "Ce lien n’est plus valable. Demandez-en un nouveau à la personne qui vous a invité.",
            "back_url": "/staff/login",
        },
    ),
    "invite": ("invite.html", _INVITED),
    "invite_weak": (
        "invite.html",
        _INVITED | {"errors": {"password": "Utilisez au moins 8 caractères."}, "message": ""},
    ),
    "invite_account": ("invite.html", _INVITED | {"has_account": True, "message": ""}),
    "invite_several": (
        "invite.html",
        _INVITED
        | {
            "has_account": True,
            "clients": 2,
            "client_name": "Café Lunette S.E.N.C., Plomberie Gagnon et Fils inc.",
        },
    ),
    "invite_signed_in": ("invite.html", _INVITED | {"has_account": True, "is_signed_in": True}),
    "invite_other": (
        "invite_other.html",
        {
            "firm": FIRM,
            "other_name": "Luc Gagnon",
            "sent_to": "n…d@courriel.example",
            "leave_action": "/invite/abc/leave",
            "home_url": "/home",
        },
    ),
    "invite_expired": ("invite_ended.html", _NOT_OPEN | {"state": "expired"}),
    "invite_asked": ("invite_ended.html", _NOT_OPEN | {"state": "asked"}),
    "invite_accepted": ("invite_ended.html", _NOT_OPEN | {"state": "accepted"}),
    "invite_cancelled": ("invite_ended.html", _NOT_OPEN | {"state": "cancelled", "has_account": True}),
    "invite_readdressed": ("invite_ended.html", _NOT_OPEN | {"state": "readdressed"}),
    "invite_ended": ("invite_ended.html", _NOT_OPEN | {"state": "ended"}),
}
