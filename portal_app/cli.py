"""The operator's command: `portal --help`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from portal_app import bootstrap, cli_audit, cli_backups, cli_doctor, logs
from portal_app.services.backups import schema
from portal_app.settings import StartRefused, settings

if TYPE_CHECKING:
    from portal_app.services.firm import further_firms

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Run a Comptoir installation.")
app.add_typer(cli_audit.audit, name="audit")
firm = typer.Typer(no_args_is_help=True, help="The firms of this installation.")
app.add_typer(firm, name="firm")
app.add_typer(cli_backups.mail, name="mail")
for command in (cli_backups.backup, cli_backups.backups, cli_backups.restore, cli_doctor.doctor):
    app.command()(command)


@app.command()
def migrate() -> None:
    """Bring the database to this version; safe to repeat."""
    settings().data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    schema.migrate()


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


@firm.command()
def add(
    name: str,
    owner: Annotated[str, typer.Option(help="The owner’s name.")],
    email: Annotated[str, typer.Option(help="The owner’s e-mail address; they sign in with it.")],
    language: Annotated[str, typer.Option(help="fr or en.")] = "fr",
    time_zone: Annotated[str, typer.Option(help="Where due dates end at midnight.")] = "America/Toronto",
) -> None:
    """Make a further firm, apart from the others, and print the link by which its owner sets it up."""
    from portal_app.services.firm import further_firms

    new = further_firms.NewFirm(name, time_zone, language, owner, email)
    _print_link(lambda: further_firms.add_firm(bootstrap.ports(), new))


@firm.command()
def link(slug: str) -> None:
    """Print a new link for the owner of a firm that nobody has set up yet; the one before works no more."""
    from portal_app.services.firm import further_firms

    _print_link(lambda: further_firms.new_link(bootstrap.ports(), slug))


@firm.command("list")
def list_firms() -> None:
    """Name the firms, and which wait for their owner."""
    from portal_app.services.firm import further_firms

    for one in further_firms.firms(bootstrap.ports()):
        state = "" if one.has_owner else "  waits for its owner"
        typer.echo(f"{one.slug}  {one.name}{state}")


def _print_link(make: Callable[[], further_firms.SetUpLink]) -> None:
    from portal_app.domain.errors import DatabaseAway, PortalError

    try:
        made = make()
    except (DatabaseAway, PortalError) as refusal:
        sys.exit(refusal.text)
    typer.echo(
        f"{made.firm_name} waits for its owner, {made.owner_name}. Within three days they open:\n{made.url}"
    )


def main() -> None:
    """Run the command; a refusal is a sentence, not a traceback."""
    try:
        logs.configure(settings(), sys.stderr)
        app()
    except StartRefused as refusal:
        sys.exit(str(refusal))


if __name__ == "__main__":
    main()
