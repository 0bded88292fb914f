"""Access tokens (page 3.1, 6.3): one for each corp."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable

from adapters.tokens import Fetched, Tokens, granted
from adapters.wecom.errors import Refusal, Success
from bot.ports import Rejected, Retry, Unknown

EARLY_SECONDS = 300


def tokens_of(
    whose: str, ask: Callable[[], Awaitable[Success | Refusal]], machine: Callable[[], float] = time.monotonic
) -> Tokens:
    """``whose`` is for the log."""

    async def fetch() -> Fetched:
        match await ask():
            case Success(answer):
                return granted(answer, "access_token", "expires_in")
            case Retry() | Unknown() as later:
                return later
            case refused:
                return Rejected(f"企业微信不给访问令牌：{refused.reason}")

    return Tokens(whose, "企业微信", EARLY_SECONDS, fetch, machine)
