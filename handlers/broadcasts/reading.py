"""公告, 我已阅读并知悉, 更多: what a recipient does with a broadcast."""

from __future__ import annotations

from bot.cards import Card, Note, Table, Tone
from bot.errors import Refusal
from bot.turn import Reply, Turn
from handlers.broadcasts import queries, reach, recipient_queries, sending
from handlers.broadcasts.entries import MaybeOne, OneToRead
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import KIND, NOTICE, NOTICE_KIND, PROGRESS
from handlers.broadcasts.recipient_queries import recipient_of
from handlers.broadcasts.states import State
from storage.unit import Unit

SHOWN = 10
NONE = "还没有发给您的公告。"


@feature.command("公告", "我的公告", "通知公告", help="看发给我的公告", example="公告 GG301", on=KIND, opens=True)
def show(turn: Turn, db: Unit, entry: MaybeOne) -> Reply:
    """As its recipient sees it; who may look at its progress and was not sent it sees that."""
    if entry.broadcast is None:
        return _listed(turn, db)
    try:
        found, mine = reach.received(turn, db, entry.broadcast)
    except Refusal:
        found = reach.visible(turn, db, entry.broadcast)
        return Reply(view=PROGRESS, number=found.number, focus=found.ref)
    return Reply(view=NOTICE, number=mine.id, focus=found.ref)


@feature.command(
    "我已阅读并知悉", "已阅读并知悉", "知悉", "已知悉", help="确认已阅读一份公告", example="知悉 GG301", on=KIND
)
def acknowledge(turn: Turn, db: Unit, entry: OneToRead) -> Reply:
    """Once, whichever copy is pressed; in a group each click is the person's who made it."""
    found, mine = reach.received(turn, db, entry.broadcast)
    if found.state is State.RECALLED:
        raise Refusal("void", f"{found.ref} 已作废，不需要确认。")
    if mine.acknowledged_at is not None:
        at = turn.house.moment(mine.acknowledged_at)
        return Reply(text=f"{found.ref} 您已于 {at} 知悉，不需要再确认。", focus=found.ref)
    group = f"{turn.group.channel}/{turn.group.lane}" if turn.group else ""
    recipient_queries.acknowledge(db, mine.id, turn.now, group)
    turn.record("broadcast.acknowledged", found.ref)
    turn.changed(NOTICE_KIND, mine.id)
    for number in recipient_queries.groups_at(db, found.number, turn.group) if turn.group else ():
        turn.changed(NOTICE_KIND, number)
    sending.count_again(turn, found)
    return Reply(text=f"{found.ref} 已知悉，谢谢。", focus=found.ref)


@feature.command("更多", "全文", help="看公告全文", example="更多 GG301", on=KIND)
def whole(turn: Turn, db: Unit, entry: OneToRead) -> Reply:
    """In plain words: a card of some messengers cuts a long text."""
    try:
        found, _ = reach.received(turn, db, entry.broadcast)
    except Refusal:
        found = reach.visible(turn, db, entry.broadcast)
    return Reply(text=f"{found.ref}「{found.title}」\n{found.body}", focus=found.ref)


def _listed(turn: Turn, db: Unit) -> Reply:
    found = queries.latest_for(db, turn.me.id, SHOWN)
    if not found:
        return Reply(text=NONE)
    rows = []
    for each in found:
        mine = recipient_of(db, each.number, turn.me.id)
        state = "已知悉" if mine is not None and mine.acknowledged_at else "未知悉"
        rows.append((each.ref, each.title, turn.house.moment(each.started_at or each.created_at), state))
    table = Table(("编号", "标题", "时间", "状态"), tuple(rows))
    card = Card("发给您的公告", Tone.INFO, f"{len(found)} 份", (table, Note("回复序号查看，例如 1。")))
    return Reply(card=card, choices=tuple(f"公告 {each.ref}" for each in found))
