"""What a log may say of a fault: its kinds and where it happened, never what it was about (15.4).

Messages of exceptions hold what people typed (a driver quotes the row, a parser its input), so they stay out.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator


def facts(fault: BaseException) -> dict[str, object]:
    """`kinds` from the fault to its first cause, and `at`: the frames of the fault, outermost first."""
    frames = traceback.extract_tb(fault.__traceback__)
    return {
        "kinds": [type(one).__name__ for one in _causes(fault)],
        "at": [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in frames],
    }


def _causes(fault: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = fault
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        one = one.__cause__ or one.__context__


def _short(path: str) -> str:
    return path.rpartition("/site-packages/")[2].rpartition("/portal_app/")[2]
