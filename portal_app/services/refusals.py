"""Who was refused what: one line in the audit log for whoever tries a door that is not theirs (15.4)."""

from __future__ import annotations

from typing import Final

from portal_app.domain.actors import Actor
from portal_app.ports import Ports
from portal_app.work import begin

ONE_DOOR: Final = "1/minute"
ALL_DOORS: Final = "10/minute"
"""Lines that one session or device can leave: trying on and on fills no log (docs/decisions/0004)."""


def note_refusal(ports: Ports, actor: Actor, target: str) -> None:
    """Write down that `actor` was refused `target`, a handler or a route; who is nobody is not written down."""
    who = actor.session_id or actor.device_id
    if who is None:
        return
    if not (
        ports.limiter.hit(f"refused:{who}:{target}", ONE_DOOR)
        and ports.limiter.hit(f"refused:{who}", ALL_DOORS)
    ):
        return
    with begin(ports, actor) as work:
        work.audit("access:refused", firm_id=actor.firm_id, subject_kind="door", target=target)
