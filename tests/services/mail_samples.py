"""Every e-mail of the portal, with facts such as the services give: for the tests and for scripts/look.py."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

from portal_app.domain.letterhead import Letterhead
from portal_app.services.mail import email_facts, emails
from portal_app.services.mail.email_facts import (
    Access,
    ClientNews,
    Introduction,
    Invitation,
    NoticeGroup,
    NoticeLine,
    NoticePart,
    OpenRequest,
    ReminderPart,
    RequestMail,
    SecurityEvent,
    SecurityNotice,
    StaffInvitation,
    StaffNotices,
    TaskLine,
)
from portal_app.services.mail.emails import ComposedMail

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
NEWS = ClientNews(
    recipient_name="Marie-Claude Gagnon",
    client_name="Ébénisterie Gagnon inc.",
    title="Déclaration de revenus 2025",
    sender_name="Sophie Ouellet, CPA",
    lines=(
        NoticeLine("Sophie Ouellet a écrit sur « Relevés bancaires » :", "Il manque la page 3.\nMerci!"),
        NoticeLine("Sophie Ouellet a terminé « Avis de cotisation » pour vous."),
    ),
    link=LINK,
    choices_link="https://portail.example/account#notifications",
)
SHARED = replace(
    NEWS, title="", lines=(NoticeLine("Sophie a partagé un document avec vous : Bilan.pdf."),), pin=""
)
CLOSED = replace(NEWS, lines=(NoticeLine("« Déclaration de revenus 2025 » est fermée."),), link="")
UNDATED = replace(REQUEST, tasks=(TaskLine("Spécimen de chèque"),), sender_phone="")
OTHER = replace(
    REQUEST,
    client_name="Succession Roland Gagnon",
    title="Inventaire de la succession",
    tasks=(TaskLine("Testament et recherche testamentaire", date(2026, 3, 27)), TaskLine("Preuve de décès")),
    link=LINK + "-2",
)
ONE = replace(REQUEST, tasks=(TaskLine("Relevés bancaires", date(2026, 3, 31)),))
HANDED = email_facts.HandedOver(
    name="Paul Roy",
    giver_name="Marie-Claude Gagnon",
    client_name="Ébénisterie Gagnon inc.",
    title="Relevés <bancaires>",
    link="https://portail.example/h/AbC",
    until=date(2026, 4, 1),
)
ACCESS = Access(
    "Marie-Claude Gagnon", "Ébénisterie Gagnon inc.", "Déclaration de revenus 2025", LINK, "418302"
)
OPEN = (
    OpenRequest("Ébénisterie Gagnon inc.", "Tenue de livres de mars", f"{LINK}1", date(2026, 3, 31)),
    OpenRequest("Succession Roland Gagnon", "Déclaration finale", f"{LINK}2", pin="418302"),
)
OFFER = Invitation(
    name="Luc Gagnon",
    client_names=("Ébénisterie Gagnon inc.", "Succession Roland Gagnon"),
    inviter_name="Sophie Ouellet",
    link="https://portail.example/invite/q9Zr",
    expires_at=datetime(2026, 3, 21, 14, 42, tzinfo=UTC),
    message="Comme convenu au téléphone.",
)
TOLD = StaffNotices(
    staff_name="Sophie Ouellet",
    count=3,
    groups=(
        NoticeGroup(
            "Ébénisterie Gagnon inc.",
            (
                NoticePart(
                    "Open Déclaration de revenus 2025",
                    "https://portail.example/staff/work/0195",
                    (
                        NoticeLine(
                            "Marie-Claude Gagnon asks about T5",
                            "“Which year?”",
                            "Reminders for this task wait for your answer",
                            "10:42",
                        ),
                        NoticeLine("Marie-Claude Gagnon completed Relevés bancaires", when="10:44"),
                    ),
                ),
            ),
        ),
        NoticeGroup("Le portail", (NoticePart("", "", (NoticeLine("E-mail to Luc came back"),)),)),
    ),
    triage_link="https://portail.example/staff",
    choices_link="https://portail.example/staff/notifications",
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
    "reminder_digest": lambda locale: emails.reminder_digest(
        FIRM,
        (
            ReminderPart(REQUEST, WAITING, "https://portail.example/reminders/7"),
            ReminderPart(OTHER, (), "https://portail.example/reminders/8"),
        ),
        locale=locale,
    ),
    "task_added": lambda locale: emails.task_added(FIRM, ONE, locale=locale),
    "task_changed": lambda locale: emails.task_changed(FIRM, ONE, locale=locale),
    "task_removed": lambda locale: emails.task_removed(FIRM, ONE, locale=locale),
    "task_reopened": lambda locale: emails.task_reopened(
        FIRM, ONE, reason="Il manque la page 3.\nMerci!\n\nSophie", locale=locale
    ),
    "client_news": lambda locale: emails.client_news(FIRM, NEWS, locale=locale),
    "client_news_documents": lambda locale: emails.client_news(BARE, SHARED, locale=locale),
    "client_news_closed": lambda locale: emails.client_news(FIRM, CLOSED, locale=locale),
    "request_withdrawn": lambda locale: emails.request_withdrawn(FIRM, REQUEST, locale=locale),
    "task_handed_over": lambda locale: emails.task_handed_over(FIRM, HANDED, locale=locale),
    "classic_pin": lambda locale: emails.classic_pin(FIRM, ACCESS, locale=locale),
    "access_link": lambda locale: emails.access_link(FIRM, ACCESS, locale=locale),
    "my_links": lambda locale: emails.my_links(FIRM, name="Luc Gagnon", requests=OPEN, locale=locale),
    "my_links_one": lambda locale: emails.my_links(BARE, name="Luc Gagnon", requests=OPEN[1:], locale=locale),
    "sign_up": lambda locale: emails.sign_up(
        FIRM,
        name="Luc Gagnon",
        link="https://portail.example/f/tremblay/register/x",
        expires_at=OFFER.expires_at,
        locale=locale,
    ),
    "address_change": lambda locale: emails.address_change(
        FIRM,
        name="Luc Gagnon",
        link="https://portail.example/f/tremblay/address/x",
        expires_at=OFFER.expires_at,
        locale=locale,
    ),
    "address_change_by_the_firm": lambda locale: emails.address_change(
        FIRM,
        name="Luc Gagnon",
        link="https://portail.example/f/tremblay/address/x",
        expires_at=OFFER.expires_at,
        is_given=True,
        locale=locale,
    ),
    "has_account": lambda locale: emails.has_account(
        FIRM, name="Luc Gagnon", link="https://portail.example/f/tremblay/login", locale=locale
    ),
    "sign_in_code": lambda locale: emails.sign_in_code(FIRM, name="Luc Gagnon", code="048213", locale=locale),
    "invitation": lambda locale: emails.invitation(FIRM, OFFER, locale=locale),
    "password_reset": lambda locale: emails.password_reset(
        FIRM, name="Luc Gagnon", link="https://portail.example/reset/x", locale=locale
    ),
    "introduction": lambda locale: emails.introduction(
        FIRM,
        Introduction(
            "Luc Gagnon",
            OFFER.client_names,
            "Sophie Ouellet, CPA",
            "https://portail.example/f/tremblay/help",
            "https://video.example/portail",
        ),
        locale=locale,
    ),
    "staff_invitation": lambda locale: emails.staff_invitation(
        BARE,
        StaffInvitation(
            "Nadia Cormier",
            "Sophie Ouellet, CPA",
            "https://portail.example/staff/join/x",
            OFFER.expires_at,
        ),
        locale=locale,
    ),
    "security_notice": lambda locale: emails.security_notice(FIRM, NOTICE, locale=locale),
    "notices": lambda locale: emails.notices(FIRM, TOLD, locale=locale),
    "notices_of_one_client": lambda locale: emails.notices(
        BARE, replace(TOLD, count=2, groups=TOLD.groups[:1]), locale=locale
    ),
    "notices_one": lambda locale: emails.notices(
        BARE, replace(TOLD, count=1, groups=TOLD.groups[1:]), locale=locale
    ),
} | {
    what.value: lambda locale, what=what: emails.security_notice(  # type: ignore[misc]
        BARE, replace(NOTICE, what=what, browser=""), locale=locale
    )
    for what in SecurityEvent
}
