"""Every plain page in every state, with contexts such as the routes give: for the tests and for scripts/look.py."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import segno

from portal_app.domain import rich_text
from portal_app.domain.letterhead import Letterhead
from portal_app.services.clients.erasing import Erasing
from portal_app.services.documents.document_looks import Look
from portal_app.services.documents.document_pages import DocumentsPage
from portal_app.services.firm.help_texts import HelpSection
from portal_app.services.links.handing import Hand, HandPage
from portal_app.services.sign_in.factor_views import FactorRow
from portal_app.services.sign_in.passkeys import Question
from tests.http import account_samples

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
_STAFF_HEAD = replace(FIRM, help_url="", sign_in_url=None)
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
_HANDED: dict[str, Any] = {
    "firm": FIRM,
    "title": "Relevés bancaires",
    "client_name": "Ébénisterie Gagnon inc.",
    "giver_name": "Marie-Claude Gagnon",
    "until": date(2026, 4, 1),
    "action": "/h/abc",
    "device": "d3v1ce",
}
_HAND_OVER: dict[str, Any] = {
    "firm": FIRM,
    "shown": HandPage(
        firm=FIRM,
        title="Relevés bancaires",
        client_name="Ébénisterie Gagnon inc.",
        hands=[Hand("1", "Paul Roy", "paul.roy@courriel.example", date(2026, 4, 1), is_yours=True)],
        least=date(2026, 3, 2),
        usual=date(2026, 3, 9),
        most=date(2026, 4, 1),
    ),
    "action": "/requests/1/tasks/2/hand",
    "back_action": "/requests/1/tasks/2/hand/back",
    "back_url": "/requests/1#t2",
}
_PIN: dict[str, Any] = {
    "firm": FIRM,
    "title": "Déclaration de revenus 2025",
    "client_name": "Marie-Claude Gagnon",
    "action": "/p/abc",
    "send_action": "/p/abc/pin",
    "is_wrong": False,
    "tries_left": None,
    "device": "d3v1ce",
}
_TYPED = {"email": "mc.gagnon@courriel.example"}

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
    "claim": (
        "claim.html",
        _LINK
        | {
            "client_name": "Marie-Claude Gagnon",
            "recipient_name": "Marie-Claude Gagnon",
            "sender_name": "Sophie Ouellet, CPA",
            "task_count": 7,
            "due_on": date(2026, 3, 31),
            "is_known_here": False,
            "action": "/r/abc",
            "prefetch": ("/assets/requests-1a2b.js",),
        },
    ),
    "reminders_on": (
        "reminders.html",
        {
            "firm": FIRM,
            "title": _TITLE,
            "client_name": "Ébénisterie Gagnon inc.",
            "is_off": False,
            "action": "/reminders/abc",
        },
    ),
    "reminders_off": (
        "reminders.html",
        {
            "firm": FIRM,
            "title": _TITLE,
            "client_name": "Ébénisterie Gagnon inc.",
            "is_off": True,
            "action": "/reminders/abc",
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
            "is_known_here": True,
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
    "handed": ("handed.html", _HANDED | {"state": "open"}),
    "handed_ended": ("handed.html", _HANDED | {"state": "ended"}),
    "handed_waits": ("handed.html", _HANDED | {"state": "waits"}),
    "hand_over": ("hand_over.html", _HAND_OVER | {"values": {"until": "2026-03-09"}}),
    "hand_over_wrong": (
        "hand_over.html",
        _HAND_OVER | {"errors": {"email": "Tapez une adresse."}, "values": {"name": "Paul"}},
    ),
    "classic": ("classic.html", _PIN | {"state": "ask"}),
    "classic_wrong": ("classic.html", _PIN | {"state": "ask", "is_wrong": True, "tries_left": 2}),
    "classic_sent": ("classic.html", _PIN | {"state": "sent"}),
    "classic_locked": ("classic.html", _PIN | {"state": "locked", "is_wrong": True}),
    "classic_expired": (
        "expired.html",
        _LINK | {"expired_on": date(2026, 4, 1), "send_action": "/p/abc/pin", "is_classic": True},
    ),
    "waits": ("waits.html", _ENDED),
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
    "confirm": ("confirm.html", _CONFIRM),
    "confirm_code": (
        "confirm.html",
        _CONFIRM | {"factor": "email", "factors": ("email", "password"), "sent_to": "m…n@courriel.example"},
    ),
    "confirm_staff": (
        "confirm.html",
        _CONFIRM
        | {"firm": _STAFF_HEAD, "is_staff": True, "errors": {"password": "Ce n’est pas votre mot de passe."}},
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
    "staff_join": ("staff_join.html", _JOIN),
    "staff_join_issuer": (
        "staff_join.html",
        _JOIN | {"has_password": False, "issuer_name": "Google", "errors": {}},
    ),
    "erase": (
        "erase.html",
        {
            "seen": Erasing(
                UUID(int=1), "Nadia Haddad", "nadia@haddad.example", ("Nadia Haddad",), "Tremblay Ouellet CPA"
            ),
            "action": "/staff/contacts/0195/erase",
            "back": "/staff/contacts/0195",
            "values": {"name": "Nadia"},
            "errors": {"name": "Tapez le nom tel quel : Nadia Haddad"},
        },
    ),
    "erased": ("erased.html", {"back": "/staff/contacts"}),
    "staff_ended": (
        "staff_ended.html",
        {
            "heading": "Cette invitation n’est plus valable",
            "text": "Ce lien n’est plus valable. Demandez-en un nouveau à la personne qui vous a invité.",
            "back_url": "/staff/login",
        },
    ),
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
            "qr": _QR,
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
            "firm": _STAFF_HEAD,
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
            "firm": _STAFF_HEAD,
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
    "refused": (
        "refused.html",
        {
            "firm": FIRM,
            "text": "Cette tâche est terminée. Demandez au cabinet de la rouvrir.",
            "typed": "",
            "again": "",
            "back": "/requests/0195",
            "back_words": "Retour à la liste",
        },
    ),
    "refused_comment": (
        "refused.html",
        {
            "firm": FIRM,
            "text": "Ce commentaire est trop long : 5000 caractères au plus.",
            "typed": "Le bail est au nom de mon mari.\nIl court jusqu’en juin.",
            "again": "/requests/0195/tasks/0196/comment",
            "back": "/requests/0195",
            "back_words": "Retour à la liste",
        },
    ),
    "refused_late": (
        "refused.html",
        {
            "firm": FIRM,
            "text": "Cette demande a été retirée.",
            "typed": "Le bail est au nom de mon mari.",
            "again": "",
            "back": "/requests/0195",
            "back_words": "Continuer",
        },
    ),
    "file_checked": ("file_checked.html", {"firm": FIRM, "name": "T4-2025.pdf"}),
    "storage_away": ("storage_away.html", {"firm": FIRM}),
    "file_damaged": ("file_damaged.html", {"firm": FIRM, "name": "T4-2025.pdf"}),
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
    "help": (
        "help.html",
        {
            "firm": FIRM,
            "links_url": "/f/tremblay/links",
            "register_url": "/f/tremblay/register",
            "video_url": "",
            "own": {},
        },
    ),
    "help_own": (
        "help.html",
        {
            "firm": FIRM,
            "links_url": "",
            "register_url": "",
            "video_url": "https://video.example/1",
            "own": {
                "own": HelpSection(
                    "own",
                    "Bienvenue",
                    blocks=rich_text.blocks("<p>Votre <strong>espace</strong> client.</p>"),
                )
            },
        },
    ),
}

PAGES |= account_samples.pages(FIRM)

_LOOK = Look(
    id="0195",
    name="Lettre de mission 2025.pdf",
    client="Marie-Claude Gagnon",
    folder="Impôts 2025",
    href="/files/0195/download",
    by="Sophie Ouellet",
    at="9 novembre 2026, 18 h 35",
    size="212 Ko",
    sha256="df16cf47 d612d013 221c277e ea259999 a196a0e8 10bc9611 efb10677 7c0d099b",
    pages=["/files/0195/pages/1", "/files/0195/pages/2"],
)
_DOCUMENTS = DocumentsPage(
    here="/documents",
    about="Marie-Claude Gagnon",
    person="Sophie Ouellet, CPA",
    sign_out_url="/f/tremblay/logout",
)
_DOCUMENT: dict[str, Any] = {"firm": FIRM, "page": _DOCUMENTS, "look": _LOOK, "current": "documents"}
_NO_PREVIEW = replace(_LOOK, pages=[], why_not="Ce fichier n’a pas d’aperçu.", is_own=True, folder="")
PAGES |= {
    "document": ("document.html", _DOCUMENT),
    "document_own": ("document.html", _DOCUMENT | {"look": _NO_PREVIEW}),
}
