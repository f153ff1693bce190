"""*Upload a file*: by choosing, dragging or the camera, with pause, cancel and a receipt (10.1, 10.7).

Only on pages that need it: the tus client weighs 14 KB and is fetched when the page is at rest.
"""

from __future__ import annotations

import reflex as rx

from portal_app.components.scripts import own_script
from portal_app.text import _, locale

Text = rx.Var[str] | str


class _Uploader(rx.Component):
    """`uploader.jsx`."""

    library = own_script("uploader.jsx")
    tag = "Uploader"
    lib_dependencies: list[str] = ["tus-js-client@4.3.1"]

    task: rx.Var[str]
    side: rx.Var[str]
    more: rx.Var[dict[str, str]]
    about: rx.Var[str]
    words: rx.Var[dict[str, str]]
    camera: rx.Var[bool]
    title: rx.Var[str]
    person: rx.Var[str]
    full: rx.Var[bool]
    described_by: rx.Var[str]
    single: rx.Var[bool]
    main: rx.Var[bool]


def uploader(
    task_id: Text,
    *,
    side: str = "client",
    camera: bool = True,
    title: Text = "",
    person: Text = "",
    full: rx.Var[bool] | bool = False,
    described_by: Text = "",
    more: dict[str, Text] | None = None,
    about: Text = "",
    single: bool = False,
    main: bool = False,
) -> rx.Component:
    """Uploads to a task, of the client's files or (`side` "firm") the firm's; to a template's ("template"); or of a
    document, by a client ("documents") or the firm ("firm documents").

    For a document `task_id` is any name of the place, and `more` says where it goes: client, folder, document, shared.
    `about` is heard after the button's words, where several stand on a page; with `single` one file is chosen at a time, and with
    `main` the button is the page's filled one.

    With `camera`, photos are put in order before they are sent (10.9); a PDF of them has the `title`, and what `person` did not
    send yet waits for them alone.

    `described_by` is the id of the `upload_limits` line; with `full` the button is gone and that line says why.
    What is under way goes on when the page draws itself anew. The page lists what arrived; this shows the receipt.
    """
    return _Uploader.create(
        task=task_id,
        side=side,
        more=more or {},
        about=about,
        single=single,
        main=main,
        words=_words(),
        camera=camera,
        title=title,
        person=person,
        full=full,
        described_by=described_by,
    )


class _Replace(rx.Component):
    """The export of `uploader.jsx` that takes one file's place."""

    library = own_script("uploader.jsx")
    tag = "Replace"
    lib_dependencies: list[str] = ["tus-js-client@4.3.1"]

    task: rx.Var[str]
    side: rx.Var[str]
    more: rx.Var[dict[str, str]]
    words: rx.Var[dict[str, str]]
    name: rx.Var[str]


def replace_file(place: Text, *, name: Text, more: dict[str, Text], side: str = "client") -> rx.Component:
    """*Replace…*: what is chosen becomes a new version of the file `name` (10.4); `place` is its uploader's, and `more`
    says which file, or which document, it replaces."""
    words = {"replace": _("Replace…"), "actOf": _("{act}: {name}")}
    return _Replace.create(task=place, side=side, more=more, words=words, name=name)


def upload_limits(text: Text, *, element_id: Text) -> rx.Component:
    """What a file may have and what is left for the task, before one is chosen (1.10)."""
    return rx.el.p(text, id=element_id, class_name="quiet num")


def _words() -> dict[str, str]:
    """All that the component says, in the page's language; {name} and so on are filled in by the browser."""
    return {
        "locale": "fr-CA" if locale() == "fr" else "en-CA",
        "units": _("bytes KB MB GB"),
        "upload": _("Upload a file"),
        "camera": _("Take a photo"),
        "unsent": _("Photos not sent yet: {n}"),
        "pause": _("Pause"),
        "resume": _("Resume"),
        "cancel": _("Cancel"),
        "actOf": _("{act}: {name}"),
        "progress": _("Upload of {name}"),
        "sending": _("{done} of {total}"),
        "sendingTime": _("{done} of {total}, about {time}"),
        "seconds": _("{n} s"),
        "minutes": _("{n} min"),
        "waiting": _("Waits its turn, {total}"),
        "paused": _("Paused at {done} of {total}"),
        "offline": _("Interrupted at {done} of {total}. It goes on by itself."),
        "left": _("Stopped at {done} of {total}. Choose the same file again to go on."),
        "failed": _("{name} was not received. Choose it again."),
        "received": _("Received"),
        "paper": _("Receipt (PDF)"),
        "file": _("File"),
        "size": _("Size"),
        "at": _("Received on"),
        "sha": _("SHA-256"),
    }
