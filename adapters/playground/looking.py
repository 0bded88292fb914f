"""Looking into a turn: which one a message or a line of the strip belongs to, and all that is known of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import groupby

from adapters.playground import masking, measures
from adapters.playground.activity import Activity
from adapters.playground.inside import Attempt, DeliverySeen, PushSeen, StepSeen, TurnSeen
from adapters.playground.logs import Lines
from adapters.playground.messengers.messenger import Messenger
from adapters.playground.trace import Steps
from adapters.playground.values import Event, Message
from adapters.playground.watch import stamp
from bot.ports import Step
from bot.ports.looking import Delivery

TITLES = {
    "received": "收到推送",
    "known": "认出是谁",
    "understood": "读懂",
    "allowed": "可以吗",
    "written": "写入",
    "answered": "回应与送出",
}
KINDS = {"send": "新消息", "closing": "改卡片", "refresh": "改卡片", "recall": "撤回"}
LAST = 300
"""Calls and pushes that are looked through."""
SHORTEST = 9
"""A name shorter than this may stand anywhere."""
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")


class Looking:
    """``messages``: everything drawn so far. ``messengers`` may hold other ones after a restart."""

    def __init__(
        self,
        steps: Steps,
        activity: Activity,
        messengers: Mapping[str, Messenger],
        messages: Callable[[], Sequence[Message]],
    ) -> None:
        self._steps, self._activity, self._messengers, self._messages = steps, activity, messengers, messages
        self.lines = Lines()
        self._events: dict[str, int] = {}

    def forget(self) -> None:
        self._steps.clear()
        self._events.clear()

    def join(self) -> None:
        """Turns that are new belong to what their people did last."""
        for trace in self._steps.traces():
            if trace not in self._events:
                self._events[trace] = self._activity.belongs(trace, self._account(trace))

    def _account(self, trace: str) -> str:
        facts = dict(self._step(trace, "known").facts)
        return facts.get("账号", "")

    # -- which turn --------------------------------------------------------------------------------------------------

    def of_message(self, key: str) -> str:
        """The last turn that touched it, "" if none is remembered."""
        message = next((one for one in self._messages() if one.key == key), None)
        if message is None:
            return ""
        self.join()
        return next((trace for trace in reversed(self._steps.traces()) if message.id in self.touched(trace)), "")

    def of_event(self, order: int) -> str:
        self.join()
        event = self._activity.event(order)
        return event.trace if event else ""

    def last(self) -> str:
        return next(reversed(self._steps.traces()), "")

    def touched(self, trace: str) -> dict[str, str]:
        found: dict[str, str] = {}
        event = self._event(trace)
        if event is not None and event.seat:
            found |= dict.fromkeys(filter(None, (self._said(event),)), "said")
            if event.message and self._step(trace, "answered").facts:
                found[event.message] = "changed"
        for delivery in self._deliveries(trace):
            messenger = self._messengers.get(delivery.channel)
            handle = delivery.handle if delivery.target is None else self._steps.handle(delivery.target)
            if messenger and handle and delivery.state == "sent":
                how = "sent" if delivery.what == "send" else "changed"
                found |= dict.fromkeys(messenger.named(handle), how)
        return found

    def _said(self, event: Event) -> str:
        """The person's own message: the first of theirs after what they began."""
        if event.message:
            return ""
        user = event.seat.partition(":")[2]
        mine = [one for one in self._messages() if one.seat == event.seat and one.sender == user]
        later = sorted((one.order, one.id) for one in mine if one.order > event.order)
        return later[0][1] if later else ""

    # -- all that is known of it -------------------------------------------------------------------------------------

    def turn(self, trace: str) -> TurnSeen | None:
        steps = self._steps.of(trace)
        if not steps:
            return None
        self.join()
        traces = self._steps.traces()
        at = traces.index(trace) if trace in traces else 0
        event = self._event(trace)
        return TurnSeen(
            trace=trace,
            title=self._title(trace, event),
            at=event.at if event else "",
            answered_ms=self._step(trace, "written").took_ms,
            steps=[self._seen(name, self._step(trace, name), steps) for name in TITLES],
            deliveries=list(self._rows(steps)),
            pushes=list(self._pushes(trace)),
            logs=[masking.text(line) for line in self.lines.of(trace)],
            touched=self.touched(trace),
            before=traces[at - 1] if at > 0 else "",
            after=traces[at + 1] if at + 1 < len(traces) else "",
        )

    def _title(self, trace: str, event: Event | None) -> str:
        if event is not None and event.seat:
            return f"{event.who} {event.what}"
        facts = dict(self._step(trace, "understood").facts)
        if "任务" in facts:
            return f"计时器 {facts.get('为什么') or facts['任务']} {facts.get('关于', '')}".strip()
        return f"{self._account(trace)} {dict(self._step(trace, 'received').facts).get('种类', '')}".strip() or "系统"

    def _seen(self, name: str, step: Step, steps: Sequence[Step]) -> StepSeen:
        there = bool(step.facts or step.words or step.changes)
        sent = name == "answered" and any(one.delivery for one in steps)
        failed = name == "answered" and any(one.stopped for one in steps if one.delivery)
        return StepSeen(
            name=name,
            title=TITLES[name],
            took_ms=round(step.took_ms, 1),
            state="stop" if step.stopped or failed else "ok" if there or sent else "skip",
            facts=[(what, _told(said)) for what, said in step.facts],
            words=[(word.typed, word.slot, word.value, word.sure) for word in step.words],
            changes=[(one.table, one.row, one.column, _told(one.before), _told(one.after)) for one in step.changes],
        )

    def _rows(self, steps: Sequence[Step]) -> Iterator[DeliverySeen]:
        delivered = sorted((step for step in steps if step.delivery), key=lambda step: _delivery(step).row)
        for row, group in groupby(delivered, key=lambda step: _delivery(step).row):
            attempts = list(group)
            last = _delivery(attempts[-1])
            messenger = self._messengers.get(last.channel)
            if messenger is None:
                continue
            yield DeliverySeen(
                row=row,
                skin=messenger.skin,
                messenger=messenger.title,
                whom=messenger.users().get(last.place, "") or "群",
                kind=KINDS.get(last.what, last.what),
                call=_call(messenger, last),
                state=last.state,
                took_ms=round(attempts[-1].took_ms, 1),
                attempts=[
                    Attempt(_delivery(one).state, round(one.took_ms, 1), _delivery(one).reason, _delivery(one).again)
                    for one in attempts
                    if _delivery(one).state != "sending"
                ],
                measures=measures.of(messenger.skin, last.payload),
                changeable_until=stamp(last.changeable_until) if last.changeable_until else "",
                payload=masking.payload(last.payload),
            )

    def _pushes(self, trace: str) -> Iterator[PushSeen]:
        received = self._step(trace, "received")
        messenger = self._messengers.get(received.channel)
        if messenger is None:
            return
        tokens = _tokens(" ".join(received.names))
        for push in reversed(messenger.emulator.pushes[-LAST:]):
            where = f"{push.event_type} {push.message_id} {getattr(push, 'headers', '')} {push.body}"
            if any(token in where for token in tokens):
                yield PushSeen(push.event_type, push.attempts, masking.shown(push.body))
                return

    # ----

    def _event(self, trace: str) -> Event | None:
        return self._activity.event(self._events.get(trace, 0))

    def _step(self, trace: str, name: str) -> Step:
        found = (step for step in self._steps.of(trace) if step.name == name and step.delivery is None)
        return next(found, Step(trace=trace, name=name))

    def _deliveries(self, trace: str) -> list[Delivery]:
        return [step.delivery for step in self._steps.of(trace) if step.delivery]


def _delivery(step: Step) -> Delivery:
    if step.delivery is None:
        raise LookupError("a step without a delivery")
    return step.delivery


def _told(said: str) -> str:
    """Instants in the page's zone, and nothing that should stay secret."""
    return masking.text(INSTANT.sub(lambda found: stamp(datetime.fromisoformat(found[0]))[:19].replace("T", " "), said))


def _tokens(names: str) -> list[str]:
    return [token for token in re.split(r"\s+", names) if len(token) >= SHORTEST]


def _call(messenger: Messenger, delivery: Delivery) -> str:
    """The last of the platform's calls that speaks of this message."""
    tokens = _tokens(delivery.handle)
    for call in reversed(messenger.emulator.calls[-LAST:]):
        path = f"{call.method} {call.path}"
        if any(token in f"{path} {call.body} {call.answer}" for token in tokens):
            return masking.text(path.replace("/open-apis/", "").replace("/cgi-bin/", ""))
    return ""
