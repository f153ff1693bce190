"""Serves the built site by Granian, by the settings alone: `python -m portal_app.serve` (decision 0005).

Never `reflex run`: it builds at each start, and one killed worker ends it.
"""

import os
import socket
import sys
import tempfile

from granian import Granian
from granian.constants import Interfaces

from portal_app import logs
from portal_app.assets import SITE
from portal_app.settings import StartRefused, checked, settings

# Reflex's own names for "the site is built, only serve it"; tests/build holds them to their meaning.
os.environ |= {"__REFLEX_SKIP_COMPILE": "true", "REFLEX_ENV_MODE": "prod"}


def _is_taken(host: str, port: int) -> bool:
    """Granian would share the port with another portal without a word, and each would get half of the requests."""
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def main() -> None:
    """Serve until told to stop. Unsafe settings end the process before anything listens."""
    try:
        chosen = checked(settings())
    except StartRefused as refusal:
        sys.exit(str(refusal))
    if not (SITE / "documents.json").is_file():
        sys.exit(f"There is no site in {SITE}. Run `make build` first.")
    if _is_taken(chosen.host, chosen.port):
        sys.exit(
            f"Something answers on port {chosen.port} already. Stop it, or choose another: PORT=8001 make run"
        )
    if chosen.workers > 1:  # then /metrics adds up what each of them counted
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="comptoir-metrics-")
    Granian(
        "portal_app.asgi:app",
        factory=True,
        interface=Interfaces.ASGI,
        address=chosen.host,
        port=chosen.port,
        workers=chosen.workers,
        respawn_failed_workers=True,
        log_dictconfig=logs.of_the_server(chosen),
        workers_kill_timeout=10,  # seconds; an upload that is under way seals what it has
    ).serve()


if __name__ == "__main__":
    main()
