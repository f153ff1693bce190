"""The bell's forms and the choices on the account page, through the real gate (9.5, 9.6)."""

from __future__ import annotations

import pytest

from portal_app.models import ContactNotice, ContactNoticeChoice
from portal_app.services.notices import telling
from portal_app.work import begin
from tests.http.test_account import Home
from tests.world import World


@pytest.fixture
def home(world: World) -> Home:
    return Home(world)


def tell(home: Home) -> ContactNotice:
    with begin(home.world.ports, home.world.staff) as work:
        telling.tell_contacts(
            work,
            [home.contact.id],
            "document_shared",
            once_key="document:1",
            facts={"name": "<b>Return</b>.pdf"},
            client_id=home.client.id,
        )
    (row,) = home.world.all(ContactNotice)
    return row  # type: ignore[no-any-return]


def test_9_6_a_notice_is_opened_by_a_press_and_by_nothing_else(home: Home) -> None:
    row = tell(home)
    assert home.page.get(f"/notices/{row.id}").status_code in {404, 405}
    assert home.world.get(row).read_at is None

    answer = home.page.post(f"/notices/{row.id}", data={})

    assert (answer.status_code, answer.headers["location"]) == (303, "/documents")
    assert home.world.get(row).read_at is not None
    assert home.page.post("/notices/not-a-number", data={}).status_code == 404


def test_9_6_the_account_page_shows_the_bell_and_what_people_wrote_is_only_text(home: Home) -> None:
    tell(home)
    text = home.page.get("/account").text
    assert 'aria-label="Notifications, 1 new"' in text
    assert "&lt;b&gt;Return&lt;/b&gt;.pdf" in text
    assert "<b>Return</b>.pdf" not in text


@pytest.mark.parametrize(
    ("asked", "leads"),
    [("/account", "/account"), ("https://evil.example/", "/home"), ("//evil.example", "/home")],
)
def test_9_6_all_read_leads_back_within_the_portal(home: Home, asked: str, leads: str) -> None:
    row = tell(home)
    answer = home.page.post("/notices/read", data={"next": asked})
    assert answer.headers["location"] == leads
    assert home.world.get(row).read_at is not None


def test_9_5_a_box_for_each_way_and_requests_stay_by_e_mail(home: Home) -> None:
    answer = home.post("/account/notifications", **{"comment.portal": "on", "comment.push": "on"})
    assert answer.headers["location"] == "/account?done=notifications#notifications"  # type: ignore[attr-defined]
    rows = {row.topic.value: row for row in home.world.all(ContactNoticeChoice)}
    assert (rows["comment"].by_portal, rows["comment"].by_email, rows["comment"].by_push) == (
        True,
        False,
        True,
    )
    assert (rows["request"].by_portal, rows["request"].by_email, rows["request"].by_push) == (
        False,
        True,
        False,
    )


def test_4_9_a_form_made_for_somebody_else_chooses_nothing(home: Home) -> None:
    home.page.post("/account/notifications", data={"for": "somebody", "comment.portal": "on"})
    assert home.world.all(ContactNoticeChoice) == []
