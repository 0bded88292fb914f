"""What a card cannot hold is left out of its form, and asked in the chat after the click."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cards import AnyInput, Button, Card, ChoiceInput, DateInput, Form, LongTextInput, Option, Style, TextInput
from bot.planner import suited
from bot.ports import Capabilities

REASON = LongTextInput(name="reason", label="理由")
DAY = DateInput(name="day", label="日期")
LINE = ChoiceInput(name="line", label="产品线", options=(Option("ac", "中央空调"), Option("hp", "热泵")))
AGREE = Button("同意", "approvals.agree", {"number": "2001"}, Style.PRIMARY)
REFUSE = Button("驳回", "approvals.refuse", {"number": "2001"}, Style.DANGER)
LOOK = Button("查看", "deals.progress", {"number": "1001"})
NEXT = Button("下一步", "core.fill", {"draft": "7"}, Style.PRIMARY)
EVERYTHING = frozenset({"TextInput", "LongTextInput", "DateInput", "ChoiceInput"})


def messenger(inputs: frozenset[str] = EVERYTHING, most: int = 12, size: int = 0) -> Capabilities:
    return Capabilities(
        answers=True,
        toasts=True,
        edits=True,
        edit_window=timedelta(days=1),
        inputs=inputs,
        most_inputs=most,
        most_form_bytes=size,
    )


def asked(card: Card) -> list[str]:
    return [field.name for field in card.form.inputs] if card.form else []


@pytest.mark.parametrize(
    ("inputs", "can", "kept"),
    [
        pytest.param((REASON, DAY), messenger(), ["reason", "day"], id="everything fits"),
        pytest.param((REASON, DAY), messenger(frozenset({"DateInput"})), ["day"], id="no long texts"),
        pytest.param(
            (LINE, DAY, REASON), messenger(most=2), ["line", "day"], id="two at most: the rest is a later page"
        ),
        pytest.param((DAY, LINE), messenger(size=100), ["day"], id="a hundred bytes"),
        pytest.param((REASON,), messenger(frozenset()), [], id="no forms"),
    ],
)
def test_what_a_form_keeps(inputs: tuple[AnyInput, ...], can: Capabilities, kept: list[str]) -> None:
    assert asked(suited(Card("审批", form=Form(inputs, (REFUSE,))), can)) == kept


def test_a_form_without_inputs_becomes_its_buttons_after_what_decides() -> None:
    card = suited(Card("审批", buttons=(AGREE, LOOK), form=Form((REASON,), (REFUSE,))), messenger(frozenset()))
    assert (card.form, [button.label for button in card.buttons]) == (None, ["同意", "驳回", "查看"])


def test_a_button_that_only_hands_in_a_form_goes_with_it() -> None:
    drop = Button("取消", "core.drop", {"draft": "7"})
    card = suited(
        Card("报备", buttons=(drop,), form=Form((TextInput(name="a", label="甲"),), (NEXT,))), messenger(most=0)
    )
    assert (card.form, [button.label for button in card.buttons]) == (None, ["取消"])


def test_a_card_without_a_form_stays_as_it_is() -> None:
    card = Card("审批", buttons=(AGREE, LOOK))
    assert suited(card, messenger(frozenset())) is card
