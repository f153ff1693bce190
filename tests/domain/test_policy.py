"""By link or signed in: one pure function (1.8, 1.9)."""

from __future__ import annotations

import pytest

from portal_app.domain.policy import ON_REQUESTS, Action, Way, way


@pytest.mark.parametrize("action", Action)
def test_1_9_all_actions_stand_on_by_link_at_first(action: Action) -> None:
    assert way(action, is_mfa_required=False, signed_in_only=[]) is Way.BY_LINK


@pytest.mark.parametrize("action", Action)
def test_1_9_under_require_mfa_the_first_four_are_signed_in_only_whatever_stands_here(action: Action) -> None:
    expected = Way.SIGNED_IN if action in ON_REQUESTS else Way.BY_LINK
    assert way(action, is_mfa_required=True, signed_in_only=[]) is expected
    assert [one.value for one in Action][:4] == ["view", "complete", "comment", "upload"]


@pytest.mark.parametrize("chosen", Action)
@pytest.mark.parametrize("action", Action)
def test_1_9_what_is_chosen_is_signed_in_only_and_what_cannot_be_seen_neither(
    action: Action, chosen: Action
) -> None:
    is_it = action is chosen or (chosen is Action.VIEW and action in ON_REQUESTS)
    expected = Way.SIGNED_IN if is_it else Way.BY_LINK
    assert way(action, is_mfa_required=False, signed_in_only=[chosen.value]) is expected
