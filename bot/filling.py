"""Filling the slots of an entry from a line of words: values are found wherever they stand and consume their words (design 4).

What is found surely is taken, what is inferred is marked, what has two readings is asked. Nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot import choices, labels, names, parse, persons
from bot.choices import option_called
from bot.entry import Kind, Slot
from bot.ports import Given
from bot.recognise.found import Found, Unsure
from bot.slots import FREE, Context, folded, given_of, raw_of, read, show, too_long
from bot.text import fold, unlisted

BLANK = "\u2003"
"""Stands where a recognised value was taken out, so that words left and right of it stay apart."""
EDGES = "/、|｜"
LEFTOVERS = frozenset("的是为约在于、:：!！~～?？.")
RECOGNISED = (
    Kind.REF,
    Kind.CREDIT_CODE,
    Kind.PHONE,
    Kind.RECURRENCE,
    Kind.MOMENT,
    Kind.DATE,
    Kind.PERCENT,
    Kind.MONEY,
    Kind.NUMBER,
)
"""In this order: what is more is found before what is a part of it."""
FILLERS = frozenset(
    (
        "呃",
        "嗯",
        "额",
        "啊",
        "那个",
        "这个",
        "就是",
        "然后",
        "还有",
        "另外",
        "我这边",
        "这边",
        "有个客户",
        "谢谢",
        "谢了",
        "多谢",
        "辛苦了",
        "麻烦",
        "你好",
        "您好",
        "麻烦了",
    )
)
"""What people say while they think."""


@dataclass(slots=True)
class Reading:
    """What was understood: values by slot, and a question for each slot that was heard but is not sure."""

    given: dict[str, Given] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    rest: str = ""


def fill(slots: Sequence[Slot], words: str, context: Context) -> Reading:
    """Reads a line of words into slots, in any order."""
    reading = Reading()
    words = _whole(slots, words, context, reading)
    told, left = labels.labelled(slots, unlisted(words))
    for slot, said in told:
        _take(slot, read(slot, said, context), reading)
    left = _people(slots, left, context, reading)
    left = _patterned(slots, left, reading)
    for kind in RECOGNISED:
        left = _recognised([s for s in slots if s.kind is kind], kind, left, context, reading)
    words_left = (token.strip(EDGES) for token in labels.SEPARATORS.split(left.replace(BLANK, " ")))
    tokens = [token for token in words_left if _says_something(token)]
    tokens = _vague(slots, tokens, context, reading)
    tokens = labels.aside_last(labels.without_labels(slots, _chosen(slots, tokens, context, reading)))
    tokens = _customer(slots, tokens, reading)
    _inferred(slots, tokens, context, reading)
    reading.rest = " ".join(_free(slots, tokens, reading))
    _borrow(slots, context, reading)
    for slot in slots:
        if slot.kind in FREE and slot.name in reading.given and (said := too_long(slot, reading.given[slot.name].raw)):
            del reading.given[slot.name]
            reading.unsure[slot.name] = said
    return reading


def _whole(slots: Sequence[Slot], words: str, context: Context, reading: Reading) -> str:
    """Takes out a text that stands behind its name, 「正文：…」, to its very end; what stands before is left."""
    for slot in slots:
        named = slot.whole and re.search(rf"(?:{slot.label}|{slot.prompt})\s*[:：]\s*(?=\S)", words)
        if named:
            _take(slot, read(slot, words[named.end() :], context), reading)
            words = words[: named.start()]
    return words


def _people(slots: Sequence[Slot], words: str, context: Context, reading: Reading) -> str:
    """Takes out who is named: their phone is no 联系电话. The last slot of its kind is asked about if there are too many."""
    waiting = _unfilled(slots, Kind.PERSON, reading)
    for at, slot in enumerate(waiting):
        options = context.among(slot)
        found = persons.mentioned(options, context.mentioned) or persons.named(options, words)
        meant = found if at == len(waiting) - 1 else found[:1]
        if meant:
            _take(slot, persons.given(slot.prompt, meant), reading)
        for each in reversed(meant):
            words = words[: each.start] + BLANK * (each.end - each.start) + words[each.end :]
    return words


def _patterned(slots: Sequence[Slot], words: str, reading: Reading) -> str:
    """Takes out the codes of the organisation's own before anything else can see a number in them."""
    for slot in slots:
        if slot.pattern and slot.name not in reading.given and (found := re.search(slot.pattern, folded(words))):
            start, end = fold(words).span(*found.span())
            words = words[:start] + BLANK * (end - start) + words[end:]
            _take(slot, Given(found.group()), reading)
    return words


