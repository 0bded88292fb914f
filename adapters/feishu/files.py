"""Files both ways (page 4.4). What people sent is fetched by the message it stands in: the key alone fetches nothing."""

from __future__ import annotations

from pathlib import Path
from typing import assert_never

from adapters.download import NOT_THERE, Streamed, ended
from adapters.feishu.errors import Success
from adapters.feishu.send import MESSAGES, Api
from adapters.upload import IMAGE
from bot.filekinds import extension_of
from bot.messages import FileKind
from bot.ports import Asked, Fetch, FileRow, Gone, Lost, Media, Need, Rejected, Retry, Sink, Unknown

IMAGES, FILES = "/open-apis/im/v1/images", "/open-apis/im/v1/files"
MOST_IMAGE, MOST_FILE = 10 * 1024 * 1024, 30 * 1024 * 1024
_TYPES = {"pdf": "pdf", "doc": "doc", "docx": "doc", "xls": "xls", "xlsx": "xls", "ppt": "ppt", "pptx": "ppt"}
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


async def hand(api: Api, need: Need, file: FileRow, path: Path) -> Media | Retry:
    """Pictures for cards and messages, and files for messages."""
    most = MOST_IMAGE if need.kind == IMAGE else MOST_FILE
    if file.size > most:
        return Media("", f"文件超过 {most // 1024 // 1024} MB")
    if need.kind == IMAGE:
        fields, where, key = {"image_type": "message"}, IMAGES, "image_key"
    else:
        kind = _TYPES.get(extension_of(file.name), "stream")
        fields, where, key = {"file_type": kind, "file_name": file.name}, FILES, "file_key"
    ended = await api.upload(where, fields, need.kind, file, path)
    match ended:
        case Success(answer):
            data = answer.get("data")
            named = data.get(key) if isinstance(data, dict) else None
            return Media(named) if isinstance(named, str) and named else Media("", "飞书没有给出文件的编号")
        case Retry():
            return ended
        case Unknown(reason):
            return Retry(0.0, reason)
        case Gone(reason) | Rejected(reason):
            return Media("", reason)
        case _:
            assert_never(ended)
