"""Settings › Sign-in: by which ways staff sign in, and the issuer behind one of them (1.2). An owner's to change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select

from portal_app import routes
from portal_app.domain import issuers as rules
from portal_app.domain.actors import Actor, Role
from portal_app.domain.errors import BadInput, RuleBroken
from portal_app.domain.issuers import Preset, StaffSignIn
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.permissions import Permission, may
from portal_app.models import Firm, FirmIssuer, SignInSession, Staff, StaffIdentity
from portal_app.ports import IssuerFault, Ports
from portal_app.services import access, typed
from portal_app.services.firm.letterheads import staff_letterhead
from portal_app.services.sign_in import step_up
from portal_app.services.sign_in.allowed import issuer_name, issuer_of
from portal_app.services.sign_in.issuer import about_secret
from portal_app.services.sign_in.sessions import end_sessions
from portal_app.text import _, ngettext
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class SignInView:
    """The rule as it stands, and beside it whom it touches, in the reader's language."""

    can_change: bool = False
    allowed: str = StaffSignIn.PASSWORD.value
    issuer_name: str = ""
    issuer: str = ""
    client_id: str = ""
    callback_url: str = ""
    linked: str = ""
    touches: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Connection:
    """What the form of the issuer holds; `secret` may stay empty where there is one that is kept."""

    preset: str = ""
    issuer: str = ""
    client_id: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class ConnectionView:
    """The connection's form as it stands, without its secret."""

    letterhead: Letterhead
    callback_url: str
    connection: Connection = field(default_factory=Connection)
    has_secret: bool = False


