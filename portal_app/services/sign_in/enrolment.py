"""Setting up second steps: within a sign-in that has none yet, or on one's own account under step-up (4.3, 4.7).

What confirms a new one is looked at like any other proof; the first one comes with ten recovery codes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from portal_app.domain.actors import Actor
from portal_app.domain.browsers import browser_name
from portal_app.domain.errors import BadInput, NotFound, RuleBroken, SignInNeeded
from portal_app.domain.factors import EMAIL, LONGEST_NAME, MOST_PASSKEYS, PASSKEY, SMS, TOTP, Factors
from portal_app.domain.letterhead import Letterhead
from portal_app.domain.phones import e164, last_digits
from portal_app.domain.sign_in import CODES, TRIES, masked, six_digits
from portal_app.models import SignInSession
from portal_app.ports import Ports
from portal_app.services.mail.email_facts import SecurityEvent
from portal_app.services.sign_in import (
    authenticator,
    codes,
    passkeys,
    proofs,
    recovery,
    second_step,
    sign_in_mail,
    step_up,
    tries,
)
from portal_app.services.sign_in.accounts import Entrance, Person, Visit
from portal_app.services.sign_in.factors import count_passkeys, factors_of, passkeys_of
from portal_app.services.sign_in.opening import SignedIn, open_session
from portal_app.services.sign_in.passkeys import Answer, Question
from portal_app.services.sign_in.second_step import Passed
from portal_app.services.typed import line
from portal_app.text import _
from portal_app.work import Work, begin, reading


@dataclass(frozen=True, slots=True)
class Setter:
    """Who sets one up: whoever holds an unfinished sign-in's token, else `actor`, who confirmed a moment ago."""

    actor: Actor
    entrance: Entrance | None = None
    token: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What confirms a new one: a code, or a passkey's answer with what it was asked and the name to keep it under."""

    kind: str
    typed: str
    sealed: str = ""
    name: str = ""


@dataclass(frozen=True)
class SetUp:
    """One step's page: what to scan, where a code went, or what the browser is asked."""

    letterhead: Letterhead
    kind: str
    key: str = ""
    address: str = ""
    sent_to: str = ""
    is_code_out: bool = True
    question: Question | None = None


def look(ports: Ports, setter: Setter, kind: str) -> SetUp:
    """The page of that kind; looking changes nothing. Raises `NotFound` where it cannot be set up now."""
    with reading(ports, setter.actor) as work:
        session, person = _setter(work, setter, kind)
        head = sign_in_mail.head(work, person)
        if kind == TOTP:
            key, address = authenticator.shown_key(work, person)
            return SetUp(head, kind, key, address)
        if kind == PASSKEY:
            return SetUp(head, kind, question=passkeys.ask_for_new(work, person, proofs.about(session)))
        number = person.holder.sms_asked_number
        to = masked(person.email) if kind == EMAIL else last_digits(number)
        is_out = codes.live(work, session, _way(kind)) is not None
        return SetUp(head, kind, sent_to=to, is_code_out=is_out)


def start_app(ports: Ports, setter: Setter) -> None:
    """Make a key to scan (4.3)."""
    with begin(ports, setter.actor) as work:
        _session, person = _setter(work, setter, TOTP, lock=True)
        authenticator.new_key(work, person.holder)


def send_code(ports: Ports, setter: Setter, kind: str, visit: Visit, *, number: str | None = None) -> None:
    """Send the code that confirms the mailbox, or a telephone number: `number` where it is a new one.

    Raises `BadInput` for a number that is none, `TryLater`, `NotFound`.
    """
    with begin(ports, setter.actor) as work:
        session, person = _setter(work, setter, kind, lock=True)
        if kind == SMS and number is not None:
            person.holder.sms_asked_number = _number(number)
            work.add(person.holder)
        asked = person.holder.sms_asked_number
        if kind not in {EMAIL, SMS} or (kind == SMS and not asked):
            raise NotFound(_("There is nothing here."))
        if not codes.send(work, session, person, visit, _way(kind), to=asked):
            raise tries.full(ports, codes.counter(work, "codes", person, visit), CODES)


def confirm(ports: Ports, setter: Setter, shown: Shown, visit: Visit) -> Passed:
    """Set it up; within a sign-in that also finishes it. The first one comes with recovery codes.

    Raises `BadInput` for what does not confirm it, `TryLater`, `NotFound`, and what `look` does.
    """
    with reading(ports, setter.actor) as work:
        session, person = _setter(work, setter, shown.kind)
        needs_codes = not factors_of(work, person).has_recovery
        counted = f"set_up:{session.id}"
    if not tries.take(ports.limiter, counted, TRIES):
        raise tries.full(ports, counted, TRIES)
    new = recovery.make(ports) if needs_codes else None
    with begin(ports, _as(setter, person, session, visit)) as work:
        session, person = _setter(work, setter, shown.kind, lock=True)
        before = factors_of(work, person)
        wrong = _SET_UP[shown.kind](work, session, person, shown)
        if wrong is None:
            tries.forget(ports.limiter, counted, TRIES)
            kept = recovery.keep(work, person, new) if new and not before.has_recovery else ()
            passed = Passed(_finish(work, setter, session, person, shown.kind, before, visit), kept)
    if wrong is not None:
        raise BadInput(wrong, field="code")
    return passed


