"""The files of a task, as staff see and handle them (5.7, 10.8, 10.11)."""

from __future__ import annotations

from typing import Any

import reflex as rx

from portal_app.components.leaves import leaves
from portal_app.components.staff_icons import ICONS, icon, sprite
from portal_app.components.staff_parts import button, plain_link, tag
from portal_app.components.uploader import upload_limits, uploader
from portal_app.state.work_task import TaskState
from portal_app.text import _

T: Any = TaskState
UPLOAD_SIGNS = {
    "up": "up",
    "file": "file",
    "yes": "done",
    "late": "warn",
    "hold": "hold",
    "go": "go",
    "no": "x",
}
"""The uploader's drawings by its own names: it also stands on client pages, which have another sprite."""


def task_files() -> rx.Component:
    """What came from the client, what the firm gave along, and what was taken off and can be restored."""
    view = T.view
    return rx.fragment(
        rx.cond(view.clients_files.length() > 0, _file_list(_("From the client"), view.clients_files)),
        rx.el.section(
            rx.el.h3(_("For the client")),
            rx.cond(
                view.firms_files.length() > 0,
                rx.el.ul(rx.foreach(view.firms_files, _file), class_name="files"),
            ),
            upload_limits(view.room.text, element_id="firm-room"),
            sprite({name: ICONS[ours] for name, ours in UPLOAD_SIGNS.items()}, prefix=""),
            uploader(view.id, side="firm", camera=False, full=view.room.is_full, described_by="firm-room"),
            class_name="task-files",
        ),
        rx.cond(
            (view.clients_files.length() + view.firms_files.length()).to(int) > 0,
            rx.el.div(
                plain_link(icon("get"), _("All files of this task (zip)"), href=view.zip, class_name="btn"),
                class_name="acts",
            ),
        ),
        rx.cond(view.gone_files.length() > 0, _gone(view.gone_files)),
    )


def _gone(files: rx.Var[Any]) -> rx.Component:
    """What was taken off the task and can be restored (10.8, 10.11)."""
    return rx.el.section(
        rx.el.h3(_("Taken off this task")),
        rx.el.ul(rx.foreach(files, _gone_file), class_name="files"),
        class_name="task-files",
    )


def _gone_file(one: Any) -> rx.Component:
    restore = button(
        _("Restore"),
        kind="bare",
        small=True,
        on_click=T.restore_file(one.id),
        aria_label=_("Restore") + " " + one.name.to(str),
    )
    return rx.el.li(
        icon("file"),
        rx.el.div(rx.el.s(one.name), rx.el.p(one.text, class_name="fine m")),
        rx.el.span(restore, class_name="n"),
        key=one.id,
    )


def _file_list(title: str, files: rx.Var[Any]) -> rx.Component:
    return rx.el.section(
        rx.el.h3(title), rx.el.ul(rx.foreach(files, _file), class_name="files"), class_name="task-files"
    )


def _file(one: Any) -> rx.Component:
    remove = button(
        _("Remove"),
        kind="bare",
        small=True,
        on_click=T.remove_file(one.id),
        aria_label=_("Remove") + " " + one.name.to(str),
    )
    return rx.el.li(
        icon("file"),
        rx.el.div(
            plain_link(one.name, href=one.href, class_name="link"),
            rx.cond(one.is_late, tag(_("arrived after closing"), "wait")),
            rx.cond(one.is_damaged, tag(_("damaged"), "late")),
            rx.cond(one.is_checking, tag(_("being checked"), "wait")),
            rx.el.p(one.by, ", ", one.at, " · ", one.detail, class_name="fine m"),
            rx.cond(one.has_preview, leaves(one.id, one.name)),
            rx.cond(one.earlier.length() > 0, _earlier(one.earlier)),
        ),
        rx.el.span(remove, class_name="n"),
        key=one.id,
    )


def _earlier(versions: Any) -> rx.Component:
    """The versions before, to be taken one by one (10.4)."""
    return rx.el.details(
        rx.el.summary(_("Earlier versions"), " (", versions.length(), ")", class_name="fine"),
        rx.el.ul(
            rx.foreach(
                versions,
                lambda one: rx.el.li(
                    plain_link(one.at, href=one.href, class_name="link"),
                    rx.el.p(one.by, " · ", one.detail, class_name="fine m"),
                    key=one.id,
                ),
            ),
            class_name="versions",
        ),
    )
