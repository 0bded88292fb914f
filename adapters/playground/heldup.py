"""What is held up, said where it would stand: what the bot sends, and what people said that it did not take yet."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from time import monotonic

from msgspec.structs import replace

from adapters.playground.faults import Board
from adapters.playground.inside import Waiting
from adapters.playground.messengers.messenger import SINGLE, Messenger
from adapters.playground.people import seat
from adapters.playground.trace import Steps
from adapters.playground.values import Message
from bot.ports.looking import Delivery

LAST = 300
"""Pushes that are looked through."""
REST = re.compile("[（(：:，,；;].*", re.DOTALL)
"""Of a reason, what an operator reads and the line in a list has no room for."""


class HeldUp:
    """``messages``: everything drawn so far. ``messengers`` may hold other ones after a restart."""

    def __init__(
        self,
        steps: Steps,
        messengers: Mapping[str, Messenger],
        messages: Callable[[], Sequence[Message]],
        board: Board,
    ) -> None:
        self._steps, self._messengers, self._messages, self._board = steps, messengers, messages, board

    def seen(self) -> list[Waiting]:
        """By conversation and kind; of several of a kind the first tells why and how long."""
        found: dict[tuple[str, str, str], Waiting] = {}
        for one in (*self._sends(), *self._pushes()):
            before = found.get((one.seat, one.chat, one.kind))
            found[one.seat, one.chat, one.kind] = replace(before, count=before.count + 1) if before else one
        return list(found.values())

    def _sends(self) -> Iterator[Waiting]:
        now = monotonic()
        for at, step in self._steps.rows():
            delivery = step.delivery
            messenger = self._messengers.get(delivery.channel) if delivery else None
            if delivery is None or messenger is None:
                continue
            why = _why(delivery, messenger.title, self._board.slow(delivery.channel))
            waits = delivery.state == "waiting"
            for user in (messenger.users() if delivery.group else [delivery.place]) if why else ():
                yield Waiting(
                    seat=seat(delivery.channel, user),
                    chat=delivery.place if delivery.group else SINGLE,
                    count=1,
                    why=why,
                    seconds=max(0.0, round(delivery.again - (now - at), 1)) if waits else 0.0,
                    attempt=delivery.attempt + waits,
                )

    def _pushes(self) -> Iterator[Waiting]:
        why = "数据库断开" if self._board.away else ""
        drawn = {message.id: message for message in self._messages() if _single_or_own(message)}
        for channel, messenger in self._messengers.items():
            emulator = messenger.emulator
            for push in (one for one in emulator.pushes[-LAST:] if one.due is not None and one.message_id in drawn):
                message = drawn[push.message_id]
                yield Waiting(
                    seat=message.seat,
                    chat=message.chat,
                    count=1,
                    why=why,
                    seconds=max(0.0, round((push.due - emulator.now()).total_seconds(), 1)),
                    attempt=push.attempts + 1,
                    kind="pushed",
                )
            for push in emulator.pushes[self._board.away_since.get(channel, 0) :] if self._board.away else ():
                message_of = drawn.get(push.message_id)
                if push.delivered and message_of is not None and message_of.sender:
                    where = {"seat": message_of.seat, "chat": message_of.chat}
                    yield Waiting(count=1, why=why, seconds=0.0, attempt=1, kind="kept", **where)


def _single_or_own(message: Message) -> bool:
    """A group's message is drawn for each member: its sender's is the one that is told of."""
    return message.chat == SINGLE or message.seat.partition(":")[2] == message.sender


def _why(delivery: Delivery, title: str, slow: str) -> str:
    """ "" for what goes as it should."""
    if delivery.state == "waiting":
        return title + ("限流" if "频繁" in delivery.reason else REST.sub("", delivery.reason.removeprefix(title)))
    return f"{title}{slow}" if delivery.state == "sending" and slow else ""
