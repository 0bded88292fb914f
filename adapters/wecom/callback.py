"""/channels/{name}/callback: verify, decrypt, parse, hand in, acknowledge. Fails closed, and never says why.

GET is the console's question whether anybody is here, POST everything else. Cards are not changed by the answer: WeCom
ignores a passive reply to a click (page 2.4), so the answer is always empty.
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from aiohttp import web

from adapters.channel import Count
from adapters.http import Refused, bare, read_body
from adapters.wecom.config import WecomConfig
from adapters.wecom.crypto import Codec, same, signature
from adapters.wecom.push import BadInput, Ignored, Received, Shared, Trouble
from adapters.wecom.receive import receive
from adapters.wecom.xml import encrypted
from bot.errors import Unavailable
from bot.ports import Intake

log = logging.getLogger(__name__)

OLDEST = timedelta(hours=8)
EARLIEST = timedelta(minutes=5)
MOST_ECHO = 128
_TIMESTAMP = re.compile(r"\d{10}", re.ASCII)
_NONCE = re.compile(r"[!-~]{1,64}")


class Callback:
    """The handler of one channel. ``now`` is business time, ``receivers`` are the corps a push may be meant for;
    ``shares_changed`` is told when they have (True), or may have changed."""

    def __init__(
        self,
        config: WecomConfig,
        intake: Intake,
        now: Callable[[], datetime],
        receivers: Callable[[], frozenset[str]],
        shares_changed: Callable[[bool], None],
        count: Count,
    ) -> None:
        self._config = config
        self._codec = Codec(config.encoding_aes_key)
        self._intake = intake
        self._now = now
        self._receivers = receivers
        self._shares_changed = shares_changed
        self._count = count

    async def handle(self, request: web.Request) -> web.StreamResponse:
        try:
            if request.method == "GET":
                return self._echo(request)
            await self._take(await self._received(request))
            return web.Response()
        except Refused as refused:
            self._count(refused.cause)
            return await bare(request, refused.status)
        except Unavailable:
            self._count("unavailable")
            return web.Response(status=503)
        except Exception:
            log.exception("a push to %s failed", self._config.name)
            self._count("error")
            return web.Response(status=503)

    def _echo(self, request: web.Request) -> web.Response:
        """Nothing but the decrypted text. Never a message: whoever saw one pass could have it read out here."""
        sealed = _parameter(request, "echostr").replace(" ", "+")  # a bare + arrives as a blank
        self._verify(request, sealed)
        echo = self._opened(sealed)
        if len(echo) > MOST_ECHO or echo.lstrip()[:1] in ("<", "{"):
            raise Refused(400, "malformed")
        self._count("challenge")
        return web.Response(text=echo)

    async def _received(self, request: web.Request) -> Received:
        if request.method != "POST":
            raise Refused(405, "wrong_method")
        body = await read_body(request)
        try:
            sealed = encrypted(body)
        except ValueError:
            raise Refused(400, "malformed") from None
        stamp = self._verify(request, sealed)
        age = self._now() - datetime.fromtimestamp(stamp, UTC)
        if not -EARLIEST <= age <= OLDEST:
            raise Refused(401, "stale")
        return receive(
            self._opened(sealed), channel=self._config.name, own=self._config.corp_id, trace=secrets.token_hex(8)
        )

    def _verify(self, request: web.Request, sealed: str) -> int:
        """The timestamp, once the signature is known to be right."""
        given, stamp, nonce = (_parameter(request, name) for name in ("msg_signature", "timestamp", "nonce"))
        if not (_TIMESTAMP.fullmatch(stamp) and _NONCE.fullmatch(nonce)):
            raise Refused(401, "bad_signature")
        if not same(given, signature(self._config.token, stamp, nonce, sealed)):
            raise Refused(401, "bad_signature")
        return int(stamp)

    def _opened(self, sealed: str) -> str:
        try:
            return self._codec.decrypt(sealed, self._receivers())
        except ValueError:
            self._shares_changed(False)  # perhaps a corp that is new here; WeCom asks three times
            raise Refused(400, "undecryptable") from None

    async def _take(self, received: Received) -> None:
        match received:
            case BadInput():
                raise Refused(400, "malformed")
            case Ignored(why):
                self._count(f"ignored_{why}")
            case Shared():
                self._count("ignored_shared")
                self._shares_changed(True)
            case Trouble(what):
                self._count("ignored_trouble")
                log.error("channel %s: %s: WeCom switches off an app nobody uses", self._config.name, what)
            case _:
                await self._intake.take(received)
                self._count("taken")


def _parameter(request: web.Request, name: str) -> str:
    """What stands twice is nobody's."""
    given = request.query.getall(name, [])
    return given[0] if len(given) == 1 else ""
