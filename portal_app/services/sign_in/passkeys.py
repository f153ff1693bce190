"""Passkeys (WebAuthn): questions that are asked once, and the answers of somebody's own keys (4.3).

The name and origin they are kept for come from the settings alone.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal_app.domain.secrets import new_token, token_hash
from portal_app.models import Passkey, SpentChallenge
from portal_app.services.sign_in.accounts import Person
from portal_app.services.sign_in.factors import passkeys_of, relying_party
from portal_app.work import Work

ASKED_FOR: Final = timedelta(minutes=10)
"""How long a question waits for its answer: as long as a code."""
LONGEST_ANSWER: Final = 16_000
_TRANSPORTS = frozenset(transport.value for transport in AuthenticatorTransport)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """What a page asks the browser: the options as JSON, and the challenge sealed, to come back with the answer."""

    options: str
    sealed: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the browser answered, and the question it got; neither is believed yet."""

    response: str
    sealed: str


def ask_for_new(work: Work, person: Person, about: bytes) -> Question:
    """Ask for a new key, of which this person has none on that device."""
    challenge = new_token().encode()
    options = generate_registration_options(
        rp_id=relying_party(work.ports.settings),
        rp_name=person.firm.name,
        user_id=person.id.bytes,
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge,
        exclude_credentials=_descriptors(passkeys_of(work, person)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED,
            user_verification=UserVerificationRequirement.PREFERRED,
        ),
    )
    return Question(options_to_json(options), _seal(work, challenge, about))


def ask(work: Work, person: Person | None, about: bytes) -> Question:
    """Ask one of this person's keys to sign; without a person any key of this portal, which then has to know them."""
    challenge = new_token().encode()
    options = generate_authentication_options(
        rp_id=relying_party(work.ports.settings),
        challenge=challenge,
        allow_credentials=_descriptors(passkeys_of(work, person)) if person else None,
        user_verification=UserVerificationRequirement.PREFERRED
        if person
        else UserVerificationRequirement.REQUIRED,
    )
    return Question(options_to_json(options), _seal(work, challenge, about))


def made(work: Work, person: Person, answer: Answer, about: bytes, name: str) -> Passkey | None:
    """The new key, not yet added; None for an answer that is none, late, repeated, or of a key that is known."""
    challenge = _open(work, answer.sealed, about)
    if challenge is None:
        return None
    settings = work.ports.settings
    found = _or_none(
        lambda: verify_registration_response(
            credential=_read(answer.response),
            expected_challenge=challenge,
            expected_rp_id=relying_party(settings),
            expected_origin=settings.public_url,
        )
    )
    if found is None or not _spend(work, challenge) or by_credential(work, found.credential_id) is not None:
        return None
    return Passkey(
        firm_id=person.firm.id,
        staff_id=person.staff_id,
        contact_id=person.contact_id,
        name=name,
        credential_id=found.credential_id,
        public_key=found.credential_public_key,
        counter=found.sign_count,
        transports=_transports(_read(answer.response)),
        created_at=work.now,
    )


def answered(work: Work, answer: Answer, about: bytes, *, is_whole: bool) -> Passkey | None:
    """The key that answered, its counter moved on; None for an answer that is none, late, repeated or forged.

    `is_whole`: the key takes the place of the password too, so it has to have known its person itself.
    """
    challenge, response = _open(work, answer.sealed, about), _read(answer.response)
    key = by_credential(work, _credential_id(response), lock=True)
    if challenge is None or key is None:
        return None
    settings = work.ports.settings
    found = _or_none(
        lambda: verify_authentication_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=relying_party(settings),
            expected_origin=settings.public_url,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.counter,
            require_user_verification=is_whole,
        )
    )
    if found is None or not _spend(work, challenge):
        return None
    key.counter, key.used_at = found.new_sign_count, work.now
    work.add(key)
    return key


def whose(work: Work, answer: Answer) -> Passkey | None:
    """The key that an answer names, before anything of it is believed."""
    return by_credential(work, _credential_id(_read(answer.response)))


def by_credential(work: Work, credential_id: bytes, *, lock: bool = False) -> Passkey | None:
    """The key of that id, whoever's it is."""
    query = select(Passkey).where(Passkey.credential_id == credential_id)
    return work.session.exec(query.with_for_update() if lock else query).first()


def _or_none(verify: Callable[[], T]) -> T | None:
    """What a check gives; None where it refuses, or stumbles over what a stranger made up."""
    try:
        return verify()
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return None


def _read(response: str) -> dict[str, Any]:
    if len(response) > LONGEST_ANSWER:
        return {}
    try:
        parsed = json.loads(response)
    except (ValueError, RecursionError):
        return {}
    return parsed if isinstance(parsed, dict) else {}


def _credential_id(response: dict[str, Any]) -> bytes:
    return _or_none(lambda: base64url_to_bytes(str(response["rawId"]))) or b""


def _transports(response: dict[str, Any]) -> list[str]:
    said = _or_none(lambda: list(response["response"]["transports"])) or []
    return [one for one in said if isinstance(one, str) and one in _TRANSPORTS]


def _descriptors(keys: list[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=key.credential_id, transports=[AuthenticatorTransport(one) for one in key.transports]
        )
        for key in keys
    ]


def _seal(work: Work, challenge: bytes, about: bytes) -> str:
    until = (work.now + ASKED_FOR).isoformat().encode()
    return urlsafe_b64encode(work.ports.sealer.seal(until + b" " + challenge, b"passkey:" + about)).decode()


def _open(work: Work, sealed: str, about: bytes) -> bytes | None:
    """The challenge, while it waits for its answer; None for what we did not ask there."""
    try:
        plain = work.ports.sealer.unseal(urlsafe_b64decode(sealed.encode()), b"passkey:" + about)
    except ValueError:
        return None
    until, _blank, challenge = plain.partition(b" ")
    return challenge if work.now < datetime.fromisoformat(until.decode()) else None


def _spend(work: Work, challenge: bytes) -> bool:
    """Whether this is the first answer to that question; what is long past is forgotten."""
    work.session.execute(delete(SpentChallenge).where(col(SpentChallenge.expires_at) < work.now))
    spent = SpentChallenge(challenge_hash=token_hash(challenge.decode()), expires_at=work.now + ASKED_FOR)
    try:
        with work.session.begin_nested():
            work.session.add(spent)
    except IntegrityError:
        return False
    return True
