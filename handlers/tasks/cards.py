"""How tasks look: one card a task, for whoever has it, gave it or may only read; and the list."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.cards import AnyBlock, Button, Card, Decided, Fields, Note, Progress, Style, Table, Text, Tone
from bot.house import House
from bot.permit import Person
from bot.turn import Turn, Viewer
from handlers.files.actions import listed as evidence
from handlers.people.queries import person, person_name
from handlers.tasks import queries, reach
from handlers.tasks.feature import feature
from handlers.tasks.queries import Task
from handlers.tasks.rules import WHOLE, Part
from handlers.tasks.states import OPEN, State
from storage.unit import Unit

CARD = "tasks.card"
MOST_TITLE = 20
TONES = {
    State.OFFERED: Tone.WARNING,
    State.WORKING: Tone.INFO,
    State.BLOCKED: Tone.DANGER,
    State.REPORTED: Tone.WARNING,
    State.DONE: Tone.SUCCESS,
    State.CANCELLED: Tone.NEUTRAL,
}


@feature.view(CARD, of="RW")
def card(db: Unit, number: int, viewer: Viewer) -> Card:
    task = queries.task(db, number)
    if task is None:
        return Card(f"任务 RW{number}", tag="没有找到")
    if not viewer.place.group and not reach.sees(db, viewer.person, task):
        return Card(f"任务 {task.ref}", tag="已转交", blocks=(Text("这项任务已由别人负责，您不用再处理。"),))
    parts = reach.parts(db, task, viewer.person)
    late = task.overdue(viewer.now)
    blocks: list[AnyBlock] = [Fields(tuple(_facts(db, task, viewer.house)))]
    if task.share.points:
        blocks.append(Progress("进度", task.share.points * 100 // WHOLE.points, 100))
    if task.state in (*OPEN, State.REPORTED):
        blocks.append(Text(standing(db, task, viewer.house, viewer.now), strong=True))
    blocks += evidence(db, "RW", number, viewer)
    if Part.OWNER in parts and task.state in OPEN:
        blocks.append(Note(f"更新进展请直接发送：进度 {task.ref} 60% 主机已到场"))
    return Card(
        _title(task),
        Tone.DANGER if late else TONES[task.state],
        f"{task.state.word}，已逾期" if late else task.state.word,
        tuple(blocks),
        tuple(_buttons(task, parts)),
        decided=_decided(db, task, viewer.house),
    )


def list_card(db: Unit, found: Sequence[Task], more: int, turn: Turn) -> Card:
    rows = tuple((task.ref, task.title, _between(db, task, turn.me), *_when(task, turn)) for task in found)
    late = sum(task.overdue(turn.now) for task in found)
    hint = "回复序号打开，例如 1。" + (f"还有 {more} 项没有列出。" if more else "")
    tag = f"{len(found) + more} 项" + (f"，{late} 项逾期" if late else "")
    table = Table(("编号", "事项", "谁", "截止", "状态"), rows)
    return Card("我的任务", Tone.WARNING if late else Tone.INFO, tag, (table, Note(hint)))


def standing(db: Unit, task: Task, house: House, now: datetime) -> str:
    """How it stands, who acts next, by when."""
    owner = person(db, task.owner)
    who = owner.name if owner else "负责人"
    if task.state is State.REPORTED:
        by = person_name(db, task.settled_by) if task.settled_by else who
        at = house.moment(task.settled_at) if task.settled_at else ""
        said = f"：{task.words}" if task.words else ""
        return f"{by} {at} 提交完成{said}。\n等{reach.charge_name(db, task)}验收。"
    if owner is None or not owner.active:
        return f"{who}的账号已停用，请{reach.charge_name(db, task)}转交给别人或撤回。"
    late = f"已逾期（{house.moment(task.due_at)}）" if task.overdue(now) else f"{house.moment(task.due_at)} 前完成"
    match task.state:
        case State.OFFERED:
            return f"已派给{who}，等待接受，{late}。"
        case State.BLOCKED:
            return f"{who}需要帮助：{task.words}。\n{late}。"
        case _:
            return f"{'，'.join(filter(None, (f'{who}进行中', task.words)))}。\n{late}。"


def due_words(house: House, at: datetime) -> str:
    """2026-03-06 周五 18:00: with the weekday, because people said 周五前."""
    return f"{house.day(house.today(at))} {house.clock(at)}"


def _title(task: Task) -> str:
    short = task.title if len(task.title) <= MOST_TITLE else f"{task.title[: MOST_TITLE - 1]}…"
    return f"任务 {task.ref} {short}"


def _facts(db: Unit, task: Task, house: House) -> Iterator[tuple[str, str]]:
    """What stays as it is while somebody works: where edits are dear, a card with the same facts keeps its buttons."""
    if len(task.title) > MOST_TITLE:
        yield "事项", task.title
    yield "负责人", person_name(db, task.owner)
    yield "派出人", person_name(db, task.giver)
    yield "截止", due_words(house, task.due_at)
    yield "优先级", task.priority.value
    if task.wanted_at is not None:
        yield "申请延至", f"{due_words(house, task.wanted_at)}（{task.wanted_why}）"


def _buttons(task: Task, parts: frozenset[Part]) -> Iterator[Button]:
    about = {"task": str(task.number)}
    if Part.OWNER in parts and task.state in OPEN:
        offered = task.state is State.OFFERED
        if offered:
            yield Button("接受", "tasks.accept", about, Style.PRIMARY)
        yield Button("完成", "tasks.report", about, Style.PLAIN if offered else Style.PRIMARY)
        yield Button("延期", "tasks.postpone", about)
        yield Button("需要帮助", "tasks.ask_for_help", about)
    if Part.GIVER in parts and task.state is State.REPORTED:
        yield Button("验收", "tasks.check", about, Style.PRIMARY)
        yield Button("退回", "tasks.send_back", about, Style.DANGER)
    if Part.GIVER in parts and task.state in OPEN:
        yield Button("转交", "tasks.hand_over", about)
        if Part.OWNER not in parts:
            yield Button("延期", "tasks.postpone", about)
        yield Button("撤回", "tasks.cancel", about)


def _decided(db: Unit, task: Task, house: House) -> Decided | None:
    if task.state not in (State.DONE, State.CANCELLED) or task.settled_by is None or task.settled_at is None:
        return None
    return Decided(task.state.word, person_name(db, task.settled_by), house.clock(task.settled_at))


def _between(db: Unit, task: Task, me: Person) -> str:
    if task.owner == me.id:
        return f"{person_name(db, task.giver)}派给我"
    owner = person(db, task.owner)
    name = owner.name if owner else ""
    return f"派给{name}" if owner and owner.active else f"派给{name}（已停用）"


def _when(task: Task, turn: Turn) -> tuple[str, str]:
    share = f" {task.share}" if task.progress and task.state is not State.REPORTED else ""
    return turn.house.moment(task.due_at), f"{'已逾期，' if task.overdue(turn.now) else ''}{task.state.word}{share}"
