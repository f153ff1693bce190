"""The demo firm's templates in both languages: T1, T2, monthly bookkeeping, a new client."""

from __future__ import annotations

from dataclasses import dataclass, field

from portal_app.domain.actors import Actor
from portal_app.models import SectionKind
from portal_app.ports import Ports
from portal_app.services.templates import template_sections, template_tasks, templates
from portal_app.services.templates.relative_days import TypedDays, typed
from portal_app.services.templates.template_sections import TypedRules
from portal_app.services.templates.template_tasks import TemplateTaskFields
from portal_app.services.templates.templates import TemplateFields


@dataclass(frozen=True)
class Item:
    """One task: title, days from the start, instructions, whether a file is needed."""

    title: str
    days: int | None = None
    text: str = ""
    needs_file: bool = False


@dataclass(frozen=True)
class Part:
    """One section; with `sent` days it goes by itself, and reminds by `remind`."""

    name: str
    items: tuple[Item, ...]
    is_client: bool = False
    sent: int | None = None
    remind: str = "gentle"


@dataclass(frozen=True)
class Plan:
    """One template."""

    title: str
    external_name: str
    due: int
    parts: tuple[Part, ...] = field(default_factory=tuple)


def fill_templates(ports: Ports, actor: Actor) -> None:
    """Make every template of the demo firm."""
    for plan in PLANS:
        due = typed(plan.due)
        made = templates.add_template(ports, actor, TemplateFields(plan.title, plan.external_name, due))
        for part in plan.parts:
            kind = SectionKind.CLIENT if part.is_client else SectionKind.STAFF
            section_id = template_sections.add_section(ports, actor, made, part.name, kind)
            if part.is_client:
                template_sections.save_rules(ports, actor, section_id, _rules(part))
            for item in part.items:
                fields = TemplateTaskFields(item.title, item.text, typed(item.days), item.needs_file)
                template_tasks.add_task(ports, actor, section_id, fields)


def _rules(part: Part) -> TypedRules:
    days = TypedDays() if part.sent is None else typed(part.sent)
    send = "manual" if part.sent is None else "relative"
    return TypedRules(send, days, 9 if part.sent is not None else None, part.remind, "10", "3")


PLANS = (
    Plan(
        "Déclaration de revenus T1 et TP-1",
        "Votre déclaration de revenus",
        45,
        (
            Part(
                "Documents pour votre déclaration",
                (
                    Item("Feuillets T4, T4A et relevés 1", 14, "Tous les feuillets reçus en février.", True),
                    Item("Relevés de placements (T3, T5, relevés 3 et 16)", 14, needs_file=True),
                    Item(
                        "Reçus de dons et frais médicaux",
                        21,
                        "Ajoutez\u00a0:\n- les reçus de pharmacie\n- les lunettes\n- le dentiste",
                    ),
                    Item("Cotisations REER", 21, needs_file=True),
                    Item(
                        "Changements dans votre situation",
                        14,
                        "Mariage, séparation, naissance, déménagement.",
                    ),
                ),
                is_client=True,
                sent=0,
                remind="gentle",
            ),
            Part(
                "Préparation",
                (
                    Item("Ouvrir le dossier et reprendre l’an dernier", -7),
                    Item("Télécharger les feuillets de l’ARC et de Revenu Québec", 1),
                    Item("Saisir les feuillets", 28),
                    Item("Réviser la déclaration", 35),
                ),
            ),
            Part("À signer", (Item("Autorisation T183 et TP-1000", 42, needs_file=True),), is_client=True),
        ),
    ),
    Plan(
        "T1 personal return",
        "Your income tax return",
        45,
        (
            Part(
                "Documents for your return",
                (
                    Item("T4, T4A and T4E slips", 14, "Every slip you received in February.", True),
                    Item("Investment slips (T3, T5, T5008)", 14, needs_file=True),
                    Item("Donation and medical receipts", 21, "Add:\n- prescriptions\n- glasses\n- dentist"),
                    Item("RRSP contribution receipts", 21, needs_file=True),
                    Item("What changed this year", 14, "Marriage, separation, a birth, a move."),
                ),
                is_client=True,
                sent=0,
                remind="gentle",
            ),
            Part(
                "Prepare",
                (
                    Item("Open the file and roll last year forward", -7),
                    Item("Download slips from the CRA", 1),
                    Item("Enter the slips", 28),
                    Item("Review the return", 35),
                ),
            ),
        ),
    ),
    Plan(
        "T2 corporate return",
        "Corporate tax return",
        150,
        (
            Part(
                "Year-end documents",
                (
                    Item("Bank and credit card statements to year end", 20, needs_file=True),
                    Item("Trial balance and general ledger", 20, needs_file=True),
                    Item("Inventory count at year end", 20),
                    Item("Loan agreements and lease changes", 30),
                    Item("Shareholder loan details", 30),
                ),
                is_client=True,
                sent=3,
                remind="custom",
            ),
            Part(
                "Working papers",
                (
                    Item("Plan the engagement", 0),
                    Item("Prepare the financial statements", 75),
                    Item("Prepare the T2 and schedules", 100),
                    Item("Partner review", 120),
                ),
            ),
        ),
    ),
    Plan(
        "Tenue de livres mensuelle",
        "Tenue de livres",
        20,
        (
            Part(
                "Pièces du mois",
                (
                    Item("Relevés bancaires et de cartes de crédit", 5, needs_file=True),
                    Item("Factures de fournisseurs", 5, needs_file=True),
                    Item("Questions sur les opérations inconnues", 12),
                ),
                is_client=True,
                sent=1,
                remind="urgent",
            ),
            Part(
                "Au bureau",
                (
                    Item("Rapprochement bancaire", 10),
                    Item("TPS et TVQ", 15),
                    Item("Envoyer les états du mois", 20),
                ),
            ),
        ),
    ),
    Plan(
        "Monthly bookkeeping",
        "Bookkeeping",
        20,
        (
            Part(
                "This month’s documents",
                (
                    Item("Bank and credit card statements", 5, needs_file=True),
                    Item("Supplier invoices", 5, needs_file=True),
                    Item("Questions about unknown transactions", 12),
                ),
                is_client=True,
                sent=1,
                remind="urgent",
            ),
            Part("At the office", (Item("Bank reconciliation", 10), Item("GST/HST return", 15))),
        ),
    ),
    Plan(
        "Accueil d’un nouveau client",
        "Bienvenue au cabinet",
        30,
        (
            Part(
                "Faire connaissance",
                (
                    Item("Lettre de mission signée", 7, needs_file=True),
                    Item("Pièce d’identité", 7, "Une photo des deux côtés suffit.", True),
                    Item("Deux dernières déclarations", 14, needs_file=True),
                    Item("Autorisation de représentant (ARC et Revenu Québec)", 14),
                ),
                is_client=True,
            ),
            Part(
                "Ouverture du dossier",
                (Item("Vérifier l’identité et les conflits d’intérêts", 2), Item("Configurer le portail", 3)),
            ),
        ),
    ),
)
