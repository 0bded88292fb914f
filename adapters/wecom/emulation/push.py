"""Callbacks to the app's URL: encrypted, signed, 5 s for an answer, 3 retries; the URL's verification (1, 90930, 90238).

What the page leaves open: when a retry comes (here 5 s of business time after the last attempt, see `gaps`), whether its
envelope is a new one or the same bytes (here by turns), whose corp id is the receiveid of a shared app (by turns the
upstream's and the downstream's), and what a status other than 200 means (a failure, which is retried).
"""

import itertools
import secrets
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import aiohttp

from adapters.emulation.wire import JSON
from adapters.wecom.emulation import xml
from adapters.wecom.emulation.crypto import BadCipher, decrypt, encrypt, sign
from adapters.wecom.emulation.faults import Faults
from adapters.wecom.emulation.world import World

RETRIES = 3
SOCKET, CALLBACK = "socket", "callback"


@dataclass(slots=True, eq=False)
class Push:
    """One message or event on its way to the bot.

    `event_type` is the event's name, or the message's type; `body` what it says (fields of the XML, or the frame's body).
    `status` is the last HTTP answer's, None without one; over the socket 200 means written to a subscribed connection.
    `reply` is the deciphered passive reply, `error` why there was no usable answer; `due` when it is tried again.
    """

    event_type: str
    body: JSON
    way: str = CALLBACK
    message_id: str = ""
    corp_id: str = ""
    req_id: str = ""
    status: int | None = None
    attempts: int = 0
    answer: str = ""
    reply: str = ""
    error: str = ""
    due: datetime | None = None
    query: dict[str, str] = field(default_factory=dict)
    raw: bytes = b""

    @property
    def plain(self) -> str:
        return xml.write(self.body)

    @property
    def delivered(self) -> bool:
        return self.status == 200

    @property
    def given_up(self) -> bool:
        return not self.delivered and (self.way == SOCKET or self.attempts > RETRIES)


@dataclass(frozen=True, slots=True)
class Keys:
    """The callback as the app's console has it."""

    corp_id: str
    token: str
    encoding_aes_key: str


