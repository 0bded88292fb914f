"""The tenant access token (page 4.1)."""

from __future__ import annotations

import time
from collections.abc import Callable

import aiohttp
import msgspec

from adapters.feishu.config import FeishuConfig
from adapters.feishu.errors import Success, classify
from adapters.http import JSON, Call, Reply, send
from adapters.tokens import Fetched, Tokens, granted
from bot.ports import Rejected, Retry, Unknown

PATH = "/open-apis/auth/v3/tenant_access_token/internal"
EARLY_SECONDS = 30 * 60  # before that the platform returns the same token again


def tokens_of(
    config: FeishuConfig, session: Callable[[], aiohttp.ClientSession], machine: Callable[[], float] = time.monotonic
) -> Tokens:
    async def fetch() -> Fetched:
        payload = msgspec.json.encode({"app_id": config.app_id, "app_secret": config.app_secret})
        reply = await send(session(), Call(method="POST", url=config.url(PATH), headers=JSON, payload=payload))
        match classify(reply) if isinstance(reply, Reply) else reply:
            case Success(answer):
                return granted(answer, "tenant_access_token", "expire")
            case Retry() | Unknown() as later:
                return later
            case refused:
                return Rejected(f"飞书不接受 app_id 和 app_secret：{refused.reason}")

    return Tokens(f"channel {config.name}", "飞书", EARLY_SECONDS, fetch, machine)
