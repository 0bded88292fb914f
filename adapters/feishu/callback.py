"""POST /channels/{name}/callback: verify, decrypt, hand in, answer. Fails closed, and never says why."""

from __future__ import annotations

import json
import logging
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from adapters.channel import Count
from adapters.feishu.answer import WINDOW_SECONDS, answer_body
from adapters.feishu.config import FeishuConfig
from adapters.feishu.crypto import decrypt, same, signature
from adapters.feishu.push import BadInput, Challenge, Ignored, Received
from adapters.feishu.receive import receive
from adapters.http import Refused, bare, json_answer, read_body, strict_json, written
from bot.errors import Unavailable
from bot.messages import AnyInbound, Press
from bot.ports import Intake, Taken

log = logging.getLogger(__name__)

OLDEST = timedelta(hours=8)  # the longest documented repetition comes after 7.1 h
EARLIEST = timedelta(minutes=5)
MOST_CHALLENGE = 4096
_TIMESTAMP = re.compile(r"\d{10}", re.ASCII)


class Callback:
    """The handler of one channel. ``now`` is business time, ``bot`` tells the app's open_id ("" while unknown)."""

    def __init__(
        self, config: FeishuConfig, intake: Intake, now: Callable[[], datetime], bot: Callable[[], str], count: Count
    ) -> None:
        self._config = config
        self._intake = intake
        self._now = now
        self._bot = bot
        self._count = count

    async def handle(self, request: web.Request) -> web.StreamResponse:
        began = time.monotonic()
        try:
            received = await self._received(request)
            return await self._answer(request, received, began)
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

    async def _received(self, request: web.Request) -> Received:
        if request.method != "POST":
            raise Refused(405, "wrong_method")
        body = await read_body(request)
        signed = self._signed(request, body)
        payload = self._opened(body, signed=signed)
        if not self._token_fits(payload):
            raise Refused(401, "bad_token")
        trace = secrets.token_hex(8)
        received = receive(payload, channel=self._config.name, trace=trace, bot=self._bot())
        if not signed and not isinstance(received, Challenge):
            raise Refused(401, "unsigned")
        return received

    def _signed(self, request: web.Request, body: bytes) -> bool:
        """False without a signature: only the console's challenge may come so. A wrong or old one is refused here."""
        given = request.headers.get("X-Lark-Signature", "")
        if not given:
            return False
        timestamp = request.headers.get("X-Lark-Request-Timestamp", "")
        nonce = request.headers.get("X-Lark-Request-Nonce", "")
        if not _TIMESTAMP.fullmatch(timestamp):
            raise Refused(401, "bad_signature")
        if not same(given, signature(timestamp, nonce, self._config.encrypt_key, body)):
            raise Refused(401, "bad_signature")
        age = self._now() - datetime.fromtimestamp(int(timestamp), UTC)
        if not -EARLIEST <= age <= OLDEST:
            raise Refused(401, "stale")
        return True

    def _opened(self, body: bytes, *, signed: bool) -> dict[str, Any]:
        """The decrypted payload. Unsigned ciphertext that does not open is 401 like any other unsigned push."""
        try:
            outer = strict_json(body)
            if not isinstance(outer, dict):
                raise Refused(400, "malformed")
            if "encrypt" not in outer:
                return self._plain(outer, signed=signed)
            if not isinstance(outer["encrypt"], str):
                raise Refused(400, "malformed")
        except ValueError:
            raise Refused(400, "malformed") from None
        if not signed and len(body) > MOST_CHALLENGE:
            raise Refused(401, "unsigned")
        try:
            payload = strict_json(decrypt(outer["encrypt"], self._config.encrypt_key))
        except ValueError:
            payload = None
        if not isinstance(payload, dict):
            raise Refused(400, "malformed") if signed else Refused(401, "unsigned")
        return payload

    def _plain(self, outer: dict[str, Any], *, signed: bool) -> dict[str, Any]:
        """Unencrypted: the console asks so before the Encrypt Key was saved there; then the token must vouch for it."""
        if not signed and not self._config.verification_token:
            raise Refused(401, "unsigned")
        return outer

    def _token_fits(self, payload: dict[str, Any]) -> bool:
        """The signature proves the sender already; the token is compared where one is configured."""
        header = payload.get("header")
        token = header.get("token") if isinstance(header, dict) else payload.get("token")
        expected = self._config.verification_token
        return not expected or (isinstance(token, str) and same(token, expected))

    async def _answer(self, request: web.Request, received: Received, began: float) -> web.StreamResponse:
        match received:
            case BadInput():
                raise Refused(400, "malformed")
            case Challenge(answer):
                self._count("challenge")
                return json_answer(json.dumps({"challenge": answer}).encode())
            case Ignored(why):
                self._count(f"ignored_{why}")
                return json_answer(b"{}")
            case _:
                return await self._taken(request, received, began)

    async def _taken(self, request: web.Request, inbound: AnyInbound, began: float) -> web.StreamResponse:
        taken = await self._intake.take(inbound)
        self._count("taken")
        if not isinstance(inbound, Press):
            return json_answer(b"{}")
        response = json_answer(answer_body(taken.answer, inbound.place))
        if await written(request, response) and time.monotonic() - began < WINDOW_SECONDS:
            await self._answered(taken)
        else:
            self._count("unanswered")
        return response

    async def _answered(self, taken: Taken) -> None:
        """If this cannot be recorded, the held edit goes out as well and draws the same card."""
        try:
            await self._intake.answered(taken)
        except Unavailable:
            self._count("unrecorded_answer")
