"""Filling the slots of an entry from words: values are found wherever they stand and consume their words (design 4).

What is found surely is taken, what is inferred is marked, what has two readings is asked. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, assert_never

from bot import names, parse
from bot.calendar import WorkCalendar
from bot.cards import AnyInput, ChoiceInput, DateInput, LongTextInput, MoneyInput, NumberInput, Option, TextInput
from bot.entry import Kind, Slot
from bot.found import Found, Unsure
from bot.ports import Given
from bot.text import fold
from bot.values import Money, ShortId

BLANK = "\u2003"
"""Stands where a recognised value was taken out, so that words left and right of it stay apart."""
SEPARATORS = re.compile(r"[\s,，;；。]+")
LEFTOVERS = frozenset("的是为约在于、:：")
FREE = (Kind.CUSTOMER, Kind.TEXT)


@dataclass(frozen=True, slots=True)
class Context:
    """What reading words depends on: the day, the working calendar, the closed vocabularies of this entry's slots."""

    today: date
    calendar: WorkCalendar
    options: dict[str, Sequence[Option]] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """What was understood: values by slot, and a question for each slot that was heard but is not sure."""

    given: dict[str, Given] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    rest: str = ""


def fill(slots: Sequence[Slot], words: str, context: Context) -> Reading:
    """Reads a line of words into slots, in any order."""
    reading = Reading()
    left = _patterned(slots, _labelled(slots, words, context, reading), reading)
    for kind in (Kind.REF, Kind.CREDIT_CODE, Kind.PHONE, Kind.DATE, Kind.MONEY, Kind.NUMBER):
        left = _recognised([s for s in slots if s.kind is kind], kind, left, context, reading)
    tokens = [t for t in (SEPARATORS.split(left.replace(BLANK, " "))) if t.strip("".join(LEFTOVERS))]
    tokens = _without_labels(slots, _choices(slots, tokens, context, reading), reading)
    reading.rest = " ".join(_free(slots, tokens, reading))
    _borrow(slots, context, reading)
    return reading


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
        case Kind.TEXT:
            return Given(answer)
        case Kind.CUSTOMER:
            return Given(answer) if len(answer) >= 2 else f"{slot.prompt}太短了，请写全称。"
        case Kind.CHOICE:
            return _read_choice(slot, answer, context)
        case Kind.MONEY:
            return _given(parse.read_money(answer), "没看出金额。请这样写：120万 或 98000元。")
        case Kind.DATE:
            found = parse.read_date(answer, context.today, context.calendar)
            return _given(found, "没看出日期。请这样写：6月30日、月底、下周五。")
        case Kind.NUMBER:
            return _given(parse.read_count(answer), f"{slot.prompt}请写成数字。")
        case Kind.REF:
            return _given(_of_kind(parse.find_ids(answer), slot.ref), f"请写编号，例如 {slot.ref}1001。")
        case Kind.PHONE:
            return _given(parse.read_phone(answer), "手机号应为 11 位数字。")
        case Kind.CREDIT_CODE:
            return _given(parse.read_credit_code(answer), "信用代码应为 18 位，请检查后再发一次。")
        case other:
            assert_never(other)


def value(slot: Slot, raw: str) -> Any:
    """The typed value a handler gets."""
    match slot.kind:
        case Kind.MONEY:
            return Money(int(raw))
        case Kind.DATE:
            return date.fromisoformat(raw)
        case Kind.NUMBER | Kind.REF:
            return int(raw)
        case _:
            return raw


def show(slot: Slot, raw: str, context: Context) -> str:
    """How a stored value reads in previews and stands in forms."""
    match slot.kind:
        case Kind.MONEY:
            return str(Money(int(raw)))
        case Kind.REF:
            return f"{slot.ref}{raw}"
        case Kind.CHOICE:
            return next((o.label for o in context.options.get(slot.name, ()) if o.value == raw), raw)
        case _:
            return raw


