"""延期: the owner asks, whoever gave the task agrees or refuses from the card; the giver's own word needs no consent."""

from __future__ import annotations

from bot.entry import Preview
from bot.errors import Refusal
from bot.feature import Subject
from bot.turn import Reply, Turn, Viewer
from handlers.approvals.actions import TASK, ask_for_decision
from handlers.approvals.queries import latest_of
from handlers.approvals.states import State as Verdict
from handlers.people.queries import person, person_name
from handlers.tasks import queries, reach
from handlers.tasks.cards import CARD, due_words
from handlers.tasks.changing import NO_WISH, change, drop_wish
from handlers.tasks.entries import PostponeEntry
from handlers.tasks.feature import feature
from handlers.tasks.queries import Task
from handlers.tasks.rules import Part, Step
from handlers.tasks.states import OPEN
from storage.unit import Unit


@feature.command("延期", "推迟", help="申请把任务延后", example="延期 RW601 下周三 等客户", on="RW")
def postpone(turn: Turn, db: Unit, entry: PostponeEntry) -> Reply:
    task, part, _ = reach.locked(turn, db, entry.task, Step.POSTPONE)
    reach.must_be_ahead(turn, db, entry.until)
    if part is Part.GIVER:
        return _move(turn, db, task, entry)
    if entry.until <= task.due_at:
        raise Refusal("not_later", _not_later(turn, task))
    return _ask(turn, db, task, entry)


@postpone.check
def with_a_later_time(turn: Turn, db: Unit, entry: PostponeEntry) -> Preview | None:
    """An earlier time is corrected in the preview: nobody gives the reason twice."""
    task = reach.visible(turn, db, entry.task)
    part, _ = reach.allowed(turn, db, task, Step.POSTPONE)
    earlier = part is not Part.GIVER and entry.until <= task.due_at
    return Preview((_not_later(turn, task),)) if earlier else None


def _not_later(turn: Turn, task: Task) -> str:
    due = due_words(turn.house, task.due_at)
    return f"{task.ref} 现在的截止时间是 {due}，延期请写更晚的时间，例如：延至 下周三。"


def _move(turn: Turn, db: Unit, task: Task, entry: PostponeEntry) -> Reply:
    drop_wish(turn, db, task, "截止时间已改")
    changed = change(turn, db, task, "task.postponed", due_at=entry.until, **NO_WISH)
    due = due_words(turn.house, changed.due_at)
    owner = person(db, task.owner)
    if owner is not None and owner.active and owner.id != turn.me.id:
        turn.tell(owner, f"{task.ref}（{task.title}）截止时间改为 {due}。原因：{entry.reason.strip()}")
        turn.send(owner, CARD, task.number)
    return Reply(f"{task.ref} 截止时间改为 {due}，已通知{person_name(db, task.owner)}。", focus=task.ref)


def _ask(turn: Turn, db: Unit, task: Task, entry: PostponeEntry) -> Reply:
    """Asked again while it is open, the wish is another one and the decision the same: its card is sent anew."""
    charge = reach.in_charge(db, task)
    if charge is None:
        raise Refusal("nobody_in_charge", f"现在没有人能同意 {task.ref} 延期，请联系总部管理员。")
    wish: dict[str, object] = {"wanted_at": entry.until, "wanted_why": entry.reason.strip()}
    change(turn, db, task, "task.postponement_asked", updated_at=turn.now, **wish)
    asked = latest_of(db, "RW", task.number) if task.wanted_at is not None else None
    if asked is not None and asked.state is Verdict.PENDING:
        turn.changed("SP", asked.number)
        turn.send(person(db, asked.approver) or charge, TASK, asked.number)
    else:
        asked = ask_for_decision(turn, db, "RW", task.number, turn.me, charge)
    who, until = person_name(db, asked.approver), due_words(turn.house, entry.until)
    due = due_words(turn.house, task.due_at)
    text = f"{task.ref} 已请{who}同意延期到 {until}（{asked.ref}）。同意之前仍以 {due} 为准。"
    return Reply(text, focus=task.ref)


# -- what is decided -------------------------------------------------------------------------------------------------


def _title(db: Unit, number: int) -> str:
    return f"延期申请 RW{number}"


def _for_decision(db: Unit, number: int, viewer: Viewer) -> tuple[tuple[str, str], ...]:
    task = queries.task(db, number)
    if task is None:
        return ()
    wish = (("申请延至", due_words(viewer.house, task.wanted_at)), ("原因", task.wanted_why)) if task.wanted_at else ()
    return (
        ("事项", task.title),
        ("负责人", person_name(db, task.owner)),
        ("现在截止", due_words(viewer.house, task.due_at)),
        *wish,
        ("进展", f"{task.state.word} {task.share}"),
    )


def _decided(turn: Turn, db: Unit, number: int, verdict: str, reason: str) -> str:
    """Runs in the deciding turn."""
    task = queries.for_update(db, number)
    if task is None or task.wanted_at is None or task.state not in OPEN:
        raise Refusal("not_wanted", "这项任务已不需要延期，请看新的卡片。")
    until = due_words(turn.house, task.wanted_at)
    owner = person(db, task.owner)
    if verdict == Verdict.AGREED:
        if task.wanted_at <= turn.now:
            raise Refusal("past", f"申请的时间（{until}）已经过去，请驳回，让对方重新申请。")
        change(turn, db, task, "task.postponed", due_at=task.wanted_at, **NO_WISH)
        told = f"{task.ref} 已同意延期，截止时间改为 {until}。" + (f"意见：{reason}。" if reason else "")
        then = f"{task.ref} 截止时间改为 {until}。"
    else:
        change(turn, db, task, "task.postponement_refused", **NO_WISH)
        due = due_words(turn.house, task.due_at)
        told = (
            f"{task.ref} 延期未获同意，仍以 {due} 为准。理由：{reason}。如有困难，请发送「求助 {task.ref} 需要什么」。"
        )
        then = f"{task.ref} 仍以 {due} 为准。"
    if owner is not None and owner.active:
        turn.tell(owner, told)
        if verdict == Verdict.AGREED:
            turn.send(owner, CARD, number)
    return then


feature.subject(Subject("RW", _title, _for_decision, _decided))
