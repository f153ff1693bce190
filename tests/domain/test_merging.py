"""What two people's access to one client comes to when they are one person (2.20)."""

from __future__ import annotations

import pytest

from portal_app.domain.merging import Held, merged


def held(text: str) -> Held | None:
    level, _space, status = text.partition(" ")
    return Held(level, status) if text else None


@pytest.mark.parametrize(
    ("kept", "other", "with_account", "without"),
    [
        ("limited accepted", "full accepted", "full accepted", "full given"),
        ("full accepted", "limited accepted", "full accepted", "full given"),
        ("limited accepted", "full given", "full accepted", "full given"),
        ("limited given", "full invited", "full given", "full given"),
        ("limited invited", "full given", "full invited", "full invited"),
        ("", "full accepted", "full accepted", "full given"),
        ("", "limited invited", "limited given", "limited given"),
        ("full invited", "limited accepted", "full accepted", "full invited"),
        ("limited accepted", "full cancelled", "limited accepted", "limited given"),
        ("limited cancelled", "full accepted", "full accepted", "full given"),
        ("limited cancelled", "full cancelled", "limited cancelled", "limited cancelled"),
        ("limited cancelled", "", "limited cancelled", "limited cancelled"),
    ],
)
def test_2_20_each_client_keeps_the_higher_level(
    kept: str, other: str, with_account: str, without: str
) -> None:
    assert merged(held(kept), held(other), has_account=True) == held(with_account)
    assert merged(held(kept), held(other), has_account=False) == held(without)


def test_2_20_where_neither_had_any_there_is_none() -> None:
    assert merged(None, None, has_account=True) is None
