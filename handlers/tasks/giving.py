"""What the giver says: give a task, hand it to somebody else, take it back, check it or send it back."""

from __future__ import annotations

from bot.entry import Preview
from bot.permit import Role
from bot.turn import Reply, Turn
from handlers.people.queries import person
from handlers.tasks import queries, reach
from handlers.tasks.cards import CARD, due_words
from handlers.tasks.changing import NO_WISH, as_given, change, drop_wish
from handlers.tasks.entries import CancelEntry, CheckEntry, HandOverEntry, ReturnEntry, TaskEntry
from handlers.tasks.feature import feature
from handlers.tasks.queries import Task
from handlers.tasks.rules import GIVERS, Step
from handlers.tasks.states import Priority, State
from storage.unit import Unit

ROLES: tuple[Role, ...] = GIVERS


@feature.command(
    "任务",
    "派任务",
    "派活",
    "交办",
    help="给同事或代理商的人派一项任务",
    example="任务 @赵敏 周五前 提交选型表 高",
    roles=ROLES,
)
def give(turn: Turn, db: Unit, entry: TaskEntry) -> Reply:
    to = reach.may_be_given(turn, db, entry.who)
    reach.must_be_ahead(turn, db, entry.due)
    task = Task(
        number=db.numbers.next("RW"),
        title=entry.title.strip(),
        giver=turn.me.id,
        owner=to.id,
        state=State.OFFERED,
        version=1,
        priority=Priority(entry.priority) if entry.priority else Priority.NORMAL,
        due_at=entry.due,
        given_at=turn.now,
        progress=0,
        words="",
        updated_at=turn.now,
        settled_by=None,
        settled_at=None,
        wanted_at=None,
        wanted_why="",
    )
    queries.add(db, task)
    turn.record("task.given", task.ref, after=as_given(turn, db, task))
    turn.changed("RW", task.number)
    turn.send(to, CARD, task.number)
    text = f"{task.ref} 已派给{to.name}，截止 {due_words(turn.house, task.due_at)}。"
    return Reply(text, view=CARD, number=task.number, focus=task.ref)


@give.check
def can_be_given(turn: Turn, db: Unit, entry: TaskEntry) -> Preview | None:
    reach.may_be_given(turn, db, entry.who)
    reach.must_be_ahead(turn, db, entry.due)
    return None


@feature.command("转交", "改派", help="把派出的任务交给别人", example="转交 RW601 给 刘洋", roles=ROLES, on="RW")
def hand_over(turn: Turn, db: Unit, entry: HandOverEntry) -> Reply:
    """The new owner accepts anew; what was done so far stays on the card."""
    task, _, state = reach.locked(turn, db, entry.task, Step.HAND_OVER)
    if entry.to == task.owner:
        return Reply(f"{task.ref} 本来就由{_owner(db, task)}负责。", focus=task.ref)
    to = reach.may_be_given(turn, db, entry.to)
    before = person(db, task.owner)
    drop_wish(turn, db, task, "任务已转交")
    words = entry.reason or task.words
    changed = change(
        turn, db, task, "task.handed_over", owner=to.id, state=state, words=words, updated_at=turn.now, **NO_WISH
    )
    if before is not None and before.active:
        turn.tell(before, f"{task.ref}（{task.title}）已转交给{to.name}，您不用再处理。")
    turn.send(to, CARD, task.number)
    due = due_words(turn.house, changed.due_at)
    return Reply(f"{task.ref} 已转交给{to.name}，截止仍是 {due}。", focus=task.ref)


@feature.command("撤回", help="撤回派出的任务", example="撤回 RW601 客户取消了", roles=ROLES, on="RW")
def cancel(turn: Turn, db: Unit, entry: CancelEntry) -> Reply:
    task, _, state = reach.locked(turn, db, entry.task, Step.CANCEL)
    drop_wish(turn, db, task, "任务已撤回")
    settled: dict[str, object] = {"settled_by": turn.me.id, "settled_at": turn.now}
    change(turn, db, task, "task.cancelled", state=state, words=entry.reason.strip(), **settled, **NO_WISH)
    _tell_owner(turn, db, task, f"{task.ref}（{task.title}）已撤回，您不用再处理。原因：{entry.reason.strip()}")
    return Reply(f"{task.ref} 已撤回，已通知{_owner(db, task)}。", focus=task.ref)


@feature.command("验收", help="确认任务已完成", example="验收 RW601", roles=ROLES, on="RW")
def check(turn: Turn, db: Unit, entry: CheckEntry) -> Reply:
    task, _, state = reach.locked(turn, db, entry.task, Step.CHECK)
    change(turn, db, task, "task.done", state=state, settled_by=turn.me.id, settled_at=turn.now)
    _tell_owner(turn, db, task, f"{task.ref}（{task.title}）已验收，任务完成。")
    return Reply(f"{task.ref} 已验收，已通知{_owner(db, task)}。", focus=task.ref)


@feature.command("退回", help="任务还没做好，退回去", example="退回 RW601 还缺验收照片", roles=ROLES, on="RW")
def send_back(turn: Turn, db: Unit, entry: ReturnEntry) -> Reply:
    task, _, state = reach.locked(turn, db, entry.task, Step.RETURN)
    words = f"退回：{entry.reason.strip()}"
    change(turn, db, task, "task.returned", state=state, words=words, settled_by=None, settled_at=None)
    owner = person(db, task.owner)
    if owner is not None and owner.active:
        turn.send(owner, CARD, task.number)
    return Reply(
        f"{task.ref} 已退回给{_owner(db, task)}，截止仍是 {due_words(turn.house, task.due_at)}。", focus=task.ref
    )


def _owner(db: Unit, task: Task) -> str:
    owner = person(db, task.owner)
    return owner.name if owner else ""


def _tell_owner(turn: Turn, db: Unit, task: Task, text: str) -> None:
    owner = person(db, task.owner)
    if owner is not None and owner.active and owner.id != turn.me.id:
        turn.tell(owner, text)
