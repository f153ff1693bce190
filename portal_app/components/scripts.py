"""Our own scripts, as wrapped components import them.

Reflex's `rx.asset` reads the source of the whole call stack for each, which cost every start a second.
"""

from pathlib import Path

SOURCE = Path(__file__).parent
PLACE = "portal"
"""The folder in Reflex's workshop that the build copies them to (portal_app/frontend.py)."""


def own_script(name: str) -> str:
    """What a component's `library` is: `own_script("copy.jsx")`. Raises FileNotFoundError for a name that is none."""
    if not (SOURCE / name).is_file():
        raise FileNotFoundError(SOURCE / name)
    return f"$/{PLACE}/{name}"
