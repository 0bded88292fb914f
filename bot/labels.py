"""What people say a value is: 「客户：某某公司 项目：某某」, 「客户叫…」, 「联系人 …」. Their own forms, pasted or spoken."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot import names, parse
from bot.entry import Kind, Slot
from bot.slots import FREE, folded

SEPARATORS = re.compile(r"[\s,，;；。]+")
LABEL = re.compile(r"(?:^|(?<=[\s,，;；。、]))([\u3400-\u9fff]{2,8}?)\s*(?:(?P<colon>[:：])|[是为叫](?!\S*[:：]))")
ASIDE = re.compile(
    r"(?:联系人|联系电话|电话|手机|微信|地址|对接人|负责人|备注)|[\u3400-\u9fff]{1,3}(?:总|经理|主任|院长|先生|女士|老师|部长|处长|科长|工)$"
)
"""What names a person or a place to go to, not a customer or a project: a remark, where no slot asks for it."""


def labelled(slots: Sequence[Slot], words: str) -> tuple[list[tuple[Slot, str]], str]:
    """The values that are named, each slot once, and the words that are left."""
    told: dict[str, tuple[Slot, str]] = {}
    left = []
    pasted = len(re.findall("[:：]", words)) > 1
    for line in re.split(r"[\n\r]+", words):
        found = [m for m in LABEL.finditer(line) if m["colon"] or slot_named(slots, m[1])]
        ends = [m.start() for m in found[1:]] + [len(line)]
        left.append(line[: found[0].start()] if found else line)
        for label, end in zip(found, ends, strict=False):
            slot = slot_named(slots, label[1])
            value = line[label.end() : end].strip(" ,，;；。、")
            if slot is None or not value or slot.name in told:
                left.append(line[label.start() : end])
            else:
                value, behind = _bounded(slot, value, whole=pasted and label["colon"] is not None)
                told[slot.name] = (slot, value)
                left.append(behind)
    return list(told.values()), "\n".join(left)


def _bounded(slot: Slot, words: str, *, whole: bool) -> tuple[str, str]:
    """What belongs to a label, and what is only written behind it. A field of a pasted form is taken as a ``whole``."""
    first, *others = SEPARATORS.split(words, maxsplit=1)
    company = slot.kind is Kind.CUSTOMER and names.looks_like_company(first)
    return (first, " ".join(others)) if slot.kind in FREE and (company or not whole) else (words, "")


def without_labels(slots: Sequence[Slot], tokens: list[str]) -> list[str]:
    """「代理商 A0571-01」, 「客户 某某酒店」: the name of what is given is not given as well."""
    labels = {folded(word) for s in slots for word in (s.label, s.prompt)}
    return [token for token in tokens if folded(token) not in labels]


def aside_last(tokens: list[str]) -> list[str]:
    """「联系人王总13900000088」 is neither customer nor project: it comes behind them, where remarks are."""
    return sorted(tokens, key=is_aside)


def is_aside(token: str) -> bool:
    return ASIDE.match(folded(token)) is not None or bool(parse.find_phones(token))


def slot_named(slots: Sequence[Slot], label: str) -> Slot | None:
    """The slot people mean by its prompt or a part of it: 金额 for 预计金额."""
    word = folded(label)
    said = (s for s in slots if len(word) >= 2 and (word in s.prompt or word in s.label))
    return next(said, None) or next((s for s in slots if len(s.label) >= 2 and word.startswith(s.label)), None)
