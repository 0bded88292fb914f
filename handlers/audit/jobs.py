"""Every morning the signed head of the chain goes to the auditors: what they keep, nobody can rewrite (R12.10)."""

from __future__ import annotations

from datetime import time

from bot.permit import Role
from bot.ports import Slot
from bot.turn import Turn
from handlers.audit import queries
from handlers.audit.feature import feature
from handlers.people.queries import people_with_role
from storage.unit import Unit


@feature.job("publish_head", daily=time(9, 0), why="每天公布审计链的签名链首")
def publish_head(turn: Turn, db: Unit, slot: Slot) -> None:
    """A day that was missed has nothing of its own to publish: the next head covers it."""
    head = queries.latest_head(db)
    if head is None or turn.house.today(slot.due) != turn.house.today(turn.now):
        return
    auditors = people_with_role(db, Role.AUDITOR)
    line = (
        f"审计链首 {turn.house.moment(head.at)}：共 {head.sequence} 条\n{head.hash}\n签名 {head.signature}\n"
        "请留存，日后可凭此核对。"
    )
    for auditor in auditors:
        turn.tell(auditor, line)
    turn.record("audit.head_published", "", after={"sequence": head.sequence, "hash": head.hash, "to": len(auditors)})
