"""What a turn does, step by step, for whoever listens (``bot.ports.Trace``). Without a listener nothing is collected.

A turn runs in one thread from identity to commit; what it notes on the way finds its watch in the thread's context, as
log lines find their trace. The listener hears of it after the commit.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bot.errors import Refusal
from bot.log import Redactor
from bot.messages import AnyInbound, Press
from bot.ports import Slot
from bot.ports.looking import Change, Step, Trace, Word

RECEIVED, KNOWN, UNDERSTOOD, ALLOWED, WRITTEN, ANSWERED = STEPS = (
    "received",
    "known",
    "understood",
    "allowed",
    "written",
    "answered",
)
KINDS = {
    "Say": "文字",
    "Press": "按钮",
    "Form": "表单",
    "Upload": "文件",
    "Fetched": "取文件的结果",
    "HandedIn": "上传页",
    "Joined": "进群或退群",
    "AccountGone": "账号注销",
    "AccountRenamed": "账号改名",
}
Fact = tuple[str, str]
_current: ContextVar[Watch | None] = ContextVar("watch", default=None)
_masked = Redactor().text


def current() -> Watch | None:
    return _current.get()


class Watch:
    """Collects the steps of one turn; ``began`` is machine time."""

    def __init__(self, trace: str, channel: str = "", began: float | None = None) -> None:
        self.trace, self.channel = trace, channel
        self._began = time.monotonic() if began is None else began
        self._facts: dict[str, list[Fact]] = {}
        self._took: dict[str, float] = {}
        self._stopped = ""
        self.names: tuple[str, ...] = ()
        self.words: list[Word] = []
        self.changes: list[Change] = []

    def note(self, step: str, *facts: Fact) -> None:
        self._took[step] = self._since()
        known = self._facts.setdefault(step, [])
        known += [(what, _masked(said)) for what, said in facts if said and (what, _masked(said)) not in known]

    def understood(self, words: Iterable[Word]) -> None:
        """What was read anew takes the place of what was read before."""
        self._took[UNDERSTOOD] = self._since()
        self.words = [Word(_masked(word.typed), word.slot, _masked(word.value), word.sure) for word in words]

    def stop(self, step: str, *facts: Fact) -> None:
        self.note(step, *facts)
        self._stopped = step

    def tell(self, trace: Trace) -> None:
        """All steps up to the one that ended it; a step without facts had nothing to do."""
        for name in STEPS:
            trace.step(
                Step(
                    trace=self.trace,
                    name=name,
                    facts=tuple(self._facts.get(name, ())),
                    took_ms=self._took.get(name, 0.0),
                    stopped=name == self._stopped,
                    words=tuple(self.words) if name == UNDERSTOOD else (),
                    changes=tuple(self.changes) if name == WRITTEN else (),
                    channel=self.channel,
                    names=self.names if name == RECEIVED else (),
                )
            )

    def _since(self) -> float:
        return (time.monotonic() - self._began) * 1000


def of_push(inbound: AnyInbound, began: float) -> Watch:
    watch = Watch(inbound.trace, inbound.place.channel, began)
    pressed = inbound.message if isinstance(inbound, Press) else ""
    watch.names = tuple(filter(None, (inbound.key, inbound.alias, pressed)))
    watch.note(RECEIVED, ("种类", KINDS.get(type(inbound).__name__, "别的")), ("编号", inbound.key))
    return watch


def of_slot(trace: str, slot: Slot, why: str) -> Watch:
    watch = Watch(trace)
    watch.note(RECEIVED, ("种类", "到点"), ("约定的时刻", slot.due.isoformat(timespec="minutes")))
    watch.note(UNDERSTOOD, ("任务", slot.job), ("为什么", why), ("关于", slot.about))
    return watch


@contextmanager
def watched(make: Callable[[], Watch] | None) -> Iterator[Watch | None]:
    """Whoever works inside notes its steps in a watch of its own; None: nobody listens."""
    if make is None:
        yield None
        return
    watch = make()
    token = _current.set(watch)
    try:
        yield watch
    finally:
        _current.reset(token)


def note(step: str, *facts: Fact) -> None:
    if watch := _current.get():
        watch.note(step, *facts)


def refused(refusal: Refusal) -> None:
    if watch := _current.get():
        watch.stop(ALLOWED, ("规则", refusal.code), ("回答", refusal.sentence))
