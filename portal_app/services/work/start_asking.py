"""Saving a work item's facts, asking first where its start moves what others see (5.14, 6.18)."""

from __future__ import annotations

from uuid import UUID

from portal_app.domain.actors import Actor
from portal_app.ports import Ports
from portal_app.services.work import start_moves, work_items
from portal_app.services.work.send_moments import Past
from portal_app.services.work.start_moves import Moves
from portal_app.services.work.work_items import WorkFields


def save_facts(
    ports: Ports,
    actor: Actor,
    work_item_id: UUID,
    fields: WorkFields,
    *,
    is_confirmed: bool = False,
    past: Past = Past.UNASKED,
) -> Moves | None:
    """Change title, names and dates.

    Where recipients would see dates move, or a send would be past, nothing changes until `is_confirmed` and
    `past` say so: what would move is given back instead. Raises `BadInput` beside the field.
    """
    moves = start_moves.moves_of(ports, actor, work_item_id, fields.starts_on)
    if moves.is_asking and not (is_confirmed and (past or not moves.past)):
        return moves
    send_now = moves.past_ids if past is Past.NOW else ()
    work_items.edit_work_item(ports, actor, work_item_id, fields, send_now)
    return None
