"""The days that were: figures noted once a firm and day, and the chart they draw (8.5)."""

from __future__ import annotations

from portal_app.domain.actors import Role
from portal_app.models import DailyFigures
from portal_app.services.dashboard.daily_figures import note_daily_figures
from portal_app.services.dashboard.dashboard_views import dashboard
from portal_app.services.mail.outbox import deliver_outbox
from portal_app.text import use_locale
from tests.services.sends import sent
from tests.world import World


def noted(world: World) -> list[DailyFigures]:
    return sorted(world.all(DailyFigures, firm_id=world.firm.id), key=lambda row: row.noted_on)


def test_8_5_a_day_is_noted_once_for_each_firm_and_its_own_calendar_whatever_runs_twice(world: World) -> None:
    tokyo = world.new_firm("Tokyo CPA", slug="tokyo", time_zone="Asia/Tokyo")
    world.clock.move_to("2026-03-02T23:50", zone="America/Toronto")
    for _again in range(3):
        note_daily_figures(world.ports)
    assert [row.noted_on.day for row in noted(world)] == [2]
    assert [row.noted_on.day for row in world.all(DailyFigures, firm_id=tokyo.id)] == [3]
    world.clock.advance(minutes=15)
    assert note_daily_figures(world.ports) == 1
    assert [row.noted_on.day for row in noted(world)] == [2, 3]


def test_8_5_a_day_without_a_run_stays_empty_and_nothing_is_made_up(world: World) -> None:
    world.new_client()
    note_daily_figures(world.ports)
    world.clock.advance(days=5)
    note_daily_figures(world.ports)
    assert [row.noted_on.day for row in noted(world)] == [2, 7]
    assert [(row.clients, row.portal_on) for row in noted(world)] == [(1, 1), (1, 1)]


def test_8_5_the_chart_tells_the_days_noted_and_today_as_it_is_now(world: World) -> None:
    assert "begin today" in dashboard(world.ports, world.staff).chart.note
    world.new_client("One", portal_on_at=None)
    note_daily_figures(world.ports)
    world.clock.advance(days=30)
    world.new_client("Two")
    shown = dashboard(world.ports, world.staff)
    assert shown.chart.portal_on == "30.0,82.0 480.0,45.0"
    assert [(row.when, row.portal_on) for row in shown.chart.rows] == [
        ("Today", "50\N{NO-BREAK SPACE}%"),
        ("Mar\N{NO-BREAK SPACE}2026", "0\N{NO-BREAK SPACE}%"),
    ]
    assert shown.chart.sentence == (
        "From 2\N{NO-BREAK SPACE}March\N{NO-BREAK SPACE}2026 to 1\N{NO-BREAK SPACE}April\N{NO-BREAK SPACE}2026: "
        "portal on 0\N{NO-BREAK SPACE}% to 50\N{NO-BREAK SPACE}%, activated 0\N{NO-BREAK SPACE}% to 0\N{NO-BREAK SPACE}%."
    )
    with use_locale("fr"):
        assert dashboard(world.ports, world.staff).chart.rows[0].when == "Aujourd’hui"


def test_8_5_a_change_is_told_against_a_day_that_was_noted_and_not_otherwise(world: World) -> None:
    note_daily_figures(world.ports)
    world.clock.advance(days=20)
    sent(world, world.draft_request())
    deliver_outbox(world.ports)
    assert dashboard(world.ports, world.staff).lines[0].change == ""
    world.clock.advance(days=12)
    assert dashboard(world.ports, world.staff).lines[0].change == "+1 in 30 days"
    assert dashboard(world.ports, world.staff).lines[-1].change == "no change in 30 days"


def test_8_5_another_firms_past_is_not_drawn(world: World) -> None:
    world.new_client()
    note_daily_figures(world.ports)
    other = world.new_firm("Other CPA", slug="other")
    rival = world.actor(world.new_staff("Rival", role=Role.OWNER, firm=other))
    world.clock.advance(days=3)
    shown = dashboard(world.ports, rival)
    assert len(shown.chart.rows) == 1
    assert shown.chart.note
