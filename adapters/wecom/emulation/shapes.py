"""Small checks that add up to the shape of a card: objects, lists, texts, numbers, each knowing where it stands."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from adapters.wecom.emulation.errors import ApiError

Check: TypeAlias = Callable[[Any, str], None]
INVALID, EMPTY = 40058, 40063
URL_BYTES, KEY_BYTES, ID_BYTES = 2048, 1024, 128


def refuse(place: str, words: str, code: int = INVALID) -> ApiError:
    return ApiError(code, f"{place}: {words}")


def text(value: Any, place: str) -> None:
    if not isinstance(value, str):
        raise refuse(place, "must be a string")


def filled(value: Any, place: str) -> None:
    text(value, place)
    if not value:
        raise refuse(place, "is empty", EMPTY)


def at_most(limit: int) -> Check:
    """A filled text of at most so many bytes."""

    def check(value: Any, place: str) -> None:
        filled(value, place)
        if len(value.encode()) > limit:
            raise refuse(place, f"at most {limit} bytes")

    return check


def url(value: Any, place: str) -> None:
    at_most(URL_BYTES)(value, place)
    if not value.startswith(("http://", "https://")):
        raise refuse(place, "must begin with http:// or https://")


def one_of(*allowed: int) -> Check:
    def check(value: Any, place: str) -> None:
        if type(value) is not int or value not in allowed:
            raise refuse(place, f"must be one of {', '.join(map(str, allowed))}")

    return check


def between(low: float, high: float) -> Check:
    def check(value: Any, place: str) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise refuse(place, f"must be a number from {low:g} to {high:g}")

    return check


def whole(low: int, high: int) -> Check:
    def check(value: Any, place: str) -> None:
        if type(value) is not int or not low <= value <= high:
            raise refuse(place, f"must be a whole number from {low} to {high}")

    return check


def flag(value: Any, place: str) -> None:
    if not isinstance(value, bool):
        raise refuse(place, "must be true or false")


@dataclass(frozen=True)
class Shape:
    """An object with these fields and no other; `also` looks at the whole of it."""

    must: Mapping[str, Check] = field(default_factory=dict)
    may: Mapping[str, Check] = field(default_factory=dict)
    also: tuple[Callable[[dict[str, Any], str], None], ...] = ()

    def __call__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise refuse(place, "must be an object")
        if unknown := value.keys() - self.must.keys() - self.may.keys():
            raise refuse(place, f"does not know {', '.join(sorted(unknown))}")
        if missing := self.must.keys() - value.keys():
            raise refuse(place, f"needs {', '.join(sorted(missing))}", EMPTY)
        for name, inner in value.items():
            (self.must.get(name) or self.may[name])(inner, f"{place}.{name}")
        for check in self.also:
            check(value, place)


def listing(check: Check, low: int, high: int) -> Check:
    def look(value: Any, place: str) -> None:
        if not isinstance(value, list):
            raise refuse(place, "must be a list")
        if not low <= len(value) <= high:
            raise refuse(place, f"must have {low} to {high} entries, not {len(value)}")
        for number, one in enumerate(value):
            check(one, f"{place}[{number}]")

    return look


def unique(values: Iterable[str], place: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise refuse(place, f"{value} stands there twice")
        seen.add(value)


def by_type(needs: Mapping[int, str], default: int = 0) -> Callable[[dict[str, Any], str], None]:
    """`{1: "url"}`: an object of type 1 needs a `url`."""

    def check(value: dict[str, Any], place: str) -> None:
        wanted = needs.get(value.get("type", default))
        if wanted and not value.get(wanted):
            raise refuse(place, f"needs {wanted} for this type", EMPTY)

    return check