def _vague(slots: Sequence[Slot], tokens: list[str], context: Context, reading: Reading) -> list[str]:
    """尽快, 待定: no date, but what somebody says where one is wanted, and no project's name."""
    for slot in _unfilled(slots, Kind.DATE, reading):
        vague = next((t for t in tokens if parse.is_vague_date(t)), None)
        if vague is not None:
            tokens = [t for t in tokens if t is not vague]
            _take(slot, read(slot, vague, context), reading)
    return tokens


Finder = Callable[[str], Iterable[Found[Any] | Unsure]]


def finder(kind: Kind, slots: Sequence[Slot], context: Context) -> Finder:
    match kind:
        case Kind.REF:
            wanted = {s.ref for s in slots}
            return lambda words: [f for f in parse.find_ids(words) if f.value.kind in wanted]
        case Kind.CREDIT_CODE:
            return parse.find_credit_codes
        case Kind.PHONE:
            return parse.find_phones
        case Kind.RECURRENCE:
            return lambda words: parse.find_recurrences(words, context.calendar)
        case Kind.MOMENT:
            by_day = any(s.by_day for s in slots)
            return lambda words: parse.find_moments(words, context.now, context.calendar, by_day=by_day)
        case Kind.DATE:
            return lambda words: parse.find_dates(words, context.today, context.calendar)
        case Kind.PERCENT:
            return parse.find_percent
        case Kind.MONEY:
            return parse.find_money
        case _:
            return parse.find_counts


def _recognised(slots: list[Slot], kind: Kind, words: str, context: Context, reading: Reading) -> str:
    """Gives the values of one kind to its slots in order; one value more than slots makes the last slot a question."""
    waiting = [s for s in slots if s.name not in reading.given]
    if not waiting:
        return words
    for found in list(finder(kind, waiting, context)(words)) or _as_answer(kind, slots, words):
        words = words[: found.start] + BLANK * (found.end - found.start) + words[found.end :]
        if waiting:
            slot = next((s for s in waiting if _fits(s, found)), waiting[0])
            waiting.remove(slot)
            _take(slot, given_of(found, ""), reading)
        else:
            _second(slots[-1], found, reading, context)
    return words


def _as_answer(kind: Kind, slots: Sequence[Slot], words: str) -> list[Found[Any] | Unsure]:
    """A code the command cannot be without is read as if it was asked for: in groups, too short, mistyped."""
    wanted = kind is Kind.CREDIT_CODE and any(not s.optional for s in slots)
    found = parse.read_credit_code(words) if wanted else None
    return [found] if found is not None else []


def _fits(slot: Slot, found: Found[Any] | Unsure) -> bool:
    return slot.kind is not Kind.REF or (isinstance(found, Found) and found.value.kind == slot.ref)


def _second(slot: Slot, found: Found[Any] | Unsure, reading: Reading, context: Context) -> None:
    first = reading.given.pop(slot.name, None)
    if first is not None:
        shown = show(slot, first.raw, context)
        if isinstance(found, Found) and raw_of(found) == first.raw:
            reading.given[slot.name] = first
            return
        reading.unsure[slot.name] = f"{slot.prompt}有两个：{shown} 和 {found.text.strip()}，以哪个为准？"


