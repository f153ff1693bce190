"""What an operator decides: read once from PORTAL_* (and PORT), checked at start.

Outside demo an unsafe choice stops the start with a sentence that says what to do (15.4).
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from datetime import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import parse_qs, urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", ""})
SECRET_BYTES = 32


class StartRefused(Exception):
    """The settings are unsafe; the text names each fault and what to do about it."""


class Settings(BaseSettings):
    """One installation's settings. Paths are absolute after reading; secrets come from files or the environment."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", env_file=".env", extra="ignore", frozen=True)

    demo: bool = False
    """Fill a demo firm, capture mail, allow time travel and plain http on this machine."""
    dev_tools: bool | None = None
    """Serve /dev/*. Follows `demo` unless said otherwise; refused outside demo."""

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, validation_alias=AliasChoices("PORTAL_PORT", "PORT"))] = 8000
    public_url: str = ""
    """Where people reach the portal: scheme, host and port only. In demo http://localhost:<port>."""
    trusted_proxy_hops: Annotated[int, Field(ge=0, le=10)] = 0
    """How many proxies of ours stand in front and add to X-Forwarded-For."""
    workers: Annotated[int, Field(ge=1, le=64)] = 1
    role: Literal["web", "worker", "all"] = "all"
    """web serves, worker runs the timetable, all does both."""

    data_dir: Path = Path("data")
    database_url: str = ""
    """SQLAlchemy URL; empty means SQLite in the data folder."""
    redis_url: str = ""

    s3_bucket: str = ""
    """The bucket that files lie in (15.1); empty means a folder, `data_dir`/files."""
    s3_endpoint: str = ""
    """Where a store that is not Amazon's answers S3's protocol, like https://s3.example.com."""
    s3_region: str = "us-east-1"
    s3_prefix: str = ""
    """What every key in the bucket begins with, so that it may hold other things."""
    s3_key: str = ""
    """The access key's id; without one the machine's own role is used (`AWS_*`, container, instance)."""
    s3_secret: SecretStr = SecretStr("")
    s3_secret_file: Path | None = None
    """A file that holds the secret, in place of `s3_secret`."""
    s3_ca_file: Path | None = None
    """The certificate (PEM) of a private authority that the endpoint's own is signed by."""

    secret_key_file: Path | None = None
    """The key that seals files and secrets; outside demo it lies outside the data folder (10.3)."""

    scanner_url: str = ""
    """ClamAV's daemon (10.13): tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl; empty means no scanner."""

    smtp_host: str = ""
    smtp_port: Annotated[int, Field(ge=1, le=65535)] = 587
    smtp_user: str = ""
    smtp_password: SecretStr = SecretStr("")
    smtp_security: Literal["starttls", "tls", "none"] = "starttls"
    mail_from: str = ""
    """The address in From when a firm has none of its own."""
    mail_own_domains: Annotated[tuple[str, ...], NoDecode] = ()
    """Domains besides the senders' own that the mail server may send for (6.16); comma-separated."""
    mail_per_minute: Annotated[int, Field(ge=1)] = 600
    bounce_address: str = ""
    """Where e-mails come back to: MAIL FROM of each is this address, with the e-mail's id behind a plus."""
    bounce_imap_url: str = ""
    """The mailbox of that address: imaps://user@host:port/FOLDER; its password stands apart."""
    bounce_imap_password: SecretStr = SecretStr("")
    bounce_imap_done: str = ""
    """The folder that notices move to once they are read; empty leaves them there, marked as read."""
    bounce_secret: SecretStr = SecretStr("")
    """Lets a mail service post notices to /mail/bounces; empty shuts that door."""
    backup_dir: Path | None = None
    """Where a backup is made every night, by itself; empty leaves it to a command."""
    backup_at: time = time(2, 30)
    """When, in UTC."""
    backup_keep: Annotated[int, Field(ge=0)] = 30
    """How many stay there; 0 keeps all."""
    log_format: Literal["json", "text"] = "json"
    """json for programs, text for people; text in the demo unless said otherwise."""
    metrics_token: SecretStr = SecretStr("")
    """Opens /metrics to a monitor, as a bearer token; empty shuts that door."""
    issuers_inside: bool = False
    """Let firms sign in by issuers on networks that are not public, such as the office's own (1.2)."""
    operator_contact: str = ""
    """Whom staff turn to with a question about this installation (1.17): an address or a number, as it is shown."""
    sms_account: str = ""
    """The account (SID) at the provider of text messages; empty means that there are none."""
    sms_key: str = ""
    """Who signs in there: an API key's SID, else the account itself."""
    sms_secret: SecretStr = SecretStr("")
    """The API key's secret, or the account's auth token."""
    sms_from: str = ""
    """The number that they come from, like +14185550100, or a messaging service's SID (MG…)."""
    sms_url: str = "https://api.twilio.com"
    """Where the provider answers Twilio's protocol."""
    allowed_origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins besides the public URL that may open sockets; comma-separated."""

    @field_validator("allowed_origins", "mail_own_domains", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        return value

    @field_validator("public_url")
    @classmethod
    def _origin_only(cls, value: str) -> str:
        url = urlsplit(value)
        if value and (url.scheme not in {"http", "https"} or not url.hostname or url.path not in {"", "/"}):
            msg = "PORTAL_PUBLIC_URL is scheme, host and port only, like https://portal.example.com."
            raise ValueError(msg)
        return f"{url.scheme}://{url.netloc}" if value else ""

    @model_validator(mode="after")
    def _fill(self) -> Self:
        """Work out what follows from the other settings."""
        self._put("data_dir", self.data_dir.expanduser().absolute())
        if self.demo and not self.public_url:
            self._put("public_url", f"http://localhost:{self.port}")
        if not self.database_url:
            self._put("database_url", f"sqlite:///{self.data_dir / 'portal.db'}")
        if self.demo and "log_format" not in self.model_fields_set:
            self._put("log_format", "text")
        if self.dev_tools is None:
            self._put("dev_tools", self.demo)
        if self.secret_key_file is None and self.demo:
            self._put("secret_key_file", self.data_dir / "secret.key")
        return self

    def _put(self, name: str, value: object) -> None:
        """Set a field of this frozen model while it is being made."""
        object.__setattr__(self, name, value)

    @property
    def https(self) -> bool:
        """People reach the portal by https, so cookies are Secure and HSTS is set."""
        return self.public_url.startswith("https://")

    @property
    def origins(self) -> tuple[str, ...]:
        """Origins that may open sockets and post: the public URL first."""
        return (self.public_url, *self.allowed_origins)

    @property
    def push_contact(self) -> str:
        """Whom a push service turns to about our pushes (RFC 8292): a mailto: or https: address."""
        return f"mailto:{self.mail_from}" if self.mail_from else self.public_url

    @property
    def s3_secret_read(self) -> str:
        """The secret of the access key, from wherever it is kept."""
        if self.s3_secret_file is not None:
            return self.s3_secret_file.read_text().strip()
        return self.s3_secret.get_secret_value()

    @property
    def one_process(self) -> bool:
        """State may live in memory: nobody else needs it."""
        return not self.redis_url


def _secrets(settings: Settings) -> Iterator[str]:
    path = settings.secret_key_file
    if path is None:
        yield (
            "No secret key is set. Make one with `openssl rand -base64 48 > /etc/comptoir/secret.key`, "
            "`chmod 600` it, and name it in PORTAL_SECRET_KEY_FILE."
        )
        return
    if not path.is_file():
        yield f"The secret key {path} does not exist. Make it with `openssl rand -base64 48` or mount it there."
        return
    if len(set(path.read_bytes().strip())) < SECRET_BYTES // 2 or path.stat().st_size < SECRET_BYTES:
        yield f"The secret key {path} is too weak. Replace it by the output of `openssl rand -base64 48`."
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield f"Others can read the secret key. Run `chmod 600 {path}`."
    if path.absolute().is_relative_to(settings.data_dir):
        yield (
            "The secret key lies beside the data it protects. "
            "Move it out of PORTAL_DATA_DIR and set PORTAL_SECRET_KEY_FILE."
        )


def _addresses(settings: Settings) -> Iterator[str]:
    if not settings.public_url:
        yield "PORTAL_PUBLIC_URL is not set. Set it to the address people use, like https://portal.example.com."
    elif not settings.https:
        yield (
            f"PORTAL_PUBLIC_URL is plain http ({settings.public_url}). "
            "Put the portal behind TLS and set it to the https address."
        )
    if any("*" in origin for origin in settings.origins):
        yield "PORTAL_ALLOWED_ORIGINS lets every site in (`*`). Name the origins, or leave it empty."
    if os.environ.get("REFLEX_CORS_ALLOWED_ORIGINS"):
        yield "REFLEX_CORS_ALLOWED_ORIGINS overrides the portal's own list. Unset it and use PORTAL_ALLOWED_ORIGINS."
    if settings.dev_tools:
        yield "PORTAL_DEV_TOOLS shows every e-mail and moves the clock. Unset it: it is for the demo alone."


def _processes(settings: Settings) -> Iterator[str]:
    if settings.workers > 1 and not settings.redis_url:
        yield "PORTAL_WORKERS is more than one without Redis. Set PORTAL_REDIS_URL, or PORTAL_WORKERS=1."
    if settings.workers > 1 and settings.database_url.startswith("sqlite"):
        yield "PORTAL_WORKERS is more than one on SQLite. Set PORTAL_DATABASE_URL to PostgreSQL, or PORTAL_WORKERS=1."


def host_of(url: str) -> str:
    """The machine that a URL names, empty where it names none."""
    return urlsplit(url).hostname or ""


def _elsewhere(url: str) -> bool:
    return host_of(url) not in LOOPBACK


def _lines(settings: Settings) -> Iterator[str]:
    """What goes to other machines goes by TLS (15.4)."""
    if settings.redis_url.startswith("redis://") and _elsewhere(settings.redis_url):
        yield "PORTAL_REDIS_URL reaches another machine in the clear. Use rediss://."
    if settings.database_url.startswith("postgresql") and _elsewhere(settings.database_url):
        mode = parse_qs(urlsplit(settings.database_url).query).get("sslmode", [""])[0]
        if mode not in {"require", "verify-ca", "verify-full"}:
            yield "PORTAL_DATABASE_URL reaches another machine in the clear. Add ?sslmode=verify-full."
    if settings.smtp_security == "none" and settings.smtp_host not in LOOPBACK:
        yield "PORTAL_SMTP_SECURITY is none for a mail server on another machine. Use starttls or tls."


def _bucket(settings: Settings) -> Iterator[str]:
    if not settings.s3_bucket:
        if settings.s3_endpoint or settings.s3_key:
            yield "PORTAL_S3_ENDPOINT or PORTAL_S3_KEY is set, and no bucket. Name it in PORTAL_S3_BUCKET."
        return
    url = urlsplit(settings.s3_endpoint)
    if settings.s3_endpoint and (url.scheme not in {"https", "http"} or not url.hostname):
        yield "PORTAL_S3_ENDPOINT is an address, like https://s3.example.com."
    elif url.scheme == "http" and _elsewhere(settings.s3_endpoint):
        yield "PORTAL_S3_ENDPOINT reaches another machine in the clear. Use https."
    for name, file in (("SECRET", settings.s3_secret_file), ("CA", settings.s3_ca_file)):
        if file is not None and not file.is_file():
            yield f"PORTAL_S3_{name}_FILE names a file that does not exist: {file}."
            return
    if bool(settings.s3_key) != bool(settings.s3_secret_read):
        yield "PORTAL_S3_KEY and its secret belong together. Set PORTAL_S3_SECRET or PORTAL_S3_SECRET_FILE, or neither."


def _scanner(settings: Settings) -> Iterator[str]:
    url = urlsplit(settings.scanner_url)
    if settings.scanner_url and not (
        (url.scheme == "unix" and url.path and not url.netloc) or (url.scheme == "tcp" and url.hostname)
    ):
        yield "PORTAL_SCANNER_URL is tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl."
    elif url.scheme == "tcp" and _elsewhere(settings.scanner_url):
        yield (
            "PORTAL_SCANNER_URL reaches another machine, and clamd's protocol has no TLS. Run clamd on this machine, "
            "or put a TLS tunnel (stunnel) between and name its end on this machine."
        )


def _bounces(settings: Settings) -> Iterator[str]:
    url, secret = urlsplit(settings.bounce_imap_url), settings.bounce_secret.get_secret_value()
    if settings.bounce_imap_url and (url.scheme not in {"imaps", "imap"} or not url.hostname):
        yield "PORTAL_BOUNCE_IMAP_URL is a mailbox, like imaps://bounces%40example.com@imap.example.com/INBOX."
    elif url.scheme == "imap" and _elsewhere(settings.bounce_imap_url):
        yield "PORTAL_BOUNCE_IMAP_URL reaches another machine in the clear. Use imaps://."
    if url.password:
        yield "PORTAL_BOUNCE_IMAP_URL holds a password. Put it in PORTAL_BOUNCE_IMAP_PASSWORD."
    if settings.bounce_address and not re.fullmatch(
        r"[^\s@<>,;+]{1,29}@[^\s@<>,;]+", settings.bounce_address
    ):
        yield "PORTAL_BOUNCE_ADDRESS is one plain address without a plus, at most 29 characters before the @."
    if secret and len(secret) < SECRET_BYTES:
        yield "PORTAL_BOUNCE_SECRET is too short. Make one with `openssl rand -base64 48`."


def _backups(settings: Settings) -> Iterator[str]:
    if settings.backup_dir is not None and settings.backup_dir.absolute().is_relative_to(settings.data_dir):
        yield "PORTAL_BACKUP_DIR lies in PORTAL_DATA_DIR: what loses one loses both. Name a folder on another disk."


def _monitors(settings: Settings) -> Iterator[str]:
    token = settings.metrics_token.get_secret_value()
    if token and len(token) < SECRET_BYTES:
        yield "PORTAL_METRICS_TOKEN is too short. Make one with `openssl rand -base64 48`."


def _text_messages(settings: Settings) -> Iterator[str]:
    if not settings.sms_account:
        return
    if not settings.sms_secret.get_secret_value():
        yield "PORTAL_SMS_SECRET is not set. Give the API key's secret, or unset PORTAL_SMS_ACCOUNT."
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}|MG[0-9a-fA-F]{32}", settings.sms_from):
        yield "PORTAL_SMS_FROM is a number like +14185550100, or the SID of a messaging service (MG…)."
    if not settings.sms_url.startswith("https://") and _elsewhere(settings.sms_url):
        yield "PORTAL_SMS_URL reaches another machine in the clear. Use https."


def faults(settings: Settings) -> list[str]:
    """Every reason not to start, each a sentence that says what to do. More than one worker is checked in demo too."""
    checks: tuple[Callable[[Settings], Iterator[str]], ...] = (
        _secrets,
        _addresses,
        _processes,
        _lines,
        _bucket,
        _scanner,
        _bounces,
        _text_messages,
        _monitors,
        _backups,
    )
    if settings.demo:
        checks = (_processes,)
    return [fault for check in checks for fault in check(settings)]


def checked(settings: Settings) -> Settings:
    """Give the settings back, or raise StartRefused with all that is wrong with them."""
    if wrong := faults(settings):
        raise StartRefused("Comptoir does not start:\n" + "\n".join(f"- {fault}" for fault in wrong))
    return settings


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This process's settings, read once and unchecked; `checked` is called where something is served."""
    return Settings()
