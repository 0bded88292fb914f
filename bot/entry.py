"""The entry class is the dialogue: one declaration serves typed words, a card's form, questions, preview and help.

@dataclass(frozen=True, slots=True, kw_only=True)
class DealEntry:
    customer: CustomerName = ask("客户全称")
    amount: Money = ask("预计金额")
    note: str | None = ask("备注", optional=True)
"""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from typing import Any, NewType, Union, get_args, get_origin, get_type_hints

from msgspec import Struct

from bot.cards import Option
from bot.permit import Person
from bot.recurrence import Recurrence
from bot.values import Money, Percent, ShortId

CustomerName = NewType("CustomerName", str)
"""A company's name as it stands in its papers."""
CreditCode = NewType("CreditCode", str)
"""统一社会信用代码, 18 characters, upper case, check digit verified."""
Phone = NewType("Phone", str)
PersonId = NewType("PersonId", int)
"""Somebody the asker may name; two people of one name are asked about."""


class File(Struct, frozen=True):
    """A file somebody handed in. It may still be on its way: what became of it, its owner is told (``Feature.holder``)."""

    id: int
    name: str


Options = Callable[[Any], Sequence[Option]]
"""A closed vocabulary, read in the turn's own unit."""
People = Callable[[Any, Person], Sequence[Option]]
"""(unit, asker) → who may be meant: ``value`` is ``#12``, the person's id; ``also`` the name, then the phone."""


class Kind(StrEnum):
    """How a slot's value is recognised, drawn and stored."""

    TEXT = "text"
    CUSTOMER = "customer"
    CHOICE = "choice"
    CHOICES = "choices"
    PERSON = "person"
    FILE = "file"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    RECURRENCE = "recurrence"
    NUMBER = "number"
    PERCENT = "percent"
    REF = "ref"
    PHONE = "phone"
    CREDIT_CODE = "credit_code"


BY_TYPE: dict[Any, Kind] = {
    str: Kind.TEXT,
    int: Kind.NUMBER,
    Money: Kind.MONEY,
    Percent: Kind.PERCENT,
    date: Kind.DATE,
    datetime: Kind.MOMENT,
    Recurrence: Kind.RECURRENCE,
    CustomerName: Kind.CUSTOMER,
    CreditCode: Kind.CREDIT_CODE,
    Phone: Kind.PHONE,
    File: Kind.FILE,
}
CHOSEN = (Kind.CHOICE, Kind.CHOICES)
"""Kinds that are quicker tapped than typed."""
CLOSED = (*CHOSEN, Kind.PERSON)
"""Kinds with options to choose from."""


class Slot(Struct, frozen=True, kw_only=True):
    """One question of an entry. ``ref`` names the kind of id it takes ("BB"), ``takes_of`` a slot whose words it may borrow."""

    name: str
    prompt: str
    label: str
    kind: Kind
    optional: bool = False
    options: Options | None = None
    people: People | None = None
    ref: str = ""
    hint: str = ""
    long: bool = False
    takes_of: str = ""
    pattern: str = ""
    """What a code of the organisation's own looks like, folded (A0571-01): found wherever it stands, like an id."""
    usual: Callable[[Any, Any], str | None] | None = None
    """(turn, unit) → the value meant when none is given, if there is no doubt which."""
    sure: bool = False
    """The usual value needs no 推定: reading cannot do harm."""
    by_day: bool = False
    """An instant's slot takes a day without a time, as the end of its work: 周五前."""
    via: Callable[[Any, Any, ShortId], int | None] | None = None
    """(turn, unit, another record's id) → the number meant by it: 同意 BB1001 means the approval that is open about it."""
    whole: bool = False
    """A text of people's own, taken as it stands: no amount, day or choice is looked for in it."""
    must: Callable[[Any, Any, Any], object] | None = None
    """(turn, unit, value) refuses a value before anything else is asked; the handler refuses it anyway."""


def ask(
    prompt: str,
    *,
    optional: bool = False,
    options: Options | None = None,
    ref: str = "",
    hint: str = "",
    **more: Any,
) -> Any:
    """Declares a slot.

    ``more`` are further fields of Slot: ``label`` (short, for previews), ``people``, ``long``, ``takes_of``, ``usual``, ``sure``,
    ``pattern``, ``by_day``, ``via``, ``whole``, ``must``.
    """
    meta = {
        "prompt": prompt,
        "label": more.pop("label", prompt),
        "optional": optional,
        "options": options,
        "ref": ref,
        "hint": hint,
        **more,
    }
    if optional:
        return dataclasses.field(default=None, metadata=meta)
    return dataclasses.field(metadata=meta)


@cache
def slots_of(entry: type | None) -> tuple[Slot, ...]:
    """The slots of an entry class, in declared order; none for a command without entry.

    Raises TypeError for a type no slot kind stands for: a mistake of the programmer, found when the catalog is built.
    """
    if entry is None:
        return ()
    hints = get_type_hints(entry)
    return tuple(_slot(field, hints[field.name], entry) for field in dataclasses.fields(entry))


def _slot(field: dataclasses.Field[Any], hint: Any, entry: type) -> Slot:
    plain = _without_none(hint)
    meta = dict(field.metadata)
    if meta.get("ref"):
        kind = Kind.REF
    elif meta.get("people") and plain is PersonId:
        kind = Kind.PERSON
    elif meta.get("options"):
        kind = Kind.CHOICES if plain == tuple[str, ...] else Kind.CHOICE
    elif plain in BY_TYPE:
        kind = BY_TYPE[plain]
    else:
        raise TypeError(f"{entry.__name__}.{field.name}: no slot kind for {plain!r}")
    return Slot(name=field.name, kind=kind, **meta)


def _without_none(hint: Any) -> Any:
    if get_origin(hint) in (Union, types.UnionType):
        return next(arg for arg in get_args(hint) if arg is not type(None))
    return hint


class Preview(Struct, frozen=True):
    """What a command's check wants read before it is done: lines for the card, and the word on its button."""

    lines: tuple[str, ...] = ()
    confirm: str = "提交"
    edit: bool = True
    basis: str = ""
    """What the lines stand for and do not spell out: whoever submits has seen it no longer if it has changed since."""
