"""``python -m bot alerts``: what the timers would send at an instant; looks, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from typer import Option

from bot.deadlines import Deadline
from bot.desk import Desk
from bot.errors import OperatorError
from handlers.alerts import digest, queries, ringing, rules, watching
from handlers.alerts.feature import feature
from handlers.alerts.gate import Spent, hours_of, is_reachable, start_of_day
from handlers.alerts.ringing import Notice
from handlers.alerts.rules import Part, Rung, Watch
from handlers.alerts.states import Outcome
from handlers.people.queries import person
from storage.unit import Unit

MOST_LOOKED_AT = 100_000


@feature.subcommand("alerts")
def alerts(
    desk: Desk,
    at: Annotated[
        str, Option("--at", help="时刻，例如 2026-03-06T09:00+08:00；不写时区按公司所在时区，不写就是现在")
    ] = "",
    dry_run: Annotated[bool, Option("--dry-run", help="只看不发；这个命令本来就什么都不改")] = False,
) -> int:
    """定时器在某一时刻会发什么、不发的为什么"""
    now = desk.clock.now()
    then = _instant(desk, at) if at else now
    if then < now:
        raise OperatorError(
            f"--at：早于现在（{desk.house.moment(now)}）。发过的提醒请在聊天里发送「提醒记录 编号」查看"
        )
    desk.say(f"{desk.house.moment(then)} 会发送：")
    with desk.store.snapshot() as db:
        said = list(_forecast(desk, db, now, then))
    for line in said or ["没有要发的"]:
        desk.say(line)
    return 0


def _instant(desk: Desk, written: str) -> datetime:
    try:
        then = datetime.fromisoformat(written)
    except ValueError:
        raise OperatorError("--at：应写作 2026-03-06T09:00+08:00") from None
    return then if then.tzinfo else then.replace(tzinfo=desk.house.zone)


def _forecast(desk: Desk, db: Unit, now: datetime, then: datetime) -> Iterator[str]:
    """In the order in which the timers would run."""
    spent = Spent()
    found = [each for seen in queries.all_watched(db) for each in _climbs(desk, db, seen, then)]
    for seen, deadline, rungs in sorted(found, key=lambda c: (c[2][-1].at, c[2][-1].part, c[0].kind, c[0].number)):
        ends = [rung for rung in rungs if rung.part is Part.END]
        if ends:
            yield f"{seen.ref} 期限到（{desk.house.moment(ends[-1].at)}，{deadline.about}）"
        for notice in ringing.notices(db, desk.house, (seen, deadline), rungs, then, spent):
            yield _line(seen, notice)
            if notice.outcome is Outcome.SENT and notice.person is not None:
                spent.add(notice.person.id, seen.kind, seen.number)
    yield from _other_jobs(desk, db, then)
    yield from _digests(desk, db, now, then)


def _other_jobs(desk: Desk, db: Unit, then: datetime) -> Iterator[str]:
    """What other capabilities have promised about an object: a broadcast goes out, whoever has not read it is reminded."""
    for slot in db.jobs.next_due(MOST_LOOKED_AT):
        job = desk.catalog.jobs.get(slot.job)
        if job is not None and job.why and slot.about and slot.job != watching.RING and slot.due <= then:
            yield f"{slot.about} {job.why}（{desk.house.moment(slot.due)}）"


def _climbs(desk: Desk, db: Unit, seen: Watch, then: datetime) -> Iterator[tuple[Watch, Deadline, list[Rung]]]:
    """What is due of an object, and the rungs that would have passed; nothing where none would."""
    alert = desk.catalog.alerts.get(seen.kind)
    due = alert.deadline(db, seen.number, desk.house, then) if alert else None
    if alert is None or due is None:
        return
    rungs = rules.passed(rules.ladder(due, seen, desk.house.calendar, ends=alert.passed is not None), seen, then)
    if rungs:
        yield seen, due, rungs


def _line(seen: Watch, notice: Notice) -> str:
    who = f"{notice.person.name}#{notice.person.id} " if notice.person else ""
    if notice.outcome is Outcome.SENT:
        return f"{who}{notice.text}"
    return f"不发送 {who}{seen.ref}（{rules.step_words(notice.rung.name)}）：{notice.outcome.word}"


def _digests(desk: Desk, db: Unit, now: datetime, then: datetime) -> Iterator[str]:
    """The morning's, where the instant is the first of this day to come after it."""
    house = desk.house
    today = house.today(then)
    morning = datetime.combine(today, rules.MORNING, house.zone)
    if not (now < morning <= then and house.calendar.is_workday(today)):
        return
    for number in queries.reachable(db):
        to = person(db, number)
        if to is None or rules.is_quiet(then, hours_of(db, number, house), house.calendar):
            continue
        if queries.told_of(db, number, digest.KIND, 0, start_of_day(house, then)) or not is_reachable(db, to):
            continue
        text = digest.written(db, desk.catalog, house, to, then, whole=True)
        if text:
            yield f"{to.name}#{to.id} 摘要："
            yield from (f"  {line}" for line in text.splitlines())
