"""Structured logs on stderr: JSON lines, or columns on a terminal, with the push's trace, without secrets or words.

Whatever is logged, by us or by a library, passes ``redact`` last: secret values of the configuration, names that mean a
secret or a message body, phones and credit codes are masked, and objects are named by their type only.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TextIO

import msgspec
import structlog
from structlog.contextvars import bound_contextvars, get_contextvars
from structlog.typing import EventDict

OURS = ("bot", "adapters", "handlers", "storage")
HIDDEN = "***"
SHORTEST_SECRET = 6  # a shorter configured value would mask ordinary words
SMALL = 10 ** (SHORTEST_SECRET - 1)  # fewer digits are neither a secret nor a phone

SECRET_NAME = re.compile(
    r"token|secret|ticket|authorization|password|passwd|cookie|encrypt|signature|webhook|handle(?!r)|(file|image|media|aes|signing|api)_?key",
    re.IGNORECASE,
)
BODY_NAMES = frozenset(("text", "body", "content", "payload", "card", "raw", "words", "values", "params"))

SECRET_IN_TEXT = re.compile(
    r"""((?:token|secret|ticket|password|passwd|encrypt|signature|sign|access_key|handle|authorization|cookie)
        ["']?\s*[=:：]\s*["']?)(?:bearer\s+|basic\s+)?[^\s"'&,;}\])]+""",
    re.IGNORECASE | re.VERBOSE,
)
BEARER = re.compile(r"\b(bearer\s+)[\w.~+/=-]+", re.IGNORECASE)
URL_PASSWORD = re.compile(r"(://[^\s:/@]*:)[^\s/@]+@")
PHONE = re.compile(r"(?<!\d)((?:86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
CREDIT_CODE = re.compile(
    r"(?<![0-9A-Za-z])([0-9A-HJ-NPQRTUWXY]{2}\d{2})\d{4}[0-9A-HJ-NPQRTUWXY]{6}([0-9A-HJ-NPQRTUWXY]{4})(?![0-9A-Za-z])",
    re.IGNORECASE,
)

WORTH_A_LOOK = re.compile(r"[=:：]|\d{4}|bearer\s", re.IGNORECASE)
"""What each of the patterns above has somewhere: most words of a line are through after this one look."""


def tracing(trace: str) -> AbstractContextManager[None]:
    """Everything logged inside carries this id, from the push to the reply."""
    return bound_contextvars(trace=trace)


def configure(secrets: Iterable[str] = (), stream: TextIO | None = None, *, pretty: bool | None = None) -> None:
    """Sends all logs to ``stream`` or stderr; ``secrets`` never appear in them. ``pretty``: None asks the stream."""
    stream = stream or sys.stderr
    pretty = stream.isatty() if pretty is None else pretty
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Lines(Redactor(secrets), _columns if pretty else _json))
    handler.addFilter(_worth_reading)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(capture=True)
    _know_less()
    structlog.configure(  # nobody gets round the redaction
        processors=[structlog.stdlib.render_to_log_kwargs],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _know_less() -> None:
    """What no line of ours says need not be found out: source, thread, process (Logging HOWTO, Optimization)."""
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    setattr(logging, "_srcfile", None)  # noqa: B010 - the name in the HOWTO, which the stubs lack


class Lines(logging.Formatter):
    """A record as one line: what it says, what it adds, the trace, where from, how grave, when."""

    def __init__(self, redact: Redactor, draw: Callable[[EventDict], str]) -> None:
        super().__init__()
        self._redact = redact
        self._draw = draw

    def format(self, record: logging.LogRecord) -> str:
        added = {name: value for name, value in record.__dict__.items() if name not in _EVERY_RECORD}
        event = {"event": record.getMessage(), **added, **get_contextvars(), "logger": record.name}
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        line = self._redact(event)
        line["level"] = record.levelname.lower()
        line["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat()
        return self._draw(line)


_EVERY_RECORD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime"}


def _json(line: EventDict) -> str:
    return msgspec.json.encode(line).decode()


_renderer = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)


def _columns(line: EventDict) -> str:
    return str(_renderer(None, "", line))


def _worth_reading(record: logging.LogRecord) -> bool:
    """Libraries at WARNING: the platforms' SDKs log connection tickets and message bodies below it."""
    return record.levelno >= logging.WARNING or record.name.split(".")[0] in OURS


@lru_cache(maxsize=512)
def _is_hidden(name: str) -> bool:
    return bool(SECRET_NAME.search(name)) or name.lower() in BODY_NAMES


class Redactor:
    """The last thing that happens to a record before it is drawn."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        long_enough = sorted({s for s in secrets if len(s) >= SHORTEST_SECRET}, key=len, reverse=True)
        self._secrets = tuple(long_enough)

    def __call__(self, event: EventDict) -> EventDict:
        return {key: self.value(key, value) for key, value in event.items()}

    def value(self, name: str, value: object) -> object:
        if _is_hidden(name):
            return value if value in (None, "", b"") else HIDDEN
        match value:
            case str():
                return self.text(value)
            case None | bool() | int() | float():
                return self.number(value)
            case date() | time() | timedelta():
                return str(value)
            case Mapping():
                return {self.text(str(key)): self.value(str(key), each) for key, each in value.items()}
            case Sequence() | set() | frozenset() if not isinstance(value, bytes | bytearray | memoryview):
                return [self.value("", each) for each in value]
            case BaseException():
                return self.text(f"{type(value).__name__}: {value}")
            case _:
                return f"<{type(value).__name__}>"

    def number(self, value: bool | float | None) -> bool | float | str | None:
        """A phone that arrives as a number is masked all the same."""
        if value is None or (isinstance(value, int) and 0 <= value < SMALL):
            return value
        masked = self.text(str(value))
        return value if masked == str(value) else masked

    def text(self, value: str) -> str:
        for secret in self._secrets:
            if secret in value:
                value = value.replace(secret, HIDDEN)
        if not WORTH_A_LOOK.search(value):
            return value
        value = SECRET_IN_TEXT.sub(rf"\1{HIDDEN}", value)
        value = BEARER.sub(rf"\1{HIDDEN}", value)
        value = URL_PASSWORD.sub(rf"\1{HIDDEN}@", value)
        value = CREDIT_CODE.sub(r"\1**********\2", value)
        return PHONE.sub(r"\1****\2", value)
