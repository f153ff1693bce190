"""What a task says about the room it has for files, before one is chosen (1.10)."""

from __future__ import annotations

import pytest

from portal_app.domain.uploads import MB, Limits
from portal_app.services.files.files import room_view
from portal_app.text import use_locale


@pytest.mark.parametrize(
    ("largest", "used", "said"),
    [
        (200, 0, "Jusqu’à 50 Mo en tout pour cette tâche."),
        (50, 0, "Jusqu’à 50 Mo en tout pour cette tâche."),
        (20, 0, "Jusqu’à 20 Mo par fichier; il reste 50 Mo sur 50 Mo pour cette tâche."),
        (200, 10, "Jusqu’à 50 Mo par fichier; il reste 40 Mo sur 50 Mo pour cette tâche."),
        (
            200,
            50,
            "Les fichiers de cette tâche ont atteint 50 Mo, le maximum. Écrivez au cabinet s’il en manque un.",
        ),
    ],
)
def test_1_10_both_limits_and_what_is_left_are_said_once_each(largest: int, used: int, said: str) -> None:
    with use_locale("fr"):
        room = room_view(Limits(largest_file=largest * MB, task_total=50 * MB), used * MB)

    assert room.text.replace("\N{NO-BREAK SPACE}", " ") == said
    assert room.is_full == (used == 50)