def _chosen(slots: Sequence[Slot], tokens: list[str], context: Context, reading: Reading) -> list[str]:
    """A word of a closed vocabulary that stands by itself is taken; of two, one is asked for."""
    for slot in _unfilled(slots, Kind.CHOICE, reading):
        options = context.options.get(slot.name, ())
        said = {value: t for t in reversed(tokens) if (value := option_called(options, t)) is not None}
        others = [t for t in tokens if t not in said.values()]
        if len(said) == 1:
            tokens = others
            reading.given[slot.name] = Given(next(iter(said)))
        elif said:
            words = [t for t in tokens if t in said.values()]
            tokens = [*others, " ".join(words)]
            reading.unsure[slot.name] = f"{slot.prompt}是{'，还是'.join(words)}？"
    for slot in _unfilled(slots, Kind.CHOICES, reading):
        options = context.among(slot)
        picked = [
            t
            for t in tokens
            if option_called(options, t) or all(option_called(options, part) for part in choices.APART.split(t))
        ]
        if picked:
            tokens = [t for t in tokens if t not in picked]
            _take(slot, choices.read_several(slot.prompt, " ".join(picked), options), reading)
    return tokens


def _customer(slots: Sequence[Slot], tokens: list[str], reading: Reading) -> list[str]:
    for slot in _unfilled(slots, Kind.CUSTOMER, reading)[:1]:
        if tokens:
            company, tokens = names.pick_customer(_places_joined(tokens))
            reading.given[slot.name] = Given(company)
    return tokens


def _inferred(slots: Sequence[Slot], tokens: list[str], context: Context, reading: Reading) -> None:
    """Inside a longer word of the project, never of the customer's name, it is inferred and takes nothing."""
    if any(s.whole and s.name not in reading.given for s in slots):
        return  # these words are a text of somebody's own
    told = [reading.given[s.name].raw for s in slots if s.kind is Kind.TEXT and not s.whole and s.name in reading.given]
    said = folded(" ".join([*tokens, *told]))
    for slot in _unfilled(slots, Kind.CHOICE, reading):
        longest = choices.inside(context.among(slot), said)
        if len(longest) == 1:
            reading.given[slot.name] = Given(longest[0].value, inferred=True)
        elif longest:
            reading.unsure[slot.name] = f"{slot.prompt}是{'，还是'.join(o.label for o in longest)}？"
    for slot in _unfilled(slots, Kind.CHOICES, reading):
        if named := choices.inside(context.among(slot), said):
            reading.given[slot.name] = Given(choices.several(named, [o.value for o in named]).raw, inferred=True)


def _unfilled(slots: Sequence[Slot], kind: Kind, reading: Reading) -> list[Slot]:
    return [s for s in slots if s.kind is kind and s.name not in reading.given and s.name not in reading.unsure]


def _says_something(token: str) -> bool:
    """Not for @somebody, a sigh, an emoji or punctuation alone."""
    said = folded(token).strip("".join(LEFTOVERS))
    return any(letter.isalnum() for letter in said) and not token.startswith("@") and said not in FILLERS


def _free(slots: Sequence[Slot], tokens: list[str], reading: Reading) -> list[str]:
    """Free text fills what is left in declared order; the last slot takes all that remains."""
    waiting = [s for s in _unfilled(slots, Kind.TEXT, reading) if not s.pattern and not (s.whole and s.long)]
    for at, slot in enumerate(waiting):
        if not tokens:
            break
        if slot.takes_of and labels.is_aside(tokens[0]):
            continue
        taken, tokens = (tokens, []) if at == len(waiting) - 1 else (tokens[:1], tokens[1:])
        reading.given[slot.name] = Given(" ".join(taken))
    return tokens


def _places_joined(tokens: Sequence[str]) -> list[str]:
    """「杭州 云栖湾酒店管理有限公司」: a place before a company's name is its beginning."""
    joined: list[str] = []
    for token in tokens:
        if joined and names.is_place(joined[-1]) and names.looks_like_company(token):
            joined[-1] += token
        else:
            joined.append(token)
    return joined


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
