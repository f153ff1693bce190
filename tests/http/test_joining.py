"""The page of an invitation to the staff, in a browser, through the real gate (1.13)."""

from __future__ import annotations

from portal_app.domain.secrets import new_token
from portal_app.models import Staff, StaffInvitation
from tests.http.test_auth import shown
from tests.services.test_staff_invitations import GOOD, invited
from tests.signing import browser, latest_code
from tests.world import World


def test_1_13_the_page_says_whom_it_is_for_and_leads_by_password_and_code_to_recovery_codes(
    world: World,
) -> None:
    path = f"/staff/join/{invited(world)}"
    page = browser(world)
    first = shown(page.get(path))
    assert "Join Tremblay Ouellet CPA" in first
    assert "Nadia Cormier" in first
    assert page.get(path).headers["referrer-policy"] == "no-referrer"

    refused = page.post(path, data={"password": "short"})
    assert refused.status_code == 422
    assert 'aria-invalid="true"' in refused.text

    answer = page.post(path, data={"password": GOOD})
    assert (answer.status_code, answer.headers["location"]) == (303, "/staff/login/code")
    done = page.post("/staff/login/code", data={"code": latest_code(world)})
    assert "Keep these codes" in done.text
    assert 'href="/staff"' in done.text
    assert len(world.all(Staff)) == 2


def test_asvs_24_looking_at_the_link_changes_nothing(world: World) -> None:
    path = f"/staff/join/{invited(world)}"
    page = browser(world, **{"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)"})
    for _time in range(3):
        assert page.get(path).status_code == 200
        assert page.head(path).status_code == 200
    assert world.all(StaffInvitation)[0].accepted_at is None


def test_a_stranger_learns_nothing(world: World) -> None:
    invited(world)
    page = browser(world)
    for answer in (
        page.get(f"/staff/join/{new_token()}"),
        page.post("/staff/join/x", data={"password": GOOD}),
    ):
        assert answer.status_code == 404
        assert "This invitation is over" in shown(answer)
        assert "Tremblay" not in answer.text
