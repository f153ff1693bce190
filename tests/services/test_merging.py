"""Two contacts who are one person: what comes together, and what ends (2.20)."""

from __future__ import annotations

import pytest
from sqlmodel import SQLModel

from portal_app.domain.errors import NotFound, RuleBroken
from portal_app.models import (
    AccessGrant,
    AccessLevel,
    AccessStatus,
    Activity,
    AuditEntry,
    Client,
    ClientContact,
    Comment,
    Invitation,
    PortalAccess,
    PortalAccount,
    Recipient,
)
from portal_app.services.clients import contact_archiving, contacts, merge_views, merging
from portal_app.services.invitations import invitations
from portal_app.services.mail.outbox import deliver_outbox
from tests.services.sends import sent
from tests.world import World


class Pair:
    """The same person twice: at the clinic with an account, limited; at the trust by another address, full."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clinic, self.trust = world.new_client("Clinique Côté"), world.new_client("Fiducie Côté")
        self.kept = world.new_contact(self.clinic, "Anne Côté", email="anne@clinic.example")
        self.other = world.new_contact(
            self.trust, "A. Côté", email="anne@trust.example", phone="418 555-0101"
        )
        world.give_account(self.kept, self.clinic, level=AccessLevel.LIMITED)
        world.give_account(self.other, self.trust, level=AccessLevel.FULL)

    def merge(self, *, resend: bool = False, swapped: bool = False) -> int:
        keep, other = (self.other, self.kept) if swapped else (self.kept, self.other)
        return merging.merge_contacts(self.world.ports, self.world.staff, keep.id, other.id, resend=resend)


@pytest.fixture
def pair(world: World) -> Pair:
    return Pair(world)


def test_2_20_clients_access_requests_files_and_history_come_together(world: World, pair: Pair) -> None:
    request = world.draft_request(pair.trust, to=[pair.other])
    sent(world, request)
    task = world.tasks(request)[0]
    file = world.new_file(task, contact_id=pair.other.id)
    world.change(task, completed_at=world.clock.now(), completed_by_contact_id=pair.other.id)
    comment = world.put(
        Comment(
            firm_id=task.firm_id,
            task_id=task.id,
            body="Here.",
            contact_id=pair.other.id,
            at=world.clock.now(),
        )
    )

    pair.merge()

    assert {row.client_id for row in world.all(ClientContact, contact_id=pair.kept.id)} == {
        pair.clinic.id,
        pair.trust.id,
    }
    levels = {row.client_id: (row.level, row.status) for row in world.all(PortalAccess)}
    assert levels == {
        pair.clinic.id: (AccessLevel.LIMITED, AccessStatus.ACCEPTED),
        pair.trust.id: (AccessLevel.FULL, AccessStatus.ACCEPTED),
    }
    assert [row.contact_id for row in world.all(Recipient)] == [pair.kept.id]
    assert world.get(file).contact_id == world.get(comment).contact_id == pair.kept.id
    assert world.get(task).completed_by_contact_id == pair.kept.id
    assert world.all(Activity, contact_id=pair.other.id) == []
    assert world.get(pair.kept).phone == "418 555-0101"
    assert "contact:merged" in {row.action for row in world.all(AuditEntry)}


def test_2_20_the_other_address_ends_with_its_links_sessions_invitations_and_account(
    world: World, pair: Pair
) -> None:
    sent(world, world.draft_request(pair.trust, to=[pair.other]))
    third = world.new_client("Ferme Côté")
    contacts.link_contact(world.ports, world.staff, third.id, pair.other.id)
    invitations.invite_contact(world.ports, world.staff, third.id, pair.other.id)
    theirs = world.new_session(contact_id=pair.other.id, firm_id=pair.other.firm_id)[0]
    mine = world.new_session(contact_id=pair.kept.id, firm_id=pair.kept.firm_id)[0]

    pair.merge()

    assert [row.ended_because for row in world.all(AccessGrant)] == ["address_changed"]
    assert [row.ended_because for row in world.all(Invitation)] == ["address_changed"]
    assert (world.get(theirs).ended_at is None, world.get(mine).ended_at is None) == (False, True)
    gone = world.get(pair.other)
    assert (gone.email, gone.email_key, gone.merged_into_id) == ("", None, pair.kept.id)
    assert gone.archived_at is not None
    (account,) = world.all(PortalAccount, contact_id=pair.other.id)
    assert (account.password_hash, account.disabled_at is None) == (None, False)
    deliver_outbox(world.ports)
    assert [one.recipient for one in world.mail.sent] == []


def test_2_20_either_address_can_stay(world: World, pair: Pair) -> None:
    pair.merge(swapped=True)

    kept = world.get(pair.other)
    assert (kept.email, kept.archived_at) == ("anne@trust.example", None)
    assert world.get(pair.kept).merged_into_id == kept.id


def test_2_20_of_a_request_of_both_the_one_who_stays_remains_and_keeps_their_link(
    world: World, pair: Pair
) -> None:
    contacts.link_contact(world.ports, world.staff, pair.clinic.id, pair.other.id)
    request = world.draft_request(pair.clinic, to=[pair.kept, pair.other])
    sent(world, request)

    pair.merge()

    (active,) = world.all(Recipient, request_id=request.id, removed_at=None)
    assert active.contact_id == pair.kept.id
    (open_grant,) = world.all(AccessGrant, ended_at=None)
    assert open_grant.contact_id == pair.kept.id


def test_2_20_ticked_what_was_open_goes_to_the_address_that_stays_and_nothing_else(
    world: World, pair: Pair
) -> None:
    sent(world, world.draft_request(pair.clinic, to=[pair.kept], name="Hers already"))
    sent(world, world.draft_request(pair.trust, to=[pair.other], name="Trust deed"))
    deliver_outbox(world.ports)
    world.mail.sent.clear()

    assert pair.merge(resend=True) == 1
    deliver_outbox(world.ports)

    assert [one.recipient for one in world.mail.sent] == ["anne@clinic.example"]
    assert len(world.all(AccessGrant, contact_id=pair.kept.id, ended_at=None)) == 2


def test_2_20_access_without_an_account_that_stays_waits_as_given(world: World, pair: Pair) -> None:
    world.change(world.all(PortalAccount, contact_id=pair.kept.id)[0], password_hash=None)

    pair.merge()

    assert {row.status for row in world.all(PortalAccess, contact_id=pair.kept.id)} == {AccessStatus.GIVEN}


def test_2_20_what_an_archived_contact_could_do_raises_nobody(world: World, pair: Pair) -> None:
    contact_archiving.archive_contact(world.ports, world.staff, pair.other.id)
    pair.merge()

    (trust,) = world.all(PortalAccess, client_id=pair.trust.id)
    assert trust.contact_id == pair.other.id


def test_2_20_the_preview_says_what_comes_together_and_what_ends(world: World, pair: Pair) -> None:
    sent(world, world.draft_request(pair.trust, to=[pair.other]))
    world.new_session(contact_id=pair.other.id, firm_id=pair.other.firm_id)

    view = merge_views.merge_view(world.ports, world.staff, pair.kept.id, pair.other.id)

    assert view.together[:2] == ["2 clients", "1 request"]
    assert view.levels == ["Clinique Côté: limited access", "Fiducie Côté: full access"]
    assert view.other.ends == ["1 signed-in browser", "1 open link to a request", "1 e-mail not yet sent"]
    assert (view.mine.ends, view.mine.has_open, view.other.has_open) == ([], False, True)


def test_2_20_who_is_the_same_person_is_found_by_name_and_address(world: World, pair: Pair) -> None:
    def found(words: str) -> list[str]:
        choices = merge_views.contacts_to_merge(world.ports, world.staff, pair.kept.id, words)
        return [one.value for one in choices]

    assert found("TRUST.example") == found("a. cote") == [str(pair.other.id)]
    assert found("") == []
    world.change(pair.other, name="ANNE COTE")
    assert found("") == [str(pair.other.id)]


def test_2_20_what_cannot_be_merged_says_why(world: World, pair: Pair) -> None:
    abroad = world.new_contact(world.new_client("Abroad", firm=world.new_firm("O", slug="o")), "Abroad")
    merge = merging.merge_contacts

    with pytest.raises(RuleBroken, match="same one"):
        merge(world.ports, world.staff, pair.kept.id, pair.kept.id)
    with pytest.raises(NotFound):
        merge(world.ports, world.staff, pair.kept.id, abroad.id)
    contact_archiving.archive_contact(world.ports, world.staff, pair.kept.id)
    with pytest.raises(RuleBroken, match="archived"):
        merge(world.ports, world.staff, pair.kept.id, pair.other.id)
    contact_archiving.restore_contact(world.ports, world.staff, pair.kept.id)
    pair.merge()
    with pytest.raises(NotFound):
        merge(world.ports, world.staff, pair.other.id, pair.kept.id)
    assert world.all(Client) != []


STAY = {
    ("access_grant", "contact_id"),
    ("address_change", "contact_id"),
    ("bulk_item", "contact_id"),
    ("client_contact", "contact_id"),
    ("contact_notice", "contact_id"),
    ("contact_notice_choice", "contact_id"),
    ("document_reading", "contact_id"),
    ("document_share", "contact_id"),
    ("import_invitation", "contact_id"),
    ("introduction_person", "contact_id"),
    ("invitation", "contact_id"),
    ("known_browser", "contact_id"),
    ("outbox_text", "contact_id"),
    ("passkey", "contact_id"),
    ("password_reset", "contact_id"),
    ("portal_access", "contact_id"),
    ("portal_account", "contact_id"),
    ("push_subscription", "contact_id"),
    ("recipient", "contact_id"),
    ("recovery_code", "contact_id"),
    ("sign_in_session", "contact_id"),
    ("sign_up_link", "contact_id"),
}
"""Brought together row by row, or how somebody signed in: that stays with the contact who goes."""


def test_2_20_of_every_column_that_names_a_contact_it_is_decided_whether_it_moves() -> None:
    moved = {(str(kind.__tablename__), column) for kind, column in merging.MOVED}
    there = {
        (table.name, column.name)
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("contact_id")
        or any(key.column.table.name == "contact" for key in column.foreign_keys)
    }
    assert there == moved | STAY
