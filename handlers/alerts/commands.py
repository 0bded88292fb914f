"""免打扰, 今天别提醒, and why a reminder came or did not."""

from __future__ import annotations

from bot.cards import Card, Note, Table
from bot.errors import Refusal
from bot.permit import Role
from bot.turn import Reply, Turn
from handlers.alerts import gate, queries, rules
from handlers.alerts.entries import HistoryEntry, MuteEntry, QuietEntry, read_hours, ref_in
from handlers.alerts.feature import feature
from handlers.alerts.queries import Reminder
from handlers.people.queries import person_name
from storage.unit import Unit

SHOWN = 20
NOT_FOUND = "没有找到这件事的提醒。请核对编号，例如 RW601。"
EVERYBODY = "全员"


@feature.command("免打扰", "勿扰", help="设置您自己的免打扰时段", example="免打扰 21:00-8:30")
def quiet(turn: Turn, db: Unit, entry: QuietEntry) -> Reply:
    if entry.hours:
        hours = read_hours(entry.hours, turn.house)
        queries.set_hours(db, turn.me.id, hours, turn.now, turn.me.id)
        turn.record("alert.quiet_hours", f"person/{turn.me.id}", after={"hours": hours})
    own = queries.own_hours(db, turn.me.id)
    whose = "您的" if own else "公司统一的"
    shown = _shown(gate.hours_of(db, turn.me.id, turn.house).hours)
    return Reply(
        text=f"{whose}免打扰时段是 {shown}，非工作日全天。这期间的提醒并入下一次摘要（工作日 {rules.MORNING:%H:%M}）。"
    )


@feature.command("全员免打扰", help="设置公司统一的免打扰时段", example="全员免打扰 21:00-8:30", roles=(Role.HQ,))
def quiet_for_all(turn: Turn, db: Unit, entry: QuietEntry) -> Reply:
    if entry.hours:
        hours = read_hours(entry.hours, turn.house)
        before = queries.hours_of_all(db)
        queries.set_hours(db, None, hours, turn.now, turn.me.id)
        turn.record("alert.quiet_hours", EVERYBODY, before={"hours": before}, after={"hours": hours})
    shown = _shown(queries.hours_of_all(db) or turn.house.quiet.hours)
    return Reply(text=f"公司统一的免打扰时段是 {shown}。自行设置过的人以自己的设置为准。")


@feature.command("今天别提醒", "别提醒", help="今天不再提醒这件事", example="今天别提醒 RW601")
def mute(turn: Turn, db: Unit, entry: MuteEntry) -> Reply:
    """Without an id: nothing more today. What has passed its deadline goes upward all the same."""
    ref = ref_in(entry.about or "")
    if ref is None:
        if entry.about:
            raise Refusal("not_found", NOT_FOUND)
        queries.mute(db, turn.me.id, "", 0, turn.house.today(turn.now))
        turn.record("alert.muted", "")
        return Reply(text="好的，今天不再提醒您，下一次摘要照常。")
    watch = queries.watch_of(db, ref.kind, ref.number)
    if watch is None or turn.me.id not in (watch.owner, watch.manager):
        raise Refusal("not_found", NOT_FOUND)
    queries.mute(db, turn.me.id, ref.kind, ref.number, turn.house.today(turn.now))
    turn.record("alert.muted", str(ref))
    return Reply(text=f"好的，今天不再为 {ref} 提醒您。到期时间不变。", focus=str(ref))


@feature.command("提醒记录", help="查看一件事提醒过谁，没提醒的为什么", example="提醒记录 RW601")
def history(turn: Turn, db: Unit, entry: HistoryEntry) -> Reply:
    ref = ref_in(entry.about)
    found = queries.history(db, ref.kind, ref.number, SHOWN) if ref else ()
    watch = queries.watch_of(db, ref.kind, ref.number) if ref else None
    concerned = {each.person for each in found} | ({watch.owner, watch.manager} if watch else set())
    if ref is None or not (turn.me.id in concerned or turn.me.role in (Role.HQ, Role.AUDITOR)):
        raise Refusal("not_found", NOT_FOUND)
    rows = tuple(_row(turn, db, each) for each in reversed(found))
    blocks = (Table(("时间", "环节", "谁", "结果"), rows),) if rows else (Note("还没有提醒过。"),)
    return Reply(card=Card(f"{ref} 的提醒记录", blocks=blocks))


def _row(turn: Turn, db: Unit, each: Reminder) -> tuple[str, str, str, str]:
    return (
        turn.house.moment(each.at),
        rules.step_words(each.step),
        person_name(db, each.person or 0),
        each.outcome.word,
    )


def _shown(hours: str) -> str:
    return hours.replace("-", " 至 ")
