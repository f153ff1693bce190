"""Telephone numbers for text messages, as E.164 writes them."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\+[1-9][0-9]{7,14}")


def e164(typed: str) -> str:
    """`+14185550142` from what people type; ten digits are a number of North America; "" for what is none."""
    plain = re.sub(r"[\s().\-/\u2010-\u2015\u00a0]", "", typed)
    plain = re.sub(r"^00", "+", plain)
    if re.fullmatch(r"[2-9][0-9]{9}", plain):
        plain = f"+1{plain}"
    elif re.fullmatch(r"1[2-9][0-9]{9}", plain):
        plain = f"+{plain}"
    if plain.startswith("+1") and not re.fullmatch(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}", plain):
        return ""
    return plain if _NUMBER.fullmatch(plain) else ""


def last_digits(number: str) -> str:
    """The two digits by which its owner knows a number and nobody learns it."""
    return number[-2:]
