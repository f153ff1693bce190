"""The doors: a row by id comes only through here, with firm and right checked together.

Someone else's row is *not found*. For clients a door also says as whom they act (`Sight.contact`), which of
a link or an account let them in, and whether the request is closed to changes (6.10).
"""

from portal_app.services.access.documents import document, folder
from portal_app.services.access.doors import (
    account_of,
    allow,
    client,
    contact,
    is_reached,
    of_firm,
    own_client,
    section,
    signed_in,
    work_item,
)
from portal_app.services.access.grants import classic_standing, grant_facts
from portal_app.services.access.hands import hand_standing, read_hands
from portal_app.services.access.readers import reader_of, readers, signed_in_since
from portal_app.services.access.requests import BY_HANDS, CLOSED, request
from portal_app.services.access.sights import Sight, sight_of, through_grant
from portal_app.services.access.tasks import file, is_own, is_theirs, task, task_file
from portal_app.services.access.ways import check_way, way

__all__ = [
    "BY_HANDS",
    "CLOSED",
    "Sight",
    "account_of",
    "allow",
    "check_way",
    "classic_standing",
    "client",
    "contact",
    "document",
    "file",
    "folder",
    "grant_facts",
    "hand_standing",
    "is_own",
    "is_reached",
    "is_theirs",
    "of_firm",
    "own_client",
    "read_hands",
    "reader_of",
    "readers",
    "request",
    "section",
    "sight_of",
    "signed_in",
    "signed_in_since",
    "task",
    "task_file",
    "through_grant",
    "way",
    "work_item",
]
