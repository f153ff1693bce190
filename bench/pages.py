"""Bytes of the client pages (figure 3)

Scripts and sheets of a first load, with brotli, in the heavier language.
"""

from bench import Row
from scripts.weigh import weights

WHOLE = 165_000
BEFORE_TASKS = 10_000


def measure() -> list[Row]:
    """Two rows a client page."""
    rows: list[Row] = []
    heaviest = {
        page.route: page
        for page in sorted(weights(), key=lambda page: page.total)
        if page.audience == "client"
    }
    for route, page in sorted(heaviest.items()):
        rows.append(
            Row(f"`{route}`, all", f"{page.total / 1000:.1f} KB", "", "≤ 165 KB", page.total <= WHOLE)
        )
        before = page.before_content
        rows.append(
            Row(
                f"`{route}`, before the tasks show",
                f"{before / 1000:.1f} KB",
                "",
                "≤ 10 KB",
                before <= BEFORE_TASKS,
            )
        )
    return rows
