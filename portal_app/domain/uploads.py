"""What may be uploaded: names, sizes, and the refusals a person can act on. Kinds of content: `file_kinds`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from portal_app.domain import file_kinds
from portal_app.domain.characters import is_format
from portal_app.domain.errors import PortalError, RuleBroken
from portal_app.text import _, format_bytes, format_size

MB = 1_048_576  # 1.10: so that nothing a computer calls 200 MB is refused
PART = MB  # what is not sealed is lost by a kill; one part is in memory an upload
HEAD = 4096  # enough of a file's start to know what it is
KEPT_FOR = timedelta(hours=24)  # 10.10: how long an upload may take, pauses included
NAME_BYTES = 200
LARGEST_FILE_MB = 200  # 1.10, until a firm sets another
TASK_TOTAL_MB = 50  # 1.10, likewise
OPEN_UPLOADS = 40  # a person at once; a slower hand than any browser's
FILES_PER_TASK = 500
SPARE_PARTS = 1000  # parts beyond the necessary: one for each cut connection

_DROPPED = {"Cc", "Cs", "Cn", "Co", "Zl", "Zp"}
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_DEVICES = re.compile(r"^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)


class Refused(PortalError):
    """A file that is not taken, with the reason (10.2); nothing of it stays. `status` is the HTTP one."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text, field="file")
        self.status = status


class UploadGone(PortalError):
    """An upload that was under way and ended: expired, taken back, or stopped with its way in (10.10)."""

    status = 410


class WrongOffset(PortalError):
    """Another request was first, or bytes are missing; `offset` is where to go on."""

    status = 409

    def __init__(self, offset: int) -> None:
        super().__init__(_("The upload goes on from another place."))
        self.offset = offset


class NoRoomLeft(PortalError):
    """The portal's storage is full; nothing of what was being written stays."""

    status = 507

    def __init__(self) -> None:
        super().__init__(
            _("The portal has no room for files just now. What arrived is kept: try again later.")
        )


class BeingChecked(RuleBroken):
    """A file that the scanner has not answered about yet: nobody opens it (10.13)."""

    def __init__(self, name: str) -> None:
        super().__init__(
            _("{name} is being checked for viruses. It opens once that is done.").format(name=name)
        )
        self.name = name


class StorageAway(PortalError):
    """Where files lie does not answer. Nothing was acknowledged that is not stored, and what is stored stays."""

    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("The portal cannot reach its files just now. Nothing is lost: try again in a moment.")
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """A firm's limits (1.10), in bytes, and what it refuses: kinds of `file_kinds`, or endings without a dot."""

    largest_file: int
    task_total: int
    refused_kinds: tuple[str, ...] = file_kinds.REFUSED


def clean_name(raw: str) -> str:
    """The label of a file: last part of a path, NFC, no control, bidi or NUL, at most 200 bytes.

    Never a path on any system: files lie under random ids. Empty when nothing readable is left.
    """
    name = unicodedata.normalize("NFC", raw).replace("\\", "/").rsplit("/", 1)[-1]
    name = "".join(c for c in name if not _is_dropped(c))
    name = " ".join(_FORBIDDEN.sub("_", name).split()).strip(" .")
    if _DEVICES.match(name):
        name = "_" + name
    return _shortened(*_halves(name))


def numbered(name: str, taken: Iterable[str]) -> str:
    """`name`, or *name (2)* and so on when people already see one of that name (10.4); case does not count."""
    seen = {other.casefold() for other in taken}
    stem, ending = _halves(name)
    number, result = 1, name
    while result.casefold() in seen:
        number += 1
        result = _shortened(stem, f" ({number}){ending}")
    return result


