"""Who reaches what (asvs 27): nine sorts of people × every handler and every route. Tests and a page are made of it.

A handler's line is its declared policy. A route's line stands in `ROUTES`: what its address needs, for all its
methods or one by one. A route without a line fails the tests; so does a line whose route is gone.
`python -m scripts.permissions` writes docs/permissions.md.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from uuid import UUID

from starlette.routing import Route

from portal_app import routes as paths
from portal_app.domain.actors import Actor, Kind, Role
from portal_app.domain.permissions import Permission, may
from portal_app.http import client_pages, routes
from portal_app.services.access import BY_HANDS
from portal_app.state._policy import Audience


class Person(StrEnum):
    """The columns."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    FULL = "full access"
    LIMITED = "limited access"
    LINK = "link device"
    HANDED = "task handed over"
    CLASSIC = "classic browser"
    NOBODY = "nobody"


class Reach(StrEnum):
    """What a cell says."""

    ALL = "yes"
    THEIRS = "theirs"
    """What was sent to or handed to them, and nothing beside it."""
    HELD = "with it"
    NOTHING = "–"


class Key(StrEnum):
    """What a route needs that is no permission of ours."""

    NONE = "nothing"
    """It shows nothing of anybody, and changes only what whoever asks proves to be theirs."""
    SECRET = "its secret"
    """A link, a code or a PIN."""
    GRANT = "grant"
    """A device that holds or held one."""
    OPERATOR = "operator"
    DEMO = "demo"


Need = Permission | Audience | Key

STAFF = (Person.OWNER, Person.ADMIN, Person.MEMBER)
ACCOUNTS = (Person.FULL, Person.LIMITED)
BROWSERS = (Person.LINK, Person.HANDED, Person.CLASSIC)


def reach(need: Need, person: Person) -> Reach:
    """The cell: how far `person` gets with what needs `need`."""
    if need in (Key.NONE, Audience.ANYONE, Key.DEMO):
        return Reach.ALL
    if need in (Key.SECRET, Key.OPERATOR):
        return Reach.HELD
    if need is Key.GRANT:
        return Reach.THEIRS if person in BROWSERS else Reach.NOTHING
    if need is Audience.STAFF:
        return Reach.ALL if person in STAFF else Reach.NOTHING
    if need is Audience.CLIENT:
        return Reach.THEIRS if person in (*ACCOUNTS, *BROWSERS) else Reach.NOTHING
    assert isinstance(need, Permission)
    if not may(_actor(person), need) or (person is Person.HANDED and need not in BY_HANDS):
        return Reach.NOTHING
    return Reach.ALL if person in STAFF or person is Person.FULL else Reach.THEIRS


def _actor(person: Person) -> Actor:
    some = UUID(int=1)
    if person in STAFF:
        return Actor(kind=Kind.STAFF, firm_id=some, staff_id=some, role=Role(person.name.lower()))
    if person in ACCOUNTS:
        return Actor(kind=Kind.CLIENT, firm_id=some, contact_id=some)
    return Actor(kind=Kind.CLIENT, device_id=some) if person in BROWSERS else Actor.nobody()


P = Permission
_SIGN_IN = (paths.LOGIN, paths.CODE, paths.CODE_AGAIN, paths.LOGOUT)
_STAFF_SIGN_IN = (paths.STAFF_LOGIN, paths.STAFF_CODE, paths.STAFF_CODE_AGAIN, paths.STAFF_LOGOUT)
_ASKING = (paths.STAFF_ISSUER, paths.REGISTER, paths.MY_LINKS, paths.FORGOT, paths.STAFF_FORGOT, paths.HELP)
_FACTORS = ("/remove", "/codes", "/{kind}", "/{kind}/start")
_SETTING_UP = tuple(
    page + "/setup/{kind}" + end for page in (paths.STAFF_LOGIN, paths.LOGIN) for end in ("", "/start")
)
"""Half signed in: what they show and change is of that sign-in alone."""
_APP = (
    paths.PUSH_KEY,
    paths.APP_START,
    paths.APP_MANIFEST,
    paths.APP_ICON,
    paths.SERVICE_WORKER,
    paths.OFFLINE,
    paths.OFFLINE_SCRIPT,
)
_OPEN = (*_APP, paths.START, paths.LANGUAGE, paths.CONTINUE, paths.HEALTHZ, paths.READYZ)
_TOKENS = (
    *(paths.RESET, paths.STAFF_RESET, paths.REGISTERING),
    *(paths.ADDRESS_LINK, paths.STAFF_ADDRESS_LINK),
    *(paths.INVITE, paths.INVITE_AGAIN, paths.INVITE_LEAVE),
    *(paths.MAGIC_LINK, paths.LINK_ACCESS, paths.LINK_CODE),
    *(paths.HANDED_OVER, paths.HANDED_ACCESS, paths.HANDED_CODE),
    *(paths.CONTINUE_SCANNED, paths.REMINDERS_OFF, paths.CLASSIC, paths.CLASSIC_PIN),
    *(paths.UPLOAD, paths.BRAND),
    *(paths.STAFF_JOIN, paths.STAFF_ISSUER_BACK),
)