def form_input(slot: Slot, given: Given | None, context: Context) -> AnyInput:
    """The card input that asks for this slot."""
    shared: dict[str, Any] = {
        "name": slot.name,
        "label": slot.prompt,
        "required": not slot.optional,
        "hint": slot.hint,
        "initial": show(slot, given.raw, context) if given else "",
    }
    match slot.kind:
        case Kind.MONEY:
            return MoneyInput(**shared)
        case Kind.DATE:
            return DateInput(**shared)
        case Kind.NUMBER:
            return NumberInput(**shared)
        case Kind.CHOICE:
            shared["initial"] = given.raw if given else ""
            return ChoiceInput(**shared, options=tuple(context.options.get(slot.name, ())))
        case Kind.TEXT if slot.long:
            return LongTextInput(**shared)
        case _:
            return TextInput(**shared)


def folded(words: str) -> str:
    return fold(words).text


# -- finding -------------------------------------------------------------------------------------------------------


def _labelled(slots: Sequence[Slot], words: str, context: Context, reading: Reading) -> str:
    """Takes out 「客户：某某公司」: people paste their own forms."""
    left = []
    for line in re.split(r"[\n\r]+", words):
        head, colon, tail = line.replace("：", ":").partition(":")
        slot = _slot_named(slots, head.strip()) if colon and tail.strip() else None
        if slot is None or slot.name in reading.given:
            left.append(line)
            continue
        _take(slot, read(slot, tail, context), reading)
    return "\n".join(left)


def _patterned(slots: Sequence[Slot], words: str, reading: Reading) -> str:
    """Takes out the codes of the organisation's own before anything else can see a number in them."""
    for slot in slots:
        if slot.pattern and slot.name not in reading.given and (found := re.search(slot.pattern, folded(words))):
            start, end = fold(words).span(*found.span())
            words = words[:start] + BLANK * (end - start) + words[end:]
            _take(slot, Given(found.group()), reading)
    return words


def _without_labels(slots: Sequence[Slot], tokens: list[str], reading: Reading) -> list[str]:
    """「代理商 A0571-01」: who names what they give does not give the name as well."""
    given = {folded(word) for s in slots if s.name in reading.given for word in (s.label, s.prompt)}
    return [token for token in tokens if folded(token) not in given]


def _slot_named(slots: Sequence[Slot], label: str) -> Slot | None:
    word = folded(label)
    return next((s for s in slots if len(word) >= 2 and (word == s.prompt or word in s.prompt)), None)


def slot_named(slots: Sequence[Slot], label: str) -> Slot | None:
    """The slot people mean by its prompt or a part of it: 金额 for 预计金额."""
    return _slot_named(slots, label)


Finder = Callable[[str], Iterable[Found[Any] | Unsure]]


def _finder(kind: Kind, slots: Sequence[Slot], context: Context) -> Finder:
    match kind:
        case Kind.REF:
            wanted = {s.ref for s in slots}
            return lambda words: [f for f in parse.find_ids(words) if f.value.kind in wanted]
        case Kind.CREDIT_CODE:
            return parse.find_credit_codes
        case Kind.PHONE:
            return parse.find_phones
        case Kind.DATE:
            return lambda words: parse.find_dates(words, context.today, context.calendar)
        case Kind.MONEY:
            return parse.find_money
        case _:
            return parse.find_counts


def _recognised(slots: list[Slot], kind: Kind, words: str, context: Context, reading: Reading) -> str:
    """Gives the values of one kind to its slots in order; one value more than slots makes the last slot a question."""
    waiting = [s for s in slots if s.name not in reading.given]
    if not waiting:
        return words
    for found in list(_finder(kind, waiting, context)(words)):
        words = words[: found.start] + BLANK * (found.end - found.start) + words[found.end :]
        if waiting:
            slot = next((s for s in waiting if _fits(s, found)), waiting[0])
            waiting.remove(slot)
            _take(slot, _given(found, ""), reading)
        else:
            _second(slots[-1], found, reading, context)
    return words


def _fits(slot: Slot, found: Found[Any] | Unsure) -> bool:
    return slot.kind is not Kind.REF or (isinstance(found, Found) and found.value.kind == slot.ref)


def _second(slot: Slot, found: Found[Any] | Unsure, reading: Reading, context: Context) -> None:
    first = reading.given.pop(slot.name, None)
    if first is not None:
        shown = show(slot, first.raw, context)
        if isinstance(found, Found) and _raw(found) == first.raw:
            reading.given[slot.name] = first
            return
        reading.unsure[slot.name] = f"{slot.prompt}有两个：{shown} 和 {found.text.strip()}，以哪个为准？"


