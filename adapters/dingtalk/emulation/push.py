"""What the bot is told: robot messages, events and card callbacks, by Stream or by HTTP (1.5, 2.5, 4.5).

Where the page is in doubt, the harder reading is the default:
* A robot message nobody acknowledged comes once more after 60 s with the same msgId and another messageId, as observed;
  `repeats_messages = False` is the documented "fire and forget". One for which there was no connection is lost.
* An event counts as taken only with 200 and {"status": "SUCCESS"}; `events_need_status = False` takes the SDK's echo too.
* Over the month's quota robot messages lose their content (2.7); events and card callbacks are not pushed at all.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

import aiohttp

from adapters.dingtalk.emulation.faults import Faults
from adapters.dingtalk.emulation.limits import Quota
from adapters.dingtalk.emulation.stream import Ack, Stream
from adapters.dingtalk.emulation.wire import card_sign, sign, stamp
from adapters.dingtalk.emulation.world import World
from adapters.emulation.wire import JSON, compact

MESSAGE, EVENT, CARD = "message", "event", "card"
TOPICS = {MESSAGE: "/v1.0/im/bot/messages/get", EVENT: "*", CARD: "/v1.0/card/instances/callback"}
EVENT_GAPS: tuple[timedelta, ...] = (timedelta(seconds=10), timedelta(seconds=30))
MESSAGE_GAPS = (timedelta(seconds=60),)
EVENTS = (
    *("robot_msg_read", "robot_msg_recall", "chat_add_member", "chat_remove_member", "chat_quit", "chat_disband"),
    *("chat_update_title", "chat_update_owner", "im_cool_app_install", "im_cool_app_uninstall"),
    *("user_add_org", "user_modify_org", "user_leave_org"),
)
_FREE = ("user_add_org", "user_modify_org", "user_leave_org")


@dataclass(slots=True, eq=False)
class Push:
    """One message, event or callback. `status`: the acknowledgement's code or the HTTP status, None without one.

    `event_id` is what to tell duplicates by: msgId, eventId, outTrackId. `due` is when it is tried again. `post_to`: address
    and secret of a card callback by HTTP.
    """

    kind: str
    event_id: str
    event_type: str
    body: JSON
    message_id: str = ""
    status: int | None = None
    attempts: int = 0
    answer: Any = None
    error: str = ""
    taken: bool = False
    due: datetime | None = None
    headers: JSON = field(default_factory=dict)
    raw: bytes = b""
    post_to: tuple[str, str] | None = None
    by_stream: bool = True
    acked: asyncio.Event = field(default_factory=asyncio.Event, repr=False)

    @property
    def delivered(self) -> bool:
        return self.taken

    @property
    def given_up(self) -> bool:
        return self.attempts > 0 and not self.taken and self.due is None


class Console(Protocol):
    """What is set in the developer's console. `mode`: "stream" or "webhook", of robot messages; cards say it themselves."""

    client_secret: str
    mode: str
    callback_url: str


