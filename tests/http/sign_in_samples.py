"""The pages of signing in and of its factors, of passwords and of accounts to be made, in every state, for clients and for staff."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from portal_app.services.sign_in.factor_views import FactorRow
from portal_app.services.sign_in.passkeys import Question
from tests.http.sample_facts import FIRM, QR

_SIGN_IN: dict[str, Any] = {
    "firm": FIRM,
    "action": "/f/tremblay/login",
    "next": "/home",
    "notice": "",
    "forgot_url": "/f/tremblay/forgot",
    "passkey_url": "/f/tremblay/login/passkey",
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
    "question": None,
    "script": "",
    "can_set_up": ("totp",),
    "set_up_base": "/f/tremblay/login/setup",
    "notice": "",
}
STAFF_HEAD = replace(FIRM, help_url="", sign_in_url=None)
_CONFIRM: dict[str, Any] = {
    "firm": FIRM,
    "is_staff": False,
    "factor": "password",
    "factors": ("email",),
    "sent_to": "",
    "email": "mc.gagnon@courriel.example",
    "action": "/account/confirm",
    "factor_action": "/account/confirm/code",
    "kept": {"next": "/account"},
    "back_url": "/home",
    "question": None,
    "script": "",
}
_SINCE = datetime(2026, 2, 1, 13, 0, tzinfo=UTC)
_FORM: dict[str, Any] = {
    "firm": FIRM,
    "is_staff": False,
    "action": "/f/tremblay/here",
    "back_url": "/f/tremblay/login",
}
_STAFF: dict[str, Any] = {
    "firm": None,
    "action": "/staff/login",
    "next": "/staff",
    "notice": "",
    "passkey_url": "/staff/login/passkey",
}
_QUESTION = Question('{"challenge": "YQ"}', "c2VhbGVk")
_SET_UP_STEP: dict[str, Any] = {
    "firm": FIRM,
    "is_staff": False,
    "key": "",
    "qr": "",
    "sent_to": "42",
    "is_asked": False,
    "question": None,
    "script": "",
    "start_action": "/account/mfa/sms/start",
    "action": "/account/mfa/sms",
    "back_url": "/account/mfa",
    "notice": "",
}
_FACTORS: dict[str, Any] = {
    "firm": FIRM,
    "is_staff": False,
    "rows": (
        FactorRow("passkey", "Téléphone", _SINCE, _SINCE, "0195", can_remove=True),
        FactorRow("totp", "", _SINCE, can_remove=True),
        FactorRow("sms", "42", _SINCE, counts=False),
        FactorRow("email", "m…n@courriel.example", _SINCE),
    ),
    "addable": ("passkey",),
    "recovery_left": 9,
    "base": "/account/mfa",
    "back_url": "/account",
    "done": "",
}
_CODES = tuple(f"{a}{b}-K7PM-4XHD" for a, b in zip("ABCDEFGHJK", "23456789MN", strict=True))
_TYPED = {"email": "mc.gagnon@courriel.example"}

PAGES: dict[str, tuple[str, dict[str, Any]]] = {
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
    "confirm": ("confirm.html", _CONFIRM),
    "confirm_code": (
        "confirm.html",
        _CONFIRM | {"factor": "email", "factors": ("email", "password"), "sent_to": "m…n@courriel.example"},
    ),
    "confirm_staff": (
        "confirm.html",
        _CONFIRM
        | {"firm": STAFF_HEAD, "is_staff": True, "errors": {"password": "Ce n’est pas votre mot de passe."}},
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
            "has_password": True,
            "issuer_name": "",
            "issuer_action": "/staff/login/issuer",
        },
    ),
    "staff_password_or_issuer": (
        "staff_password.html",
        _STAFF
        | {
            "values": {"email": "luc@cabinet.example"},
            "back_url": "/staff/login",
            "forgot_url": "/staff/forgot",
            "has_password": True,
            "issuer_name": "Microsoft",
            "issuer_action": "/staff/login/issuer",
        },
    ),
    "staff_going": (
        "staff_going.html",
        {
            "url": "https://login.example/authorize?x=1&y=2",
            "issuer_name": "Microsoft",
            "back_url": "/staff/login",
        },
    ),
    "staff_issuer": (
        "staff_issuer.html",
        _STAFF
        | {
            "back_url": "/staff/settings/sign-in",
            "presets": [("google", "Google"), ("microsoft", "Microsoft"), ("other", "Autre émetteur")],
            "microsoft": "https://login.microsoftonline.com/…/v2.0",
            "firm": STAFF_HEAD,
            "has_secret": False,
            "callback_url": "https://portail.example/staff/login/issuer/back",
            "values": {"preset": "microsoft", "issuer": "https://login.example", "client_id": "x"},
            "errors": {"issuer": "Rien n’y répond comme un émetteur."},
        },
    ),
    "staff_code": (
        "staff_code.html",
        _CODE | {"firm": None, "factors": ("email", "recovery"), "notice": "Un nouveau code est en route."},
    ),
    "sign_out": ("sign_out.html", _FORM),
    "factors": ("factors.html", _FACTORS),
    "factors_last": (
        "factors.html",
        _FACTORS | {"rows": (), "addable": ("passkey", "totp", "sms", "email"), "done": "C’est retiré."},
    ),
    "set_up_app": (
        "factor_set_up.html",
        _SET_UP_STEP
        | {
            "kind": "totp",
            "key": "ABCD EFGH IJKL MNOP",
            "qr": QR,
            "errors": {"code": "Ce code n’est pas le bon."},
        },
    ),
    "set_up_app_first": ("factor_set_up.html", _SET_UP_STEP | {"kind": "totp"}),
    "set_up_number": (
        "factor_set_up.html",
        _SET_UP_STEP
        | {"kind": "sms", "values": {"number": "418 555"}, "errors": {"number": "Ce n’est pas un numéro."}},
    ),
    "set_up_number_code": ("factor_set_up.html", _SET_UP_STEP | {"kind": "sms", "is_asked": True}),
    "set_up_mailbox": ("factor_set_up.html", _SET_UP_STEP | {"kind": "email"}),
    "set_up_passkey": (
        "factor_set_up.html",
        _SET_UP_STEP
        | {
            "firm": STAFF_HEAD,
            "is_staff": True,
            "kind": "passkey",
            "question": _QUESTION,
            "script": "/x.js",
        },
    ),
    "recovery_codes": (
        "recovery_codes.html",
        {"firm": FIRM, "is_staff": False, "codes": _CODES, "to": "/home"},
    ),
    "sign_in_passkey_alone": (
        "sign_in_passkey.html",
        _FORM
        | {
            "question": _QUESTION,
            "script": "/assets/passkey-1.js",
            "kept": {"next": "/home"},
            "errors": {"": "Cette clé n’ouvre rien ici. Essayez autrement."},
        },
    ),
    "mfa_reset": (
        "mfa_reset.html",
        {
            "firm": STAFF_HEAD,
            "name": "Nadia Haddad",
            "email": "nadia@courriel.example",
            "action": "/staff/contacts/1/mfa",
            "back_url": "/staff/contacts/1",
        },
    ),
    "sign_in_choose": (
        "sign_in_code.html",
        _CODE
        | {"factor": "", "factors": (), "can_set_up": ("passkey", "totp", "sms"), "can_remember": False},
    ),
    "sign_in_passkey": (
        "sign_in_code.html",
        _CODE | {"factor": "passkey", "sent_to": "", "question": _QUESTION, "script": "/assets/passkey-1.js"},
    ),
    "forgot": ("forgot.html", _FORM),
    "staff_forgot": ("forgot.html", _FORM | {"is_staff": True, "firm": None}),
    "new_password": ("new_password.html", _FORM | {"email": "mc.gagnon@courriel.example"}),
    "register": ("register.html", _FORM | {"next": "/requests/0195"}),
    "registering": (
        "registering.html",
        {
            "firm": FIRM,
            "action": "/f/tremblay/register/abc",
            "name": "Marie-Claude Gagnon",
            "email": "mc.gagnon@courriel.example",
            "errors": {"password": "Utilisez au moins 8 caractères."},
        },
    ),
    "links": ("links.html", _FORM),
    "check_mail": ("check_mail.html", _FORM | {"kind": "forgot", "register_url": "/f/tremblay/register"}),
    "check_mail_links": ("check_mail.html", _FORM | {"kind": "links", "register_url": ""}),
}
