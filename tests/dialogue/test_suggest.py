"""Unknown words: the nearest command by sound and spelling, offered and never run."""

from __future__ import annotations

import pytest

from bot.feature import Command
from bot.suggest import guesses
from bot.turn import Reply


def command(*words: str) -> Command:
    return Command(words[0], lambda _turn, _db: Reply(), words, None)


COMMANDS = [
    command("报备", "登记"),
    command("我的报备"),
    command("进度"),
    command("同意"),
    command("驳回"),
    command("帮助"),
]


@pytest.mark.parametrize(
    ("said", "meant", "rest"),
    [
        ("保备 杭州ABC酒店 10万", "报备", "杭州ABC酒店 10万"),
        ("报被", "报备", ""),
        ("bangzhu", "帮助", ""),
        ("wdbb", "我的报备", ""),
        ("進都 BB1001", "进度", "BB1001"),
        ("同义 SP2001", "同意", "SP2001"),
        ("拨回ＳＰ2001", "驳回", "ＳＰ2001"),
        ("登几 某某公司", "登记", "某某公司"),
    ],
)
def test_slips_lead_to_the_command_that_was_meant(said: str, meant: str, rest: str) -> None:
    first = guesses(COMMANDS, said)[0]
    assert (first.word, first.rest) == (meant, rest)


@pytest.mark.parametrize("said", ["今天天气不错", "谢谢", "好的", "哈哈", "客户想要我报备", "", "？？", "100"])
def test_what_is_near_nothing_suggests_nothing(said: str) -> None:
    assert not guesses(COMMANDS, said)
