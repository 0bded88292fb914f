"""The small checks of which the card rules are built: each takes a value and its place, and raises when it is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

BAD_JSON, UNKNOWN_TAG, TOO_MANY = 200621, 200861, 11310


class CardFault(Exception):
    """Why the platform does not take a card: the sub-code of 230099 (`ErrCode`) and its words."""

    def __init__(self, code: int, words: str) -> None:
        super().__init__(words)
        self.code, self.words = code, words


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the card we are: the path for the message, and the containers around."""

    path: str = "ROOT"
    containers: tuple[str, ...] = ()

    def at(self, step: str | int) -> "Place":
        return Place(f"{self.path} -> {f'[{step}]' if isinstance(step, int) else step}", self.containers)

    def inside(self, tag: str) -> "Place":
        return Place(self.path, (*self.containers, tag))

    def fault(self, words: str, code: int = BAD_JSON) -> CardFault:
        return CardFault(code, f"{words}; ErrPath: {self.path}")


Check = Callable[[Any, Place], None]


def anything(value: Any, place: Place) -> None:
    """No rule is documented for this attribute."""


def flag(value: Any, place: Place) -> None:
    if not isinstance(value, bool):
        raise place.fault("must be true or false")


def an_object(value: Any, place: Place) -> None:
    if not isinstance(value, dict):
        raise place.fault("must be an object")


def string(most: int | None = None, least: int = 0) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str):
            raise place.fault("must be a string")
        if len(value) < least or (most is not None and len(value) > most):
            raise place.fault(f"must have {least} to {most} characters, has {len(value)}")

    return check


def matching(pattern: str) -> Check:
    expression = re.compile(pattern)

    def check(value: Any, place: Place) -> None:
        if not isinstance(value, str) or not expression.fullmatch(value):
            raise place.fault(f"{value!r} is not of the form {pattern}")

    return check


def number(low: int, high: int) -> Check:
    def check(value: Any, place: Place) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise place.fault(f"{value!r} is not a number from {low} to {high}")

    return check


def member(*names: str) -> Check:
    def check(value: Any, place: Place) -> None:
        if value not in names:
            raise place.fault(f"{value!r} is none of {', '.join(names)}")

    return check


def pixels(low: int, high: int, *names: str, parts: int = 1) -> Check:
    """`12px`, up to `parts` of them, each within the range, or one of the names."""

    def check(value: Any, place: Place) -> None:
        if value in names:
            return
        sizes = value.split() if isinstance(value, str) else []
        matches = [re.fullmatch(r"(-?\d+)px", size) for size in sizes]
        if not 1 <= len(matches) <= parts or any(m is None or not low <= int(m[1]) <= high for m in matches):
            raise place.fault(f"{value!r} is no size from {low}px to {high}px {' '.join(names)}")

    return check


def listing(item: Check, most: int | None = None, least: int = 0) -> Check:
    def check(value: Any, place: Place) -> None:
        if not isinstance(value, list):
            raise place.fault("must be a list")
        if len(value) < least or (most is not None and len(value) > most):
            raise place.fault(f"must have {least} to {most} entries, has {len(value)}")
        for index, one in enumerate(value):
            item(one, place.at(index))

    return check


def shape(allowed: Mapping[str, Check], required: tuple[str, ...] = ()) -> Check:
    """An object with these attributes and no others: in 2.0 an unknown attribute is an error (BREAK)."""

    def check(value: Any, place: Place) -> None:
        an_object(value, place)
        for name in required:
            if name not in value:
                raise place.fault(f"{name} is required")
        for name, inner in value.items():
            if name not in allowed:
                raise place.fault(f"unknown property: {name}")
            allowed[name](inner, place.at(name))

    return check


def by(key: str, shapes: Mapping[str, Check], code: int = BAD_JSON) -> Check:
    """An object whose `key` says which of the shapes it must have."""

    def check(value: Any, place: Place) -> None:
        an_object(value, place)
        kind = value.get(key)
        if not isinstance(kind, str) or kind not in shapes:
            raise place.fault(f"not support {key}: {kind!r}", code)
        shapes[kind](value, place)

    return check
