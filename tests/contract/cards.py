"""Every shape a card can have: each block, each input, buttons, decided, closed, too large, nobody's friend."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from bot.cards import (
    AnyInput,
    Attachment,
    Button,
    Card,
    ChoiceInput,
    Confirm,
    DateInput,
    FileInput,
    Form,
    Link,
    LongTextInput,
    MoneyInput,
    MultiChoiceInput,
    NumberInput,
    Option,
    PersonInput,
    Picture,
    Progress,
    Style,
    Text,
    TextInput,
    Tone,
)
from tests.feishu.card_samples import ATTACK, DECIDED, ENTRY, HOSTILE, LIST, LONG, PREVIEW, REVIEW
from tests.wecom.card_samples import CHOICE, CHOICES, HOSTILE_CHOICE, MANY, SETTLED, SHORT

LINES = (Option("hvac", "中央空调"), Option("pump", "热泵"), Option("water", "净水"))
PEOPLE = (Option("7", "李静"), Option("8", "周强"))
SUBMIT = Button("提交", "x", style=Style.PRIMARY, id="c1a7.1.k3Jx9QwE")
PAGE = "https://bot.example.com/files/abc"

INPUTS: dict[str, tuple[AnyInput, Any, str]] = {
    "TextInput": (TextInput(name="a", label="客户全称"), '云栖湾 "酒店" <1>', '云栖湾 "酒店" <1>'),
    "LongTextInput": (LongTextInput(name="a", label="理由"), "第一行\n第二行", "第一行\n第二行"),
    "NumberInput": (NumberInput(name="a", label="台数"), "12", "12"),
    "MoneyInput": (MoneyInput(name="a", label="金额"), "120万", "120万"),
    "DateInput": (DateInput(name="a", label="签约日"), "2026-06-30", "2026-06-30"),
    "ChoiceInput": (ChoiceInput(name="a", label="产品线", options=LINES), "热泵", "pump"),
    "MultiChoiceInput": (MultiChoiceInput(name="a", label="产品线", options=LINES), ["热泵", "净水"], "pump;water"),
    "PersonInput": (PersonInput(name="a", label="交给", options=PEOPLE), "周强", "8"),
    "FileInput": (FileInput(name="a", label="证据"), None, ""),
}
"""By class: the input, what is filled in at the client, and what a form then says."""

STALE = Card("任务 RW601", Tone.NEUTRAL, "已更新", (Text("请看下面的新卡片。"),))
BLOCKS = Card(
    "任务 RW601",
    Tone.INFO,
    "进行中",
    (
        Text("请在周五前完成。", strong=True),
        Progress("送达", 506, 512),
        Link("打开说明", PAGE),
        Picture(1, "现场照片", PAGE),
        Attachment(2, "报价单.xlsx", url=PAGE),
    ),
    (Button("完成", "x", confirm=Confirm("完成任务 RW601", "之后不能再改"), id="c1a8.1.k3Jx9QwE"),),
)
CARDS: dict[str, Card] = {
    "preview": PREVIEW,
    "review": REVIEW,
    "decided": DECIDED,
    "settled": SETTLED,
    "closed": STALE,
    "entry": ENTRY,
    "every block": BLOCKS,
    "short": SHORT,
    "list": LIST,
    "choice": CHOICE,
    "choices": CHOICES,
    "many buttons": MANY,
    "too large": LONG,
    "nasty": HOSTILE,
    "nasty choice": HOSTILE_CHOICE,
    "nasty link": Card("文件", blocks=(Link(ATTACK[:40], PAGE), Attachment(3, ATTACK[:40], url=PAGE))),
    "nothing in it": Card("回执"),
}
TEXTS = {
    "a line": "BB1001 已通过，保护至 2026-05-31",
    "two lines": "第一行\n第二行",
    "nasty": f'{ATTACK} <at user_id="all">所有人</at> @所有人 \\u4e00',
    "too long": "很长的说明。" * 3000,
}


def form_of(kind: str) -> Card:
    field, _, _ = INPUTS[kind]
    return Card("请补充", Tone.INFO, "待补全", (Text("请填写。"),), form=Form((field,), (SUBMIT,)))


def full_form(most: int, kinds: frozenset[str]) -> Card:
    """As many inputs as a card is said to take, by turns of every kind."""
    known = [INPUTS[kind][0] for kind in sorted(kinds)]
    inputs = tuple(replace(known[n % len(known)], name=f"f{n}", required=False) for n in range(most))
    return Card("请补充", Tone.INFO, form=Form(inputs, (SUBMIT,)))


def with_buttons(most: int) -> Card:
    made = tuple(Button(f"第 {n} 件", "x", id=f"c1a9.{n}.k3Jx9QwE") for n in range(1, most + 1))
    return Card("请选择", Tone.INFO, blocks=(Text("哪一件？"),), buttons=made)
