"""Why a person's client or the page did not let something happen, in the page's words."""

from __future__ import annotations

from datetime import datetime

from adapters.feishu.emulation.messages import UPDATE_WINDOW
from adapters.feishu.emulator import Message

NOBODY = "没有这个人"
NO_MESSAGE = "这条消息已经不在了"
RECALLED = "消息已撤回"
TOO_OLD = "卡片发出已满 14 天，飞书不再允许操作"
TOO_LONG = "内容太长，飞书单条文本最多 150 KB"
FILE_TOO_LARGE = "文件太大，飞书单个文件最多 30 MB"
EMPTY = "没有可以发送的内容"
NOT_TAKEN = "飞书客户端没有接受这次操作"
WALKING = "时钟正在前进，停下或等它走完再试"
ONLY_FORWARD = "时间只能向前；要回到开头请用 重来"
FAILED = "没有成功，原因见程序日志"


def of_card(message: Message, now: datetime) -> str:
    """Why nothing on this card can be pressed any more, "" if it can."""
    if message.recalled:
        return RECALLED
    if now - message.created > UPDATE_WINDOW:
        return TOO_OLD
    return ""
