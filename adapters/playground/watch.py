"""One messenger as the page sees it: its single chats, and what of them is new or changed since the last look."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from adapters.feishu.emulation.card_checks import CardFault
from adapters.feishu.emulation.cards import check_card
from adapters.feishu.emulation.content import known
from adapters.feishu.emulation.markdown import ZONE
from adapters.feishu.emulation.world import BOT
from adapters.feishu.emulator import Call, FeishuEmulator
from adapters.feishu.emulator import Message as Sent
from adapters.playground.people import seat
from adapters.playground.rejected import rejected
from adapters.playground.values import Fault, Message

Mark = tuple[int, bool, bool]


def stamp(at: datetime) -> str:
    return at.astimezone(ZONE).isoformat(timespec="seconds")


@dataclass(slots=True)
class Look:
    """What one look found: messages to draw, and how many of them the bot sent or changed since the last one."""

    messages: list[Message] = field(default_factory=list)
    sent: int = 0
    changed: int = 0


class Watch:
    """``order`` numbers the messages over all messengers, as they are first seen."""

    def __init__(self, channel: str, emulator: FeishuEmulator, order: Callable[[], int]) -> None:
        self.channel, self.emulator, self._order = channel, emulator, order
        self._marks: dict[str, Mark] = {}
        self._drawn: dict[str, Message] = {}
        self._rejected: dict[int, Message | None] = {}
        self._gone = frozenset[str]()

    def look(self, into: Look) -> None:
        """Adds what is new or looks different now; everything on the first call."""
        for person, message in self._messages():
            mark = (len(message.history), message.recalled, person in message.readers)
            before = self._marks.get(message.message_id)
            if before == mark:
                continue
            self._marks[message.message_id] = mark
            self._drawn[message.message_id] = self._draw(person, message)
            into.messages.append(self._drawn[message.message_id])
            if message.sender == BOT:
                into.sent += before is None
                into.changed += before is not None and before[:2] != mark[:2]

        for call, person, fault in rejected(self.emulator):
            if id(call) not in self._rejected:
                self._rejected[id(call)] = refused = self._refused(call, person, fault)
                into.messages.append(refused)

    def everything(self) -> list[Message]:
        """As of the last look."""
        return [*self._drawn.values(), *filter(None, self._rejected.values())]

    def forget(self) -> None:
        """What is there now belongs to the past and is not shown any more."""
        self._gone = frozenset(message.message_id for _person, message in self._messages()) | self._gone
        self._drawn.clear()
        self._rejected = dict.fromkeys(self._rejected)

    def _messages(self) -> Iterator[tuple[str, Sent]]:
        for open_id in tuple(self.emulator.world.users):
            for message in self.emulator.messages(self.emulator.p2p_chat(open_id)):
                if message.message_id not in self._gone:
                    yield open_id, message

    def _draw(self, person: str, sent: Sent) -> Message:
        before = self._drawn.get(sent.message_id)
        return Message(
            key=sent.message_id,
            seat=seat(self.channel, person),
            sender="" if sent.sender == BOT else sent.sender,
            kind=sent.msg_type,
            content={} if sent.recalled else sent.content,
            names={key: sent.names(one) for key, one in sent.keys.items()},
            at=stamp(sent.created),
            changed=stamp(sent.updated) if sent.updated else "",
            version=len(sent.history),
            recalled=sent.recalled,
            read=sent.sender != BOT or person in sent.readers,
            order=before.order if before else self._order(),
            fault=self._fault(sent),
        )

    def _refused(self, call: Call, person: str, fault: Fault) -> Message:
        return Message(
            key=f"refused-{self.channel}-{len(self._rejected)}",
            seat=seat(self.channel, person),
            sender="",
            kind="refused",
            content={},
            names={},
            at=stamp(call.at),
            changed="",
            version=1,
            recalled=False,
            read=True,
            order=self._order(),
            fault=fault,
        )

    def _fault(self, sent: Sent) -> Fault | None:
        """The platform looked at the card when it came; whether it should have taken it is asked again, on its own rules."""
        if sent.msg_type != "interactive" or sent.recalled:
            return None
        try:
            check_card(sent.content, known(self.emulator.world))
        except CardFault as fault:
            return Fault(fault.code, fault.words)
        return None
