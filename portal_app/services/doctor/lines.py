"""By which line the portal reaches PostgreSQL: as the line itself and the server see it, whatever the settings say (15.4)."""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any

from sqlalchemy import Connection, text

from portal_app.settings import LOOPBACK


def tls_of(connection: Connection) -> str:
    """The version of TLS that this connection to PostgreSQL goes by, like `TLSv1.3`; empty where it goes in the clear.

    Both ends are asked, since something may stand between: what one of them has in the clear is in the clear.
    """
    query = text("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid() AND ssl")
    theirs = connection.execute(query).scalar()
    return str(theirs) if theirs and _driver(connection).pgconn.ssl_in_use else ""


def leaves_the_machine(connection: Connection) -> bool:
    """Whether the server is reached over a network; a socket file and the loopback are none."""
    info = _driver(connection).info
    return is_elsewhere(info.hostaddr or info.host)


def is_elsewhere(host: str) -> bool:
    """Whether this name, address or socket folder, as libpq has it, is another machine's."""
    if host.startswith(("/", "@")) or host in LOOPBACK:
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True


def _driver(connection: Connection) -> Any:
    """psycopg's own connection."""
    return connection.connection.dbapi_connection
