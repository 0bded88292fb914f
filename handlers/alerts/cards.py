"""A reminder is the object's own card with a line above it: what can be pressed there is the capability's."""

from __future__ import annotations

from msgspec import structs

from bot.cards import Button, Card, Text, Tone
from bot.deadlines import Alert, Deadline
from bot.turn import Viewer
from handlers.alerts import rules
from handlers.alerts.feature import feature
from handlers.people.queries import person_name
from storage.unit import Unit


@feature.due_view("alerts.card")
def card(alert: Alert, db: Unit, number: int, viewer: Viewer) -> Card:
    """Once nothing is due any more it is the object's card, as it ended."""
    drawn = viewer.catalog.views[alert.view].draw(db, number, viewer)
    due = alert.deadline(db, number, viewer.house, viewer.now)
    if due is None or drawn.decided is not None:
        return drawn
    ref = f"{alert.kind}{number}"
    mute = Button("今天别提醒", "alerts.mute", {"about": ref})
    return structs.replace(
        drawn,
        tone=Tone.DANGER if viewer.now >= due.at else Tone.WARNING,
        blocks=(Text(_line(db, ref, due, viewer), strong=True), *drawn.blocks),
        buttons=(*drawn.buttons, mute),
    )


def _line(db: Unit, ref: str, due: Deadline, viewer: Viewer) -> str:
    if viewer.person is not None and viewer.person.id != due.owner:
        return rules.line_for_manager(ref, due, person_name(db, due.owner), viewer.house, viewer.now)
    return rules.line(ref, due, viewer.house, viewer.now)
