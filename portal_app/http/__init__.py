"""Starlette routes: every module here that has a `routes` list is served."""

from importlib import import_module
from pkgutil import iter_modules

from starlette.routing import BaseRoute


def routes() -> list[BaseRoute]:
    """All plain routes, in the order of their modules' names."""
    found: list[BaseRoute] = []
    for name in sorted(module.name for module in iter_modules(__path__)):
        found += getattr(import_module(f"{__name__}.{name}"), "routes", [])
    return found