_ACCOUNT = (
    *(paths.ACCOUNT, paths.ACCOUNT_ADDRESS, paths.ACCOUNT_PASSWORD, paths.ACCOUNT_REMINDERS),
    paths.ACCOUNT_NOTICES,
    *(paths.ACCOUNT_BROWSER_END, paths.ACCOUNT_BROWSERS_END),
)

ROUTES: dict[str, Need | dict[str, Need]] = {
    **dict.fromkeys((*_SIGN_IN, *_STAFF_SIGN_IN, *_SETTING_UP, *_ASKING, *_OPEN), Key.NONE),
    **dict.fromkeys(_TOKENS, Key.SECRET),
    paths.SETUP: Key.OPERATOR,
    paths.BOUNCES: Key.OPERATOR,
    paths.METRICS: Key.OPERATOR,
    paths.MAILBOX: Key.DEMO,
    paths.MAILBOX_JSON: Key.DEMO,
    paths.MAILBOX + "/{mail_id:int}": Key.DEMO,
    paths.DEV_CLOCK: Key.DEMO,
    # staff
    paths.CONTACT_DATA: P.EXPORT,
    paths.ACTIVITY_EXPORT: P.EXPORT,
    paths.PORTAL_EXPORT: P.EXPORT,
    paths.AUDIT_EXPORT: P.AUDIT_READ,
    paths.CONTACT_ERASE: P.ERASE,
    **dict.fromkeys((paths.STAFF_CONFIRM, paths.STAFF_CONFIRM_CODE, paths.STAFF_MFA), Audience.STAFF),
    **dict.fromkeys((paths.STAFF_MFA + end for end in _FACTORS), Audience.STAFF),
    paths.ACTIVITY_EXPORT: P.EXPORT,
    paths.SETTINGS_ISSUER: P.POLICY_EDIT,
    paths.IMPORT_FILE: P.BULK,
    paths.IMPORT_FAULTS: P.BULK,
    paths.IMPORT_TEMPLATE: Audience.STAFF,
    paths.BRAND_IMAGE: P.SETTINGS_EDIT,
    paths.BRAND_PREVIEW: P.SETTINGS_EDIT,
    paths.SEEN_AS + "/home": P.CLIENT_READ,
    paths.SEEN_AS + "/requests/{id}": P.CLIENT_READ,
    paths.SEEN_AS + "/documents": P.CLIENT_READ,
    paths.SEEN_AS + "/documents/{id}": P.CLIENT_READ,
    paths.SEEN_AS + "/files/{id}/download": P.CLIENT_READ,
    paths.SEEN_AS + "/{rest:path}": Audience.STAFF,
    # the account of whoever is signed in
    **dict.fromkeys((paths.CONFIRM, paths.CONFIRM_CODE, paths.MFA), P.HOME_READ),
    **dict.fromkeys((paths.MFA + end for end in _FACTORS), P.HOME_READ),
    # who is signed in, or half so
    paths.PASSKEY: Key.NONE,
    paths.MFA_RESET: P.MFA_RESET,
    paths.STAFF_PASSKEY: Key.NONE,
    # a request, by whoever sees it
    client_pages.TICK: P.TASK_COMPLETE,
    client_pages.UNDO: P.TASK_COMPLETE,
    client_pages.NOT_APPLICABLE: P.TASK_COMPLETE,
    client_pages.PROMISE: P.TASK_COMPLETE,
    client_pages.QUESTION: P.TASK_COMPLETE,
    client_pages.ALREADY_THERE: P.TASK_COMPLETE,
    client_pages.COMMENT: P.TASK_COMMENT,
    **dict.fromkeys((paths.TASK_FILE_BACK, paths.TASK_FILE_UNDO), P.TASK_UPLOAD),
    paths.HAND_OVER: P.TASK_COMPLETE,
    paths.HAND_BACK: P.TASK_COMPLETE,
    paths.REQUEST_READER: P.TASK_VIEW,
    paths.REQUEST_ACCESS: Key.GRANT,
    paths.CONTINUE_FROM: Key.GRANT,
    paths.HOME_CLIENT: P.HOME_READ,
    paths.NOTICES_READ: P.HOME_READ,
    paths.SHARE: P.HOME_READ,
    **dict.fromkeys((paths.PUSH, paths.PUSH_END, paths.PUSH_CHANGED), P.ACCOUNT_EDIT),
    **dict.fromkeys((paths.STAFF_PUSH, paths.STAFF_PUSH_END), Audience.STAFF),
    paths.NOTICE_OPEN: P.HOME_READ,
    # one's own account
    **dict.fromkeys(_ACCOUNT, P.ACCOUNT_EDIT),
    paths.HISTORY: P.HOME_READ,
    paths.ACCOUNT_INVITE: P.COLLEAGUE_INVITE,
    **dict.fromkeys((paths.STAFF_ACCOUNT, paths.STAFF_BROWSER_END, paths.STAFF_BROWSERS_END), Audience.STAFF),
    paths.STAFF_ADDRESS: Audience.STAFF,
    paths.STAFF_PASSWORD: Audience.STAFF,
    # documents, signed in
    paths.DOCUMENT: P.DOCUMENT_VIEW,
    paths.DOCUMENT_REMOVE: P.DOCUMENT_UPLOAD,
    **dict.fromkeys((paths.CLIENT_ZIP, paths.FOLDER_ZIP, paths.DOCUMENTS_ZIP), P.DOCUMENT_VIEW),
    paths.WORK_ZIP: P.REQUEST_READ,
    # files: staff of the firm, and whoever sees the task
    **dict.fromkeys((paths.PREVIEW, paths.TASK_ZIP, paths.REQUEST_ZIP), P.TASK_VIEW),
    paths.DOWNLOAD: P.TASK_VIEW,
    paths.FILE_RECEIPT: P.TASK_VIEW,
    paths.UPLOADS: {"OPTIONS": Key.NONE, "POST": P.TASK_UPLOAD},
}

