"""What the owner says: accept, tell the progress, ask for help, report it done. And how it stands, for whoever may see it."""

from __future__ import annotations

from bot.entry import Preview
from bot.errors import Refusal
from bot.turn import Reply, Turn
from handlers.files.actions import attach
from handlers.people.queries import person
from handlers.tasks import reach, rules
from handlers.tasks.cards import CARD, due_words
from handlers.tasks.changing import NO_WISH, change, drop_wish
from handlers.tasks.entries import AcceptEntry, HelpEntry, ProgressEntry, ReportEntry
from handlers.tasks.feature import feature
from handlers.tasks.queries import Task
from handlers.tasks.rules import WHOLE, Part, Step
from handlers.tasks.states import State
from storage.unit import Unit


@feature.command("接受", "接单", help="接受一项任务", example="接受 RW601", on="RW")
def accept(turn: Turn, db: Unit, entry: AcceptEntry) -> Reply:
    task, _, state = reach.locked(turn, db, entry.task, Step.ACCEPT)
    change(turn, db, task, "task.accepted", state=state, updated_at=turn.now)
    charge = reach.in_charge(db, task)
    if charge is not None:
        turn.tell(charge, f"{turn.me.name}已接受 {task.ref}（{task.title}）。")
    return Reply(f"{task.ref} 已接受，请在 {due_words(turn.house, task.due_at)} 前完成。", focus=task.ref)


@feature.command("进度", help="查看或更新一项任务", example="进度 RW601 60% 主机已到场", on="RW", opens=True)
def progress(turn: Turn, db: Unit, entry: ProgressEntry) -> Reply:
    """Whoever has it tells with percent or words; for everybody else, and without either, the card."""
    task = reach.visible(turn, db, entry.task)
    percent, words = rules.progress_said(entry.percent, entry.words or "")
    mine = Part.OWNER in reach.parts(db, task, turn.me)
    if (percent is None and (not words or rules.asks(words))) or (percent is None and not mine):
        return Reply(view=CARD, number=task.number, focus=task.ref)
    if percent is not None and not 0 <= percent.points <= WHOLE.points:
        raise Refusal("percent", f"进度应在 0% 到 100% 之间，例如：进度 {task.ref} 60%。")
    task, _, state = reach.locked(turn, db, entry.task, Step.PROGRESS)
    values = {"progress": percent.points if percent else task.progress, "words": words or task.words}
    changed = change(turn, db, task, "task.progress", state=state, updated_at=turn.now, **values)
    told = "，".join(filter(None, (str(changed.share), words)))
    then = f"都做好了请发送「完成 {task.ref}」。" if changed.share == WHOLE else ""
    return Reply(f"{task.ref} 已更新：{told}。{then}", focus=task.ref)


@feature.command("求助", help="任务卡住了，请派出人帮忙", example="求助 RW601 主机还没到货", on="RW")
def ask_for_help(turn: Turn, db: Unit, entry: HelpEntry) -> Reply:
    task, _, state = reach.locked(turn, db, entry.task, Step.HELP)
    change(turn, db, task, "task.blocked", state=state, words=entry.words.strip(), updated_at=turn.now)
    told = _show_in_charge(turn, db, task)
    return Reply(f"{task.ref} 已标为需要帮助，{told}。有进展请发送「进度 {task.ref} 说明」。", focus=task.ref)


@feature.command("完成", "做完了", "已完成", help="任务做好了", example="完成 RW601 已安装调试", on="RW")
def report(turn: Turn, db: Unit, entry: ReportEntry) -> Reply:
    """By the owner it is reported and waits to be checked; the giver's own word, or nobody to check it, ends it."""
    task, part, state = reach.locked(turn, db, entry.task, Step.REPORT)
    if part is Part.OWNER and reach.in_charge(db, task) is None:
        state = State.DONE
    drop_wish(turn, db, task, "任务已完成")
    words = rules.done_words(entry.words or "")
    settled: dict[str, object] = {"settled_by": turn.me.id, "settled_at": turn.now}
    action = f"task.{state.value}"
    change(turn, db, task, action, state=state, words=words, updated_at=turn.now, **settled, **NO_WISH)
    said = _reported(turn, db, task, state)
    if entry.evidence is not None:
        attach(turn, db, entry.evidence, "RW", task.number)
    elif state is State.REPORTED:
        said += f"照片或文件可以现在发给我，会归到 {task.ref}。"
    return Reply(said, focus=task.ref)


@report.check
def with_what_was_announced(turn: Turn, db: Unit, entry: ReportEntry) -> Preview | None:
    """「完成 RW601 见照片」: the photo comes first."""
    reach.allowed(turn, db, reach.visible(turn, db, entry.task), Step.REPORT)
    if entry.evidence is None and rules.announces_a_file(entry.words or ""):
        return Preview(("请先把照片或文件发给我；没有的话直接按「提交」。",))
    return None


def _reported(turn: Turn, db: Unit, task: Task, state: State) -> str:
    if state is State.REPORTED:
        _show_in_charge(turn, db, task)
        return f"{task.ref} 已提交完成，等{reach.charge_name(db, task)}验收。"
    owner = person(db, task.owner)
    if owner is not None and owner.active and owner.id != turn.me.id:
        turn.tell(owner, f"{task.ref}（{task.title}）已由{turn.me.name}标为完成，您不用再处理。")
    return f"{task.ref} 已完成。"


def _show_in_charge(turn: Turn, db: Unit, task: Task) -> str:
    """A new card for whoever has to act next; returns who was told."""
    charge = reach.in_charge(db, task)
    if charge is None:
        return "但现在没有人能处理，请联系总部管理员"
    turn.send(charge, CARD, task.number)
    return f"已告诉{charge.name}"
