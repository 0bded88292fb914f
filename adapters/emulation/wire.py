"""JSON as platforms write it and read it."""

import json
import re
from datetime import datetime
from typing import Any, TypeAlias

JSON: TypeAlias = dict[str, Any]
_HALF = re.compile("[\ud800-\udfff]")


def compact(value: object) -> str:
    """Without spaces, Chinese characters as they are, half surrogates escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return _HALF.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def parse(text: str | bytes) -> Any:
    """The value of a JSON text; ValueError for what is none, NaN and Infinity included."""

    def refuse(name: str) -> None:
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


def millis(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
