"""Structured logs on stderr: JSON lines, or columns on a terminal, with the push's trace, without secrets or words.

Whatever is logged, by us or by a library, passes ``redact`` last: secret values of the configuration, names that mean a
secret or a message body, phones and credit codes are masked, and objects are named by their type only.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, time, timedelta
from typing import TextIO

import structlog
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor

OURS = ("bot", "adapters", "handlers", "storage")
HIDDEN = "***"
SHORTEST_SECRET = 6  # a shorter configured value would mask ordinary words

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


def tracing(trace: str) -> AbstractContextManager[None]:
    """Everything logged inside carries this id, from the push to the reply."""
    return bound_contextvars(trace=trace)


def configure(secrets: Iterable[str] = (), stream: TextIO | None = None, *, pretty: bool | None = None) -> None:
    """Sends all logs to ``stream`` or stderr; ``secrets`` never appear in them. ``pretty``: None asks the stream."""
    stream = stream or sys.stderr
    pretty = stream.isatty() if pretty is None else pretty
    shared: list[Processor] = [
        merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    draw: Processor = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        Redactor(secrets),
        draw,
    ]
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(foreign_pre_chain=[*shared, structlog.stdlib.ExtraAdder()], processors=last)
    )
    handler.addFilter(_worth_reading)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    logging.captureWarnings(capture=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _worth_reading(record: logging.LogRecord) -> bool:
    """Libraries at WARNING: the platforms' SDKs log connection tickets and message bodies below it."""
    return record.levelno >= logging.WARNING or record.name.split(".")[0] in OURS


class Redactor:
    """The last processor before drawing."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        long_enough = sorted({s for s in secrets if len(s) >= SHORTEST_SECRET}, key=len, reverse=True)
        self._configured = re.compile("|".join(map(re.escape, long_enough))) if long_enough else None

    def __call__(self, logger: object, method: str, event: EventDict) -> EventDict:
        return {key: self.value(key, value) for key, value in event.items()}

    def value(self, name: str, value: object) -> object:
        if SECRET_NAME.search(name) or name.lower() in BODY_NAMES:
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
        masked = self.text(str(value))
        return value if masked == str(value) else masked

    def text(self, value: str) -> str:
        if self._configured:
            value = self._configured.sub(HIDDEN, value)
        value = SECRET_IN_TEXT.sub(rf"\1{HIDDEN}", value)
        value = BEARER.sub(rf"\1{HIDDEN}", value)
        value = URL_PASSWORD.sub(rf"\1{HIDDEN}@", value)
        value = CREDIT_CODE.sub(r"\1**********\2", value)
        return PHONE.sub(r"\1****\2", value)
