"""A small messenger for the tests of delivery: it takes messages, loses answers, refuses and breaks on demand.

It is a platform's side of the wire, seen through the ``Adapter`` port: with a window it knows a key again and gives the
same handle instead of a second message, as Feishu's ``uuid`` does; without one every request that arrives is a message.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from bot.cards import Card
from bot.clock import Clock, WallClock
from bot.ports import Capabilities, Gone, Limits, OutboxRow, Outcome, Rate, Receipt, Rejected, Retry, Sending, Unknown

UNLIMITED = Limits(channel=())
GENEROUS = Limits(channel=(Rate(10_000, 1.0),))


class Fate(Enum):
    """What happens to one request."""

    TAKEN = "taken"
    NAMELESS = "taken, and the messenger says no name for it"
    ANSWER_LOST = "taken, and the answer is lost"
    LOST = "lost on its way"
    BUSY = "not taken: this chat is busy"
    DOWN = "not taken: the whole channel is down"
    GONE = "the message or the receiver is gone"
    REFUSED = "refused for good"


@dataclass
class Attempt:
    at: float
    row: OutboxRow
    payload: bytes


@dataclass
class Messenger:
    channel: str = "feishu"
    window: timedelta = timedelta(hours=1)
    limits: Limits = UNLIMITED
    fate: Callable[[Attempt], Fate] = lambda attempt: Fate.TAKEN
    answer_after: float = 0.0
    gate: asyncio.Event | None = None
    """While it is not set, requests arrive but are not answered."""
    attempts: list[Attempt] = field(default_factory=list)
    messages: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    """What people see, by handle: every (chat, bytes) that message has been, the present last."""
    known: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """The keys it has seen, with the handle and when: business time, as in the emulators."""
    clock: Clock = field(default_factory=WallClock)
    under_way: int = 0
    most_under_way: int = 0

    @property
    def can(self) -> Capabilities:
        return Capabilities(
            answers=True, toasts=True, edits=True, edit_window=timedelta(days=14), repeat_window=self.window
        )

    def render(self, row: OutboxRow) -> bytes:
        words = row.content.title if isinstance(row.content, Card) else row.content
        if words == "cannot be drawn":
            raise ValueError(words)
        return words.encode()

    async def deliver(self, row: OutboxRow, payload: bytes) -> Outcome:
        attempt = Attempt(asyncio.get_running_loop().time(), row, payload)
        self.attempts.append(attempt)
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            outcome = self._decide(attempt, self.fate(attempt))
            await asyncio.sleep(self.answer_after)
            if self.gate:
                await self.gate.wait()
            return outcome
        finally:
            self.under_way -= 1

    def _decide(self, attempt: Attempt, fate: Fate) -> Outcome:
        match fate:
            case Fate.TAKEN:
                return Receipt(self._take(attempt))
            case Fate.NAMELESS:
                self._take(attempt)
                return Receipt("")
            case Fate.ANSWER_LOST:
                self._take(attempt)
                return Unknown("the connection was reset")
            case Fate.LOST:
                return Unknown("no answer")
            case Fate.BUSY:
                return Retry(0.01, "too many messages in this chat")
            case Fate.DOWN:
                return Retry(0.0, "connection refused", whole_channel=True)
            case Fate.GONE:
                return Gone("the message is older than 14 days")
            case Fate.REFUSED:
                return Rejected("the card is too big")

    def _take(self, attempt: Attempt) -> str:
        row = attempt.row
        if row.what is not Sending.SEND:
            self.messages[row.handle].append((row.place.chat, attempt.payload))
            return ""
        now = self.clock.now()
        handle, since = self.known.get(row.key, ("", now))
        if handle and now - since < self.window:
            return handle
        handle = f"om_{len(self.messages) + 1}"
        self.messages[handle] = [(row.place.chat, attempt.payload)]
        self.known[row.key] = (handle, now)
        return handle

    # -- what a test asks --------------------------------------------------------------------------------------------

    def seen_in(self, chat: str) -> list[str]:
        """The messages of a chat in the order they came, each as it looks now."""
        return [last.decode() for (where, _), *_, (_, last) in self._whole() if where == chat]

    def everything(self) -> Counter[str]:
        """How often each text was sent as a message of its own."""
        return Counter(first.decode() for (_, first), *_ in self.messages.values())

    def _whole(self) -> list[list[tuple[str, bytes]]]:
        return [[versions[0], *versions] for versions in self.messages.values()]

    def most_in(self, seconds: float, chat: str = "") -> int:
        """The most requests any window of so many seconds held, of one chat or of all."""
        times = sorted(a.at for a in self.attempts if not chat or a.row.place.chat == chat)
        most = start = 0
        for end, at in enumerate(times):
            while at - times[start] >= seconds:
                start += 1
            most = max(most, end - start + 1)
        return most
