"""Management page on PostgreSQL (figure 9)

The same looks as above with PostgreSQL (`PORTAL_TEST_POSTGRES`, or the one of this machine), whose statistics are fresh,
in time that passed.
"""

from sqlmodel import create_engine

from bench import Row
from bench.manage import SIZES, measured
from tests.conftest import POSTGRES

NAME = "comptoir_bench_{clients}"


def measure() -> list[Row]:
    """All sizes in one run, each in a database of its own that goes afterwards."""
    admin = create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    names = [NAME.format(clients=size) for size in SIZES]
    with admin.connect() as connection:
        for name in names:
            connection.exec_driver_sql(f'DROP DATABASE IF EXISTS "{name}"')
            connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
        try:
            return measured(f"{POSTGRES}/{NAME}")
        finally:
            for name in names:
                connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')
