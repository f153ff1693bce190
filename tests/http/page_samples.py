"""Every plain page in every state, with contexts such as the routes give: for the tests and for scripts/look.py."""

from datetime import UTC, date, datetime
from typing import Any

import segno

from portal_app.domain.letterhead import Letterhead

FIRM = Letterhead(
    firm_name="Tremblay Ouellet CPA",
    support_email="bonjour@tremblay-ouellet.example",
    support_phone="418 555-0142",
    address="210, rue Saint-Joseph Est\nQuébec (Québec) G1K 3A9",
    sign_in_url="/f/tremblay/login",
    help_url="/f/tremblay/help",
)

_TITLE = "Déclaration de revenus 2025"
_LINK = {"firm": FIRM, "title": _TITLE, "device": "d3v1ce", "page": "p4ge"}
_DEVICE: dict[str, Any] = _LINK | {
    "send_action": "/r/abc/access",
    "code_action": "/r/abc/code",
    "state": "bound",
    "tries_left": None,
    "can_continue": False,
}
_QR = segno.make(f"https://portail.example/continue/{'a' * 43}", error="m").svg_data_uri(
    scale=4, border=4, light="#fff"
)
_CONTINUE: dict[str, Any] = _LINK | {
    "action": "/requests/0195/continue",
    "back_url": "/requests/0195",
    "code": "",
    "qr": "",
    "address": "portail.example/continue",
}
_ENDED = _LINK | {"contact_name": "Sophie Ouellet, CPA"}
_SIGN_IN: dict[str, Any] = {
    "firm": FIRM,
    "action": "/f/tremblay/login",
    "next": "/home",
    "notice": "",
    "forgot_url": "/f/tremblay/forgot",
    "links_url": "/f/tremblay/links",
    "register_url": "/f/tremblay/register",
}
_CODE: dict[str, Any] = {
    "firm": FIRM,
    "factor": "email",
    "sent_to": "m…n@courriel.example",
    "action": "/f/tremblay/login/code",
    "factor_action": "/f/tremblay/login/factor",
    "factors": ("email", "totp", "recovery"),
    "can_remember": True,
    "notice": "",
}
_FORM: dict[str, Any] = {
    "firm": FIRM,
    "is_staff": False,
    "action": "/f/tremblay/here",
    "back_url": "/f/tremblay/login",
}
_STAFF: dict[str, Any] = {"firm": None, "action": "/staff/login", "next": "/staff", "notice": ""}
_MFA: dict[str, Any] = {
    "firm": None,
    "is_set_up": False,
    "key": "",
    "qr": "",
    "start_action": "/staff/mfa/start",
    "action": "/staff/mfa",
    "back_url": "/staff",
}
_SETUP = {
    "firm": None,
    "action": "/setup",
    "zones": ("America/Toronto", "America/Halifax"),
    "values": {"time_zone": "America/Toronto", "language": "fr"},
}
_INVITED: dict[str, Any] = {
    "firm": FIRM,
    "client_name": "Ébénisterie Gagnon <fils> inc.",
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
}
_TYPED = {"email": "mc.gagnon@courriel.example"}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "claim": (
        "claim.html",
        _LINK
        | {
            "client_name": "Marie-Claude Gagnon",
            "recipient_name": "Marie-Claude Gagnon",
            "sender_name": "Sophie Ouellet, CPA",
            "task_count": 7,
            "due_on": date(2026, 3, 31),
            "action": "/r/abc",
            "prefetch": ("/assets/requests-1a2b.js",),
        },
    ),
    "claim_plain": (
        "claim.html",
        {
            "firm": Letterhead("Cabinet d’essai", accent="encre"),
            "title": "Tenue de livres <mars> & avril",
            "client_name": "Ébénisterie Gagnon inc.",
            "recipient_name": "Luc Gagnon",
            "sender_name": "Sophie Ouellet",
            "task_count": 1,
            "due_on": None,
            "action": "/r/abc",
            "device": "d3v1ce",
        },
    ),
    "other_device": ("other_device.html", _DEVICE | {"can_continue": True}),
    "code": ("other_device.html", _DEVICE | {"state": "sent"}),
    "code_bad": (
        "other_device.html",
        _DEVICE | {"state": "sent", "errors": {"code": "Tapez les six chiffres."}},
    ),
    "code_wrong": ("other_device.html", _DEVICE | {"state": "sent", "tries_left": 3}),
    "code_spent": ("other_device.html", _DEVICE | {"state": "spent"}),
    "continue_from": ("continue_from.html", _CONTINUE),
    "continue_from_code": ("continue_from.html", _CONTINUE | {"code": "K7PM 4XHD", "qr": _QR}),
    "continue": ("continue.html", _CONTINUE | {"is_wrong": False}),
    "continue_bare": ("continue.html", _CONTINUE | {"firm": None, "is_wrong": False}),
    "continue_wrong": ("continue.html", _CONTINUE | {"is_wrong": True}),
    "continue_bad": (
        "continue.html",
        _CONTINUE | {"is_wrong": False, "errors": {"code": "Tapez les huit lettres et chiffres."}},
    ),
    "continue_scanned": ("continue_scanned.html", _CONTINUE),
    "expired": ("expired.html", _LINK | {"expired_on": date(2026, 4, 1), "send_action": "/r/abc/access"}),
    "closed": ("closed.html", _ENDED),
    "withdrawn": ("withdrawn.html", _ENDED | {"is_withdrawn": True}),
    "ended": ("withdrawn.html", _ENDED | {"is_withdrawn": False}),
    "not_found": ("not_found.html", {"firm": FIRM}),
    "not_found_bare": ("not_found.html", {}),
    "error": ("error.html", {"firm": FIRM, "reference": "7K3M-Q9"}),
    "try_later": ("try_later.html", {"firm": FIRM, "minutes": 12}),
    "sign_in": ("sign_in.html", _SIGN_IN | {"values": _TYPED}),
    "sign_in_wrong": (
        "sign_in.html",
        _SIGN_IN
        | {
            "values": _TYPED,
            "errors": {
                "": "L’adresse ou le mot de passe ne correspond pas. Vérifiez les deux, ou choisissez un nouveau mot de passe."
            },
        },
    ),
    "sign_in_ended": (
        "sign_in.html",
        _SIGN_IN
        | {"notice": "Votre session est terminée. Reconnectez-vous pour continuer.", "register_url": ""},
    ),
    "sign_in_code": ("sign_in_code.html", _CODE | {"values": {"remember": "yes"}}),
    "sign_in_totp": (
        "sign_in_code.html",
        _CODE | {"factor": "totp", "sent_to": "", "factors": ("email", "recovery")},
    ),
    "sign_in_sms": ("sign_in_code.html", _CODE | {"factor": "sms", "sent_to": "42", "factors": ("sms",)}),
    "sign_in_recovery": (
        "sign_in_code.html",
        _CODE | {"factor": "recovery", "sent_to": "", "errors": {"code": "Ce code n’est pas valable."}},
    ),
    "staff_sign_in": ("staff_sign_in.html", _STAFF),
    "staff_sign_in_wrong": (
        "staff_sign_in.html",
        _STAFF
        | {"values": {"email": "sophie@"}, "errors": {"email": "Tapez une adresse comme nom@domaine.ca."}},
    ),
    "staff_password": (
        "staff_password.html",
        _STAFF
        | {
            "values": {"email": "sophie@cabinet.example"},
            "back_url": "/staff/login",
            "forgot_url": "/staff/forgot",
        },
    ),
    "staff_code": (
        "staff_code.html",
        _CODE | {"firm": None, "factors": ("email", "recovery"), "notice": "Un nouveau code est en route."},
    ),
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
    "sign_out": ("sign_out.html", _FORM),
    "staff_mfa": ("staff_mfa.html", _MFA),
    "staff_mfa_key": (
        "staff_mfa.html",
        _MFA
        | {
            "key": "ABCD EFGH IJKL MNOP",
            "qr": "data:image/svg+xml,%3Csvg/%3E",
            "errors": {"code": "Ce code n’est pas le bon."},
        },
    ),
    "staff_mfa_done": ("staff_mfa.html", _MFA | {"is_set_up": True}),
    "refused": (
        "refused.html",
        {
            "firm": FIRM,
            "text": "Cette tâche est terminée. Demandez au cabinet de la rouvrir.",
            "back": "/requests/0195",
            "back_words": "Retour à la liste",
        },
    ),
    "file_damaged": ("file_damaged.html", {"firm": FIRM, "name": "T4-2025.pdf"}),
    "invite": ("invite.html", _INVITED),
    "invite_weak": (
        "invite.html",
        _INVITED | {"errors": {"password": "Utilisez au moins 8 caractères."}, "message": ""},
    ),
    "invite_account": ("invite.html", _INVITED | {"has_account": True, "message": ""}),
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
    "invite_ended": ("invite_ended.html", _NOT_OPEN | {"state": "ended"}),
    "forgot": ("forgot.html", _FORM),
    "staff_forgot": ("forgot.html", _FORM | {"is_staff": True, "firm": None}),
    "new_password": ("new_password.html", _FORM | {"email": "mc.gagnon@courriel.example"}),
    "register": ("register.html", _FORM),
    "links": ("links.html", _FORM),
    "check_mail": ("check_mail.html", _FORM | {"kind": "forgot", "register_url": "/f/tremblay/register"}),
    "check_mail_links": ("check_mail.html", _FORM | {"kind": "links", "register_url": ""}),
    "help": (
        "help.html",
        {
            "firm": FIRM,
            "links_url": "/f/tremblay/links",
            "register_url": "/f/tremblay/register",
            "video_url": "",
            "own_words": (),
        },
    ),
    "help_own": (
        "help.html",
        {
            "firm": FIRM,
            "links_url": "",
            "register_url": "",
            "video_url": "https://video.example/1",
            "own_words": ("Bienvenue dans votre espace client.",),
        },
    ),
}
