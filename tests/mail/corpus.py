"""Notices as mail servers really write them, about an e-mail that the test names."""

from __future__ import annotations

import base64
from pathlib import Path

FOLDER = Path(__file__).with_name("notices")


def notice(name: str, *, message_id: str, recipient: str, tag: str = "0" * 32) -> bytes:
    """The bytes of a notice, with the ids of an e-mail of ours in their places."""
    inner = (
        "Reporting-MTA: dns; mx.coop.example\n\n"
        f"Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 User unknown.\n"
    )
    places = {
        "{message_id}": message_id,
        "{recipient}": recipient,
        "{tag}": tag,
        "{base64}": base64.b64encode(inner.encode()).decode(),
    }
    text = (FOLDER / f"{name}.eml").read_text(encoding="utf-8")
    for place, value in places.items():
        text = text.replace(place, value)
    return text.replace("\n", "\r\n").encode()


def names() -> list[str]:
    """Every notice there is."""
    return sorted(path.stem for path in FOLDER.glob("*.eml"))
