"""Every path of the portal in one place (16): a link and its page cannot drift apart."""

from typing import Final

START: Final = "/"
SETUP: Final = "/setup"

STAFF_LOGIN: Final = "/staff/login"
STAFF_CODE: Final = "/staff/login/code"
STAFF_CODE_AGAIN: Final = "/staff/login/again"
STAFF_LOGOUT: Final = "/staff/logout"
STAFF_FORGOT: Final = "/staff/forgot"
STAFF_RESET: Final = "/staff/reset/{token}"
STAFF_MFA: Final = "/staff/mfa"
STAFF_MFA_START: Final = "/staff/mfa/start"
TRIAGE: Final = "/staff"
CLIENTS: Final = "/staff/clients"
CLIENT: Final = "/staff/clients/[id]"
WORKS: Final = "/staff/work"
WORK: Final = "/staff/work/[id]"
TEMPLATES: Final = "/staff/templates"
PORTAL: Final = "/staff/portal"
ACTIVITY: Final = "/staff/activity"
SETTINGS: Final = "/staff/settings"

LOGIN: Final = "/f/{firm}/login"
CODE: Final = "/f/{firm}/login/code"
CODE_AGAIN: Final = "/f/{firm}/login/again"
LOGOUT: Final = "/f/{firm}/logout"
REGISTER: Final = "/f/{firm}/register"
FORGOT: Final = "/f/{firm}/forgot"
RESET: Final = "/f/{firm}/reset/{token}"
HELP: Final = "/f/{firm}/help"
INVITE: Final = "/invite/{token}"
INVITE_AGAIN: Final = "/invite/{token}/again"
INVITE_LEAVE: Final = "/invite/{token}/leave"
MAGIC_LINK: Final = "/r/{token}"
LINK_ACCESS: Final = "/r/{token}/access"
LINK_CODE: Final = "/r/{token}/code"
CONTINUE: Final = "/continue"
CONTINUE_SCANNED: Final = "/continue/{token}"
HANDED_OVER: Final = "/h/{token}"
CLASSIC: Final = "/p/{code}"

HOME: Final = "/home"
HOME_CLIENT: Final = "/home/client"
REQUEST: Final = "/requests/[id]"
CONTINUE_FROM: Final = "/requests/{id}/continue"
DOCUMENTS: Final = "/documents"
HISTORY: Final = "/history"
ACCOUNT: Final = "/account"

UPLOADS: Final = "/files/"
UPLOAD: Final = "/files/{token}"
DOWNLOAD: Final = "/files/{id}/download"

LANGUAGE: Final = "/language/{language}"

SOCKET: Final = "/_event"
"""Reflex's own: the one path of it that is served."""

HEALTHZ: Final = "/healthz"
READYZ: Final = "/readyz"
MAILBOX: Final = "/dev/mailbox"
MAILBOX_JSON: Final = "/dev/mailbox.json"
DEV_CLOCK: Final = "/dev/clock"


def to(route: str, **values: object) -> str:
    """Fill a route's places: `to(WORK, id=work.id)` is the address of that work item.

    Raises KeyError when a place has no value; takes Reflex's `[id]` and Starlette's `{firm}` alike.
    """
    return route.replace("[", "{").replace("]", "}").format(**values)
