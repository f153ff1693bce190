"""The language a person reads, kept with them: pages follow the browser's choice, e-mails this one (12.1)."""

from __future__ import annotations

from portal_app.domain.actors import Actor
from portal_app.models import Contact, Staff
from portal_app.ports import Ports
from portal_app.text import LANGUAGES
from portal_app.work import begin


def keep_language(ports: Ports, actor: Actor, language: str) -> None:
    """Write to this person in `language` from now on; nothing happens for nobody, or a bound device alone."""
    if language not in LANGUAGES or actor.session_id is None:
        return
    with begin(ports, actor) as work:
        person = (
            work.session.get(Staff, actor.staff_id)
            if actor.staff_id
            else work.session.get(Contact, actor.contact_id)
        )
        if person is not None:
            person.locale = language
            work.add(person)
