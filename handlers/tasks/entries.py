"""What people are asked for: the entries of this capability's commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Option
from bot.entry import File, PersonId, ask
from bot.turn import Turn
from bot.values import Percent, ShortId
from handlers.approvals.queries import approval
from handlers.people.naming import people_in_reach
from handlers.tasks import queries, reach
from handlers.tasks.reach import must
from handlers.tasks.rules import STEPS, Step
from handlers.tasks.states import Priority
from storage.unit import Unit

HINT = "例如 RW601"
ALSO = {
    Priority.URGENT: ("加急", "急", "特急", "紧急任务"),
    Priority.HIGH: ("高优先级", "优先级高", "重要"),
    Priority.NORMAL: ("中优先级", "优先级中", "一般", "普通"),
    Priority.LOW: ("低优先级", "优先级低", "不急"),
}


def priorities(db: Unit) -> Sequence[Option]:
    return [Option(each.value, each.value, ALSO[each]) for each in Priority]


def the_current(turn: Turn, db: Unit) -> str | None:
    """The task meant without an id: the one last spoken of, else the only one this person has to do."""
    return _spoken_of(turn, db) or _only(queries.owned(db, turn.me.id))


def the_only_to(step: Step, of: Callable[[Unit, int], Sequence[queries.Task]]) -> Callable[[Turn, Unit], str | None]:
    """The one last spoken of, else the only one ``of`` this person with which the step can be taken now."""

    def usual(turn: Turn, db: Unit) -> str | None:
        return _spoken_of(turn, db) or _only([task for task in of(db, turn.me.id) if task.state in STEPS[step].when])

    return usual


def _spoken_of(turn: Turn, db: Unit) -> str | None:
    for ref in db.dialogue.talk(turn.me.id, turn.place).focus if turn.place else ():
        task = queries.task(db, int(ref[2:])) if ref.startswith("RW") and ref[2:].isdecimal() else None
        if task is not None and reach.sees(db, turn.me, task):
            return str(task.number)
    return None


def _only(found: Sequence[queries.Task]) -> str | None:
    return str(found[0].number) if len(found) == 1 else None


def _asked_about(turn: Turn, db: Unit, ref: ShortId) -> int | None:
    """进度 SP2001: the task that approval is about."""
    asked = approval(db, ref.number) if ref.kind == "SP" else None
    return reach.visible(turn, db, asked.subject).number if asked is not None and asked.kind == "RW" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEntry:
    who: PersonId = ask("负责人", people=people_in_reach, must=reach.may_be_given)
    due: datetime = ask("截止时间", label="截止", by_day=True, hint="例如 周五前", must=reach.must_be_ahead)
    title: str = ask("任务内容", label="事项", hint="例如 提交选型表")
    priority: str | None = ask("优先级", options=priorities, optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgressEntry:
    task: int = ask("任务编号", ref="RW", hint=HINT, usual=the_current, sure=True, via=_asked_about)
    percent: Percent | None = ask("完成百分比", label="进度", optional=True)
    words: str | None = ask("说明", optional=True, long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptEntry:
    task: int = ask(
        "任务编号",
        ref="RW",
        hint=HINT,
        usual=the_only_to(Step.ACCEPT, queries.owned),
        sure=True,
        must=must(Step.ACCEPT),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportEntry:
    task: int = ask(
        "任务编号", ref="RW", hint=HINT, usual=the_only_to(Step.REPORT, queries.owned), must=must(Step.REPORT)
    )
    words: str | None = ask("说明", optional=True, long=True)
    evidence: File | None = ask("照片或文件", optional=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpEntry:
    task: int = ask("任务编号", ref="RW", hint=HINT, usual=the_only_to(Step.HELP, queries.owned), must=must(Step.HELP))
    words: str = ask("需要什么帮助", label="求助", hint="例如 主机还没到货", long=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeEntry:
    task: int = ask(
        "任务编号", ref="RW", hint=HINT, usual=the_only_to(Step.POSTPONE, queries.owned), must=must(Step.POSTPONE)
    )
    until: datetime = ask("延到什么时间", label="延至", by_day=True, hint="例如 下周三", must=reach.must_be_ahead)
    reason: str = ask("延期原因", label="原因", hint="例如 等客户确认")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckEntry:
    task: int = ask(
        "任务编号", ref="RW", hint=HINT, usual=the_only_to(Step.CHECK, queries.given), must=must(Step.CHECK)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnEntry:
    task: int = ask(
        "任务编号", ref="RW", hint=HINT, usual=the_only_to(Step.RETURN, queries.given), must=must(Step.RETURN)
    )
    reason: str = ask("退回理由", hint="写给对方看，例如 还缺验收照片")


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelEntry:
    task: int = ask(
        "任务编号", ref="RW", hint=HINT, usual=the_only_to(Step.CANCEL, queries.given), must=must(Step.CANCEL)
    )
    reason: str = ask("撤回原因", hint="写给对方看")


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverEntry:
    task: int = ask(
        "任务编号", ref="RW", hint=HINT, usual=the_only_to(Step.HAND_OVER, queries.given), must=must(Step.HAND_OVER)
    )
    to: PersonId = ask("新的负责人", people=people_in_reach, must=reach.may_be_given)
    reason: str | None = ask("原因", optional=True)
