"""Logs: JSON lines in production, for people in development; of a fault its kinds and places alone (asvs 52).

Everything that this process writes comes through here, also what libraries log: messages of exceptions hold what people typed,
so no traceback is ever written out.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any, TextIO

import structlog
from structlog.types import Processor

from portal_app import faults
from portal_app.settings import Settings

QUIET = (
    "granian.access",
    "httpx",
    "httpx2",
    "httpcore",
    "httpcore2",
    "PIL",
    "botocore",
    "engineio",
    "socketio",
    "alembic",
    "apscheduler",
)
"""Libraries that write down addresses, requests or payloads: only what went wrong is taken from them."""


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Write logs to `stream`, else standard output, in the form that the settings say."""
    structlog.configure(
        processors=[*_shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(stream or sys.stdout)
    handler.setFormatter(formatter(settings.log_format))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def formatter(form: str) -> logging.Formatter:
    """What makes a line of a record, ours or a library's."""
    last: Processor = structlog.dev.ConsoleRenderer(colors=False)
    if form == "json":
        last = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_shared(), _words_alone],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
    )


def of_the_server(settings: Settings) -> dict[str, Any]:
    """The same for the server that runs us: its own few lines, and none a request."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": "portal_app.logs.formatter", "form": settings.log_format}},
        "handlers": {
            "ours": {"class": "logging.StreamHandler", "formatter": "ours", "stream": "ext://sys.stdout"}
        },
        "loggers": {
            "_granian": {"handlers": ["ours"], "level": "INFO", "propagate": False},
            "granian.access": {"handlers": [], "level": "WARNING", "propagate": False},
        },
    }


def _shared() -> list[Processor]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _faults_alone,
    ]


def _faults_alone(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """In the place of a traceback: which kinds of fault, and where."""
    found = event.pop("exc_info", None)
    fault = found[1] if isinstance(found, tuple) else found if isinstance(found, BaseException) else None
    if found is True:
        fault = sys.exc_info()[1]
    if fault is not None:
        event.update(faults.facts(fault))
    event.pop("stack_info", None)
    return event


def _words_alone(_logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Of what a library logs its own words, without what was put into them: that may be anything."""
    record = event.get("_record")
    if record is not None:
        event["event"] = str(record.msg)
    return event
