"""A firm's own audit log as a file, with the hashes that anybody can check (14.2): for who may read it (1.16)."""

from __future__ import annotations

from collections.abc import Iterator

from portal_app.domain.actors import Actor
from portal_app.domain.permissions import Permission
from portal_app.models import Firm
from portal_app.ports import Ports
from portal_app.services import access, audit_chain
from portal_app.services.firm import firm_days
from portal_app.text import _
from portal_app.work import begin


def begin_export(ports: Ports, actor: Actor) -> str:
    """Open the door, write down who exports, and give the file's name. Raises `NotFound`."""
    with begin(ports, actor) as work:
        access.allow(work, Permission.AUDIT_READ)
        firm = work.session.get_one(Firm, actor.firm_id)
        work.audit("audit:exported", firm_id=firm.id)
        return _("audit log {firm} {day}.jsonl").format(firm=firm.slug, day=firm_days.today(firm, work.now))


def audit_lines(ports: Ports, actor: Actor) -> Iterator[str]:
    """Every entry of the firm's chain, as `portal audit export` writes it. Raises `NotFound`."""
    if actor.firm_id is None:
        return iter(())
    return audit_chain.export(ports, firm_id=actor.firm_id)