def photo_name(subject: str, day: date, name: str, taken: Iterable[str]) -> str:
    """What came from a camera has a name of its own: *subject – 2026-03-31 – 1.jpg*, with the first free number (10.4).

    `subject` is the task's title; the ending is `name`'s, and no number stands twice with different ones. Days are in
    figures, so that a folder sorts by them.
    """
    _stem, ending = _halves(clean_name(name))
    stem = clean_name(re.sub(r"[/\\]+", "-", subject))
    seen = {_halves(other)[0].casefold() for other in taken}
    for number in count(1):
        made = _shortened(stem, f" – {day.isoformat()} – {number}{ending or '.jpg'}")
        if _halves(made)[0].casefold() not in seen:
            return made
    raise AssertionError  # the numbers do not end


def check_start(name: str, length: int, limits: Limits, reserved: int) -> None:
    """Refuse what needs no byte to be refused: empty, too large, no room on the task, a refused name.

    `reserved` is what the task's files and its other uploads take already (10.12).
    """
    if length <= 0:
        raise Refused(_("{name} is empty. Choose another file.").format(name=name), 400)
    if length > limits.largest_file:
        text = _("{name} is too large: it has {size}, and a file can have {limit}.")
        size, limit = _told_apart(length, limits.largest_file)
        raise Refused(text.format(name=name, size=size, limit=limit), 413)
    check_room(name, length, limits, reserved)
    _check_kind(name, file_kinds.kind_by_name(name), limits)


def check_room(name: str, length: int, limits: Limits, reserved: int) -> None:
    """Refuse what the task has no room for (1.10, 10.12)."""
    if reserved + length > limits.task_total:
        text = _("{name} does not fit: {left} of {total} are left for this task.")
        left = max(0, limits.task_total - reserved)
        raise Refused(text.format(name=name, left=_size(left), total=_size(limits.task_total)), 413)


def check_head(name: str, head: bytes, limits: Limits) -> None:
    """Refuse by content: a refused kind under any name, or a known ending that is not what it says."""
    _check_kind(name, file_kinds.kind_by_content(head), limits)
    if not file_kinds.fits(name, head):
        text = _(
            "{name} was not received: its content is not what its name says. Save it again and choose it again."
        )
        raise Refused(text.format(name=name), 415)


def most_parts(length: int) -> int:
    """How many parts an upload may come in: enough for a bad network, too few to fill a database."""
    return -(-length // PART) + SPARE_PARTS


def _check_kind(name: str, kind: str | None, limits: Limits) -> None:
    refused = limits.refused_kinds
    if kind not in refused and file_kinds.ending(name) not in refused:
        return
    reason = {
        file_kinds.PROGRAMS: _("Programs are refused."),
        file_kinds.SCRIPTS: _("Scripts are refused."),
        file_kinds.HTML: _("Web pages are refused."),
        file_kinds.SVG: _("SVG drawings are refused."),
    }.get(kind or "", _("Files of this kind are refused."))
    text = _("{name} was not received. {reason} Choose a PDF, a photo or a spreadsheet.")
    raise Refused(text.format(name=name, reason=reason), 415)


def _is_dropped(character: str) -> bool:
    if unicodedata.category(character) in _DROPPED:
        return character not in "\t\n\r"
    return is_format(character)


def _halves(name: str) -> tuple[str, str]:
    stem, dot, ending = name.rpartition(".")
    return (stem, dot + ending) if stem and len(ending) <= 10 else (name, "")


def _shortened(stem: str, ending: str) -> str:
    """Both together in at most `NAME_BYTES`; what has to go goes from the stem."""
    room = NAME_BYTES - len(ending.encode())
    if len(stem.encode()) <= room:
        return stem + ending
    return stem.encode()[:room].decode(errors="ignore").rstrip(" .") + ending


def _told_apart(size: int, limit: int) -> tuple[str, str]:
    """Both as people read them; to the byte where that would be the same."""
    said = _size(size), _size(limit)
    return said if said[0] != said[1] else (format_bytes(size), format_bytes(limit))


def _size(size: int) -> str:
    return format_size(size)
