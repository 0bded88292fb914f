"""Files both ways (page 2.6, 3.8).

What people sent: a code of the message gives an address of a few minutes, which may be plain HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

import aiohttp
import msgspec

from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.errors import Refusal, Success, TokenRefused, classify
from adapters.dingtalk.quota import Spent
from adapters.dingtalk.render import outside
from adapters.dingtalk.send import Api
from adapters.download import NOT_THERE, download_from, origin
from adapters.http import Reply
from adapters.tokens import WINDOW_SECONDS, Tokens
from adapters.upload import IMAGE, Handed, lone, upload
from bot.filekinds import extension_of
from bot.ports import Asked, Fetch, FileRow, Got, Media, Need, OutboxRow, Retry, Sink, Unknown

DOWNLOAD = "/v1.0/robot/messageFiles/download"
UPLOAD = "/media/upload"
MOST = 20 * 1024 * 1024
_PICTURES = frozenset({"jpg", "jpeg", "png", "gif", "bmp"})
_FILES = frozenset({"doc", "docx", "xlsx", "pdf", "zip", "rar"})
"""What both the upload and the message take (page 3.4, 3.8)."""


async def fetch(
    api: Api, config: DingtalkConfig, session: Callable[[], aiohttp.ClientSession], asked: Asked, into: Sink
) -> Fetch:
    body = msgspec.json.encode({"downloadCode": asked.handle, "robotCode": config.robot_code})
    ended = await api.call("POST", DOWNLOAD, body, Spent.FILE)
    if isinstance(ended, Retry):
        return Retry(ended.after, ended.reason)
    if isinstance(ended, Unknown):
        return Retry(0.0, ended.reason)
    url = ended.answer.get("downloadUrl") if isinstance(ended, Success) else None
    if not isinstance(url, str):
        return NOT_THERE
    own = (origin(config.base_url), origin(config.legacy_base_url))
    came = await download_from(url, into, own, session)
    return Got() if isinstance(came, Got) else came  # downloaded names end in .file: the message's is better


def needs(row: OutboxRow) -> Sequence[Need]:
    """Messages only: the card's template has no picture. Nor can somebody outside be sent one (page 3.5)."""
    return () if outside(row.place) else lone(row)


async def hand(
    config: DingtalkConfig,
    session: Callable[[], aiohttp.ClientSession],
    tokens: Tokens,
    need: Need,
    file: FileRow,
    path: Path,
) -> Media | Retry:
    if file.size > MOST:
        return Media("", "文件超过 20 MB")
    if extension_of(file.name) not in (_PICTURES if need.kind == IMAGE else _FILES):
        return Media("", "钉钉机器人不能发送这种文件")
    for _ in range(2):
        token = await tokens.get()
        if isinstance(token, Retry):
            return token
        where = f"{config.legacy_base_url.rstrip('/')}{UPLOAD}?{urlencode({'access_token': token, 'type': need.kind})}"
        handed = Handed(url=where, fields={"type": need.kind}, part="media", name=file.name, media=file.media)
        came = await upload(session, handed, path)
        ended = classify(came) if isinstance(came, Reply) else came
        if not isinstance(ended, TokenRefused):
            return _handed(ended)
        tokens.drop(token)
    return Retry(WINDOW_SECONDS, "刚换取的访问令牌被拒绝")


def _handed(ended: Success | Refusal) -> Media | Retry:
    if isinstance(ended, Retry):
        return ended
    if isinstance(ended, Unknown):
        return Retry(0.0, ended.reason)
    if not isinstance(ended, Success):
        return Media("", ended.reason)
    key = ended.answer.get("media_id")
    return Media(key) if isinstance(key, str) and key else Media("", "钉钉没有给出文件的编号")