FOR_STAFF_TOO = {
    **dict.fromkeys((paths.DOWNLOAD, paths.PREVIEW, paths.TASK_ZIP, paths.REQUEST_ZIP), P.REQUEST_READ),
    paths.FILE_RECEIPT: P.REQUEST_READ,
    **dict.fromkeys((paths.CLIENT_ZIP, paths.FOLDER_ZIP, paths.DOCUMENTS_ZIP), P.DOCUMENT_READ),
    paths.UPLOADS: P.REQUEST_EDIT,
}
"""Addresses that staff of the firm use as well, by a permission of their own."""

NOT_FOR = {paths.REQUEST_READER: {Person.HANDED}, paths.REQUEST_ZIP: {Person.HANDED}}
"""Who has no use for an address: whoever holds a task only reads as the one who gave it."""

FIRST_VIEWS: dict[str, Need] = {
    paths.HOME: P.HOME_READ,
    paths.DOCUMENTS: P.DOCUMENT_VIEW,
    paths.REQUEST: P.TASK_VIEW,
}
"""Documents that the server fills before their script has come; the others are empty shells."""


def served() -> Iterator[tuple[str, str]]:
    """Every plain route that is served, as (path, method); HEAD is GET."""
    seen: set[tuple[str, str]] = set()
    for route in routes():
        assert isinstance(route, Route), f"teach tests/security/matrix.py what {route} is"
        for method in sorted((route.methods or set()) - {"HEAD"} or {"HEAD"}):
            if (route.path, method) not in seen:
                seen.add((route.path, method))
                yield route.path, method


def need_of(path: str, method: str) -> Need:
    """What this route needs. Raises `KeyError` where it has no line yet."""
    need = ROUTES[path]
    return need[method] if isinstance(need, dict) else need


def reach_of(path: str, method: str, person: Person) -> Reach:
    """A route's cell."""
    found = reach(need_of(path, method), person)
    if person in NOT_FOR.get(path, ()):
        return Reach.NOTHING
    if person in STAFF and path in FOR_STAFF_TOO and found is Reach.NOTHING:
        return reach(FOR_STAFF_TOO[path], person)
    return found
