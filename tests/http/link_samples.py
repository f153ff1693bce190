"""The pages behind links in e-mails in every state: claiming, codes, PINs, tasks handed over, and how they end."""

from datetime import date
from typing import Any

from portal_app.domain.letterhead import Letterhead
from portal_app.services.links.handing import Hand, HandPage
from tests.http.sample_facts import FIRM, QR

_TITLE = "Déclaration de revenus 2025"
_LINK = {"firm": FIRM, "title": _TITLE, "device": "d3v1ce", "page": "p4ge"}
_DEVICE: dict[str, Any] = _LINK | {
    "send_action": "/r/abc/access",
    "code_action": "/r/abc/code",
    "state": "bound",
    "tries_left": None,
    "can_continue": False,
}
_CONTINUE: dict[str, Any] = _LINK | {
    "action": "/requests/0195/continue",
    "back_url": "/requests/0195",
    "code": "",
    "qr": "",
    "address": "portail.example/continue",
}
_ENDED = _LINK | {"contact_name": "Sophie Ouellet, CPA"}
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
    "continue_from_code": ("continue_from.html", _CONTINUE | {"code": "K7PM 4XHD", "qr": QR}),
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
}
