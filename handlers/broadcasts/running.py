"""暂停, 继续, 撤回公告: what can still be done about a broadcast that is on its way or out."""

from __future__ import annotations

from bot.ports import Slot
from bot.turn import Reply, Turn
from handlers.broadcasts import queries, reach, recipient_queries, rules, sending
from handlers.broadcasts.entries import OneNamed, OneToRun, RecallEntry
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import CHUNK, KIND, NOTICE_KIND, PROGRESS_KIND, VOID
from handlers.broadcasts.queries import Broadcast
from handlers.broadcasts.states import OUT, State
from storage.unit import Unit


@feature.command("暂停", help="暂停正在发送的公告", example="暂停 GG301", roles=reach.PUBLISHERS, on=KIND)
def pause(turn: Turn, db: Unit, entry: OneToRun) -> Reply:
    found = reach.run_by(turn, db, entry.broadcast)
    reach.must_be(found, State.SENDING, what="暂停")
    turn.record("broadcast.paused", found.ref)
    kept = _take_back(turn, db, found)
    queries.change(db, found, state=State.PAUSED)
    return Reply(
        text=f"{found.ref} 已暂停，还有 {rules.spaced(kept)} 人未发。发送「继续 {found.ref}」接着发。", focus=found.ref
    )


@feature.command("继续", "恢复", help="继续发送暂停的公告", example="继续 GG301", roles=reach.PUBLISHERS, on=KIND)
def go_on(turn: Turn, db: Unit, entry: OneNamed) -> Reply:
    found = reach.run_by(turn, db, entry.broadcast)
    reach.must_be(found, State.PAUSED, what="继续")
    turn.record("broadcast.continued", found.ref)
    queries.change(db, found, state=State.SENDING)
    sending.promise_chunk(turn, db, found.number)
    turn.changed(PROGRESS_KIND, found.number)
    return Reply(text=f"{found.ref} 继续发送。", focus=found.ref)


@feature.command(
    "撤回公告",
    help="撤回公告，收到的人会看到已作废",
    example="撤回公告 GG301 文号有误",
    roles=reach.PUBLISHERS,
    on=KIND,
)
def recall(turn: Turn, db: Unit, entry: RecallEntry) -> Reply:
    """What has not left never leaves; what people hold says that it is void. Who read or acknowledged it is kept (R3.5)."""
    found = reach.may_be_recalled(turn, db, entry.broadcast)
    turn.record("broadcast.recalled", found.ref, before={"state": found.state.word}, after={"reason": entry.reason})
    turn.cancel(found.ref)
    _take_back(turn, db, found)
    queries.change(db, found, state=State.RECALLED, reason=entry.reason)
    if found.state not in OUT:
        return Reply(text=f"{found.ref} 已撤回，没有发送给任何人。", focus=found.ref)
    _promise_void(turn, found, 0)
    counts = recipient_queries.counts(db, found.number, reach.seen_by(found, turn.me))
    told = f"已送达 {rules.spaced(counts.delivered)} 人，其中 {rules.spaced(counts.acknowledged)} 人已知悉"
    return Reply(text=f"{found.ref} 已撤回，{told}；他们的卡片会显示「已作废」。", focus=found.ref)


def _take_back(turn: Turn, db: Unit, found: Broadcast) -> int:
    """Of what was handed over; how many were not written to yet."""
    caught = db.outbox.withdraw(NOTICE_KIND, recipient_queries.queued(db, found.number))
    recipient_queries.put_back(db, caught)
    turn.changed(PROGRESS_KIND, found.number)
    return recipient_queries.waiting(db, found.number)


def _promise_void(turn: Turn, found: Broadcast, after: int) -> None:
    turn.promise(VOID, f"{found.ref}/{after}", turn.now, about="", number=str(found.number), after=str(after))


@feature.job("void", why="把撤回的公告标为已作废")
def void(turn: Turn, db: Unit, slot: Slot) -> None:
    """Every copy, page by page."""
    found = queries.broadcast(db, int(slot.args["number"]))
    if found is None:
        return
    turn.bulk = True
    page = recipient_queries.of_broadcast(db, found.number, int(slot.args["after"]), CHUNK)
    for number in page:
        turn.changed(NOTICE_KIND, number)
    if page:
        _promise_void(turn, found, page[-1])
