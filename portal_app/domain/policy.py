"""How clients may act: by link, or signed in only (1.8, 1.9). Pure, and asked at every event (6.20)."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum
from typing import Final

from portal_app.domain.permissions import Permission


class Action(StrEnum):
    """What 1.9 lists, in its order."""

    VIEW = "view"
    COMPLETE = "complete"
    COMMENT = "comment"
    UPLOAD = "upload"
    SIGN = "sign"
    APPROVE = "approve"
    PAY = "pay"


class Way(StrEnum):
    """How an action is done."""

    BY_LINK = "by_link"
    SIGNED_IN = "signed_in"


ON_REQUESTS: Final = frozenset({Action.VIEW, Action.COMPLETE, Action.COMMENT, Action.UPLOAD})
"""What *require MFA* asks to be signed in for, whatever stands beside each (1.9)."""

_ACTION_OF: Final = {
    Permission.TASK_VIEW: Action.VIEW,
    Permission.TASK_COMPLETE: Action.COMPLETE,
    Permission.TASK_COMMENT: Action.COMMENT,
    Permission.TASK_UPLOAD: Action.UPLOAD,
}


def way(action: Action, *, is_mfa_required: bool, signed_in_only: Collection[str]) -> Way:
    """How `action` is done now. What may only be seen signed in is not done by link either."""
    needed = {action, Action.VIEW} & ON_REQUESTS if action in ON_REQUESTS else {action}
    if (is_mfa_required and action in ON_REQUESTS) or any(one in signed_in_only for one in needed):
        return Way.SIGNED_IN
    return Way.BY_LINK


def action_of(permission: Permission) -> Action:
    """The action that a client’s permission on a request stands for; an answer of any sort is *complete*."""
    return _ACTION_OF.get(permission, Action.COMPLETE)