class Pusher:
    """`console_events`: what is ticked in the developer's console. `deadline_seconds`: for an answer, machine time."""

    def __init__(self, world: World, faults: Faults, quota: Quota, stream: Stream, console: Console) -> None:
        self._world, self._faults, self._quota, self._stream = world, faults, quota, stream
        self._console = console
        self._session: aiohttp.ClientSession | None = None
        self._held: list[Push] = []
        self.deadline_seconds, self.http_seconds, self.card_seconds = 3.0, 2.5, 2.0
        self.repeats_messages = self.events_need_status = True
        self.console_events = set(EVENTS)
        self.pushes: list[Push] = []

    @property
    def by_http(self) -> bool:
        return self._console.mode == "webhook"

    async def message(self, body: JSON, message_id: str) -> Push:
        push = self._prepare(Push(MESSAGE, body["msgId"], body["msgtype"], body, message_id))
        return await self._deliver(push)

    async def event(self, event_type: str, body: JSON) -> Push:
        push = self._prepare(Push(EVENT, self._world.new_id(), event_type, body))
        return (
            await self._deliver(push) if event_type in self.console_events and self._console.mode == "stream" else push
        )

    async def card(self, body: JSON, message_id: str, post_to: tuple[str, str] | None, by_stream: bool) -> Push:
        """A card callback: by Stream, or to the address of its callbackRouteKey. Of two the client takes the first answer."""
        pushes = [
            self._prepare(
                Push(CARD, body["outTrackId"], body["type"], body, message_id, post_to=post_to, by_stream=by_stream)
            )
            for _ in range(2 if self._faults.duplicate_pushes else 1)
        ]
        for push in pushes:
            await self._attempt(push)
        if len(pushes) > 1:
            self._faults.strike("duplicate_pushes")
        return pushes[0]

    async def redeliver_due(self) -> list[Push]:
        """One more attempt for everything that is due at now()."""
        await self.release()
        due = [push for push in self.pushes if push.due is not None and push.due <= self._world.now()]
        for push in due:
            await self._attempt(push)
        return due

    async def repeat(self, push: Push) -> Push:
        """The platform delivers the same message or event once more, although it was answered."""
        await self._attempt(push)
        return push

    async def release(self) -> None:
        """Delivers what `reorder_next` held back."""
        while self._held:
            await self._attempt(self._held.pop(0))

    def _prepare(self, push: Push) -> Push:
        self.pushes.append(push)
        return push

    async def _deliver(self, push: Push) -> Push:
        """As the faults of the moment want it: held back, once, or twice."""
        if self._faults.take("reorder"):
            self._held.append(push)
            return push
        await self._attempt(push)
        if self._faults.duplicate_pushes:
            self._faults.strike("duplicate_pushes")
            await self._attempt(push)
        await self.release()
        return push

    async def _attempt(self, push: Push) -> None:
        if push.event_type not in _FREE and not self._quota.push():
            if push.kind != MESSAGE:
                push.attempts, push.error = push.attempts + 1, "quota"
                return
            push.body = over_quota(push.body)
        self._plan(push, await self._once(push))
        self._world.changed()

    async def _once(self, push: Push) -> bool:
        """One attempt; True if a frame was written."""
        if push.kind == CARD and push.by_stream:
            return await self._by_stream(push, self.card_seconds)
        timestamp = str(stamp(self._world.now()))
        if push.post_to is not None:
            url, secret = push.post_to
            signed = {"x-ddpaas-signature-timestamp": timestamp, "x-ddpaas-signature": card_sign(timestamp, secret)}
            await self._by_http(push, url, signed, self.card_seconds)
        elif push.kind == CARD:
            push.error = "no callback address"
        elif self._console.mode == "stream":
            return await self._by_stream(push, self.deadline_seconds)
        else:
            signed = {"timestamp": timestamp, "sign": sign(timestamp, self._console.client_secret)}
            await self._by_http(push, self._console.callback_url, signed, self.http_seconds)
        return False

    def _plan(self, push: Push, written: bool) -> None:
        """When it comes again, if it does."""
        self._judge(push)
        gaps = EVENT_GAPS if push.kind == EVENT else ()
        if push.kind == MESSAGE and written and self.repeats_messages:
            gaps = MESSAGE_GAPS
        again = not push.taken and 0 < push.attempts <= len(gaps) and (push.kind == EVENT or push.status is None)
        push.due = self._world.now() + gaps[push.attempts - 1] if again else None

    def _judge(self, push: Push) -> None:
        """Whether an answer means that it was taken. Any acknowledgement ends a robot message, whatever its code."""
        status = push.answer.get("status") if isinstance(push.answer, dict) else None
        needed = push.kind == EVENT and self.events_need_status
        push.taken = push.taken or (push.status == 200 and (status == "SUCCESS" or not needed))

    async def _by_stream(self, push: Push, seconds: float) -> bool:
        """Writes the frame and waits for its acknowledgement; False if there was nobody to write to."""
        push.attempts += 1
        push.status, push.answer, push.error, push.acked = None, None, "", asyncio.Event()
        this = push.acked

        def acked(ack: Ack) -> None:
            if push.acked is this and (push.kind == MESSAGE or not this.is_set()):
                push.status, push.answer = ack.code, ack.data
                if push.kind == MESSAGE:  # a late one still keeps it from coming again
                    push.due, push.taken = None, ack.code == 200
                this.set()

        more = self._event_headers(push) if push.kind == EVENT else {}
        push.raw = compact(push.body).encode()
        kind = "EVENT" if push.kind == EVENT else "CALLBACK"
        frame = await self._stream.push(kind, TOPICS[push.kind], push.raw.decode(), more, acked)
        if frame is None:
            push.error = "no connection"
            return False
        push.headers = frame["headers"]
        self._world.changed()
        try:
            async with asyncio.timeout(seconds):
                await this.wait()
        except TimeoutError:
            push.error = "timeout"
            if push.kind != MESSAGE:
                push.acked = asyncio.Event()  # what comes later is not heard any more
        return True

    def _event_headers(self, push: Push) -> JSON:
        return {
            "eventId": push.event_id,
            "eventType": push.event_type,
            "eventCorpId": self._world.corp_id,
            "eventBornTime": str(stamp(self._world.now())),
            "eventUnifiedAppId": "7d0c93e4-2b1f-4a6c-9e77-0c5d1f3ab216",
        }

    async def _by_http(self, push: Push, url: str, headers: JSON, seconds: float) -> None:
        push.attempts += 1
        push.status, push.answer, push.error = None, None, ""
        push.headers = {"Content-Type": "application/json; charset=utf-8", **headers}
        push.raw = compact(push.body).encode()
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=2.0)
        try:
            async with self._client().post(url, data=push.raw, headers=push.headers, timeout=timeout) as response:
                text = await response.text(errors="replace")
                push.status = response.status
        except TimeoutError:
            push.error = "timeout"
        except (aiohttp.ClientError, aiohttp.InvalidURL) as problem:
            push.error = type(problem).__name__
        else:
            try:
                push.answer = json.loads(text)
            except ValueError:
                push.answer = text

    def _client(self) -> aiohttp.ClientSession:
        """One connection per push: one kept from before a restart of the bot would fail for no reason of the bot's."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True, limit=0))
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


def over_quota(body: JSON) -> JSON:
    """A robot message when the month's pushes are used up: without its content (2.7)."""
    kept = {key: value for key, value in body.items() if key not in ("text", "content")}
    return {**kept, "errorCode": "20001", "errorMessage": "企业本月的Webhook与Stream消息次数已用完"}
