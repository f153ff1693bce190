"""Whom the demo firm serves: invented names only, in both languages."""

from __future__ import annotations

from dataclasses import dataclass

SURNAMES = (
    "Gagnon", "Roy", "Côté", "Bouchard", "Gauthier", "Morin", "Lavoie", "Fortin", "Gagné", "Pelletier",
    "Bélanger", "Lévesque", "Bergeron", "Leblanc", "Paquette", "Girard", "Simard", "Boucher", "Caron", "Beaulieu",
    "Nguyen", "Haddad", "O’Brien", "MacDonald", "Singh", "Rossi", "Kowalski", "Dufour", "Cloutier", "Poirier",
)  # fmt: skip
GIVEN = (
    "Marie-Claude", "Luc", "Nadia", "Étienne", "Josée", "Patrick", "Isabelle", "François", "Hélène", "Mathieu",
    "Chantal", "Olivier", "Geneviève", "Samuel", "Annie", "Karim", "Emily", "William", "Priya", "Marco",
    "Zofia", "Thanh", "Sylvie", "Jean-Philippe", "Caroline", "Benoît", "Valérie", "David", "Louise", "Alexandre",
)  # fmt: skip
TRADES = (
    "Clinique dentaire {}", "Ébénisterie {} et fils", "Transport {} ltée", "Restaurant {}", "{} Consulting Inc.",
    "Construction {} inc.", "Garage {}", "Pharmacie {}", "{} Landscaping Ltd.", "Boulangerie {}", "Studio {}",
    "Ferme {} senc", "{} Holdings Inc.", "Plomberie {}", "Gestion {} inc.",
)  # fmt: skip
TITLES = (
    ("T1 and TP-1, 2025", "Déclaration de revenus 2025"),
    ("T2 and CO-17, year-end", "États financiers de l’exercice"),
    ("GST/QST, quarter", "TPS/TVQ du trimestre"),
    ("Payroll, November", "Paie de novembre"),
    ("Monthly bookkeeping", "Tenue de livres du mois"),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """One task of a demo request: title, what to do, whether a file is needed."""

    title: str
    text: str
    needs_file: bool = False


FRENCH = (
    Ask(
        "Feuillets T4 et relevés 1",
        "<p>Un feuillet T4 et un relevé 1 pour chaque employeur de 2025.</p>",
        True,
    ),
    Ask("Relevés bancaires de décembre 2025", "<p>Tous vos comptes, en PDF si possible.</p>"),
    Ask("Questionnaire fiscal 2025", "<p>Remplissez-le, signez la dernière page et retournez-le.</p>"),
    Ask("Frais médicaux de la famille", "<p>Le total payé en 2025 et les reçus de plus de 100&nbsp;$.</p>"),
    Ask("Avis de cotisation 2024, Canada et Québec", "<p>Les deux avis, toutes les pages.</p>", True),
    Ask("Changement d’adresse ou d’état civil", "<p>S’il n’y en a pas, dites-le simplement.</p>"),
)
ENGLISH = (
    Ask(
        "Bank statements, September to November", "<p>Every account, as PDF if your bank lets you.</p>", True
    ),
    Ask("Visa statements, three months", "<p>Personal and business cards used for the company.</p>"),
    Ask("Payroll summary", "<p>The year-to-date report from your payroll service.</p>"),
    Ask("Inventory count at 30 November", "<p>Quantities and cost; a photo of the sheet is fine.</p>"),
    Ask("Equipment bought over $1,000", "<p>The invoices, and who sold it.</p>"),
)


def person(number: int) -> str:
    """The name of the demo's n-th person; the first 900 differ."""
    return f"{GIVEN[number % len(GIVEN)]} {SURNAMES[(number // len(GIVEN) + number * 7) % len(SURNAMES)]}"


def organization(number: int) -> str:
    """The name of the demo's n-th organization; the first 450 differ."""
    trade = TRADES[number % len(TRADES)]
    return trade.format(SURNAMES[(number // len(TRADES) + number * 11) % len(SURNAMES)])
