"""Two people with accounts, staff and contact, and what they do on their account pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from portal_app.domain.actors import Actor, Kind
from portal_app.domain.visitors import Visitor
from portal_app.models import (
    Contact,
    SignInSession,
    Staff,
)
from portal_app.services.account import addresses
from portal_app.services.actors import actor_of
from portal_app.services.sign_in.accounts import STAFF_ENTRANCE, Entrance, Visit
from portal_app.services.sign_in.sign_in import give_password
from tests.signing import give_code, latest_code, mails, text_of
from tests.world import PASSWORD, World

HERE = Visit(address="192.0.2.7", browser="Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
NEW_PASSWORD = "marmotte sous la neige"


def owner(world: World) -> Actor:
    session, _token = world.new_session(firm_id=world.firm.id, staff_id=world.owner.id)
    return replace(world.staff, session_id=session.id)


def contact(world: World) -> Actor:
    client = world.new_client()
    person = world.new_contact(client)
    world.give_account(person, client)
    return world.signed_in(person)


BOTH = pytest.mark.parametrize("asker", [owner, contact])


def entrance_of(actor: Actor) -> Entrance:
    return STAFF_ENTRANCE if actor.is_staff else Entrance(Kind.CLIENT, actor.firm_id)


def row_of(world: World, actor: Actor) -> Staff | Contact:
    found = world.all(Staff, id=actor.staff_id) if actor.is_staff else world.all(Contact, id=actor.contact_id)
    return found[0]  # type: ignore[no-any-return]


def token_of(world: World) -> str:
    """The token of the newest link that confirms an address."""
    found = re.search(r"/address/(\S+)$", text_of(world, mails(world, "address_change")[-1]), re.MULTILINE)
    assert found
    return found[1]


def change_address(world: World, actor: Actor, email: str = "New@home.example") -> None:
    addresses.ask_change(world.ports, world.confirmed(actor), email)
    addresses.confirm(world.ports, entrance_of(actor), actor, token_of(world), "", HERE)


def sign_in(world: World, actor: Actor, visit: Visit, *, remember: bool = False) -> SignInSession:
    """A whole sign-in of the same person in another browser."""
    email = row_of(world, actor).email
    given = give_password(world.ports, entrance_of(actor), email, PASSWORD, visit)
    if given.signed_in is None:
        give_code(world.ports, entrance_of(actor), given.token, latest_code(world), visit, remember=remember)
    return world.all(SignInSession)[-1]  # type: ignore[no-any-return]


def is_live(world: World, actor: Actor) -> bool:
    visitor = Visitor(
        staff=actor.session_id if actor.is_staff else None,
        client=None if actor.is_staff else actor.session_id,
    )
    kind = Kind.STAFF if actor.is_staff else Kind.CLIENT
    return actor_of(world.ports, kind, visitor, locale="en", address="").session_id is not None


# name, phone, language, reminders
