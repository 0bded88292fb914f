"""What people sent, by the message it stands in (page 4.4): the key alone fetches nothing."""

from __future__ import annotations

from typing import assert_never

from adapters.download import NOT_THERE, Streamed, ended
from adapters.feishu.errors import Success
from adapters.feishu.send import MESSAGES, Api
from bot.messages import FileKind
from bot.ports import Asked, Fetch, Gone, Lost, Rejected, Retry, Sink, Unknown

_SAID = {
    234009: Lost("外部群里的文件机器人取不到，请在单聊里发送"),
    234037: Lost("文件超过 100 MB"),
    234038: Lost("这个文件不允许下载"),
}


def spelled(message: str, key: str) -> str:
    """ "" for a message without a file."""
    return f"{message} {key}" if key else ""


async def fetch(api: Api, asked: Asked, into: Sink) -> Fetch:
    message, _, key = asked.handle.partition(" ")
    kind = "image" if asked.kind is FileKind.PICTURE else "file"
    came = await api.download(f"{MESSAGES}/{message}/resources/{key}?type={kind}", into)
    match came:
        case Streamed():
            return ended(came)
        case Retry(after, reason):
            return Retry(after, reason)
        case Unknown(reason):
            return Retry(0.0, reason)
        case Success():
            return NOT_THERE
        case Gone(reason) | Rejected(reason):
            return next((lost for code, lost in _SAID.items() if f"（{code}：" in reason), NOT_THERE)
        case _:
            assert_never(came)
