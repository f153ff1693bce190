"""What the photos' dialog says (`camera.jsx`, 10.9), in a module of its own that the browser fetches with it."""

from __future__ import annotations

import json

from portal_app.text import _, locale

WORDS_FILE = "camera_words.js"


def camera_words() -> str:
    """The module, in the language that is being built; {n} and so on are filled in by the browser."""
    words = {
        "language": f"{locale()}-CA",
        "title": _("Your photos"),
        "page": _("Page {n}"),
        "add": _("Add a page"),
        "added": _("Page {n} added."),
        "earlier": _("Move page {n} up"),
        "later": _("Move page {n} down"),
        "moved": _("Page {n} is now page {to}."),
        "turn": _("Turn page {n}"),
        "turned": _("Page {n} turned a quarter to the right."),
        "crop": _("Crop page {n}"),
        "cropped": _("Page {n} cropped."),
        "remove": _("Remove page {n}"),
        "removed": _("Page {n} removed."),
        "back": _("Page {n} is back."),
        "undo": _("Undo"),
        "dark": _("This page looks dark. If it is hard to read, take it again in better light."),
        "blurred": _("This page looks blurred. If it is hard to read, take it again, held still."),
        "strange": _("This browser cannot show this photo. It is sent as it is, in a file of its own."),
        "none": _("No page yet. Add one."),
        "onePdf": _("Send as one PDF"),
        "receipts": _("Send as separate receipts"),
        "pdf": _("Send as a PDF"),
        "photo": _("Send as a photo"),
        "making": _("Preparing page {n} of {all}…"),
        "failed": _("The pages could not be prepared. Try again, or send them as separate receipts."),
        "close": _("Close; the photos stay here for a day"),
        "how": _("Drag the sides or corners, or move them with the arrow keys."),
        "left": _("Left side"),
        "top": _("Top side"),
        "right": _("Right side"),
        "bottom": _("Bottom side"),
        "whole": _("Whole page"),
        "cut": _("Crop"),
        "asBefore": _("Leave as it was"),
    }
    return f"export default {json.dumps(words, ensure_ascii=False)};\n"
