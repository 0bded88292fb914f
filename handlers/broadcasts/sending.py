"""How a broadcast goes out: its roster is frozen, then chunk by chunk is handed to delivery, which keeps the limits.

What is handed over is bulk: everything else overtakes it. A process that dies leaves a promise and rows, nothing else; the
next one goes on there. What became of each notice comes back as a delivery report.
"""

from __future__ import annotations

from collections.abc import Sequence

from bot.permit import Scope
from bot.ports import Slot
from bot.reports import DeliveryReport
from bot.turn import Turn
from handlers.broadcasts import chasing, queries, recipient_queries, roster_queries, rules
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import CHUNK, COUNT, NOTICE, PROGRESS_KIND, SEND, START
from handlers.broadcasts.queries import Broadcast
from handlers.broadcasts.states import State
from storage.unit import Unit

MOST_FAILURES_NAMED = 10


def promise_start(turn: Turn, db: Unit, number: int) -> None:
    found = queries.broadcast(db, number)
    if found is not None:
        at = max(found.starts_at or turn.now, turn.now)
        turn.promise(START, f"{found.ref}/{found.version}", at, about=found.ref, number=str(number))


@feature.job("start", why="到了公告的发送时间")
def start(turn: Turn, db: Unit, slot: Slot) -> None:
    """The roster is who is meant now (R3.1)."""
    found = queries.for_update(db, int(slot.args["number"]))
    if found is None or found.state is not State.SCHEDULED:
        return
    roster = roster_queries.meant(db, found.audience, turn.house.channels)
    roster_queries.freeze(db, found.number, roster)
    after = {"people_count": len(roster.people), "groups_count": len(roster.groups)}
    turn.record("broadcast.started", found.ref, after=after)
    queries.change(db, found, state=State.SENDING, started_at=turn.now, basis=roster.basis)
    turn.changed(PROGRESS_KIND, found.number)
    promise_chunk(turn, db, found.number)


def promise_chunk(turn: Turn, db: Unit, number: int, after: int = 0) -> None:
    found = queries.broadcast(db, number)
    if found is not None:
        turn.promise(SEND, f"{found.ref}/{found.version}/{after}", turn.now, about=found.ref, number=str(number))


@feature.job("send", why="分批发送公告")
def send(turn: Turn, db: Unit, slot: Slot) -> None:
    found = queries.for_update(db, int(slot.args["number"]))
    if found is None or found.state is not State.SENDING:
        return
    turn.bulk = True
    chunk = roster_queries.take(db, found.number, turn.house.channels, CHUNK)
    for number, to in chunk:
        turn.send(to, NOTICE, number)
    if chunk:
        promise_chunk(turn, db, found.number, chunk[-1][0])
    else:
        finish(turn, db, found)


@feature.delivery_report(NOTICE)
def arrived(turn: Turn, db: Unit, reports: Sequence[DeliveryReport]) -> None:
    """Delivered or not, as the tick tells; read, as the reader's own turn does. The broadcast is locked before its rows."""
    concerned = recipient_queries.broadcasts_of(db, reports)
    held = [queries.for_update(db, n) if turn.by_clock else queries.shared(db, n) for n in concerned]
    recipient_queries.settle(db, reports)
    for found in held:
        if found is None:
            continue
        if not turn.by_clock:
            count_again(turn, found)
            continue
        queries.count_drawn(db, found.number)
        turn.changed(PROGRESS_KIND, found.number)
        if found.state is State.SENDING:
            finish(turn, db, found)


def count_again(turn: Turn, found: Broadcast) -> None:
    """The progress is drawn with the next tick, once for all that happens until then. ``found`` is held, see ``count``."""
    turn.promise(COUNT, f"{found.ref}/{found.drawn}", turn.now, about="", number=str(found.number))


@feature.job("count", why="更新公告进度")
def count(turn: Turn, db: Unit, slot: Slot) -> None:
    """Waits for whoever holds the broadcast; whoever comes later promises the next count by its new number."""
    number = int(slot.args["number"])
    if queries.for_update(db, number) is not None:
        queries.count_drawn(db, number)
        turn.changed(PROGRESS_KIND, number)


def finish(turn: Turn, db: Unit, found: Broadcast) -> None:
    """Once nothing is on its way any more; the author hears of it, with the names of those it did not reach."""
    if recipient_queries.under_way(db, found.number):
        return
    if not queries.change(db, found, state=State.SENT, ended_at=turn.now):
        return
    counts = recipient_queries.counts(db, found.number, Scope(everything=True))
    lost = recipient_queries.failures(db, found.number, MOST_FAILURES_NAMED + 1)
    named = f"（{rules.listed([each.spoken for each in lost], MOST_FAILURES_NAMED)}）" if lost else ""
    author = db.identity.person(found.author)
    turn.record("broadcast.sent", found.ref, after={"people_count": counts.delivered})
    if author is not None:
        said = rules.delivered_line(counts.delivered, counts.total, counts.failed)
        turn.tell(author, f"{found.ref} 发送完毕，{said}{named}。发送「公告进度 {found.ref}」查看。")
    chasing.promise_all(turn, found)
    turn.changed(PROGRESS_KIND, found.number)
