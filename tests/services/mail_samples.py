"""Every e-mail of the portal, with facts such as the services give: for the tests and for scripts/look.py."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from portal_app.domain.letterhead import Letterhead
from portal_app.services import emails
from portal_app.services.emails import (
    Access,
    Answer,
    AnswerKind,
    Completion,
    ComposedMail,
    Invitation,
    RequestMail,
    SecurityEvent,
    SecurityNotice,
    TaskLine,
)

FIRM = Letterhead(
    firm_name="Tremblay Ouellet CPA",
    support_email="bonjour@tremblay-ouellet.example",
    support_phone="418 555-0142",
    address="210, rue Saint-Joseph Est\nQuébec (Québec) G1K 3A9",
    sign_in_url="https://portail.example/f/tremblay/login",
    help_url="https://portail.example/f/tremblay/help",
)
BARE = Letterhead("Cabinet & associés", accent="prune")
LINK = "https://portail.example/r/vS3kq0bq1rR2-c4gq2aW9w"
TASKS = (
    TaskLine("Questionnaire fiscal 2025", date(2026, 3, 13), is_late=True),
    TaskLine("Chèque annulé pour le dépôt direct", date(2026, 3, 25)),
    TaskLine("Relevés bancaires de décembre 2025, tous les comptes", date(2026, 3, 31)),
    TaskLine("Feuillets T4 et relevés 1", date(2026, 3, 31)),
    TaskLine("Avis de cotisation 2024, Canada et Québec"),
)
WAITING = (TaskLine("Frais médicaux de la famille", date(2026, 3, 31), note="question posée le 16 mars"),)
REQUEST = RequestMail(
    recipient_name="Marie-Claude Gagnon",
    client_name="Ébénisterie Gagnon inc.",
    title="Déclaration de revenus 2025",
    sender_name="Sophie Ouellet, CPA",
    tasks=TASKS,
    link=LINK,
    expires_at=datetime(2026, 4, 2, 3, 30, tzinfo=UTC),  # still the first of April in Québec
    sender_phone="418 555-0142",
)
WITH_WORDS = replace(
    REQUEST, message="Nous pouvons nous voir le 20.\nAppelez-moi.\n\nBonne fin de semaine <3"
)
UNDATED = replace(REQUEST, tasks=(TaskLine("Spécimen de chèque"),), sender_phone="")
ONE = replace(REQUEST, tasks=(TaskLine("Relevés bancaires", date(2026, 3, 31)),))
ACCESS = Access(
    "Marie-Claude Gagnon", "Ébénisterie Gagnon inc.", "Déclaration de revenus 2025", LINK, "418302"
)
OFFER = Invitation(
    name="Luc Gagnon",
    client_names=("Ébénisterie Gagnon inc.", "Succession Roland Gagnon"),
    inviter_name="Sophie Ouellet",
    link="https://portail.example/invite/q9Zr",
    expires_at=datetime(2026, 3, 21, 14, 42, tzinfo=UTC),
    message="Comme convenu au téléphone.",
)
DONE = Completion(
    staff_name="Sophie Ouellet",
    contact_name="Marie-Claude Gagnon",
    client_name="Ébénisterie Gagnon inc.",
    title="Déclaration de revenus 2025",
    answers=(
        Answer("Relevés bancaires de décembre 2025"),
        Answer("Feuillets T5 et relevés 3", AnswerKind.NOT_APPLICABLE, "Placements vendus en 2024."),
        Answer("Lettre de mission", AnswerKind.ALREADY_HAVE, "Lettre 2025.pdf"),
    ),
    link="https://portail.example/staff/work/0195",
)
NOTICE = SecurityNotice(
    "Luc Gagnon",
    SecurityEvent.PASSWORD_CHANGED,
    datetime(2026, 3, 18, 14, 42, tzinfo=UTC),
    "Firefox, Windows",
)

MAILS: dict[str, Callable[[str], ComposedMail]] = {
    "request_sent": lambda locale: emails.request_sent(FIRM, WITH_WORDS, locale=locale),
    "request_sent_bare": lambda locale: emails.request_sent(BARE, UNDATED, locale=locale),
    "reminder": lambda locale: emails.reminder(
        FIRM, REQUEST, waiting=WAITING, off_url="https://portail.example/off/7", locale=locale
    ),
    "reminder_bare": lambda locale: emails.reminder(BARE, UNDATED, locale=locale),
    "task_added": lambda locale: emails.task_added(FIRM, ONE, locale=locale),
    "task_reopened": lambda locale: emails.task_reopened(
        FIRM, ONE, reason="Il manque la page 3.\nMerci!\n\nSophie", locale=locale
    ),
    "request_withdrawn": lambda locale: emails.request_withdrawn(FIRM, REQUEST, locale=locale),
    "access_link": lambda locale: emails.access_link(FIRM, ACCESS, locale=locale),
    "sign_in_code": lambda locale: emails.sign_in_code(FIRM, name="Luc Gagnon", code="048213", locale=locale),
    "invitation": lambda locale: emails.invitation(FIRM, OFFER, locale=locale),
    "password_reset": lambda locale: emails.password_reset(
        FIRM, name="Luc Gagnon", link="https://portail.example/reset/x", locale=locale
    ),
    "security_notice": lambda locale: emails.security_notice(FIRM, NOTICE, locale=locale),
    "completed_notice": lambda locale: emails.completed_notice(FIRM, DONE, locale=locale),
    "completed_one": lambda locale: emails.completed_notice(
        BARE, replace(DONE, answers=DONE.answers[:1]), locale=locale
    ),
    "completed_all": lambda locale: emails.completed_notice(
        FIRM, replace(DONE, is_whole_request=True), locale=locale
    ),
} | {
    what.value: lambda locale, what=what: emails.security_notice(  # type: ignore[misc]
        BARE, replace(NOTICE, what=what, browser=""), locale=locale
    )
    for what in SecurityEvent
}
