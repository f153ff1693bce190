"""`portal audit`: the log checked, and exported with all that checking it needs (14.2)."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from portal_app import bootstrap
from portal_app.services import audit_chain

audit = typer.Typer(no_args_is_help=True, help="The audit log.")


@audit.command()
def verify(
    against: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, help="An earlier export: what it holds must still be there."
        ),
    ] = None,
) -> None:
    """Check every chain of the log; names the first entry of each that is not as written, and what is wrong."""
    chosen = bootstrap.ports()
    broken = audit_chain.verify(chosen)
    if against is not None:
        with against.open(encoding="utf-8") as lines:
            broken += audit_chain.missing_since(chosen, lines)
    for found in broken:
        typer.echo(f"Chain {found.chain_id}: entry {found.seq} {found.what}.")
    if broken:
        raise typer.Exit(1)
    typer.echo("Every entry is as it was written. The chains end with:")
    for end in audit_chain.ends(chosen):
        typer.echo(f"{end.chain_id}  {end.seq}  {end.hash.hex()}")


@audit.command()
def export(
    to: Annotated[
        Path | None, typer.Argument(dir_okay=False, help="A new file; without one, standard output.")
    ] = None,
) -> None:
    """Write every entry as JSON Lines, with the hashes that anybody can check without Comptoir."""
    lines = audit_chain.export(bootstrap.ports())
    if to is None:
        sys.stdout.writelines(lines)
        return
    try:
        with to.open("x", encoding="utf-8") as file:
            file.writelines(lines)
    except FileExistsError:
        sys.exit(f"{to} is there already. Name a new file.")
