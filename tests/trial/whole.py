"""The portal's real states behind its real gate, without a built site; `granian --factory tests.trial.whole:app`."""

from __future__ import annotations

from starlette.types import ASGIApp

from portal_app import bootstrap
from portal_app.gate import Gate
from portal_app.portal_app import app as reflex_app
from portal_app.services.sign_in.sessions import SessionBook
from portal_app.settings import settings
from portal_app.whole import forget_setters


def app() -> ASGIApp:
    served = reflex_app()
    forget_setters(reflex_app)
    return Gate(served, sessions=SessionBook(bootstrap.ports()), settings=settings())
