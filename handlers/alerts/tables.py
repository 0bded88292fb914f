"""What is being watched, what became of each reminder, and when nobody wants to hear of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, String, Table, Text, literal_column

from handlers.alerts.states import Outcome
from storage.tables import index, metadata
from storage.types import Instant, Key, OneOf

watched = Table(
    "alert_watched",
    metadata,
    Column("kind", String, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("owner", Key, ForeignKey("persons.id"), nullable=False),
    # Who hears of it when it stays overdue, as far as that is known.
    Column("manager", Key, ForeignKey("persons.id")),
    Column("deadline", Instant, nullable=False),
    Column("updated", Instant),
    # Steps up to here are dealt with.
    Column("until", Instant, nullable=False),
    # When its owner was told that it is overdue; the manager is not told before.
    Column("told", Instant),
    # When the capability wants to be asked again what comes of a deadline that has passed.
    Column("again", Instant),
)
index("ix_alert_watched_owner", watched.c.owner, watched.c.deadline)
index("ix_alert_watched_manager", watched.c.manager, watched.c.deadline)

reminders = Table(
    "alert_reminders",
    metadata,
    Column("id", Key, primary_key=True),
    Column("at", Instant, nullable=False),
    # "" and 0: a notice about nothing that is watched.
    Column("kind", String, nullable=False),
    Column("number", BigInteger, nullable=False),
    Column("step", String, nullable=False),
    Column("person", Key, ForeignKey("persons.id")),
    Column("outcome", OneOf(Outcome), nullable=False),
    Column("text", Text, nullable=False),
    # To be told in the next digest.
    Column("waits", Boolean, nullable=False),
    sqlite_autoincrement=True,
)
index("ix_alert_reminders_object", reminders.c.kind, reminders.c.number, reminders.c.id)
index("ix_alert_reminders_person", reminders.c.person, reminders.c.at)
index("ix_alert_reminders_waiting", reminders.c.person, where=reminders.c.waits == literal_column("true"))

quiet_hours = Table(
    "alert_quiet_hours",
    metadata,
    Column("id", Key, primary_key=True),
    # Empty: everybody's.
    Column("person", Key, ForeignKey("persons.id")),
    # Empty: the house's again.
    Column("hours", String, nullable=False),
    Column("since", Instant, nullable=False),
    Column("set_by", Key, ForeignKey("persons.id"), nullable=False),
    sqlite_autoincrement=True,
)
index("ix_alert_quiet_hours_person", quiet_hours.c.person, quiet_hours.c.id)

mutes = Table(
    "alert_mutes",
    metadata,
    Column("person", Key, ForeignKey("persons.id"), primary_key=True, autoincrement=False),
    # "" and 0: about anything.
    Column("kind", String, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("day", Date, nullable=False),
)
