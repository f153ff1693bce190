"""Tables. Importing this package declares all of them."""

from portal_app.models.base import FirmRow, Row, UtcDateTime, new_id
from portal_app.models.clients import (
    AccessLevel,
    AccessStatus,
    Client,
    ClientAssignment,
    ClientContact,
    ClientKind,
    Contact,
    PortalAccess,
    PortalAccount,
)
from portal_app.models.files import FilePart, KeyCheck, Side, StoredFile, Upload
from portal_app.models.firms import Firm, Staff
from portal_app.models.mail import MailPhase, OutboxMail
from portal_app.models.notices import (
    Activity,
    AuditEntry,
    CapturedMail,
    ClockShift,
    Heartbeat,
    Notification,
)
from portal_app.models.requests import (
    AccessCode,
    AccessGrant,
    ClientRequest,
    LinkToken,
    LostDevice,
    Recipient,
)
from portal_app.models.sessions import Device, KnownBrowser, SignInCode, SignInSession
from portal_app.models.work import (
    Answer,
    Comment,
    Section,
    SectionKind,
    Task,
    TaskAnswer,
    WorkItem,
    WorkStatus,
)

__all__ = [
    "AccessCode",
    "AccessGrant",
    "AccessLevel",
    "AccessStatus",
    "Activity",
    "Answer",
    "AuditEntry",
    "CapturedMail",
    "Client",
    "ClientAssignment",
    "ClientContact",
    "ClientKind",
    "ClientRequest",
    "ClockShift",
    "Comment",
    "Contact",
    "Device",
    "FilePart",
    "Firm",
    "FirmRow",
    "Heartbeat",
    "KeyCheck",
    "KnownBrowser",
    "LinkToken",
    "LostDevice",
    "MailPhase",
    "Notification",
    "OutboxMail",
    "PortalAccess",
    "PortalAccount",
    "Recipient",
    "Row",
    "Section",
    "SectionKind",
    "Side",
    "SignInCode",
    "SignInSession",
    "Staff",
    "StoredFile",
    "Task",
    "TaskAnswer",
    "Upload",
    "UtcDateTime",
    "WorkItem",
    "WorkStatus",
    "new_id",
]