def remove(ports: Ports, actor: Actor, kind: str, visit: Visit, *, passkey: str = "") -> None:
    """Take one of one's own away, and tell its person. The last one that counts stays.

    Raises `RuleBroken` for the last, `NotFound` for what is not there, `ConfirmNeeded`.
    """
    with begin(ports, actor) as work:
        _session, person = step_up.asker(work, actor, lock=True)
        step_up.need_fresh(work)
        factors = factors_of(work, person)
        if kind not in factors.set_up:
            raise NotFound(_("There is nothing here."))
        if not factors.may_remove(kind, passkeys=count_passkeys(work, person)):
            raise RuleBroken(_("This is the last one. Set up another before you remove it."))
        _REMOVED[kind](work, person, passkey)
        work.audit("mfa:removed", firm_id=person.firm.id, subject_kind=person.kind.value, factor=kind)
        sign_in_mail.tell(work, person, SecurityEvent.MFA_CHANGED, browser_name(visit.browser))


def renew_codes(ports: Ports, actor: Actor, visit: Visit) -> tuple[str, ...]:
    """Ten new recovery codes; the earlier ones end. Raises `ConfirmNeeded`."""
    new = None
    if step_up.is_fresh(ports, actor):
        new = recovery.make(ports)
    with begin(ports, actor) as work:
        _session, person = step_up.asker(work, actor, lock=True)
        step_up.need_fresh(work)
        if new is None:
            raise SignInNeeded(_("Please sign in."))
        work.audit("mfa:codes_renewed", firm_id=person.firm.id, subject_kind=person.kind.value)
        sign_in_mail.tell(work, person, SecurityEvent.RECOVERY_CODES_NEW, browser_name(visit.browser))
        return recovery.keep(work, person, new)


def _setter(work: Work, setter: Setter, kind: str, *, lock: bool = False) -> tuple[SignInSession, Person]:
    """Session and person, where that kind can be set up now; step-up for whoever is signed in."""
    if setter.entrance is not None:
        session, person = second_step.unfinished(work, setter.entrance, setter.token, lock=lock)
        can_now = second_step.settable(session, factors_of(work, person))
    else:
        session, person = step_up.asker(work, setter.actor, lock=lock)
        step_up.need_fresh(work)
        can_now = factors_of(work, person).addable
    if kind not in can_now:
        raise NotFound(_("There is nothing here."))
    return session, person


def _as(setter: Setter, person: Person, session: SignInSession, visit: Visit) -> Actor:
    return person.actor(visit, session.id) if setter.entrance is not None else setter.actor


def _finish(
    work: Work,
    setter: Setter,
    session: SignInSession,
    person: Person,
    kind: str,
    before: Factors,
    visit: Visit,
) -> SignedIn | None:
    person.holder.mfa_reset_at = None
    work.add(person.holder)
    work.audit("mfa:set_up", firm_id=person.firm.id, subject_kind=person.kind.value, factor=kind)
    if before.set_up or before.is_reset:
        sign_in_mail.tell(work, person, SecurityEvent.MFA_CHANGED, browser_name(visit.browser))
    if setter.entrance is None:
        return None
    session.setting_up_at = None
    return open_session(work, session, person, visit, factor=kind)


def _app(work: Work, _session: SignInSession, person: Person, shown: Shown) -> str | None:
    holder = person.holder
    if holder.totp_sealed is None or not authenticator.spend(work, holder, six_digits(shown.typed)):
        return _("That code does not match. Type the one that the app shows now.")
    holder.totp_confirmed_at = work.now
    return None


def _mailbox(work: Work, session: SignInSession, person: Person, shown: Shown) -> str | None:
    wrong = codes.wrong(work, session, six_digits(shown.typed), EMAIL)
    if wrong is None:
        person.holder.email_factor_at = work.now
    return wrong


def _phone(work: Work, session: SignInSession, person: Person, shown: Shown) -> str | None:
    wrong = codes.wrong(work, session, six_digits(shown.typed), codes.NUMBER)
    if wrong is None:
        holder = person.holder
        holder.sms_number, holder.sms_asked_number = holder.sms_asked_number, ""
        holder.sms_confirmed_at = work.now
    return wrong


def _key(work: Work, session: SignInSession, person: Person, shown: Shown) -> str | None:
    name = line(shown.name, "name", longest=LONGEST_NAME) or _("Passkey")
    if count_passkeys(work, person) >= MOST_PASSKEYS:
        return _("You have {n} passkeys. Remove one first.").format(n=MOST_PASSKEYS)
    key = passkeys.made(work, person, Answer(shown.typed, shown.sealed), proofs.about(session), name)
    if key is None:
        return _("The passkey was not made. Try again, or choose another way.")
    work.add(key)
    work.session.flush()
    return None


_SET_UP: dict[str, Callable[[Work, SignInSession, Person, Shown], str | None]] = {
    TOTP: _app,
    EMAIL: _mailbox,
    SMS: _phone,
    PASSKEY: _key,
}


def _no_app(_work: Work, person: Person, _passkey: str) -> None:
    person.holder.totp_confirmed_at = person.holder.totp_sealed = None


def _no_mailbox(_work: Work, person: Person, _passkey: str) -> None:
    person.holder.email_factor_at = None


def _no_phone(_work: Work, person: Person, _passkey: str) -> None:
    person.holder.sms_number, person.holder.sms_confirmed_at = "", None


def _no_key(work: Work, person: Person, passkey: str) -> None:
    for key in passkeys_of(work, person):
        if key.id.hex == passkey:
            work.session.delete(key)
            return
    raise NotFound(_("There is nothing here."))


_REMOVED: dict[str, Callable[[Work, Person, str], None]] = {
    TOTP: _no_app,
    EMAIL: _no_mailbox,
    SMS: _no_phone,
    PASSKEY: _no_key,
}


def _way(kind: str) -> str:
    return codes.NUMBER if kind == SMS else kind


def _number(typed: str) -> str:
    number = e164(typed)
    if not number:
        raise BadInput(
            _("This is not a telephone number. Outside North America, begin with + and the country."),
            field="number",
        )
    return number
