"""Which e-mail addresses can be written to at all."""

from __future__ import annotations

import re

_PLAIN = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,63}"
)
LONGEST = 254
_LONGEST_LOCAL = 64


def is_mailable(address: str) -> bool:
    """Whether this is one plain address; a domain may have letters of any script (*é.example*)."""
    local, at, domain = address.rpartition("@")
    try:
        plain = f"{local}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return False
    return len(plain) <= LONGEST and len(local) <= _LONGEST_LOCAL and _PLAIN.fullmatch(plain) is not None
