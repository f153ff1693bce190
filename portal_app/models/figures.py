"""What a firm's figures were, day by day: the dashboard's past, of which nothing is made up afterwards."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from portal_app.models.base import FirmRow, moment


class DailyFigures(FirmRow, table=True):
    """One firm's figures as they stood when its calendar day began; at most one row a day, whatever runs twice.

    A day on which the server was down has none. `seconds_to_complete` is a median, empty where nothing was completed.
    """

    __tablename__ = "daily_figures"
    __table_args__ = (UniqueConstraint("firm_id", "noted_on"),)
    noted_on: date
    noted_at: datetime = moment()
    clients: int = 0
    portal_on: int = 0
    activated: int = 0
    outstanding: int = 0
    overdue: int = 0
    reminder_limit: int = 0
    reminders: int = 0
    failed_mails: int = 0
    completed: int = 0
    seconds_to_complete: int | None = Field(default=None)
