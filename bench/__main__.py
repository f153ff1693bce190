"""`python -m bench [name …]`: measures, and puts each figure's section into docs/benchmarks.md."""

import os
import platform
import re
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from bench import Row

REPORT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
REACHED = {True: "yes", False: "**no**", None: ""}
HEAD = """# Benchmarks

Ratios measured in one run; absolute values are for orientation. `make bench` measures all, `make bench-<name>` one.
"""


def section(name: str, module: ModuleType, rows: list[Row]) -> str:
    """One figure: its title, when and where it was measured, and its table."""
    title, _, about = (module.__doc__ or name).strip().partition("\n")
    measured = f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    lines = [
        f"## {title}",
        "",
        *([about.strip(), ""] if about.strip() else []),
        f"`make bench-{name}` · {measured}",
        "",
    ]
    lines += ["| what | measured | against | goal | reached |", "| --- | --- | --- | --- | --- |"]
    lines += [
        f"| {row.what} | {row.ours} | {row.limit} | {row.goal} | {REACHED[row.reached]} |" for row in rows
    ]
    return "\n".join(lines) + "\n"


def kept_sections() -> dict[str, str]:
    """The sections of the last report, by the name in their command."""
    text = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)[1:]
    return {
        found[1]: part.rstrip() + "\n" for part in parts if (found := re.search(r"`make bench-(\w+)`", part))
    }


def main() -> None:
    """Measure what is asked for, or all there is."""
    known = sorted(
        module.name for module in iter_modules([str(Path(__file__).parent)]) if module.name[0] != "_"
    )
    asked = sys.argv[1:] or known
    if unknown := set(asked) - set(known):
        sys.exit(f"No measurement is called {', '.join(sorted(unknown))}. There are: {', '.join(known)}.")
    sections = kept_sections()
    for name in asked:
        print(f"Measuring {name} …", flush=True)
        module = import_module(f"bench.{name}")
        sections[name] = section(name, module, module.measure())
        print(sections[name])
        REPORT.write_text(
            "\n".join([HEAD, *(sections[known] for known in sorted(sections))]), encoding="utf-8"
        )


if __name__ == "__main__":
    main()
