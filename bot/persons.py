"""People named in words: by mention, name, phone or id, among those the asker may name. Two of one name are asked about.

The options are a slot's ``people``: ``value`` is ``#12``, ``label`` tells two of one name apart, ``also`` begins with the name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot import names
from bot.cards import Option
from bot.ports import Given
from bot.recognise.found import Found
from bot.recognise.ids import find_phones
from bot.text import fold

MOST_LISTED = 8
_ADDRESSED = "给让由请派交找叫到@"
_BEFORE = rf"(?:^|(?<=[\s,，、;；:：。]))(?:[{_ADDRESSED}]\s*)?|(?<=\S)[{_ADDRESSED}]"
_NUMBERED = re.compile(r"(?<!\S)#(\d{1,9})(?!\S)")


Named = Found[tuple[Option, ...]]
"""One name in the words, and everybody it may mean."""


def named(options: Sequence[Option], words: str) -> list[Named]:
    """Everybody named, in the order of the words; nobody twice."""
    found = sorted([*_by_id(options, words), *_by_phone(options, words), *_by_name(options, words)], key=_place)
    kept: list[Named] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return kept


def read(prompt: str, answer: str, options: Sequence[Option], heard: str = "") -> Given | str:
    """``heard``: the words that left several people open; a number, a company or the end of a phone tells them apart."""
    open_ = _several(options, heard)
    said = fold(answer).text.strip()
    if open_ and said.isdecimal() and 0 < int(said) <= len(open_):
        return Given(open_[int(said) - 1].value)
    if (exact := next((o.value for o in options if answer in (o.label, o.value)), None)) is not None:
        return Given(exact)
    found = named(options, answer)
    if found:
        return given(prompt, found)
    told = [o for o in open_ or options if said and (said in fold(o.label).text or _ends(o, said))]
    if len(told) == 1 and (open_ or len(said) > 1):
        return Given(told[0].value)
    return f"没有找到「{answer[:20]}」。{prompt}请写姓名或手机号。"


def given(prompt: str, found: Sequence[Named]) -> Given | str:
    """The one person meant; else the question which."""
    meant = {each.value for each in found}
    people = tuple(dict.fromkeys(o for each in found for o in each.value))
    if len(people) == 1:
        return Given(people[0].value, inferred=not all(each.certain for each in found))
    listed = "、".join(f"{at} {option.label}" for at, option in enumerate(people[:MOST_LISTED], 1))
    name = people[0].also[0] if len(meant) == 1 and people[0].also else prompt
    return f"{name}有 {len(people)} 位：{listed}。是哪一位？请回复序号、公司或手机号后四位。"


def among(options: Sequence[Option], heard: str) -> tuple[Option, ...]:
    """The people the open question is about, for its buttons."""
    return _several(options, heard)[:MOST_LISTED]


def mentioned(options: Sequence[Option], people: Sequence[int]) -> list[Named]:
    """Those of the mentioned people who may be named."""
    return [Found(0, 0, o.label, (o,)) for o in options if o.value in {f"#{person}" for person in people}]


def _several(options: Sequence[Option], heard: str) -> tuple[Option, ...]:
    found = tuple(dict.fromkeys(o for each in named(options, heard) for o in each.value)) if heard else ()
    return found if len(found) > 1 else ()


def _by_id(options: Sequence[Option], words: str) -> Iterator[Named]:
    known = {option.value: option for option in options}
    for match in _NUMBERED.finditer(words):
        if match[0] in known:
            yield Found(match.start(), match.end(), match[0], (known[match[0]],))


def _by_phone(options: Sequence[Option], words: str) -> Iterator[Named]:
    for found in find_phones(words):
        meant = tuple(o for o in options if isinstance(found, Found) and found.value in o.also[1:])
        if meant:
            yield Found(found.start, found.end, found.text, meant)


def _by_name(options: Sequence[Option], words: str) -> Iterator[Named]:
    """A name that begins a word, or stands behind 给, 让, 请 …; inferred if something follows it at once: 李静来处理."""
    folded = fold(words)
    by_name: dict[str, list[Option]] = {}
    for option in options:
        by_name.setdefault(fold(option.also[0]).text if option.also else "", []).append(option)
    for name in sorted(by_name, key=len, reverse=True):
        if len(name) > 1 and name in folded.text:
            for match in re.finditer(
                rf"(?:{_BEFORE})(?P<name>{re.escape(name)})(?P<behind>[^\s,，、;；:：。]*)", folded.text
            ):
                if names.looks_like_company(name + match["behind"]):
                    continue
                sure = not match["behind"] or match.start("name") > match.start()
                start, end = folded.span(match.start(), match.end("name"))
                yield Found(start, end, match["name"], tuple(by_name[name]), sure)


def _ends(option: Option, said: str) -> bool:
    return len(said) >= 4 and said.isdecimal() and any(word.endswith(said) for word in option.also[1:])


def _place(found: Named) -> tuple[int, int]:
    return found.start, -found.end
