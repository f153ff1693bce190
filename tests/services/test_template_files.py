"""Attachments of a template: they come along, and are nobody else's (5.3, 10.2, 10.14)."""

from __future__ import annotations

from uuid import UUID

import pytest

from portal_app.domain.errors import NotFound
from portal_app.domain.uploads import Refused
from portal_app.models import StoredFile, TemplateTask, Upload
from portal_app.services.files import downloads, template_files, upload_sweep
from tests.files.tools import pdf
from tests.services.templated import make, read, with_file
from tests.world import World


def test_5_3_attachments_come_along_without_a_second_copy_of_their_bytes(
    world: World, template: UUID
) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id, 2 * 1024 * 1024 + 5)
    stored = dict(world.objects.parts)

    item = make(world, template)
    again = make(world, template)

    copies = [row for row in world.all(StoredFile) if row.task_id is not None]
    assert [row.client_id for row in copies] == [item.client_id, again.client_id]
    assert world.objects.parts == stored
    assert [read(world, row) for row in copies] == [pdf(file.size)] * 2
    assert {row.parts_of_id for row in world.all(Upload) if row.parts_of_id} == {file.id}


def test_10_2_the_sweeper_leaves_the_parts_of_copies(world: World, template: UUID) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id)
    make(world, template)
    template_files.remove_file(world.ports, world.staff, file.id)
    world.clock.advance(days=3)

    upload_sweep.sweep_uploads(world.ports)
    upload_sweep.sweep_orphans(world.ports)

    copied = next(row for row in world.all(StoredFile) if row.task_id is not None)
    assert read(world, copied) == pdf(1500)


def test_10_14_a_templates_file_is_nobody_elses(world: World, template: UUID) -> None:
    file = with_file(world, world.all(TemplateTask, title="T4 slips")[0].id)
    client = world.new_client()
    person = world.new_contact(client)
    world.give_account(person, client)
    other = world.actor(world.new_staff("Eve", firm=world.new_firm("Other", slug="other")))

    for stranger in (world.signed_in(person), other):
        with pytest.raises(NotFound):
            downloads.open_file(world.ports, stranger, file.id)
    with pytest.raises(NotFound):
        template_files.remove_file(world.ports, other, file.id)


def test_10_2_an_attachment_that_is_refused_leaves_nothing(world: World, template: UUID) -> None:
    task_id = world.all(TemplateTask, title="T4 slips")[0].id
    with pytest.raises(Refused):
        template_files.start_upload(world.ports, world.staff, task_id, "run.exe", 10)
    with pytest.raises(Refused):
        template_files.start_upload(world.ports, world.staff, task_id, "big.pdf", 51 * 1024 * 1024)
    assert world.all(Upload) == []
