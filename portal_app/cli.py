"""The operator's command: `portal --help`."""

from __future__ import annotations

import sys
from pathlib import Path

import typer
from alembic.config import Config

from alembic import command
from portal_app import bootstrap
from portal_app.settings import StartRefused, settings

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Run a Comptoir installation.")
audit = typer.Typer(no_args_is_help=True, help="The audit log.")
app.add_typer(audit, name="audit")

ROOT = Path(__file__).parent.parent


@app.command()
def migrate() -> None:
    """Bring the database to this version; safe to repeat."""
    settings().data_dir.mkdir(parents=True, exist_ok=True)
    config = Config(str(ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(ROOT / "alembic"))
    command.upgrade(config, "head")


@app.command()
def demo() -> None:
    """Migrate and, where no firm is there yet, fill in the demo firm; prints where to go."""
    if not settings().demo:
        sys.exit(
            "This fills a database with an invented firm: set PORTAL_DEMO=true if that is what you want."
        )
    migrate()
    from portal_app.jobs.demo import fill_demo, welcome

    fill_demo(bootstrap.ports())
    typer.echo(welcome(bootstrap.ports()))


@audit.command()
def verify() -> None:
    """Check every chain of the audit log; names the first entry that is not as written."""
    from portal_app.services.audit_chain import verify as check

    broken = check(bootstrap.ports())
    for found in broken:
        typer.echo(f"Chain {found.chain_id}: entry {found.seq} is not what was written.")
    if broken:
        raise typer.Exit(1)
    typer.echo("Every entry is as it was written.")


def main() -> None:
    """Run the command; a refusal is a sentence, not a traceback."""
    try:
        app()
    except StartRefused as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
