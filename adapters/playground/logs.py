"""The log lines of the last turns, by trace, as the bot writes them: redacted."""

from __future__ import annotations

import logging
from collections import OrderedDict

from structlog.contextvars import get_contextvars

from bot.log import OURS, Redactor

PLAIN = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}
MOST_TURNS = 300
MOST_LINES = 100


class Lines(logging.Handler):
    """Listens while it is attached."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self._redact = Redactor()
        self._turns: OrderedDict[str, list[str]] = OrderedDict()
        self.addFilter(lambda record: record.name.split(".")[0] in OURS)

    def attach(self) -> None:
        logging.getLogger().addHandler(self)

    def detach(self) -> None:
        logging.getLogger().removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        added = {name: value for name, value in record.__dict__.items() if name not in PLAIN}
        trace = str(added.pop("trace", get_contextvars().get("trace", "")))
        if not trace:
            return
        told = {"event": record.getMessage(), **added}
        facts = self._redact(told)
        said = " ".join(f"{name}={facts[name]}" for name in facts if name != "event")
        lines = self._turns.setdefault(trace, [])
        if len(lines) < MOST_LINES:
            lines.append(f"{record.levelname.lower():<7} {record.name}  {facts['event']}  {said}".rstrip())
        while len(self._turns) > MOST_TURNS:
            self._turns.popitem(last=False)

    def of(self, trace: str) -> list[str]:
        return list(self._turns.get(trace, ()))
