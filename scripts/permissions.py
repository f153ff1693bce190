"""Writes docs/permissions.md: who reaches which handler and which route (`tests/security/matrix.py`).

`python -m scripts.permissions` after a handler or a route was added; `make format` runs it too.
"""

from pathlib import Path

from tests.security.matrix import FIRST_VIEWS, Person, Reach, need_of, reach, reach_of, served
from tests.trial.registry import Declared, declared

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "permissions.md"
HEAD = """# Who reaches what

Nine sorts of people, and what each reaches: every function that a page may call over its socket, and every address
with each of its methods. *Yes* is everything of their own firm, or, for a client, of the client whose access is full;
*theirs* is what was sent to, shared with or handed to them; *with it* is whoever has the link, code or secret that is
needed, which opens what it was made for and nothing beside it. Everything else is *not found*, or leads to sign-in.
What needs *nothing* shows nothing of anybody; *demo* is there in the demo alone.
*Require MFA* and the list of actions below it narrow what links do (`portal_app/domain/policy.py`); classic access is
outside both.

The tests call each of them as everybody else, with ids of another client and another firm in every place
(`tests/security`). This page is written by `python -m scripts.permissions`.
"""


def _row(name: str, need: object, cells: list[Reach]) -> str:
    return f"| `{name}` | {need} | " + " | ".join(cells) + " |"


def _table(first: str, rows: list[str]) -> list[str]:
    head = f"| {first} | needs | " + " | ".join(Person) + " |"
    return [head, "| --- " * (len(Person) + 2) + "|", *rows]


def _name(one: Declared) -> str:
    state, verb = one.name.rsplit(".", 2)[-2:]
    family = one.module.rpartition(".")[2]
    title = "".join(word.capitalize() for word in state.rpartition("____")[2].split("_"))
    return f"{family}: {title}.{verb}"


def written() -> str:
    """The whole page."""
    handlers = sorted((_name(one), one.policy) for one in declared())
    calls = [_row(name, policy, [reach(policy, who) for who in Person]) for name, policy in handlers]
    addresses = [
        _row(f"{method} {path}", need_of(path, method), [reach_of(path, method, who) for who in Person])
        for path, method in sorted(served())
    ]
    views = [
        _row(f"GET {path}", need, [reach(need, who) for who in Person]) for path, need in FIRST_VIEWS.items()
    ]
    return "\n".join(
        [
            HEAD,
            "## What pages call",
            "",
            *_table("handler", calls),
            "",
            "## Addresses",
            "",
            *_table("address", addresses),
            "",
            "## Documents that are filled at once",
            "",
            "All other documents are empty until their page has called what it needs, as above.",
            "",
            *_table("document", views),
            "",
        ]
    )


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
