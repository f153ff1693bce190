"""Where an e-mail stands (8.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from portal_app.domain.delivery import Delivery, MailFacts, delivery

SENT = datetime(2026, 3, 2, 14, 0, tzinfo=UTC)
BEFORE, LATER = SENT - timedelta(hours=1), SENT + timedelta(hours=1)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"phase": "queued"}, Delivery.QUEUED),
        ({"phase": "transmitting"}, Delivery.QUEUED),
        ({"phase": "queued", "tries": 2}, Delivery.DEFERRED),
        ({"phase": "sent", "sent_at": SENT}, Delivery.ACCEPTED),
        ({"phase": "sent", "sent_at": SENT, "deferred_at": LATER}, Delivery.DEFERRED),
        ({"phase": "sent", "sent_at": SENT, "opened_at": LATER, "deferred_at": LATER}, Delivery.OPENED),
        ({"phase": "sent", "sent_at": SENT, "opened_at": BEFORE}, Delivery.ACCEPTED),
        ({"phase": "sent", "sent_at": SENT, "opened_at": BEFORE, "acted_at": LATER}, Delivery.ACTED_ON),
        ({"phase": "sent", "sent_at": SENT, "acted_at": BEFORE}, Delivery.ACCEPTED),
        ({"phase": "failed", "sent_at": SENT, "opened_at": LATER}, Delivery.BOUNCED),
        ({"phase": "unknown"}, Delivery.UNKNOWN),
        ({"phase": "cancelled"}, Delivery.STOPPED),
    ],
)
def test_8_6_each_e_mail_has_one_state(facts: dict[str, Any], said: Delivery) -> None:
    assert delivery(MailFacts(**facts)) is said
