"""One message in the morning: what is due today, what is overdue, what waits, what expires, what happened in the night (C65)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.feature import Catalog
from bot.house import House
from bot.permit import Person
from bot.ports import Slot
from bot.turn import Message, Turn
from handlers.alerts import gate, queries, rules
from handlers.alerts.feature import feature
from handlers.alerts.queries import Reminder
from handlers.alerts.rules import Watch
from handlers.alerts.states import Outcome
from handlers.people.queries import person, person_name
from storage.unit import Unit

CHUNK = 50
"""People a transaction."""
SHOWN = 5
"""Lines a heading."""
MOST_BYTES = 1500
"""Of all lines; with the headings it fits a text message of WeCom, which ends at 2048."""
KIND = "digest"
Section = tuple[str, list[str]]


@feature.job("morning", daily=rules.MORNING, why="早间摘要")
def morning(turn: Turn, db: Unit, slot: Slot) -> None:
    """A morning that was missed is not made up for; what was held is told with the next."""
    today = turn.house.today(turn.now)
    if turn.house.today(slot.due) != today or not turn.house.calendar.is_workday(today):
        return
    for number, people in enumerate(_chunks(queries.reachable(db))):
        turn.promise(gate.DIGEST, f"{today.isoformat()}/all/{number}", slot.due, about="", people=people, whole="yes")


@feature.job("digest", why="早间摘要")
def digest(turn: Turn, db: Unit, slot: Slot) -> None:
    for number in slot.args["people"].split(","):
        to = person(db, int(number))
        if to is not None and to.active and gate.is_reachable(db, to):
            _tell(turn, db, to, whole="whole" in slot.args)


def _tell(turn: Turn, db: Unit, to: Person, *, whole: bool) -> None:
    if rules.is_quiet(turn.now, gate.hours_of(db, to.id, turn.house), turn.house.calendar):
        gate.promise_digest(turn, db, to.id, whole=whole)
        return
    text = written(db, turn.catalog, turn.house, to, turn.now, whole=whole)
    queries.tell_waiting(db, to.id)
    if text:
        turn.messages.append(Message(to, text=text, admitted=True))
        sent = Reminder(at=turn.now, kind=KIND, number=0, step=KIND, person=to.id, outcome=Outcome.SENT, text=text)
        queries.record(db, sent)


def written(db: Unit, catalog: Catalog, house: House, to: Person, now: datetime, *, whole: bool) -> str:
    """The message, "" if there is nothing to say; not ``whole``: only what was held since the last one."""
    named: set[str] = set()
    sections = list(_sections(db, catalog, house, to, now, named)) if whole else []
    held = [each.text for each in queries.waiting(db, to.id) if f"{each.kind}{each.number}" not in named]
    sections.append(("其他消息", list(dict.fromkeys(held))))
    lines = list(_shown([each for each in sections if each[1]]))
    if not lines:
        return ""
    title = f"{house.day(house.today(now))} 摘要" if whole else "免打扰期间的消息"
    return "\n".join([title, *lines, "发送「待办」逐件处理。"] if whole else [title, *lines])


def _sections(
    db: Unit, catalog: Catalog, house: House, to: Person, now: datetime, named: set[str]
) -> Iterator[Section]:
    """``named`` collects what was mentioned: everything stands once."""
    found = queries.concerning(db, to.id, now + rules.EXPIRING)
    own = [each for each in found if each.owner == to.id]
    today = house.today(now)

    def lines(of: Sequence[Watch]) -> list[str]:
        named.update(each.ref for each in of)
        return [line for each in of if (line := _line(db, catalog, house, each, now, to))]

    due = [each for each in own if each.deadline > now]
    yield "今天到期", lines([each for each in due if rules.last_day(each.deadline, house.calendar) == today])
    yield "即将到期", lines([each for each in due if each.ref not in named])
    yield "已逾期", lines([each for each in own if each.deadline <= now])
    yield "团队逾期", lines([each for each in found if each.owner != to.id and each.deadline <= now])
    waits = [
        each
        for feature_ in catalog.features
        for todo in feature_.todos
        for each in todo(db, to, now)
        if each.ref not in named
    ]
    named.update(each.ref for each in waits)
    yield "等您处理", [each.text for each in waits]


def _line(db: Unit, catalog: Catalog, house: House, seen: Watch, now: datetime, to: Person) -> str:
    alert = catalog.alerts.get(seen.kind)
    due = alert.deadline(db, seen.number, house, now) if alert else None
    if due is None:
        return ""
    whose = "" if due.owner == to.id else f"{person_name(db, due.owner)}的 "
    return f"{whose}{seen.ref} {rules.standing(due.at, house, now)}（{due.about}）"


def _shown(sections: Sequence[Section]) -> Iterator[str]:
    """Every heading with its number; of its lines as many as fit."""
    room = MOST_BYTES
    for title, lines in sections:
        yield f"{title} {len(lines)} 件："
        shown = 0
        for line in lines[:SHOWN]:
            room -= len(line.encode())
            if room < 0:
                break
            shown += 1
            yield line
        if len(lines) > shown:
            yield f"还有 {len(lines) - shown} 件"


def _chunks(people: Sequence[int]) -> Iterator[str]:
    return (",".join(map(str, people[at : at + CHUNK])) for at in range(0, len(people), CHUNK))
