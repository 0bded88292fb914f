"""``python -m bot replay``: pushes whose turn failed, shown to an operator and run again under their own keys (design 3)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.desk import Desk
from bot.dispatch import Dispatcher
from bot.messages import (
    AccountGone,
    AccountRenamed,
    Fetched,
    Form,
    HandedIn,
    Joined,
    Press,
    Read,
    Say,
    Unsupported,
    Upload,
)
from bot.ports import End, Failure

WORDS: dict[type, str] = {
    Say: "消息",
    Press: "点击",
    Form: "表单",
    Upload: "文件",
    Fetched: "文件下载",
    HandedIn: "网页上传",
    Joined: "进退群",
    Read: "已读",
    Unsupported: "其他消息",
    AccountGone: "账号注销",
    AccountRenamed: "账号改名",
}
ENDS = {
    End.DONE: "已办成，结果将发给本人",
    End.REFUSED: "按规则没有办，原因将发给本人",
    None: "已经重放过，没有再执行",
}
NOTHING = "没有未办成的请求"
UNKNOWN = "没有这个编号，运行 python -m bot replay 可查看全部"
HOW = "重放：python -m bot replay 编号；之后会把结果发给本人，请先确认问题已排除"


def show(desk: Desk) -> int:
    """Nothing of what was said, and nobody's name: what an operator may see."""
    failures = _waiting(desk)
    for failure in failures:
        at = failure.received.astimezone(desk.house.zone).strftime("%Y-%m-%d %H:%M:%S")
        word = WORDS[type(failure.push)]
        desk.say(f"{failure.reference}  {at}  {failure.push.place.channel}  {word}  {failure.reason}".rstrip())
    desk.say(HOW if failures else NOTHING)
    return 0


def run(desk: Desk, dispatcher: Dispatcher, references: Sequence[str]) -> int:
    """One line each, in the order of receipt; 1 if any of them still waits or never was."""
    wanted = list(dict.fromkeys(each.strip().lower() for each in references))
    found = [failure for failure in _waiting(desk) if failure.reference in wanted]
    missing = [each for each in wanted if each not in {failure.reference for failure in found}]
    ended = asyncio.run(_again(desk, dispatcher, found))
    return max(ended, *(_told_missing(desk, each) for each in missing), 0)


async def _again(desk: Desk, dispatcher: Dispatcher, failures: Sequence[Failure]) -> int:
    """One after the other: what one person did first is done first."""
    code = 0
    for failure in failures:
        channel = failure.push.place.channel
        if channel not in dispatcher.conversation.can:
            desk.say(f"{failure.reference}：渠道 {channel} 没有启用，仍然保留")
            code = 1
        elif (end := await dispatcher.replay(failure)) is End.FAILED:
            desk.say(f"{failure.reference}：又出错了，仍然保留（详情在日志里）")
            code = 1
        else:
            desk.say(f"{failure.reference}：{ENDS[end]}")
    return code


def _told_missing(desk: Desk, reference: str) -> int:
    with desk.store.snapshot() as unit:
        over = unit.inbox.has_been_replayed(reference)
    desk.say(f"{reference}：{ENDS[None] if over else UNKNOWN}")
    return 0 if over else 1


def _waiting(desk: Desk) -> Sequence[Failure]:
    with desk.store.snapshot() as unit:
        failures: Sequence[Failure] = unit.inbox.failures()
        return failures