def sign_in_view(ports: Ports, actor: Actor) -> SignInView:
    """How staff sign in, for admins and owners. Raises `NotFound` for members."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.SETTINGS_EDIT)
        firm = work.session.get_one(Firm, actor.firm_id)
        issuer = issuer_of(work, firm.id)
        return SignInView(
            can_change=may(actor, Permission.POLICY_EDIT),
            allowed=firm.staff_sign_in.value,
            issuer_name=issuer_name(issuer) if issuer else "",
            issuer=issuer.issuer if issuer else "",
            client_id=issuer.client_id if issuer else "",
            callback_url=_callback(ports),
            linked=_linked(work, issuer) if issuer else "",
            touches=_touches(work, firm),
        )


def connection_view(ports: Ports, actor: Actor) -> ConnectionView:
    """The form of the issuer, for owners who confirmed that it is them. Raises `NotFound`, `ConfirmNeeded`."""
    with reading(ports, actor) as work:
        access.allow(work, Permission.POLICY_EDIT)
        step_up.need_fresh(work)
        firm = work.session.get_one(Firm, actor.firm_id)
        shown = ConnectionView(staff_letterhead(ports.settings, firm), _callback(ports))
        issuer = issuer_of(work, firm.id)
        if issuer is None:
            return shown
        kept = Connection(issuer.preset.value, issuer.issuer, issuer.client_id)
        return replace(shown, connection=kept, has_secret=True)


def connect(ports: Ports, actor: Actor, given: Connection) -> None:
    """Keep where staff sign in, once it answers as an issuer does; nobody has to use it by that alone.

    Raises `BadInput` naming the field, `NotFound` for who is no owner, `ConfirmNeeded`.
    """
    has_secret = connection_view(ports, actor).has_secret
    preset, issuer, client_id, secret = _checked(ports, given, has_secret=has_secret)
    try:
        own = ports.issuers.check(issuer)
    except IssuerFault as fault:
        raise BadInput(_fault_text(fault), field="issuer") from fault
    with begin(ports, actor) as work:
        firm = _firm(work)
        step_up.need_fresh(work)
        row = issuer_of(work, firm.id) or FirmIssuer(
            firm_id=firm.id, preset=preset, issuer="", client_id="", secret_sealed=b"", changed_at=work.now
        )
        row.preset, row.issuer, row.client_id, row.changed_at = preset, own, client_id, work.now
        if secret:
            row.secret_sealed = ports.sealer.seal(secret.encode(), about_secret(firm.id))
        work.add(row)
        _write_down(work, firm, "issuer_connected", issuer=own, client=client_id)


def disconnect(ports: Ports, actor: Actor) -> bool:
    """Forget the issuer: everybody signs in with a password again. False where there is none."""
    with begin(ports, actor) as work:
        firm = _firm(work)
        issuer = issuer_of(work, firm.id)
        if issuer is None:
            return False
        work.session.delete(issuer)
        for identity in work.session.exec(select(StaffIdentity).where(StaffIdentity.firm_id == firm.id)):
            work.session.delete(identity)
        _become(work, firm, StaffSignIn.PASSWORD)
        _write_down(work, firm, "issuer_disconnected")
        return True


def allow_ways(ports: Ports, actor: Actor, allowed: StaffSignIn) -> bool:
    """Passwords, the issuer, or either. Where one way goes, sessions of all but owners end (4.6).

    False where it is so already. Raises `RuleBroken` without an issuer, `NotFound` for who is no owner.
    """
    with begin(ports, actor) as work:
        firm = _firm(work)
        if firm.staff_sign_in is allowed:
            return False
        if allowed is not StaffSignIn.PASSWORD and issuer_of(work, firm.id) is None:
            raise RuleBroken(_("Connect Google, Microsoft or another issuer first."))
        _become(work, firm, allowed)
        _write_down(work, firm, "sign_in_ways", now=allowed.value)
        return True


def _become(work: Work, firm: Firm, allowed: StaffSignIn) -> None:
    if firm.staff_sign_in is not allowed and allowed is not StaffSignIn.EITHER:
        for staff_id in _others(work, firm):
            end_sessions(work, staff_id=staff_id)
    firm.staff_sign_in = allowed
    work.add(firm)


def _others(work: Work, firm: Firm) -> list[UUID]:
    """Who is no owner: theirs are the sessions that end."""
    query = select(Staff.id).where(Staff.firm_id == firm.id, Staff.role != Role.OWNER)
    return list(work.session.exec(query.order_by(col(Staff.id))))


def _firm(work: Work) -> Firm:
    access.allow(work, Permission.POLICY_EDIT)
    return work.session.get_one(Firm, work.actor.firm_id, with_for_update=True)


def _write_down(work: Work, firm: Firm, what: str, **facts: str) -> None:
    work.audit(f"policy:{what}", firm_id=firm.id, subject_kind="firm", subject_id=firm.id, **facts)
    work.ring(f"firm:{firm.id}")


def _checked(ports: Ports, given: Connection, *, has_secret: bool) -> tuple[Preset, str, str, str]:
    try:
        preset = Preset(given.preset)
    except ValueError:
        raise BadInput(_("Choose one of the three."), field="preset") from None
    issuer = (
        rules.GOOGLE if preset is Preset.GOOGLE else typed.line(given.issuer, "issuer", longest=rules.LONGEST)
    )
    _refuse_issuer(ports, issuer)
    client_id = typed.line(
        given.client_id,
        "client_id",
        longest=rules.LONGEST,
        missing=_("Type the client ID that the issuer gave you."),
    )
    secret = given.secret.strip()
    if not secret and not has_secret:
        raise BadInput(_("Type the client secret that the issuer gave you."), field="secret")
    if len(secret) > rules.LONGEST:
        raise BadInput(_("This is too long: {n} characters at most.").format(n=rules.LONGEST), field="secret")
    return preset, issuer, client_id, secret


def _refuse_issuer(ports: Ports, issuer: str) -> None:
    fault = rules.issuer_fault(issuer, may_be_plain=ports.settings.demo)
    texts = {
        "scheme": _("Type the issuer’s address; it begins with https://"),
        "form": _("This is not the address of an issuer, like https://login.example.com."),
        "all": _(
            "This is the address of everybody’s accounts. Put your own tenant’s ID in its place, so that no other company’s accounts get in."
        ),
    }
    if fault:
        raise BadInput(texts[fault], field="issuer")


def _fault_text(fault: IssuerFault) -> str:
    if fault.kind == "away":
        return _(
            "Nothing answers there as an issuer does. Check the address, and that this server may reach it."
        )
    return _(
        "What answers there is not this issuer: its own document says something else. Check the address."
    )


def _callback(ports: Ports) -> str:
    return ports.settings.public_url + routes.STAFF_ISSUER_BACK


def _linked(work: Work, issuer: FirmIssuer) -> str:
    linked = work.session.exec(
        select(func.count())
        .select_from(StaffIdentity)
        .where(StaffIdentity.firm_id == issuer.firm_id, StaffIdentity.issuer == issuer.issuer)
    ).one()
    return ngettext(
        "{n} person has signed in by it so far.", "{n} people have signed in by it so far.", linked
    )


def _touches(work: Work, firm: Firm) -> list[str]:
    """Whom a narrower rule would sign out now."""
    inside = work.session.exec(
        select(func.count(func.distinct(col(SignInSession.staff_id))))
        .join(Staff, col(Staff.id) == SignInSession.staff_id)
        .where(
            SignInSession.firm_id == firm.id,
            col(SignInSession.ended_at).is_(None),
            col(SignInSession.mfa_at).is_not(None),
            Staff.role != Role.OWNER,
        )
    ).one()
    text = ngettext(
        "Where one way goes, {n} person who is signed in signs in anew.",
        "Where one way goes, {n} people who are signed in sign in anew.",
        inside,
    )
    return [text] if inside else []
