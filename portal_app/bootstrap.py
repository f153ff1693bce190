"""Ports from settings, once; the only module that imports adapters. Nothing connects before it is used."""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from sqlmodel import Session

from portal_app.adapters.bell import MemoryBell, RedisBell
from portal_app.adapters.captured import CapturedMailer, CapturedTexter
from portal_app.adapters.clamav import ClamAv
from portal_app.adapters.clock import SystemClock, TravellingClock
from portal_app.adapters.database import EngineSessions, make_engine
from portal_app.adapters.images import BoxedImages, BoxedPages
from portal_app.adapters.imap import ImapMailbox
from portal_app.adapters.issuers import OidcIssuers
from portal_app.adapters.limits import WindowLimiter
from portal_app.adapters.objects import LocalObjects
from portal_app.adapters.passwords import Argon2Passwords
from portal_app.adapters.s3_objects import S3Objects
from portal_app.adapters.sealer import TinkSealer
from portal_app.adapters.smtp import SmtpMailer
from portal_app.adapters.twilio import TwilioTexter
from portal_app.adapters.web_push import WebPusher
from portal_app.models import ClockShift
from portal_app.ports import Bell, Clock, Mailer, Ports, Texter
from portal_app.settings import Settings, settings


@cache
def ports() -> Ports:
    """The installation's ports."""
    return build(settings())


def build(chosen: Settings) -> Ports:
    """Ports for these settings."""
    sessions = EngineSessions(make_engine(chosen.database_url))
    clock: Clock = TravellingClock(_kept_shift(sessions)) if chosen.demo else SystemClock()
    mailer: Mailer = (
        CapturedMailer(sessions, clock) if chosen.demo and not chosen.smtp_host else SmtpMailer(chosen)
    )
    bell: Bell = RedisBell(chosen.redis_url) if chosen.redis_url else MemoryBell()
    return Ports(
        settings=chosen,
        sessions=sessions,
        clock=clock,
        mailer=mailer,
        objects=S3Objects(chosen) if chosen.s3_bucket else LocalObjects(chosen.data_dir / "files"),
        sealer=TinkSealer.open(chosen),
        bell=bell,
        limiter=WindowLimiter(clock, chosen.redis_url),
        passwords=Argon2Passwords(),
        issuers=OidcIssuers(SystemClock(), may_be_inside=chosen.demo or chosen.issuers_inside),
        images=BoxedImages(),
        pages=BoxedPages(),
        scanner=ClamAv(chosen.scanner_url) if chosen.scanner_url else None,
        bounces=ImapMailbox(chosen) if chosen.bounce_imap_url else None,
        pusher=WebPusher(SystemClock(), may_be_inside=chosen.demo),
        texter=_texter(chosen, sessions, clock),
    )


def _texter(chosen: Settings, sessions: EngineSessions, clock: Clock) -> Texter | None:
    if chosen.sms_account:
        return TwilioTexter(chosen)
    return CapturedTexter(sessions, clock) if chosen.demo else None


def _kept_shift(sessions: EngineSessions) -> timedelta:
    """How far demo time is ahead; nothing before the tables exist."""
    with Session(sessions.engine) as session:
        if not sessions.engine.dialect.has_table(session.connection(), "clock_shift"):
            return timedelta()
        kept = session.get(ClockShift, 1)
        return timedelta(seconds=kept.seconds if kept else 0)