def _choices(slots: Sequence[Slot], tokens: list[str], context: Context, reading: Reading) -> list[str]:
    """A word of a closed vocabulary is taken; inside a longer word it is inferred and takes nothing."""
    for slot in slots:
        if slot.kind is not Kind.CHOICE or slot.name in reading.given:
            continue
        options = context.options.get(slot.name, ())
        exact = next((t for t in tokens if _option(options, t)), None)
        if exact is not None:
            tokens = [t for t in tokens if t is not exact]
            reading.given[slot.name] = Given(_option(options, exact) or exact)
            continue
        inside = [o for o in options if any(folded(o.label) in folded(t) for t in tokens)]
        longest = [o for o in inside if not any(o is not p and o.label in p.label for p in inside)]
        if len(longest) == 1:
            reading.given[slot.name] = Given(longest[0].value, inferred=True)
        elif longest:
            reading.unsure[slot.name] = f"{slot.prompt}是{'，还是'.join(o.label for o in longest)}？"
    return tokens


def _option(options: Sequence[Option], word: str) -> str | None:
    wanted = folded(word)
    return next((o.value for o in options if wanted in map(folded, (o.label, o.value, *o.also))), None)


def _free(slots: Sequence[Slot], tokens: list[str], reading: Reading) -> list[str]:
    """Free text fills what is left in declared order; the last slot takes all that remains."""
    waiting = [s for s in slots if s.kind in FREE and not s.pattern]
    waiting = [s for s in waiting if s.name not in reading.given and s.name not in reading.unsure]
    customer = next((s for s in waiting if s.kind is Kind.CUSTOMER), None)
    if customer and tokens:
        company = next((t for t in tokens if names.looks_like_company(t)), tokens[0])
        reading.given[customer.name] = Given(company)
        tokens = [t for t in tokens if t is not company]
        waiting.remove(customer)
    for at, slot in enumerate(waiting):
        if not tokens:
            break
        taken, tokens = (tokens, []) if at == len(waiting) - 1 else (tokens[:1], tokens[1:])
        reading.given[slot.name] = Given(" ".join(taken))
    return tokens


def _borrow(slots: Sequence[Slot], context: Context, reading: Reading) -> None:
    """A slot left without words takes those of the slot it names: 「中央空调」 alone is line and project."""
    for slot in slots:
        lender = next((s for s in slots if s.name == slot.takes_of), None)
        if lender is None or slot.name in reading.given or lender.name not in reading.given:
            continue
        words = show(lender, reading.given[lender.name].raw, context)
        reading.given[slot.name] = Given(words, inferred=True)


def _take(slot: Slot, taken: Given | str, reading: Reading) -> None:
    if isinstance(taken, Given):
        reading.given[slot.name] = taken
    else:
        reading.unsure[slot.name] = taken


# -- one value -----------------------------------------------------------------------------------------------------


def _given(found: Found[Any] | Unsure | None, otherwise: str) -> Given | str:
    if found is None:
        return otherwise
    if isinstance(found, Unsure):
        return found.question
    return Given(_raw(found), inferred=not found.certain)


def _raw(found: Found[Any]) -> str:
    match found.value:
        case Money() as money:
            return str(money.fen)
        case date() as day:
            return day.isoformat()
        case ShortId() as ref:
            return str(ref.number)
        case other:
            return str(other)


def _of_kind(found: Iterable[Found[Any] | Unsure], kind: str) -> Found[Any] | Unsure | None:
    return next((f for f in found if isinstance(f, Found) and f.value.kind == kind), None)


def _read_choice(slot: Slot, answer: str, context: Context) -> Given | str:
    options = context.options.get(slot.name, ())
    said = folded(answer)
    if said.isdecimal() and 0 < int(said) <= len(options):
        return Given(options[int(said) - 1].value)
    chosen = _option(options, answer)
    if chosen is None:
        inside = [o for o in options if folded(o.label) in said]
        chosen = inside[0].value if len(inside) == 1 else None
    if chosen is None:
        listed = "、".join(f"{at} {o.label}" for at, o in enumerate(options, 1))
        return f"{slot.prompt}请选一个：{listed}。"
    return Given(chosen)
