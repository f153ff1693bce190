"""`portal doctor`: what is well, what is not, and what to do about it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated

import typer

from portal_app import bootstrap
from portal_app.jobs.timetable import TIMETABLE
from portal_app.services.doctor.examining import examine
from portal_app.services.doctor.findings import Finding, Level, fault, worst
from portal_app.settings import StartRefused

_SIGNS = {
    Level.OK: ("ok", typer.colors.GREEN),
    Level.WARNING: ("warning", typer.colors.YELLOW),
    Level.FAULT: ("FAULT", typer.colors.RED),
}


def doctor(
    deep: Annotated[bool, typer.Option("--deep", help="Open every file and check its SHA-256.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For a program to read.")] = False,
) -> None:
    """Look at settings, keys, database, files, mail, timetable and backups; ends with 0, 1 (warnings) or 2 (faults)."""
    found: list[Finding] = []
    jobs = {name: every for name, (every, _job) in TIMETABLE.items()}
    for finding in _findings(jobs, deep=deep):
        found.append(finding)
        if not as_json:
            _show(finding)
    level = worst(found)
    if as_json:
        facts = [
            {"check": f.check, "level": f.level.name.lower(), "text": f.text, "remedy": f.remedy}
            for f in found
        ]
        typer.echo(json.dumps({"level": level.name.lower(), "findings": facts}, ensure_ascii=False, indent=1))
    raise typer.Exit(int(level))


def _findings(jobs: dict[str, timedelta], *, deep: bool) -> Iterator[Finding]:
    try:
        chosen = bootstrap.ports()
    except StartRefused as refusal:
        yield fault("key", str(refusal), "Nothing else can be looked at without it.")
        return
    yield from examine(chosen, jobs, deep=deep)


def _show(finding: Finding) -> None:
    sign, colour = _SIGNS[finding.level]
    typer.secho(f"{sign:<9}", fg=colour, nl=False)
    typer.echo(f"{finding.check:<12}{finding.text}")
    if finding.remedy:
        typer.echo(f"{'':<21}→ {finding.remedy}")
