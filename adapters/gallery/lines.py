"""The lines of a scene, read: who does what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

_CLOCK = re.compile(r"时钟 (\d{4}-\d\d-\d\d \d\d:\d\d)")
_SAYS = re.compile(r"([^\s:@]+)(@群)?: (.+)", re.DOTALL)
_PRESSES = re.compile(r"(\S+) 按 (.+)")
_SENDS = re.compile(r"(\S+) 发 照片")
_NAMED = re.compile(r"\{(.+?)\}")


class Moves(Struct, frozen=True):
    to: datetime


class Says(Struct, frozen=True):
    who: str
    words: str
    group: bool = False


class Presses(Struct, frozen=True):
    who: str
    label: str


class Sends(Struct, frozen=True):
    who: str


Deed = Moves | Says | Presses | Sends


def read(line: str, named: Mapping[str, str], now: datetime) -> Deed:
    """ValueError for what is no line of a scene, or names a code that nobody has seen."""
    try:
        text = _NAMED.sub(lambda match: named[match[1]], line)
    except KeyError as missing:
        raise ValueError(f"{line}: nobody has seen a {missing.args[0]} yet") from None
    if found := _CLOCK.fullmatch(text):
        return Moves(datetime.fromisoformat(found[1]).replace(tzinfo=now.tzinfo))
    if found := _SAYS.fullmatch(text):
        return Says(found[1], found[3], bool(found[2]))
    if found := _PRESSES.fullmatch(text):
        return Presses(found[1], found[2])
    if found := _SENDS.fullmatch(text):
        return Sends(found[1])
    raise ValueError(f"{line}: no line of a scene")
