"""`portal backup`, `portal restore`, `portal mail`: one command each (15.3)."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from portal_app import bootstrap
from portal_app.services.backups import making, restoring, schema
from portal_app.services.backups.shelf import BackupRefused, Shelf
from portal_app.services.mail import held

mail = typer.Typer(no_args_is_help=True, help="What waited to leave when a restored backup was made.")
Found = TypeVar("Found")
Place = Annotated[Path, typer.Argument(file_okay=False, help="The folder with the backups.")]
MADE_WITH_FAULTS = 2


def backup(
    dest: Place,
    keep: Annotated[
        int, typer.Option(min=0, help="Of the backups there only so many stay; 0 keeps all.")
    ] = 0,
) -> None:
    """Back up database and files into a folder while the portal serves; sealed, and what is there is not copied again."""
    made = _or_say(lambda: making.make_backup(bootstrap.ports(), dest.absolute(), keep=keep))
    typer.echo(
        f"{dest / made.name}: {made.rows:,} rows, {made.objects:,} objects, {_size(made.bytes)}; "
        f"{made.copied:,} objects ({_size(made.copied_bytes)}) were new here."
    )
    if made.forgotten:
        typer.echo(f"Removed: {', '.join(made.forgotten)}.")
    if made.missing:
        typer.echo(
            f"{len(made.missing)} objects that rows name are missing in the portal’s own store, so they are not in the "
            "backup either. `portal doctor` names the files.",
            err=True,
        )
        raise typer.Exit(MADE_WITH_FAULTS)


def backups(dest: Place) -> None:
    """List the backups in a folder, oldest first."""
    shelf = Shelf(dest.absolute())
    for name in shelf.names():
        about = _or_say(lambda name=name: shelf.about(name))  # type: ignore[misc]
        typer.echo(f"{name}  {about.objects:,} objects  {_size(about.bytes)}  revision {about.revision}")


def restore(
    src: Place,
    name: Annotated[str, typer.Option("--backup", help="Which one; else the newest.")] = "",
    over: Annotated[bool, typer.Option("--over", help="Replace the firms that are there.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only check the backup; nothing is written.")
    ] = False,
) -> None:
    """Restore a backup into an empty portal that does not run; everything is checked before anything is written."""
    chosen = bootstrap.ports()
    chosen.settings.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if check:
        about = _or_say(lambda: restoring.check(chosen, src.absolute(), name=name))
        typer.echo(f"{about.name} is whole: {about.objects:,} objects, {_size(about.bytes)}.")
        return
    done = _or_say(lambda: restoring.restore(chosen, src.absolute(), name=name, over=over))
    if done.revision != schema.newest():
        typer.echo(f"The backup is of an earlier version (revision {done.revision}): migrating.")
        schema.migrate()
    restoring.note(chosen, done)
    typer.echo(f"Restored {done.name}: {done.rows:,} rows, {done.objects:,} objects.")
    if done.missing:
        typer.echo(f"{done.missing} objects were missing when it was made; `portal doctor` names the files.")
    if done.held:
        typer.echo(
            f"{done.held} messages waited to leave then, and may have left since. They are held: look with "
            "`portal mail held`, then `portal mail release` or `portal mail drop`."
        )
    typer.echo("Now run `portal doctor --deep`, then start the portal.")


@mail.command("held")
def list_held() -> None:
    """Say what is held, by kind and event."""
    for one in held.held(bootstrap.ports()):
        typer.echo(f"{one.count:>7}  {one.kind}  {one.event}  since {one.oldest:%Y-%m-%d %H:%M} UTC")


@mail.command()
def release() -> None:
    """Let what is held leave; what no longer holds is cancelled on its way."""
    typer.echo(f"{held.release(bootstrap.ports())} messages leave now.")


@mail.command()
def drop() -> None:
    """Let nothing of what is held leave."""
    typer.echo(f"{held.drop(bootstrap.ports())} messages are cancelled.")


def _or_say(act: Callable[[], Found]) -> Found:
    try:
        return act()
    except BackupRefused as refusal:
        sys.exit(str(refusal))


def _size(count: int) -> str:
    return f"{count / (1 << 20):,.1f} MB"
