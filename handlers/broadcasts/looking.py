"""公告进度, 未确认: how far it has come, and the names behind the numbers, in the scope of whoever asks."""

from __future__ import annotations

from bot.turn import Reply, Turn
from handlers.broadcasts import reach
from handlers.broadcasts.entries import BehindEntry, OneToRun
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import KIND, PROGRESS
from handlers.broadcasts.progress_cards import behind_card
from storage.unit import Unit


@feature.command("公告进度", help="看公告的送达、已读和知悉", example="公告进度 GG301", roles=reach.LOOKERS, on=KIND)
def progress_of(turn: Turn, db: Unit, entry: OneToRun) -> Reply:
    found = reach.visible(turn, db, entry.broadcast)
    return Reply(view=PROGRESS, number=found.number, focus=found.ref)


@feature.command("未确认", "未知悉", help="看谁还没有知悉公告", example="未确认 华东", roles=reach.LOOKERS, on=KIND)
def behind_of(turn: Turn, db: Unit, entry: BehindEntry) -> Reply:
    found = reach.visible(turn, db, entry.broadcast)
    card = behind_card(db, found, reach.seen_by(found, turn.me), entry.region or "")
    return Reply(card=card, focus=found.ref)
