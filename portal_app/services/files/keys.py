"""Whether this process has the key that the data was sealed with (10.3)."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from portal_app.domain.actors import Actor
from portal_app.models import KeyCheck
from portal_app.ports import Ports
from portal_app.settings import StartRefused
from portal_app.work import begin, reading

_KNOWN = b"comptoir"
_ABOUT = b"key check"


def check_key(ports: Ports) -> None:
    """Compare the secret key with the database's; the first start writes what later ones compare.

    Raises `StartRefused`: nothing that was sealed before could be opened, and what is sealed now could not
    be opened with the right key.
    """
    kept = _kept(ports)
    if kept is None:
        try:
            with begin(ports, Actor.timetable()) as work:
                work.add(KeyCheck(sealed=ports.sealer.seal(_KNOWN, _ABOUT)))
        except IntegrityError:
            check_key(ports)  # another process was first
        return
    if not is_ours(ports, kept):
        raise StartRefused(
            "The secret key is not the one this database was sealed with. "
            "Put the right file in PORTAL_SECRET_KEY_FILE; a new key goes on a line before the old one."
        )


def is_ours(ports: Ports, kept: bytes) -> bool:
    """Whether what a database keeps to check the key by was sealed with a line of our key file."""
    try:
        return ports.sealer.unseal(kept, _ABOUT) == _KNOWN
    except ValueError:
        return False


def _kept(ports: Ports) -> bytes | None:
    with reading(ports, Actor.nobody()) as work:
        row = work.session.get(KeyCheck, 1)
        return row.sealed if row else None
