"""One slot, one value: read from an answer, typed for the handler, shown to people, asked for in a form."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, assert_never

from bot import choices, parse, persons
from bot.calendar import WorkCalendar
from bot.cards import (
    AnyInput,
    ChoiceInput,
    DateInput,
    FileInput,
    LongTextInput,
    MoneyInput,
    MultiChoiceInput,
    NumberInput,
    Option,
    PersonInput,
    TextInput,
)
from bot.entry import File, Kind, Slot
from bot.ports import Given
from bot.recognise.found import Found, Unsure
from bot.recurrence import Recurrence
from bot.text import fold
from bot.values import Money, Percent, ShortId

FREE = (Kind.CUSTOMER, Kind.TEXT)
"""Kinds that any words can be."""
MOST_LETTERS = 200
MOST_LETTERS_LONG = 1000
"""What a field of a form takes, and what several of them leave room for on a card; typed words are held to the same."""
MOST_PEOPLE = 100
"""More are no list anybody reads: the name is typed."""


@dataclass(frozen=True, slots=True)
class Context:
    """What reading words depends on: the instant, the working calendar, the closed vocabularies of this entry's slots.

    ``mentioned``: the people @-mentioned in the words. ``heard``: earlier words that named several people.
    """

    now: datetime
    calendar: WorkCalendar
    options: dict[str, Sequence[Option]] = field(default_factory=dict)
    mentioned: tuple[int, ...] = ()
    heard: str = ""

    def among(self, slot: Slot) -> Sequence[Option]:
        return self.options.get(slot.name, ())

    @property
    def today(self) -> date:
        return self.now.astimezone(self.calendar.zone).date()


def read(slot: Slot, words: str, context: Context) -> Given | str:
    """One answer to one question: a value, or the sentence that says what is wrong with it."""
    answer = words.strip()
    if not answer:
        return f"请告诉我{slot.prompt}。"
    match slot.kind:
        case Kind.TEXT if slot.pattern:
            shaped = re.search(slot.pattern, folded(answer))
            return (
                Given(shaped.group()) if shaped else f"{slot.prompt}写得不对{f'，{slot.hint}' if slot.hint else ''}。"
            )
        case Kind.CUSTOMER if len(answer) < 2:
            return f"{slot.prompt}太短了，请写全称。"
        case Kind.TEXT | Kind.CUSTOMER:
            return too_long(slot, answer) or Given(answer)
        case Kind.CHOICE:
            return choices.read_one(slot.prompt, answer, context.among(slot))
        case Kind.CHOICES:
            return choices.read_several(slot.prompt, answer, context.among(slot))
        case Kind.PERSON:
            return persons.read(slot.prompt, answer, context.among(slot), context.heard)
        case Kind.FILE:
            return f"{slot.prompt}请直接发送文件或照片。"
        case Kind.MONEY:
            return given_of(parse.read_money(answer), "没看出金额。请这样写：120万 或 98000元。")
        case Kind.DATE:
            found = parse.read_date(answer, context.today, context.calendar)
            return given_of(found, "没看出日期。请这样写：6月30日、月底、下周五。")
        case Kind.MOMENT:
            moment = parse.read_moment(answer, context.now, context.calendar, by_day=slot.by_day)
            return given_of(moment, "没看出时间。请这样写：明天下午3点、周五 15:00。")
        case Kind.RECURRENCE:
            repeated = parse.read_recurrence(answer, context.calendar)
            return given_of(repeated, "没看出多久一次。请这样写：每周五下午3点、每个工作日早上9点。")
        case Kind.NUMBER:
            return given_of(parse.read_count(answer), f"{slot.prompt}请写成数字。")
        case Kind.PERCENT:
            return given_of(parse.read_percent(answer), f"{slot.prompt}请这样写：60%。")
        case Kind.REF:
            return given_of(_of_kind(parse.find_ids(answer), slot.ref), f"请写编号，例如 {slot.ref}1001。")
        case Kind.PHONE:
            return given_of(parse.read_phone(answer), "手机号应为 11 位数字。")
        case Kind.CREDIT_CODE:
            return given_of(parse.read_credit_code(answer), "信用代码应为 18 位，请检查后再发一次。")
        case other:
            assert_never(other)


def too_long(slot: Slot, words: str) -> str:
    """The sentence for words that no form and no card holds; "" if they fit."""
    most = _most_letters(slot)
    return f"{slot.prompt}有 {len(words)} 个字，最多 {most} 个，请写短一些。" if len(words) > most else ""


def _most_letters(slot: Slot) -> int:
    return MOST_LETTERS_LONG if slot.long else MOST_LETTERS


def value(slot: Slot, raw: str) -> Any:
    """The typed value a handler gets."""
    match slot.kind:
        case Kind.MONEY:
            return Money(int(raw))
        case Kind.DATE:
            return date.fromisoformat(raw)
        case Kind.MOMENT:
            return datetime.fromisoformat(raw)
        case Kind.RECURRENCE:
            return Recurrence.of(raw)
        case Kind.PERCENT:
            return Percent(int(raw))
        case Kind.NUMBER | Kind.REF:
            return int(raw)
        case Kind.CHOICES:
            return choices.apart(raw)
        case Kind.PERSON:
            return int(raw.removeprefix("#"))
        case Kind.FILE:
            number, _, name = raw.partition(" ")
            return File(int(number), name)
        case _:
            return raw


def show(slot: Slot, raw: str, context: Context) -> str:
    """How a stored value reads in previews and stands in forms."""
    match slot.kind:
        case Kind.MONEY:
            return str(Money(int(raw)))
        case Kind.PERCENT:
            return str(Percent(int(raw)))
        case Kind.REF:
            return f"{slot.ref}{raw}"
        case Kind.MOMENT:
            return f"{datetime.fromisoformat(raw).astimezone(context.calendar.zone):%Y-%m-%d %H:%M}"
        case Kind.RECURRENCE:
            return Recurrence.of(raw).named
        case Kind.CHOICE | Kind.PERSON:
            return _label(slot, raw, context)
        case Kind.CHOICES:
            return "、".join(_label(slot, value, context) for value in choices.apart(raw))
        case Kind.FILE:
            return raw.partition(" ")[2]
        case _:
            return raw


def _label(slot: Slot, value: str, context: Context) -> str:
    return next((o.label for o in context.among(slot) if o.value == value), value)


def form_input(slot: Slot, given: Given | None, context: Context) -> AnyInput:
    """The card input that asks for this slot."""
    shared: dict[str, Any] = {
        "name": slot.name,
        "label": slot.prompt,
        "required": not slot.optional,
        "hint": slot.hint,
        "initial": show(slot, given.raw, context) if given else "",
    }
    chosen: dict[str, Any] = {"initial": given.raw if given else "", "options": tuple(context.among(slot))}
    match slot.kind:
        case Kind.MONEY:
            return MoneyInput(**shared)
        case Kind.DATE:
            return DateInput(**shared)
        case Kind.NUMBER:
            return NumberInput(**shared)
        case Kind.CHOICE:
            return ChoiceInput(**shared | chosen)
        case Kind.CHOICES:
            return MultiChoiceInput(**shared | chosen)
        case Kind.PERSON:
            listed = len(chosen["options"]) <= MOST_PEOPLE
            return PersonInput(**shared | chosen) if listed else PersonInput(**shared, options=())
        case Kind.FILE:
            return FileInput(**shared)
        case Kind.TEXT if slot.long:
            return LongTextInput(**shared, max_length=_most_letters(slot))
        case _:
            return TextInput(**shared, max_length=_most_letters(slot))


def folded(words: str) -> str:
    return fold(words).text


def given_of(found: Found[Any] | Unsure | None, otherwise: str) -> Given | str:
    if found is None:
        return otherwise
    if isinstance(found, Unsure):
        return found.question
    return Given(raw_of(found), inferred=not found.certain)


def raw_of(found: Found[Any]) -> str:
    match found.value:
        case Money() as money:
            return str(money.fen)
        case Percent() as percent:
            return str(percent.points)
        case datetime() as moment:
            return moment.isoformat(timespec="minutes")
        case date() as day:
            return day.isoformat()
        case ShortId() as ref:
            return str(ref.number)
        case other:
            return str(other)


def _of_kind(found: Iterable[Found[Any] | Unsure], kind: str) -> Found[Any] | Unsure | None:
    return next((f for f in found if isinstance(f, Found) and f.value.kind == kind), None)
