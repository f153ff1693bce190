"""Which passwords are good enough (4.1)."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from portal_app.adapters.passwords import Argon2Passwords
from portal_app.domain.errors import BadInput
from portal_app.domain.passwords import check_password, common_passwords

FIRM = "Tremblay Ouellet CPA"
EMAIL = "sophie.ouellet@tremblay-cpa.example"

COMMON = [
    "password",
    "12345678",
    "123456789",
    "1234567890",
    "qwertyuiop",
    "iloveyou",
    "sunshine",
    "princess",
    "football",
    "baseball",
    "superman",
    "trustno1",
    "starwars",
    "computer",
    "1qaz2wsx",
    "passw0rd",
    "password1",
    "password123",
    "qwerty123",
    "11111111",
    "87654321",
    "letmein123",
    "welcome1",
    "motdepasse",
    "motdepasse1",
    "azertyuiop",
    "bonjour123",
    "soleil123",
    "quebec2026",
    "montreal1",
    "canadiens",
    "bienvenue2026",
    "impots2026",
    "comptable1",
    "hiver2026",
    "changeme123",
    "administrator",
]
TELLING = [
    "Tremblay Ouellet CPA",
    "tremblayouelletcpa",
    "TREMBLAY2026",
    "Tremblay!",
    "Ouellet-2026",
    "Trémblay99",
    "sophie.ouellet",
    "Sophie.Ouellet1",
    "sophie2026",
    "ouelletsophie1!",
    "tremblay-cpa",
    "tremblay.cpa1",
    "CPA-Tremblay-1",
    "sophie ouellet",
    EMAIL,
]
GOOD = """correct horse battery|kayak bouleau mardi|trois petits chats|Ùn été à Gaspé|8 canards verts|xk7#plqz|lune-orange-vélo
sophie aime les chevaux|tremblay correct horse|une phrase assez longue|zqxjvbnm|MAJUSCULES SEULES|minuscules seules
9182736455463|        x|pâté chinois 3x|ananas&goyave|grenouille rouge|le 3 mai il pleut|passe-partout neuf|oui oui oui non
рыба и мясо|長い合言葉です今日は|🐢🐢🐢🦊🦊🦊🌲🌲|tabulation\tici même|deux  espaces|qwerty mais autrement|ouellet correct horse
horizon.bleu|fenêtre ouverte|vent du nord-est|marmotte 1987|chaise en pin|papier à lettres|hibou moyen-duc|vinaigre blanc
la clé du garage|tuque et mitaines|sirop en conserve|rivière gelée|café filtre noir|quatre saisons d'or|moulin à paroles
pont de Québec la nuit|renard argenté 12|six heures moins vingt|bottes de pluie|tarte au sucre!|violon désaccordé|gare centrale 5""".replace(
    "\n", "|"
).split("|")


def is_refused(password: str) -> bool:
    try:
        check_password(password, firm_name=FIRM, email=EMAIL)
    except BadInput as refusal:
        return refusal.field == "password" and bool(refusal.text)
    return False


def test_asvs_2_the_list_of_common_ones_holds_three_thousand_and_more_that_are_long_enough() -> None:
    assert len(common_passwords()) >= 3000
    assert min(len(word) for word in common_passwords()) >= 8


@pytest.mark.parametrize("password", [*COMMON, *(word.upper() for word in COMMON[:5]), *TELLING])
def test_asvs_2_what_everybody_guesses_is_refused(password: str) -> None:
    assert is_refused(password)


def test_asvs_2_the_tables_are_as_long_as_they_should_be() -> None:
    assert len([*COMMON, *TELLING]) >= 50
    assert len(GOOD) >= 50


@pytest.mark.parametrize("password", GOOD)
def test_asvs_2_a_password_of_ones_own_is_accepted(password: str) -> None:
    assert not is_refused(password)


@given(st.integers(0, 200), st.sampled_from(["z", " ", "é", "🐢", "字"]))
def test_asvs_1_eight_characters_or_more_pass_whatever_they_are(length: int, mark: str) -> None:
    assert is_refused(mark * length) is (length < 8 or (mark * length).casefold() in common_passwords())


def test_asvs_1_lengths_are_counted_after_composing() -> None:
    decomposed = unicodedata.normalize("NFD", "é" * 7)
    assert len(decomposed) == 14
    assert is_refused(decomposed)


def test_asvs_1_only_what_nobody_types_is_too_long() -> None:
    assert not is_refused("zq" * 500)
    assert is_refused("zq" * 500 + "z")


PASSWORDS = Argon2Passwords(PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=8, max_size=40))
def test_asvs_1_one_password_typed_on_two_keyboards_is_one(password: str) -> None:
    stored = PASSWORDS.hash(unicodedata.normalize("NFD", password))
    assert PASSWORDS.verify(stored, unicodedata.normalize("NFC", password))


@pytest.mark.parametrize("changed", [" correct horse", "correct horse ", "Correct horse", "correct  horse"])
def test_asvs_1_nothing_is_trimmed_or_folded(changed: str) -> None:
    assert not PASSWORDS.verify(PASSWORDS.hash("correct horse"), changed)
