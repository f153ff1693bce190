"""The account's plain pages in every state, beside those of `page_samples`."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from portal_app.domain.letterhead import Letterhead
from portal_app.services.account.account_pages import AccountPage
from portal_app.services.account.browsers import BrowserRow
from portal_app.services.account.staff_pages import StaffAccount
from portal_app.services.home.history_lines import Line
from portal_app.services.home.history_pages import HistoryPage
from portal_app.services.home.share_pages import ShareLine, SharePage
from portal_app.services.home.switching import ClientLine
from portal_app.services.invitations.colleague_views import InvitedLine

_HERE = BrowserRow(
    "1", "Safari, iPhone", "203.0.113.9", "Ce navigateur, maintenant", "connecté", is_here=True
)
_DESK = BrowserRow(
    "2",
    "Firefox, Windows",
    "198.51.100.27",
    "Vu pour la dernière fois hier, 16 h 40",
    "mémorisé jusqu’au 12 avril",
)
_PHONE = BrowserRow(
    "3", "Chrome, Android", "2001:db8::7", "Vu pour la dernière fois le 3 mars", "ouvre 2 demandes par lien"
)
_CLIENTS = [
    ClientLine("1", "Marie-Claude Gagnon", "Sept éléments à remettre.", "", is_shown=True),
    ClientLine("2", "Ébénisterie Gagnon inc.", "Deux éléments à remettre.", "", is_shown=False),
]
_AT = datetime(2026, 3, 18, 15, 42, tzinfo=UTC)
_LINES = [
    Line(
        UUID(int=3),
        _AT,
        "ask",
        "Feuillets T4 et relevés 1",
        "Commentaire",
        "Sophie Ouellet, Tremblay Ouellet CPA",
        quote="Il manque la page deux du relevé de la Caisse. Pourriez-vous la téléverser ?",
        href="/requests/1#b2",
        day="Aujourd’hui",
        when="10 h 42",
    ),
    Line(
        UUID(int=2),
        _AT,
        "yes",
        "Chèque annulé",
        "Terminée",
        "Vous",
        href="/requests/1#b1",
        tone="ok",
        when="9 h 05",
    ),
    Line(
        UUID(int=1),
        _AT,
        "mail",
        "Documents pour votre déclaration de revenus 2025",
        "Courriel à mc.gagnon@courriel.example",
        "Revenu sans être remis",
        tone="late",
        day="Hier",
        when="16 h 40",
    ),
]


def _page(firm: Letterhead, **more: Any) -> AccountPage:
    return AccountPage(
        **{
            "letterhead": firm,
            "person_id": "0195",
            "name": "Marie-Claude Gagnon",
            "email": "mc.gagnon@courriel.example",
            "phone": "418 555-0177",
            "locale": "fr",
            "sign_out_url": "/f/tremblay/logout",
            "factors": ["Application d’authentification"],
            "browsers": [_HERE],
            "about": "Marie-Claude Gagnon",
            "client_id": "1",
            "clients": _CLIENTS[:1],
            "person": "Sophie Ouellet, CPA",
        }
        | more
    )


def _history(firm: Letterhead, lines: list[Line]) -> dict[str, Any]:
    page = HistoryPage(
        letterhead=firm,
        sign_out_url="/f/tremblay/logout",
        about="Marie-Claude Gagnon",
        person="Sophie Ouellet, CPA",
        clients=_CLIENTS,
        lines=lines,
        is_first=not lines,
    )
    kinds = [("/history", "Tout", True), ("/history?kind=emails", "Courriels", False)]
    return {
        "firm": firm,
        "page": page,
        "current": "history",
        "kinds": kinds,
        "newest_url": "/history",
        "older_url": "/history?after=x" if lines else "",
    }


_TASKS = [ShareLine("0197", "Relevés bancaires", "Déclaration 2025 · Gagnon inc.", "/requests/0198#t0197")]


def _share(firm: Letterhead, tasks: list[ShareLine]) -> dict[str, Any]:
    return {
        "firm": firm,
        "page": SharePage(firm, "/f/tremblay/logout", about="Gagnon inc.", tasks=tasks),
        "current": "",
        "script": "/assets/share.js",
    }


def pages(firm: Letterhead) -> dict[str, tuple[str, dict[str, Any]]]:
    """Name of the state, template, and what the route gives."""
    values = {"name": "Marie-Claude Gagnon", "phone": "418 555-0177", "locale": "fr", "level": "limited"}
    account = {
        "firm": firm,
        "page": _page(firm),
        "current": "account",
        "notice": "",
        "is_back": False,
        "is_inviting": False,
        "script": "/assets/devices.js",
        "mfa_url": "/account/mfa",
        "values": values,
    }
    full = _page(
        firm,
        browsers=[_HERE, _DESK, _PHONE],
        clients=_CLIENTS,
        waiting_email="marie@nouvelle.example",
        can_invite=True,
        needs_approval=True,
        invited=[
            InvitedLine("Luc Gagnon", "luc@gagnon.example", "Complet", "Acceptée", "ok"),
            InvitedLine("Julie Roy", "julie@roy.example", "Limité", "Le cabinet l’examine", "wait"),
        ],
    )
    form = {"firm": firm, "is_staff": False, "action": "/account/address", "back_url": "/account"}
    address = form | {
        "email": "mc.gagnon@courriel.example",
        "waiting": "",
        "sent_to": "",
        "kept": {"for": "0195"},
    }
    link = form | {"email": "marie@nouvelle.example", "needs_password": False, "has_password": True}
    staff = {"is_staff": True, "firm": None}
    own = {
        "firm": None,
        "page": StaffAccount(
            firm,
            "0196",
            "Sophie Ouellet",
            "sophie@tremblay.example",
            "fr",
            "",
            True,
            ["Clé d’accès", "Application d’authentification"],
            [_HERE, _DESK],
        ),
        "notice": "",
        "is_back": False,
        "values": {"name": "Sophie Ouellet", "locale": "fr"},
        "script": "/assets/devices.js",
        **{
            f"{name}_url": "/staff/account"
            for name in ("here", "address", "password", "mfa", "notices", "back")
        },
    }
    return {
        "staff_account": ("staff_account.html", own),
        "offline": ("offline.html", {}),
        "share": ("share.html", _share(firm, _TASKS)),
        "share_none": ("share.html", _share(firm, [])),
        "account": ("account.html", account),
        "history": ("history.html", _history(firm, _LINES)),
        "history_none": ("history.html", _history(firm, [])),
        "account_full": ("account.html", account | {"page": full, "notice": "Enregistré."}),
        "account_wrong": (
            "account.html",
            account
            | {
                "page": full,
                "is_inviting": True,
                "values": values | {"invite_name": "Julie", "invite_email": "julie at roy"},
                "errors": {"invite_email": "Écrivez une adresse comme nom@entreprise.ca."},
            },
        ),
        "account_without_client": (
            "account.html",
            account | {"page": _page(firm, about="", client_id="", clients=[]), "is_back": True},
        ),
        "own_address": ("own_address.html", address),
        "own_address_sent": (
            "own_address.html",
            address | {"waiting": "marie@nouvelle.example", "sent_to": "marie@nouvelle.example"},
        ),
        "own_address_staff": ("own_address.html", address | staff),
        "new_address": ("new_address.html", link),
        "new_address_password": (
            "new_address.html",
            link | {"needs_password": True, "errors": {"password": "Ce n’est pas votre mot de passe."}},
        ),
        "new_address_no_password": (
            "new_address.html",
            link | staff | {"needs_password": True, "has_password": False},
        ),
        "address_gone": ("address_gone.html", form | {"account_url": "/account"}),
        "own_password": ("own_password.html", form | {"email": "mc.gagnon@courriel.example"}),
    }
