"""What the services need from the world: time, mail, files, identity. Adapters fit these."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, BinaryIO, Literal, Protocol, runtime_checkable

from sqlmodel import Session

from portal_app.domain.pushing import PushTarget
from portal_app.domain.veils import VeilMap
from portal_app.settings import Settings


class Clock(Protocol):
    """The only source of time."""

    def now(self) -> datetime:
        """The moment, aware, in UTC."""
        ...

    def steady(self) -> timedelta:
        """How long since some moment, by a clock that nobody sets; only differences within one process mean anything."""
        ...


@runtime_checkable
class MovableClock(Protocol):
    """The demo's clock: the machine's time and a shift that only grows."""

    shift: timedelta

    def now(self) -> datetime:
        """The portal's moment, aware, in UTC."""
        ...

    def move_to(self, moment: datetime) -> None:
        """Jump ahead to `moment`; a moment already past changes nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """One finished e-mail on its way: addresses, and the bytes of RFC 5322."""

    sender: str
    recipient: str
    message: bytes


class MailRefused(Exception):
    """The server said no. `is_final` for 5xx; `text` is its answer."""

    def __init__(self, text: str, *, code: int = 0, is_final: bool) -> None:
        super().__init__(text)
        self.text, self.code, self.is_final = text, code, is_final


class MailUnknown(Exception):
    """The conversation broke after DATA began: nobody knows whether the server took it (15.2)."""


class Mailer(Protocol):
    """Hands e-mails to a mail server."""

    def conversation(self) -> AbstractContextManager[MailConversation]:
        """A connection for a batch. Raises `MailRefused(is_final=False)` when no server answers."""
        ...


class MailConversation(Protocol):
    """One connection; several e-mails."""

    def offer(self, envelope: Envelope) -> None:
        """MAIL and RCPT. Raises `MailRefused`."""
        ...

    def transmit(self, envelope: Envelope) -> str:
        """DATA; returns the server's answer. Raises `MailRefused` or `MailUnknown`."""
        ...


class BounceMailbox(Protocol):
    """The mailbox that e-mails of ours come back to."""

    def each(self, take: Callable[[bytes], None]) -> int:
        """Give `take` each message that nobody took yet, oldest first, its first `LARGEST` bytes; how many it took.

        One is put away once `take` returned; one for which it raised waits for the next time, and the rest goes
        on. Raises `OSError` when the server cannot be reached or does not let us in.
        """
        ...


class IssuerFault(Exception):
    """An issuer that cannot be believed, or asked: `kind` is *away*, *document* or *token*; the text is for the log."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind, self.text = kind, text


@dataclass(frozen=True, slots=True)
class IssuerClient:
    """Us, as an issuer knows us."""

    issuer: str
    client_id: str
    secret: str = field(repr=False)
    redirect_uri: str = ""


@dataclass(frozen=True, slots=True)
class WayThere:
    """What a browser takes along to the issuer; `hint` is the address that was typed."""

    state: str
    nonce: str
    verifier: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class WayBack:
    """What a browser brings back, and what it must fit; `issuer` is who says that it answered, where it says so."""

    code: str
    nonce: str
    verifier: str
    issuer: str = ""


class Issuers(Protocol):
    """OpenID Connect issuers, by their discovery documents (1.2)."""

    def check(self, issuer: str) -> str:
        """Read the issuer's document; gives the issuer as it calls itself. Raises `IssuerFault`."""
        ...

    def way_there(self, client: IssuerClient, way: WayThere) -> str:
        """The address at the issuer where a browser goes on. Raises `IssuerFault`."""
        ...

    def way_back(self, client: IssuerClient, way: WayBack) -> Mapping[str, Any]:
        """Redeem a code for an ID token, and check it; gives its claims. Raises `IssuerFault`."""
        ...


class TextRefused(Exception):
    """The provider said no. `is_final` where trying again changes nothing; `code` is its own, 0 where none answered."""

    def __init__(self, text: str, *, code: int = 0, is_final: bool) -> None:
        super().__init__(text)
        self.text, self.code, self.is_final = text, code, is_final


class TextUnknown(Exception):
    """The conversation broke after the message was given: nobody knows whether it was taken (15.2)."""


class Texter(Protocol):
    """Hands text messages to a provider."""

    def send(self, number: str, body: str) -> str:
        """Send to a number (E.164); the provider's id of it. Raises `TextRefused` or `TextUnknown`."""
        ...


@dataclass(frozen=True, slots=True)
class VapidIdentity:
    """Us, as push services know us: a P-256 key (PKCS 8, DER), its public point as they write it, and whom to ask."""

    private: bytes = field(repr=False)
    public: str
    subject: str


