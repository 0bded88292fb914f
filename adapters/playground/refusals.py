"""Why a person's client or the page did not let something happen, in the page's words."""

import logging

log = logging.getLogger(__name__)

NOBODY = "没有这个人"
NO_CHAT = "没有这个会话"
NO_MESSAGE = "这条消息已经不在了"
NO_TURN = "这条消息之前的经过没有记下来"
RECALLED = "消息已撤回"
EMPTY = "没有可以发送的内容"
WALKING = "时钟正在前进，停下或等它走完再试"
ONLY_FORWARD = "时间只能向前；要回到开头请用 重来"
NO_MOMENT = "没有读出时刻，例如「下周五 17:00」「3天后 9点」"
FAILED = "没有成功，原因见程序日志"


def not_taken(title: str, why: Exception) -> str:
    """What the client has no words for; the log has ours."""
    log.info("the client refused: %s", why)
    return f"{title}客户端没有接受这次操作"


def too_large(title: str, most: int) -> str:
    return f"文件太大，{title}单个文件最多 {most // 1024 // 1024} MB"
