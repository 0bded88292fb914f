"""What of a payload nobody needs to see: secrets, signatures, codes of one use, phone numbers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

HIDDEN = "•••"
SECRET = re.compile(
    r"token|secret|ticket|authorization|password|encrypt|sign|webhook|response_?code|aes_?key|file_?key|image_?key",
    re.IGNORECASE,
)
PHONE = re.compile(r"(?<!\d)((?:86[ -]?)?1[3-9]\d)[ -]?\d{4}[ -]?(\d{4})(?!\d)")
BUTTON = re.compile(r"\b([0-9a-z]{4,13}\.[0-9a-z]{1,4})\.[\w-]{6,}")
CODE = re.compile(r"\bRC[0-9a-f]{16,}\b")


def text(words: str) -> str:
    words = PHONE.sub(r"\1****\2", words)
    words = BUTTON.sub(rf"\1.{HIDDEN}", words)
    return CODE.sub(HIDDEN, words)


def value(name: str, told: Any) -> Any:
    """JSON in, JSON out; a text that is JSON itself is opened, as the messengers nest it."""
    if SECRET.search(name) and isinstance(told, str | int):
        return HIDDEN if told else told
    match told:
        case str():
            opened = _opened(told)
            return text(told) if opened is None else value(name, opened)
        case Mapping():
            return {str(key): value(str(key), each) for key, each in told.items()}
        case Sequence() if not isinstance(told, bytes):
            return [value("", each) for each in told]
        case int() | float() if not isinstance(told, bool) and PHONE.search(str(told)):
            return text(str(told))
        case _:
            return told


def shown(told: Any) -> str:
    """Masked and indented."""
    return json.dumps(value("", told), ensure_ascii=False, indent=2, default=str)


def payload(data: bytes) -> str:
    try:
        return shown(json.loads(data))
    except ValueError:
        return text(data.decode(errors="replace"))


def _opened(told: str) -> Any:
    if not told.startswith(("{", "[")):
        return None
    try:
        return json.loads(told)
    except ValueError:
        return None
