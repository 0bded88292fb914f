"""What people sent (page 2.6): a code of the message gives an address of a few minutes, which may be plain HTTP."""

from __future__ import annotations

from collections.abc import Callable

import aiohttp
import msgspec

from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.errors import Success
from adapters.dingtalk.quota import Spent
from adapters.dingtalk.send import Api
from adapters.download import NOT_THERE, download_from, origin
from bot.ports import Asked, Fetch, Got, Retry, Sink, Unknown

DOWNLOAD = "/v1.0/robot/messageFiles/download"


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
