"""The access token (page 3.1): one for the app."""

from __future__ import annotations

import time
from collections.abc import Callable

import aiohttp
import msgspec

from adapters.dingtalk.config import DingtalkConfig
from adapters.dingtalk.errors import Success, classify
from adapters.http import JSON, Call, Reply, send
from adapters.tokens import Fetched, Tokens, granted
from bot.ports import Rejected, Retry, Unknown

PATH = "/v1.0/oauth2/accessToken"
EARLY_SECONDS = 5 * 60  # within its two hours the platform returns the same token again


def tokens_of(
    config: DingtalkConfig, session: Callable[[], aiohttp.ClientSession], machine: Callable[[], float] = time.monotonic
) -> Tokens:
    async def fetch() -> Fetched:
        payload = msgspec.json.encode({"appKey": config.client_id, "appSecret": config.client_secret})
        reply = await send(session(), Call(method="POST", url=config.url(PATH), headers=JSON, payload=payload))
        match classify(reply) if isinstance(reply, Reply) else reply:
            case Success(answer):
                return granted(answer, "accessToken", "expireIn")
            case Retry() | Unknown() as later:
                return later
            case refused:
                return Rejected(f"钉钉不接受 client_id 和 client_secret：{refused.reason}")

    return Tokens(f"channel {config.name}", "钉钉", EARLY_SECONDS, fetch, machine)