class Pusher:
    """`replied` is told of every decipherable passive reply: the push and the reply's fields."""

    def __init__(self, world: World, faults: Faults, keys: Keys, url: Callable[[], str]) -> None:
        self._world, self._faults, self._keys, self._url = world, faults, keys, url
        self._session: aiohttp.ClientSession | None = None
        self._held: list[Push] = []
        self._receivers, self._fresh = itertools.cycle((True, False)), itertools.cycle((True, False))
        self.deadline_seconds = 5.0
        self.gaps = (timedelta(seconds=5),) * RETRIES
        self.pushes: list[Push] = []
        self.replied: Callable[[Push, JSON], None] = lambda push, fields: None

    async def push(self, body: JSON, message_id: str = "") -> Push:
        """Delivers as the faults of the moment want it: held back, lost, once, or twice."""
        push = Push(str(body.get("Event", body.get("MsgType", ""))), body, message_id=message_id)
        push.corp_id = str(body.get("ToUserName", self._keys.corp_id))
        self.pushes.append(push)
        if self._faults.take("lose_pushes"):
            push.error = "lost"
            return push
        if self._faults.take("reorder"):
            self._held.append(push)
            return push
        await self.attempt(push)
        if self._faults.duplicate_pushes:
            self._faults.strike("duplicate_pushes")
            await self.attempt(push)
        await self.release()
        return push

    async def release(self) -> None:
        """Delivers what `reorder_next` held back."""
        while self._held:
            await self.attempt(self._held.pop(0))

    async def redeliver_due(self) -> list[Push]:
        """One more attempt for everything that is due at now()."""
        await self.release()
        due = [push for push in self.pushes if push.due is not None and push.due <= self._world.now()]
        for push in due:
            await self.attempt(push)
        return due

    async def repeat(self, push: Push) -> Push:
        """The platform delivers the same once more, although it was answered."""
        await self.attempt(push)
        return push

    async def attempt(self, push: Push) -> None:
        if push.attempts == 0 or next(self._fresh):
            push.query, push.raw = self.envelope(push.plain, push.body.get("AgentID"), push.corp_id)
        push.status, push.answer, push.error = await self.post(push.raw, push.query)
        push.attempts += 1
        failed = not push.delivered and push.attempts <= RETRIES
        push.due = self._world.now() + self.gaps[push.attempts - 1] if failed else None
        if push.delivered and push.answer:
            self._take_reply(push)
        self._world.changed()

    def envelope(
        self,
        plain: str,
        agent_id: object = None,
        corp_id: str = "",
        receive_id: str | None = None,
        token: str | None = None,
        timestamp: str = "",
    ) -> tuple[dict[str, str], bytes]:
        """Query and body of a callback. The last three are for forgers: another receiveid, token or time."""
        corp_id = corp_id or self._keys.corp_id
        if receive_id is None:
            upstream = corp_id == self._keys.corp_id or next(self._receivers)
            receive_id = self._keys.corp_id if upstream else corp_id
        encrypted = encrypt(plain, self._keys.encoding_aes_key, receive_id)
        outside: JSON = {"ToUserName": corp_id}
        if agent_id is not None:
            outside["AgentID"] = str(agent_id)
        query = self._signed(encrypted, self._keys.token if token is None else token, timestamp)
        return query, xml.write({**outside, "Encrypt": encrypted}).encode()

    async def post(self, raw: bytes, query: Mapping[str, str]) -> tuple[int | None, str, str]:
        """These very bytes to the callback URL: status, answer and, without an answer, why."""
        return await self._request("POST", query, raw, self.deadline_seconds)

    async def verify_url(self) -> bool:
        """As when the console saves the URL: the deciphered echostr and nothing else, within 1 s, with status 200."""
        message = str(self._world.new_number())
        encrypted = encrypt(message, self._keys.encoding_aes_key, self._keys.corp_id)
        query = {**self._signed(encrypted, self._keys.token), "echostr": encrypted}
        push = Push("verify_url", {"echostr": message}, query=query)
        self.pushes.append(push)
        push.status, push.answer, push.error = await self._request("GET", query, b"", 1.0)
        push.attempts = 1
        return push.delivered and push.answer == message

    def _signed(self, encrypted: str, token: str, timestamp: str = "") -> dict[str, str]:
        timestamp = timestamp or str(int(self._world.now().timestamp()))
        nonce = str(secrets.randbelow(9 * 10**9) + 10**9)
        return {"msg_signature": sign(token, timestamp, nonce, encrypted), "timestamp": timestamp, "nonce": nonce}

    def _take_reply(self, push: Push) -> None:
        """A passive reply is deciphered and recorded; one that cannot be read is an error, but no reason for a retry."""
        try:
            outside = xml.read(push.answer)
            encrypted, timestamp = xml.text_of(outside, "Encrypt"), xml.text_of(outside, "TimeStamp")
            signature = sign(self._keys.token, timestamp, xml.text_of(outside, "Nonce"), encrypted)
            if signature != xml.text_of(outside, "MsgSignature"):
                raise xml.BadXml("MsgSignature is wrong")
            push.reply, receive_id = decrypt(encrypted, self._keys.encoding_aes_key)
            if receive_id not in (self._keys.corp_id, push.corp_id):
                raise xml.BadXml("receiveid is wrong")
            self.replied(push, xml.read(push.reply))
        except (xml.BadXml, BadCipher) as problem:
            push.error = f"reply: {problem}"

    async def _request(
        self, method: str, query: Mapping[str, str], raw: bytes, seconds: float
    ) -> tuple[int | None, str, str]:
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=2.0)
        headers = {"Content-Type": "text/xml"} if raw else {}
        try:
            async with self._client().request(
                method,
                self._url(),
                params=query,
                data=raw or None,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            ) as response:
                answer = await response.read()
                return response.status, answer.decode(errors="replace"), ""
        except aiohttp.InvalidURL:
            return None, "", "url"
        except TimeoutError:
            return None, "", "timeout"
        except aiohttp.ClientConnectorError as problem:
            return None, "", "dns" if isinstance(problem.os_error, socket.gaierror) else "connect"
        except aiohttp.ClientError:
            return None, "", "broken"

    def _client(self) -> aiohttp.ClientSession:
        """One connection per push: one kept from before a restart of the bot would fail for no reason of the bot's."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
