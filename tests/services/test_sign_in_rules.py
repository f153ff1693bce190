"""Settings › Sign-in: passwords, the issuer, or either; an owner's to say (1.2, 1.16)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, ConfirmNeeded, NotFound, RuleBroken
from portal_app.domain.issuers import StaffSignIn, Ways, issuer_fault, ways
from portal_app.models import AuditEntry, FirmIssuer, SignInSession, StaffIdentity
from portal_app.services.team import sign_in_rules
from portal_app.services.team.sign_in_rules import Connection
from tests.oidc.small_issuer import CLIENT, SECRET, SmallIssuer, small_issuer
from tests.world import World


@pytest.fixture
def issuer(world: World) -> Iterator[SmallIssuer]:
    with small_issuer() as running:
        yield running


@pytest.fixture
def owner(world: World) -> Actor:
    """The owner, who gave the password again a moment ago (4.7)."""
    session, _token = world.new_session(staff_id=world.owner.id, firm_id=world.firm.id)
    world.change(session, confirmed_at=world.clock.now())
    return Actor(
        kind=world.staff.kind,
        firm_id=world.firm.id,
        staff_id=world.owner.id,
        role=Role.OWNER,
        session_id=session.id,
        locale="en",
    )


def connected(world: World, owner: Actor, issuer: SmallIssuer) -> FirmIssuer:
    sign_in_rules.connect(world.ports, owner, Connection("other", issuer.url + "/", CLIENT, SECRET))
    [row] = world.all(FirmIssuer)
    return row


@pytest.mark.parametrize(
    ("allowed", "role", "has_issuer", "expected"),
    [
        (StaffSignIn.PASSWORD, Role.MEMBER, True, Ways(password=True, issuer=False)),
        (StaffSignIn.EITHER, Role.MEMBER, True, Ways(password=True, issuer=True)),
        (StaffSignIn.ISSUER, Role.MEMBER, True, Ways(password=False, issuer=True)),
        (StaffSignIn.ISSUER, Role.ADMIN, True, Ways(password=False, issuer=True)),
        (StaffSignIn.ISSUER, Role.OWNER, True, Ways(password=True, issuer=True)),
        (StaffSignIn.ISSUER, Role.MEMBER, False, Ways(password=True, issuer=False)),
    ],
)
def test_1_2_an_owner_always_keeps_the_password(
    allowed: StaffSignIn, role: Role, has_issuer: bool, expected: Ways
) -> None:
    assert ways(allowed, role, has_issuer=has_issuer) == expected


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("https://accounts.google.com", ""),
        ("https://login.microsoftonline.com/0195-tenant/v2.0", ""),
        ("https://login.microsoftonline.com/common/v2.0", "all"),
        ("https://login.microsoftonline.com/organizations/v2.0", "all"),
        ("http://login.example.com", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("https://", "form"),
        ("https://user@login.example.com", "form"),
        ("https://login.example.com/?a=b", "form"),
        ("", "scheme"),
    ],
)
def test_what_is_no_issuers_address_is_known(url: str, fault: str) -> None:
    assert issuer_fault(url) == fault


def test_1_2_an_issuer_is_kept_once_it_answers_and_its_secret_is_sealed(
    world: World, owner: Actor, issuer: SmallIssuer
) -> None:
    row = connected(world, owner, issuer)
    assert (row.issuer, row.client_id) == (issuer.url, CLIENT), "as it calls itself"
    assert SECRET.encode() not in row.secret_sealed
    view = sign_in_rules.sign_in_view(world.ports, owner)
    assert (view.allowed, view.issuer) == ("password", issuer.url), "nobody has to use it by that alone"
    assert view.callback_url == "http://localhost:8000/staff/login/issuer/back"

    sign_in_rules.connect(world.ports, owner, Connection("other", issuer.url, "another", ""))
    [again] = world.all(FirmIssuer)
    assert (again.client_id, again.secret_sealed) == ("another", row.secret_sealed), (
        "an empty secret keeps it"
    )


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (Connection("yahoo", "https://x.example", CLIENT, SECRET), "preset"),
        (Connection("other", "not an address", CLIENT, SECRET), "issuer"),
        (Connection("other", "http://127.0.0.1:9", CLIENT, SECRET), "issuer"),
        (Connection("other", "http://127.0.0.1:9", "", SECRET), "client_id"),
        (Connection("other", "http://127.0.0.1:9", CLIENT, ""), "secret"),
    ],
)
def test_what_cannot_be_an_issuer_is_refused_beside_its_field(
    world: World, owner: Actor, given: Connection, field: str
) -> None:
    with pytest.raises(BadInput) as refused:
        sign_in_rules.connect(world.ports, owner, given)
    assert refused.value.field == field
    assert world.all(FirmIssuer) == []


@pytest.mark.parametrize(
    "document",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "ftp://x.example"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_document_that_says_something_else_is_refused(
    world: World, owner: Actor, issuer: SmallIssuer, document: dict[str, object]
) -> None:
    issuer.document = document
    with pytest.raises(BadInput, match="its own document"):
        connected(world, owner, issuer)


def test_1_2_a_firm_can_require_the_issuer_and_others_sign_in_anew(
    world: World, owner: Actor, issuer: SmallIssuer
) -> None:
    luc = world.new_staff("Luc Bergeron")
    his, _token = world.new_session(staff_id=luc.id, firm_id=world.firm.id)
    with pytest.raises(RuleBroken, match="first"):
        sign_in_rules.allow_ways(world.ports, owner, StaffSignIn.ISSUER)
    connected(world, owner, issuer)

    assert sign_in_rules.allow_ways(world.ports, owner, StaffSignIn.EITHER)
    assert world.get(his).ended_at is None, "a way more ends nothing"
    assert "1 person" in sign_in_rules.sign_in_view(world.ports, owner).touches[0]
    assert sign_in_rules.allow_ways(world.ports, owner, StaffSignIn.ISSUER)
    assert not sign_in_rules.allow_ways(world.ports, owner, StaffSignIn.ISSUER)

    assert world.get(his).ended_at is not None
    assert world.all(SignInSession, staff_id=world.owner.id)[0].ended_at is None, "owners keep both"
    assert [entry.action for entry in world.all(AuditEntry)][-1] == "policy:sign_in_ways"


def test_disconnecting_brings_passwords_back_and_forgets_the_links(
    world: World, owner: Actor, issuer: SmallIssuer
) -> None:
    row = connected(world, owner, issuer)
    sign_in_rules.allow_ways(world.ports, owner, StaffSignIn.ISSUER)
    now = world.clock.now()
    world.put(
        StaffIdentity(
            firm_id=world.firm.id,
            staff_id=world.owner.id,
            issuer=row.issuer,
            subject="x",
            linked_at=now,
            last_sign_in_at=now,
        )
    )
    assert sign_in_rules.disconnect(world.ports, owner)
    assert not sign_in_rules.disconnect(world.ports, owner)
    assert (world.all(FirmIssuer), world.all(StaffIdentity)) == ([], [])
    assert world.get(world.firm).staff_sign_in is StaffSignIn.PASSWORD


def test_1_16_sign_in_rules_are_an_owners_and_the_secret_asks_for_the_password_again(
    world: World, owner: Actor, issuer: SmallIssuer
) -> None:
    admin = world.actor(world.new_staff("Admin", role=Role.ADMIN))
    member = world.actor(world.new_staff("Member"))
    for press in (
        lambda: sign_in_rules.allow_ways(world.ports, admin, StaffSignIn.EITHER),
        lambda: sign_in_rules.connection_view(world.ports, admin),
        lambda: sign_in_rules.connect(world.ports, admin, Connection("other", issuer.url, CLIENT, SECRET)),
        lambda: sign_in_rules.disconnect(world.ports, admin),
        lambda: sign_in_rules.sign_in_view(world.ports, member),
    ):
        with pytest.raises(NotFound):
            press()
    assert sign_in_rules.sign_in_view(world.ports, admin).can_change is False
    world.clock.advance(minutes=11)
    with pytest.raises(ConfirmNeeded):
        connected(world, owner, issuer)
