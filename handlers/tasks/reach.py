"""Which tasks a person may see and act on, and to whom they may give one; refused before anything else is asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from bot.errors import Refusal
from bot.permit import Person, Role
from bot.turn import Turn
from handlers.people.queries import agent_of, person, person_name, superior_of
from handlers.tasks import queries, rules
from handlers.tasks.queries import Task
from handlers.tasks.rules import Home, Part, Step
from handlers.tasks.states import State
from storage.unit import Unit

NOT_FOUND = "没有找到这项任务。请核对编号，或发送「我的任务」查看。"
ONLY_OWN = {
    Role.OWNER: "您可以给本公司的业务员派任务。",
    Role.MANAGER: "您可以给辖区内代理商的人员和直接下级派任务。",
    Role.DIRECTOR: "您可以给大区内代理商的人员和下级派任务。",
}


def in_charge(db: Unit, task: Task) -> Person | None:
    """The giver; once they are gone or cannot be reached, whoever is above them. None: nobody."""
    giver = person(db, task.giver)
    if giver is None or (giver.active and db.identity.accounts(giver.id)):
        return giver
    return superior_of(db, giver)


def parts(db: Unit, task: Task, who: Person | None) -> frozenset[Part]:
    if who is None or not who.active:
        return frozenset()
    charge = in_charge(db, task)
    as_owner = {Part.OWNER} if task.owner == who.id else set()
    return frozenset(as_owner | ({Part.GIVER} if charge is not None and charge.id == who.id else set()))


def sees(db: Unit, who: Person | None, task: Task) -> bool:
    if who is None or not who.active:
        return False
    owner = person(db, task.owner)
    if who.id in (task.owner, task.giver) or parts(db, task, who):
        return True
    return owner is not None and rules.may_see(who, owner, home_of(db, owner))


def visible(turn: Turn, db: Unit, number: int) -> Task:
    """Out of scope is exactly like missing (R12.3)."""
    task = queries.task(db, number)
    if task is None or not sees(db, turn.me, task):
        raise Refusal("not_found", NOT_FOUND)
    return task


def must(step: Step) -> Callable[[Turn, Unit, int], object]:
    """For ``ask(..., must=must(Step.HELP))``."""
    return lambda turn, db, number: allowed(turn, db, visible(turn, db, number), step)


def locked(turn: Turn, db: Unit, number: int, step: Step) -> tuple[Task, Part, State]:
    """The task for update, as whom this person takes the step, and the state it leads to."""
    visible(turn, db, number)
    task = queries.for_update(db, number)
    if task is None:
        raise Refusal("not_found", NOT_FOUND)
    part, state = allowed(turn, db, task, step)
    return task, part, state


def allowed(turn: Turn, db: Unit, task: Task, step: Step) -> tuple[Part, State]:
    part = rules.part_for(step, parts(db, task, turn.me))
    if part is None:
        raise Refusal("not_theirs", _not_theirs(db, task, step, turn.me))
    state = rules.next_state(step, part, task.state)
    if state is None:
        raise Refusal(f"is_{task.state}", _not_now(turn, db, task, step))
    return part, state


def may_be_given(turn: Turn, db: Unit, number: int) -> Person:
    to = person(db, number)
    if to is None or not to.active:
        raise Refusal("inactive", "对方的账号已停用，不能接任务。请交给别人。")
    if not rules.may_give(turn.me, to, home_of(db, to)):
        raise Refusal("out_of_scope", f"您不能给{to.name}派任务。{ONLY_OWN.get(turn.me.role, '')}")
    if not db.identity.accounts(to.id):
        raise Refusal("unbound", f"{to.name}还没有绑定账号，收不到任务。请先请总部邀请{to.name}加入，或交给别人。")
    return to


def must_be_ahead(turn: Turn, db: Unit, due: datetime) -> None:
    if due <= turn.now:
        raise Refusal("past", f"截止时间（{turn.house.moment(due)}）已经过去，请写以后的时间，例如 明天下午3点。")


def home_of(db: Unit, who: Person) -> Home:
    agent = agent_of(db, who.agent) if who.agent else None
    return Home(agent.region, agent.province) if agent else Home(who.region, who.province)


def charge_name(db: Unit, task: Task) -> str:
    charge = in_charge(db, task)
    return charge.name if charge else "派出人"


def _not_theirs(db: Unit, task: Task, step: Step, me: Person) -> str:
    who = person_name(db, task.owner)
    if Part.OWNER in rules.STEPS[step].leads and Part.GIVER not in rules.STEPS[step].leads:
        return f"{task.ref} 由{who}负责，请由本人{step}。发送「进度 {task.ref}」查看。"
    if me.id == task.owner:
        return f"{task.ref} 只有{charge_name(db, task)}可以{step}。如有困难，请发送「求助 {task.ref} 需要什么」。"
    return f"{task.ref} 由{who}负责，{charge_name(db, task)}派出，请由他们{step}。"


def _not_now(turn: Turn, db: Unit, task: Task, step: Step) -> str:
    match task.state:
        case State.DONE | State.CANCELLED:
            by = person_name(db, task.settled_by) if task.settled_by else ""
            at = turn.house.moment(task.settled_at) if task.settled_at else ""
            return f"{task.ref} {task.state.word}（{by} {at}），不能再{step}。如还有工作，请另派任务。"
        case State.REPORTED if turn.me.id == task.owner:
            return f"{task.ref} 已提交完成，等{charge_name(db, task)}验收，不用再{step}。"
        case State.REPORTED:
            return f"{task.ref} 已提交完成，请先验收，或发送「退回 {task.ref} 理由」。"
        case _ if step is Step.ACCEPT:
            return f"{task.ref} 您已接受。完成后请发送「完成 {task.ref}」。"
        case _:
            return f"{task.ref} 还没有提交完成（{task.state.word}），不能{step}。"
