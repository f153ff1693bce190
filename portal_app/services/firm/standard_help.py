"""The help page's standard words with the plain marks of rich text: what a firm begins to edit from (9.7).

They are the messages of the page's template, so that both say the same.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from portal_app.text import _


def standard(key: str, firm_name: str) -> tuple[str, str]:
    """Title and words of one section, in the language in force; the firm's own word has none yet."""
    if key == "own":
        return _("A word from the firm"), ""
    return _TEXTS[key](firm_name)


def _bold(words: str) -> str:
    return f"**{words}**"


def _why(firm_name: str) -> tuple[str, str]:
    first = _(
        "{firm} is working for you, or for someone you answer for, and needs documents or answers. The e-mail names the client, the work, who asks and until when."
    ).format(firm=firm_name)
    second = _("It surprises you? Open nothing, and call the firm at a number you already know.")
    return _("Why did I get this e-mail?"), f"{first}\n\n{second}"


def _how(_firm_name: str) -> tuple[str, str]:
    steps = (
        _("Follow the link in the e-mail, then press {button}.").format(button=_bold(_("Open my requests"))),
        _(
            "Open a task to read what is asked. Upload a file, or take a clear photo of each page with your phone."
        ),
        _("Tick the task when it is done. The firm knows at once; for ten seconds, you can take it back."),
    )
    rest = _(
        "You need not finish in one go: what is uploaded or ticked stays. A question about a task? Write it under the task."
    )
    listed = "\n".join(f"{number}. {step}" for number, step in enumerate(steps, 1))
    return _("How do I do a task?"), f"{listed}\n\n{rest}"


def _link(_firm_name: str) -> tuple[str, str]:
    return _("What is this link?"), _(
        "It is your key to one request, without a password. The first device that opens the request stays linked to it, so a forwarded link opens nothing. Should somebody else answer too, ask the firm to send them their own."
    )


def _device(_firm_name: str) -> tuple[str, str]:
    return _("I want to go on with another device"), _(
        "Open the link there and press {button}. You get an e-mail with a new link and a six-digit code: either one brings the request over. Nothing you have provided is lost."
    ).format(button=_bold(_("Send access link")))


def _expired(_firm_name: str) -> tuple[str, str]:
    lasts = _(
        "A link works for 30 days, and longer with each reminder. Open an expired link and press {button}: a new one comes to the same address."
    ).format(button=_bold(_("Send access link")))
    return _("My link has expired, or I lost it"), f"{lasts} {_('Lost it? Ask the firm to send it again.')}"


def _account(_firm_name: str) -> tuple[str, str]:
    return _("Do I need an account?"), _(
        "No: the link is enough. An account, with a password and a code, brings together all your requests, documents and history."
    )


def _files(_firm_name: str) -> tuple[str, str]:
    return _("Why not send my documents by e-mail?"), _(
        "An e-mail can be read on its way and lie in many mailboxes. Here your files are encrypted, and only the firm and those named on the request can open them. A reply to the e-mail goes to the person who wrote to you."
    )


_TEXTS: Final[dict[str, Callable[[str], tuple[str, str]]]] = {
    "why": _why,
    "how": _how,
    "link": _link,
    "device": _device,
    "expired": _expired,
    "account": _account,
    "files": _files,
}
SECTIONS: Final = tuple(_TEXTS)
