"""Settings › Firm and Files: who changes what, what is refused, and that it holds at once (1.10, 1.14 to 1.16)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal_app.domain import file_kinds
from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, NotFound, SignInNeeded
from portal_app.domain.uploads import MB, Refused
from portal_app.models import AuditEntry, OutboxMail, Recipient, StoredFile, Upload
from portal_app.services.files import uploads
from portal_app.services.firm import frame_views, settings_views
from portal_app.services.firm.firm_settings import (
    SETTINGS,
    Kind,
    Setting,
    change_setting,
    other_endings,
    refuse_kind,
)
from portal_app.services.firm.settings_views import settings_view
from portal_app.services.mail import outgoing_mail
from portal_app.services.requests import sending
from portal_app.text import use_locale
from tests.files.tools import Asked, asked, begin, bring, pdf, uploaded
from tests.world import World

HTML = b"<!doctype html><html><body>Hello</body></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'


@pytest.fixture
def who(world: World) -> Asked:
    """A recipient on a bound device."""
    return asked(world)


def change(world: World, setting: Setting, written: str) -> bool:
    return change_setting(world.ports, world.staff, setting, written)


def audited(world: World) -> list[str]:
    """Which settings were changed, in order."""
    rows = world.all(AuditEntry, action="settings:changed")
    return [row.facts["fields"] for row in sorted(rows, key=lambda row: row.seq)]


def send(world: World, who: Asked, name: str, body: bytes) -> None:
    """An upload from its first word to its last byte."""
    bring(world, begin(world, who, body, name), body)


def columns(world: World) -> dict[str, Any]:
    """The firm as it is now."""
    return world.get(world.firm).model_dump()


# who


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
def test_1_16_admins_and_owners_change_settings(world: World, role: Role) -> None:
    person = world.actor(world.new_staff("Luc Roy", role=role))

    assert change_setting(world.ports, person, "name", "Roy CPA")

    assert world.get(world.firm).name == "Roy CPA"
    assert frame_views.frame_view(world.ports, person).has_settings


def test_1_16_a_member_finds_no_settings_and_changes_none(world: World) -> None:
    member = world.actor(world.new_staff("Luc Roy"))
    before = columns(world)

    with pytest.raises(NotFound):
        settings_view(world.ports, member)
    for setting in SETTINGS:
        with pytest.raises(NotFound):
            change_setting(world.ports, member, setting, "1")
    with pytest.raises(NotFound):
        refuse_kind(world.ports, member, "html", is_refused=False)

    assert columns(world) == before
    assert not frame_views.frame_view(world.ports, member).has_settings


def test_settings_are_nothing_for_clients_and_ask_nobody_in(world: World, who: Asked) -> None:
    with pytest.raises(NotFound):
        settings_view(world.ports, who.client)
    with pytest.raises(SignInNeeded):
        change_setting(world.ports, Actor.nobody(), "name", "Mine")


def test_a_firm_changes_its_own_settings_alone(world: World) -> None:
    other = world.new_firm("Roy CPA", slug="roy")
    owner = world.actor(world.new_staff("Luc Roy", role=Role.OWNER, firm=other))

    change_setting(world.ports, owner, "name", "Roy et filles CPA")

    assert world.get(other).name == "Roy et filles CPA"
    assert world.get(world.firm).name == "Tremblay Ouellet CPA"


# what


@pytest.mark.parametrize(
    ("setting", "written", "kept"),
    [
        ("name", "  Roy   CPA ", "Roy CPA"),
        ("address", " 12, rue du Roi \r\n\r\nQuébec  ", "12, rue du Roi\nQuébec"),
        ("address", "", ""),
        ("time_zone", "America/St_Johns", "America/St_Johns"),
        ("locale", "fr", "fr"),
        ("support_email", " aide@roy.example ", "aide@roy.example"),
        ("support_phone", "+33 1 23 45 67 89", "+33 1 23 45 67 89"),
        ("sender_email", "portail@roy.example", "portail@roy.example"),
        ("largest_file_mb", "1", 1),
        ("largest_file_mb", "2 000", 2000),
        ("task_total_mb", "10000", 10000),
        ("task_total_mb", "1", 1),
        ("retention_days", "365", 365),
    ],
)
def test_a_setting_is_kept_as_it_was_meant_and_audited(
    world: World, setting: Setting, written: str, kept: object
) -> None:
    assert change(world, setting, written) is (kept != "")

    assert getattr(world.get(world.firm), setting) == kept
    assert audited(world) == ([setting] if kept != "" else [])


@pytest.mark.parametrize(
    ("setting", "written"),
    [
        ("name", "  "),
        ("name", "x" * 201),
        ("address", "x" * 501),
        ("time_zone", "America/Trois-Pistoles"),
        ("time_zone", "../../etc/passwd"),
        ("locale", "de"),
        ("support_email", "aide"),
        ("support_email", "a@roy.example, b@roy.example"),
        ("support_phone", "call us"),
        ("sender_email", "Roy CPA <portail@roy.example>"),
        ("largest_file_mb", "0"),
        ("largest_file_mb", "2001"),
        ("largest_file_mb", "-5"),
        ("largest_file_mb", "1.5"),
        ("largest_file_mb", "²"),
        ("largest_file_mb", ""),
        ("task_total_mb", "10001"),
        ("task_total_mb", "0"),
        ("retention_days", "0"),
        ("retention_days", "366"),
        ("retention_days", "9" * 30),
        ("endings", "zip, tar gz!"),
        ("endings", "x" * 21),
        ("endings", " ".join(f"e{number}" for number in range(101))),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field_and_nothing_changes(
    world: World, setting: Setting, written: str
) -> None:
    before = columns(world)

    with pytest.raises(BadInput) as refusal:
        change(world, setting, written)

    assert refusal.value.field == setting
    assert refusal.value.text
    assert columns(world) == before
    assert audited(world) == []


def test_1_14_one_way_to_reach_the_firm_always_stays(world: World) -> None:
    world.change(world.firm, sender_email="portail@roy.example")
    assert change(world, "support_email", "")

    with pytest.raises(BadInput) as refusal:
        change(world, "support_phone", "")

    assert refusal.value.field == "support_phone"
    assert world.get(world.firm).support_phone == "418 555-0142"


@pytest.mark.parametrize("setting", ["support_email", "sender_email"])
def test_6_16_e_mails_always_come_from_somebody(world: World, setting: Setting) -> None:
    other: Setting = "sender_email" if setting == "support_email" else "support_email"
    world.ports = replace(world.ports, settings=world.settings.model_copy(update={"mail_from": ""}))
    world.change(world.firm, **{setting: "one@roy.example", other: ""})

    with pytest.raises(BadInput) as refusal:
        change(world, setting, "")

    assert refusal.value.field == setting
    assert getattr(world.get(world.firm), setting) == "one@roy.example"


def test_writing_what_is_there_already_is_no_change(world: World) -> None:
    world.bell.rung.clear()

    assert not change(world, "name", "Tremblay Ouellet CPA ")
    assert not refuse_kind(world.ports, world.staff, "svg", is_refused=True)

    assert audited(world) == []
    assert world.bell.rung == []


def test_two_people_at_two_settings_undo_nothing_of_each_other(world: World) -> None:
    admin = world.actor(world.new_staff("Luc Roy", role=Role.ADMIN))

    change(world, "endings", "zip")
    refuse_kind(world.ports, admin, "html", is_refused=False)
    change_setting(world.ports, admin, "name", "Roy CPA")
    change(world, "name", "Ouellet CPA")
    refuse_kind(world.ports, world.staff, "svg", is_refused=False)

    firm = world.get(world.firm)
    assert firm.name == "Ouellet CPA"
    assert firm.refused_kinds == ["programs", "scripts", "zip"]
    assert audited(world) == ["refused_kinds", "refused_kinds", "name", "name", "refused_kinds"]


def test_a_new_name_rings_for_everybody_on_the_staff(world: World) -> None:
    luc = world.new_staff("Luc Roy")

    change(world, "name", "Roy CPA")

    assert {f"staff:{luc.id}", f"staff:{world.owner.id}", f"firm:{world.firm.id}"} <= set(world.bell.rung)


# files


def test_1_10_a_task_total_of_200_mb_takes_200_mb_and_not_one_byte_more(world: World, who: Asked) -> None:
    change(world, "largest_file_mb", "2000")
    change(world, "task_total_mb", "200")
    start = (world.ports, who.client, who.task.id, "Bank statements.pdf")

    with pytest.raises(Refused) as refusal:
        uploads.start_upload(*start, 200 * MB + 1)
    assert refusal.value.status == 413
    assert world.all(Upload) == []

    _token, standing = uploads.start_upload(*start, 200 * MB)
    assert (standing.received, standing.length) == (0, 209_715_200)
    with pytest.raises(Refused) as refusal:
        uploads.start_upload(*start, 1)
    assert refusal.value.status == 413
    assert [row.length for row in world.all(Upload)] == [200 * MB]


def test_1_10_the_largest_file_holds_to_the_byte(world: World, who: Asked) -> None:
    change(world, "task_total_mb", "10000")
    change(world, "largest_file_mb", "200")

    with pytest.raises(Refused):
        uploads.start_upload(world.ports, who.client, who.task.id, "a.pdf", 200 * MB + 1)
    uploads.start_upload(world.ports, who.client, who.task.id, "a.pdf", 200 * MB)


def test_10_12_a_lower_limit_touches_no_file_and_no_upload_under_way(world: World, who: Asked) -> None:
    uploaded(world, who, pdf(2 * MB))
    body = pdf(3 * MB)
    token = begin(world, who, body, "second.pdf")

    change(world, "largest_file_mb", "1")
    change(world, "task_total_mb", "1")

    assert bring(world, token, body) is not None
    assert sorted(row.size for row in world.all(StoredFile, deleted_at=None)) == [2 * MB, 3 * MB]
    with pytest.raises(Refused):
        begin(world, who, pdf(100), "third.pdf")


@pytest.mark.parametrize(
    ("kind", "name", "body"),
    [
        ("programs", "tool.exe", b"MZ" + bytes(100)),
        ("programs", "tool.pkg", b"\x7fELF" + bytes(100)),
        ("scripts", "run.sh", b"#!/bin/sh\necho\n"),
        ("scripts", "run.ps1", b"Get-Date\n"),
        ("html", "page.html", HTML),
        ("html", "page", HTML),
        ("svg", "logo.svg", SVG),
        ("svg", "logo", SVG),
    ],
)
def test_1_10_a_kind_is_refused_until_the_firm_takes_it_and_again_after(
    world: World, who: Asked, kind: Kind, name: str, body: bytes
) -> None:
    with pytest.raises(Refused) as refusal:
        send(world, who, name, body)
    assert refusal.value.status == 415

    refuse_kind(world.ports, world.staff, kind, is_refused=False)
    send(world, who, name, body)
    assert [row.name for row in world.all(StoredFile)] == [name]

    refuse_kind(world.ports, world.staff, kind, is_refused=True)
    with pytest.raises(Refused):
        send(world, who, name, body)
    assert world.get(world.firm).refused_kinds == list(file_kinds.REFUSED)


def test_1_10_taking_one_kind_takes_no_other(world: World, who: Asked) -> None:
    refuse_kind(world.ports, world.staff, "svg", is_refused=False)

    with pytest.raises(Refused):
        send(world, who, "logo.svg", HTML)
    assert world.all(StoredFile) == []


@pytest.mark.parametrize("written", ["zip", ".ZIP", "*.zip; rar", "rar,zip", "rar\nzip"])
def test_1_10_an_ending_is_refused_until_it_is_taken_off_the_list(
    world: World, who: Asked, written: str
) -> None:
    change(world, "endings", written)
    with pytest.raises(Refused) as refusal:
        begin(world, who, b"PK\x05\x06" + bytes(18), "Papers.ZIP")
    assert refusal.value.status == 415
    assert "zip" in other_endings(world.get(world.firm))

    change(world, "endings", "rar")
    send(world, who, "Papers.ZIP", b"PK\x05\x06" + bytes(18))
    assert [row.name for row in world.all(StoredFile)] == ["Papers.ZIP"]


def test_an_ending_stays_refused_when_its_kind_is_taken(world: World, who: Asked) -> None:
    change(world, "endings", "htm")
    refuse_kind(world.ports, world.staff, "html", is_refused=False)

    send(world, who, "page.html", HTML)
    with pytest.raises(Refused):
        begin(world, who, HTML, "page.htm")


def test_an_upload_under_way_is_held_to_what_is_refused_when_it_comes(world: World, who: Asked) -> None:
    refuse_kind(world.ports, world.staff, "html", is_refused=False)
    token = begin(world, who, HTML, "page.html")

    refuse_kind(world.ports, world.staff, "html", is_refused=True)

    with pytest.raises(Refused):
        bring(world, token, HTML)


# what the page shows


def test_the_page_shows_what_each_setting_touches(world: World, who: Asked) -> None:
    for task in world.tasks(who.request):
        world.change(task, due_on=world.clock.now().date())
    uploaded(world, who, pdf(2 * MB))
    begin(world, who, pdf(MB), "coming.pdf")

    with use_locale("en"):
        view = settings_view(world.ports, world.staff)

    assert view.zone_text.startswith("It is 09:00 there now. 2 open tasks of clients have a due date")
    assert "The 2 people here keep theirs." in view.language_text
    assert "1 upload under way may finish." in view.largest_text
    assert "The largest now has 2" in view.largest_text
    assert "The fullest task now holds 2" in view.total_text
    assert view.limits_note == "", "nobody set anything unusual"
    assert (view.largest_file_mb, view.task_total_mb, view.endings) == ("200", "50", "")
    assert view.refused == file_kinds.REFUSED


def test_the_page_counts_nothing_of_another_firm(world: World, who: Asked) -> None:
    uploaded(world, who, pdf(2 * MB))
    other = world.new_firm("Roy CPA", slug="roy", sender_email="")
    owner = world.actor(world.new_staff("Luc Roy", role=Role.OWNER, firm=other))

    with use_locale("en"):
        view = settings_views.settings_view(world.ports, owner)

    assert "0 open tasks" in view.zone_text
    assert "largest now" not in view.largest_text
    assert "fullest" not in view.total_text
    assert "The 1 person here keeps theirs." in view.language_text


def test_1_10_the_note_stands_where_somebody_set_a_total_below_the_largest_file(world: World) -> None:
    change(world, "task_total_mb", "40")

    note = settings_view(world.ports, world.staff).limits_note
    assert note.startswith("The total per task is below the largest file")


def test_the_note_goes_when_the_total_reaches_the_largest_file(world: World) -> None:
    change(world, "task_total_mb", "200")

    assert settings_view(world.ports, world.staff).limits_note == ""


def test_15_6_without_working_mail_every_staff_page_says_so(world: World) -> None:
    def said() -> str:
        return " ".join(frame_views.frame_view(world.ports, world.staff).troubles)

    assert said() == ""
    no_server = world.settings.model_copy(update={"demo": False, "smtp_host": ""})
    view = frame_views.frame_view(replace(world.ports, settings=no_server), world.staff)
    assert "no mail server is set" in view.troubles[0]

    outgoing_mail.fails(world.ports, "refused")
    assert said() == ""
    client = world.new_client()
    request = world.draft_request(client, to=[world.new_contact(client)])
    sending.send_request(
        world.ports, world.staff, request.id, [row.contact_id for row in world.all(Recipient)], "k"
    )
    world.change(world.all(OutboxMail)[0], tries=1)
    assert "the mail server cannot be reached" in said()
    outgoing_mail.works(world.ports)
    assert said() == ""