@dataclass(frozen=True, slots=True)
class Push:
    """One push: what a browser gets, and how long its push service keeps it; under one `topic` the newest stands."""

    target: PushTarget
    payload: bytes
    lasts_for: timedelta
    topic: str = ""
    is_urgent: bool = False


class PushGone(Exception):
    """The subscription is over: 404 or 410."""


class PushRefused(Exception):
    """The push service said no, or nothing. `is_final` where trying again changes nothing; `retry_after` is in seconds."""

    def __init__(self, text: str, *, code: int = 0, is_final: bool, retry_after: int = 0) -> None:
        super().__init__(text)
        self.text, self.code, self.is_final, self.retry_after = text, code, is_final, retry_after


class Pusher(Protocol):
    """Hands pushes to the push services of browsers."""

    def push(self, push: Push, identity: VapidIdentity) -> None:
        """Seal and hand over. Raises `PushGone` or `PushRefused`."""
        ...


class NoRoom(Exception):
    """The disk, or the bucket, is full; what was being written is gone."""


class Objects(Protocol):
    """Where sealed parts lie. Keys are paths of our own making.

    Each may raise `StorageAway` (domain.uploads), a refusal that a person can read, when the store does not answer.
    """

    def put(self, key: str, sealed: bytes | bytearray | memoryview) -> None:
        """Store durably: when this returns, a power cut loses nothing. Raises `NoRoom`."""
        ...

    def get(self, key: str) -> bytes:
        """Read whole. Raises `KeyError` when absent."""
        ...

    def delete(self, key: str) -> None:
        """Remove; nothing happens when absent."""
        ...

    def keys(self, prefix: str = "") -> Iterator[str]:
        """Every key below `prefix`."""
        ...

    def has_room(self, size: int) -> bool:
        """Whether `size` bytes fit and leave the reserve (1 GiB or 5 %); where only the store knows, True."""
        ...

    def answers(self) -> bool:
        """Whether the store answers just now; asks it, for five seconds at most."""
        ...


class ScannerAway(Exception):
    """The scanner gave no verdict: it cannot be reached, takes too long, or says something else."""


class ScanTooLarge(Exception):
    """The scanner looked at a part of it only: it is beyond a limit of the scanner's own."""


class Scanner(Protocol):
    """Looks for viruses (10.13)."""

    def scan(self, pieces: Iterable[bytes]) -> str:
        """What was found in these bytes, by the scanner's name for it; empty where nothing was.

        Raises `ScannerAway`, `ScanTooLarge`, and whatever `pieces` raises.
        """
        ...

    def answers(self) -> bool:
        """Whether it answers just now; asks it, for five seconds at most."""
        ...


PictureKind = Literal["avif", "jpeg", "png", "webp"]
ImageFault = Literal["unknown", "damaged", "too_large", "too_heavy", "locked"]


class ImageRefused(Exception):
    """It makes no picture: `unknown` is no image of a kind that we read, `damaged` breaks off, `too_large` has more
    pixels than are taken, `too_heavy` needs more time or memory than anybody gets, `locked` is a PDF that asks for a
    password."""

    def __init__(self, fault: ImageFault) -> None:
        super().__init__(fault)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class PictureOrder:
    """A picture to be made of an image: as large as fits in here, never larger than the image itself.

    With `most_bytes` it loses detail until it weighs no more.
    """

    kind: PictureKind
    width: int
    height: int
    most_bytes: int = 0


@dataclass(frozen=True, slots=True)
class IconOrder:
    """A square PNG of `side` pixels in one colour (`#rrggbb`), on which the drawing takes `share` percent at most."""

    side: int
    ground: str
    share: int


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it was made: upright, in sRGB, without metadata."""

    kind: PictureKind
    width: int
    height: int
    content: bytes

    @property
    def media_type(self) -> str:
        """What a browser is told that it is."""
        return f"image/{self.kind}"


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What came of an image: its size upright, and the pictures in the order they were asked for.

    `veils` say, cell by cell, how much of a veil text above the pictures needs (`domain.veils`); `in_sight` is how many
    percent of what is drawn stand out from the paper of a light page.
    """

    width: int
    height: int
    pictures: tuple[Picture, ...]
    veils: VeilMap | None = None
    in_sight: int = 100


