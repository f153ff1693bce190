"""Every plain page in every state, with contexts such as the routes give: for the tests and for scripts/look.py."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from portal_app.domain import rich_text
from portal_app.services.clients.erasing import Erasing
from portal_app.services.documents.document_looks import Look
from portal_app.services.documents.document_pages import DocumentsPage
from portal_app.services.firm.help_texts import HelpSection
from tests.http import account_samples, joining_samples, link_samples, sign_in_samples
from tests.http.sample_facts import FIRM
from tests.http.sign_in_samples import STAFF_HEAD

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

_PAGES: dict[str, tuple[str, dict[str, Any]]] = {
    "not_found": ("not_found.html", {"firm": FIRM}),
    "not_found_bare": ("not_found.html", {}),
    "error": ("error.html", {"firm": FIRM, "reference": "7K3M-Q9"}),
    "try_later": ("try_later.html", {"firm": FIRM, "minutes": 12}),
    "erase": (
        "erase.html",
        {
            "seen": Erasing(
                UUID(int=1), "Nadia Haddad", "nadia@haddad.example", ("Nadia Haddad",), STAFF_HEAD
            ),
            "firm": STAFF_HEAD,
            "action": "/staff/contacts/0195/erase",
            "back": "/staff/contacts/0195",
            "values": {"name": "Nadia"},
            "errors": {"name": "Tapez le nom tel quel : Nadia Haddad"},
        },
    ),
    "erased": ("erased.html", {"firm": STAFF_HEAD, "back": "/staff/contacts"}),
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
    "away": (
        "away.html",
        {
            "firm": None,
            "text": "La base de données du portail ne répond pas en ce moment. Veuillez réessayer dans un instant.",
        },
    ),
    "storage_away": ("storage_away.html", {"firm": FIRM}),
    "file_damaged": ("file_damaged.html", {"firm": FIRM, "name": "T4-2025.pdf"}),
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
    "document": ("document.html", _DOCUMENT),
    "document_own": ("document.html", _DOCUMENT | {"look": _NO_PREVIEW}),
}

PAGES = (
    _PAGES | link_samples.PAGES | joining_samples.PAGES | sign_in_samples.PAGES | account_samples.pages(FIRM)
)
