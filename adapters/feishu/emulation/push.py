"""Pushes to the bot's callback URL or by its long connection: 3 s for an answer; events are redelivered 4 times (EV, RECV)."""

import json
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import aiohttp

from adapters.feishu.emulation.connect import Connect
from adapters.feishu.emulation.faults import Faults
from adapters.feishu.emulation.wire import JSON, compact, encrypt, sign
from adapters.feishu.emulation.world import World

GAPS = (timedelta(seconds=15), timedelta(minutes=5), timedelta(hours=1), timedelta(hours=6))


@dataclass(slots=True, eq=False)
class Push:
    """One event or callback. `status` is the last answer's, None without one; `due` is when it is tried again."""

    event_id: str
    event_type: str
    body: JSON
    message_id: str = ""
    status: int | None = None
    attempts: int = 0
    answer: str = ""
    error: str = ""
    due: datetime | None = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def delivered(self) -> bool:
        return self.status == 200

    @property
    def given_up(self) -> bool:
        return self.attempts > len(GAPS) and not self.delivered


@dataclass(frozen=True, slots=True)
class Keys:
    """The app's console: without an encrypt_key pushes are plain and unsigned."""

    app_id: str
    encrypt_key: str
    verification_token: str
    tenant_key: str


class Pusher:
    def __init__(self, world: World, faults: Faults, keys: Keys, url: Callable[[], str], connect: Connect) -> None:
        self._world, self._faults, self._keys, self._url, self._connect = world, faults, keys, url, connect
        self._session: aiohttp.ClientSession | None = None
        self._held: list[Push] = []
        self._duplicates = 0
        self.deadline_seconds = 3.0
        self.pushes: list[Push] = []

    async def event(self, event_type: str, event: JSON, message_id: str = "") -> Push:
        """Delivers an event as the faults of the moment want it: held back, once, or twice."""
        push = self.prepare(event_type, event, message_id)
        if self._faults.take("reorder"):
            self._held.append(push)
            return push
        await self._attempt_event(push)
        if self._faults.duplicate_pushes:
            self._faults.strike("duplicate_pushes")
            await self._duplicate(push)
        await self.release()
        return push

    def prepare(self, event_type: str, event: JSON, message_id: str = "", stamp: str | None = None) -> Push:
        event_id = self._world.new_id("")
        header = {
            "event_id": event_id,
            "event_type": event_type,
            "create_time": stamp or str(int(self._world.now().timestamp() * 1000)),
            "token": self._keys.verification_token,
            "app_id": self._keys.app_id,
            "tenant_key": self._keys.tenant_key,
        }
        push = Push(event_id, event_type, {"schema": "2.0", "header": header, "event": event}, message_id)
        self.pushes.append(push)
        return push

    async def release(self) -> None:
        """Delivers what `reorder_next` held back."""
        while self._held:
            await self._attempt_event(self._held.pop(0))

    async def redeliver_due(self) -> list[Push]:
        """One more attempt for every event that is due at now()."""
        await self.release()
        due = [push for push in self.pushes if push.due is not None and push.due <= self._world.now()]
        for push in due:
            await self._attempt_event(push)
        return due

    async def repeat(self, push: Push) -> Push:
        """The platform delivers the same event once more, although it was answered."""
        await self._attempt_event(push)
        return push

    async def replay(self, push: Push) -> int | None:
        """The very bytes and headers of the last attempt again, as somebody who listened could send them."""
        again = replace(push, status=None)
        await self._post(again)
        return again.status

    async def verify_url(self) -> bool:
        """url_verification, as when the console saves the URL: unsigned; the challenge must be back within 1 s."""
        challenge = self._world.new_id("")
        body = {"challenge": challenge, "token": self._keys.verification_token, "type": "url_verification"}
        push = Push("", "url_verification", body)
        self.pushes.append(push)
        await self.attempt(push, seconds=1.0, signed=False)
        try:
            return push.delivered and json.loads(push.answer)["challenge"] == challenge
        except (ValueError, KeyError, TypeError):
            return False

    async def _attempt_event(self, push: Push) -> None:
        await self.attempt(push, self.deadline_seconds)
        failed = not push.delivered and push.attempts <= len(GAPS)
        push.due = self._world.now() + GAPS[push.attempts - 1] if failed else None
        self._world.changed()

    async def _duplicate(self, push: Push) -> None:
        """By turns the same event_id, and, for messages, a new event_id with the same message_id (RECEIVE)."""
        self._duplicates += 1
        if self._duplicates % 2 or not push.message_id:
            await self._attempt_event(push)
        else:
            await self._attempt_event(self.prepare(push.event_type, push.body["event"], push.message_id))

    async def attempt(self, push: Push, seconds: float, signed: bool = True) -> None:
        """One delivery, freshly stamped, encrypted and signed; its end is in the push."""
        if self._connect.enabled and push.event_type != "url_verification":
            return await self._by_connection(push, seconds)
        plain = compact(push.body).encode()
        push.headers = {"Content-Type": "application/json; charset=utf-8", "X-Request-Id": self._world.new_id("")}
        push.raw = plain
        if self._keys.encrypt_key:
            push.raw = compact({"encrypt": encrypt(plain, self._keys.encrypt_key)}).encode()
        if self._keys.encrypt_key and signed:
            timestamp, nonce = str(int(self._world.now().timestamp())), secrets.token_hex(8)
            push.headers |= {
                "X-Lark-Request-Timestamp": timestamp,
                "X-Lark-Request-Nonce": nonce,
                "X-Lark-Signature": sign(timestamp, nonce, self._keys.encrypt_key, push.raw),
            }
        await self._post(push, seconds)

    async def _by_connection(self, push: Push, seconds: float) -> None:
        """Neither encrypted nor signed: whoever is connected has shown who they are (LC)."""
        push.attempts += 1
        push.status, push.answer, push.error = None, "", ""
        ended = await self._connect.deliver(push.body, seconds)
        if isinstance(ended, str):
            push.error = ended
        else:
            push.status, push.answer = ended.code, ended.data.decode(errors="replace")

    async def _post(self, push: Push, seconds: float = 3.0) -> None:
        push.attempts += 1
        push.status, push.answer, push.error = None, "", ""
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=2.0)
        try:
            async with self._client().post(
                self._url(), data=push.raw, headers=push.headers, timeout=timeout, allow_redirects=False
            ) as response:
                push.answer = await response.text(errors="replace")
                push.status = response.status
        except aiohttp.InvalidURL:
            push.error = "url"
        except TimeoutError:
            push.error = "timeout"
        except aiohttp.ClientConnectorDNSError:
            push.error = "dns"
        except aiohttp.ClientConnectorError as problem:
            push.error = "dns" if isinstance(problem.os_error, socket.gaierror) else "connect"
        except aiohttp.ClientError:
            push.error = "broken"

    def _client(self) -> aiohttp.ClientSession:
        """One connection per push: one kept from before a restart of the bot would fail for no reason of the bot's."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