class Images(Protocol):
    """Decodes images that strangers made, where nothing that goes wrong reaches us, and draws them anew."""

    def redraw(
        self,
        content: bytes,
        orders: Sequence[PictureOrder],
        *,
        most_pixels: int,
        trims: bool = False,
        measures: bool = False,
    ) -> Redrawn:
        """Make these pictures; of a moving image, of its first one. Raises `ImageRefused`.

        With `trims` empty borders go first; with `measures` `veils` and `in_sight` are worked out.
        """
        ...

    def icons(
        self, content: bytes, letters: str, orders: Sequence[IconOrder], *, most_pixels: int
    ) -> tuple[Picture, ...]:
        """Make icons of an image, or without one (`b""`) of up to two plain capitals, in white. Raises `ImageRefused`."""
        ...


class Pages(Protocol):
    """Draws pages of PDFs that strangers made, likewise."""

    def count(self, content: bytes) -> int:
        """How many pages there are. Raises `ImageRefused`."""
        ...

    def page(self, content: bytes, number: int, *, width: int, height: int) -> Picture:
        """The page of this number, from 1, as large as fits; `unknown` where there is none. Raises `ImageRefused`."""
        ...


class PartSealer(Protocol):
    """Seals the parts of one file with the file's own key."""

    def seal(self, plain: bytes | bytearray | memoryview, about: bytes) -> bytearray:
        """Encrypt; `about` must be given again to open it."""
        ...

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt. Raises `ValueError` when anything was changed."""
        ...


class Sealer(Protocol):
    """Authenticated encryption with key ids and rotation."""

    def seal(self, plain: bytes | memoryview, about: bytes) -> bytes:
        """Encrypt; `about` must be given again to open it."""
        ...

    def unseal(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt. Raises `ValueError` when anything was changed."""
        ...

    def new_key(self, about: bytes) -> bytes:
        """A new key for one file, sealed."""
        ...

    def sealing(self, sink: BinaryIO, about: bytes) -> BinaryIO:
        """What is written goes into `sink` sealed, with bounded memory; closing it ends and closes both."""
        ...

    def unsealing(self, source: BinaryIO, about: bytes) -> BinaryIO:
        """What was sealed by `sealing`. Reading raises `ValueError` when anything was changed or cut off."""
        ...

    def parts(self, sealed_key: bytes, about: bytes) -> PartSealer:
        """The sealer of one file's parts. Raises `ValueError` when the key cannot be opened."""
        ...


class Bell(Protocol):
    """Tells open tabs that something changed; carries no data."""

    def ring(self, channels: Iterable[str]) -> None:
        """Sound these channels (`staff:<id>`, `request:<id>`, …); from any thread, never raises."""
        ...

    def listen(self, heard: Callable[[frozenset[str]], None]) -> AbstractContextManager[None]:
        """Call `heard` for each ring while the block runs, from any thread."""
        ...


class Limiter(Protocol):
    """Counts tries in sliding windows."""

    def answers(self) -> bool:
        """Whether what all processes count in together is there; without it each counts by itself."""
        ...

    def hit(self, name: str, limit: str) -> bool:
        """Count one try under `name` against `limit` ("5/hour"); False when it is over."""
        ...

    def has_room(self, name: str, limit: str) -> bool:
        """Whether one more would pass, without counting it."""
        ...

    def left(self, name: str, limit: str) -> int:
        """How many more would pass now."""
        ...

    def reset_at(self, name: str, limit: str) -> datetime:
        """When the window frees (aware UTC)."""
        ...

    def clear(self, name: str, limit: str) -> None:
        """Forget the tries under `name`."""
        ...


class Passwords(Protocol):
    """Argon2id, with a bound on how many are worked out at once."""

    def hash(self, password: str) -> str:
        """The hash to store, its parameters inside."""
        ...

    def verify(self, stored: str | None, password: str) -> bool:
        """Check; with `stored` None a dummy hash is checked, in the same time, and False returned."""
        ...

    def is_outdated(self, stored: str) -> bool:
        """Whether the parameters are older than today's."""
        ...


class Sessions(Protocol):
    """Makes database sessions. `is_full` while the last thing that this process had to save found no room."""

    is_full: bool

    def writing(self) -> Session:
        """A session whose transaction takes the write lock at once on SQLite."""
        ...

    def reading(self) -> Session:
        """A session that only reads."""
        ...


@dataclass(frozen=True)
class Ports:
    """Everything a service may reach."""

    settings: Settings
    sessions: Sessions
    clock: Clock
    mailer: Mailer
    objects: Objects
    sealer: Sealer
    bell: Bell
    limiter: Limiter
    passwords: Passwords
    issuers: Issuers
    images: Images
    pages: Pages
    scanner: Scanner | None = None
    bounces: BounceMailbox | None = None
    pusher: Pusher | None = None
    texter: Texter | None = None
    """None where the operator set no provider: then there are no codes by text message."""
