"""What stands above the composer for what is typed so far."""

import pytest

from adapters.playground.suggestions import Mine, beginnings, fitting
from bot.feature import Command
from bot.turn import Reply


def _never() -> Reply:
    raise NotImplementedError


def command(*words: str, example: str, on: str = "") -> Command:
    return Command(words[0], _never, words, None, example=example, on=on)


COMMANDS = [
    command("报备", "提报", example="报备 杭州云栖湾酒店管理有限公司 120万"),
    command("进度", example="进度 BB1001"),
    command("我的报备", example="我的报备"),
    command("帮助", "help", example="帮助"),
    command("内部", example=""),
]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("报", ["报备 杭州云栖湾酒店管理有限公司 120万", "我的报备"]),
        ("baobei", ["报备 杭州云栖湾酒店管理有限公司 120万"]),
        ("bb", ["报备 杭州云栖湾酒店管理有限公司 120万", "进度 BB1001"]),
        ("wdbb", ["我的报备"]),
        ("BANG", ["帮助"]),
        ("hel", ["帮助"]),
        ("提", ["报备 杭州云栖湾酒店管理有限公司 120万"]),
        ("云栖湾", ["报备 杭州云栖湾酒店管理有限公司 120万"]),
        ("报备 杭州", ["报备 杭州云栖湾酒店管理有限公司 120万"]),
        ("zzz", []),
        ("内部", []),
    ],
)
def test_what_fits(typed: str, found: list[str]) -> None:
    assert [one.insert for one in fitting(COMMANDS, typed)] == found


MINE = [Mine("BB0987", "星港物业"), Mine("RW601", "提交选型表"), Mine("BB1001", "云栖湾酒店"), Mine("BB1002", "金鸡湖")]
ABOUT = [command("进度", example="进度 BB1001", on="BB"), command("完成", example="完成 RW601", on="RW"), *COMMANDS[2:]]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("进度", ["进度 BB0987 ", "进度 BB1001 "]),
        ("jd", ["进度 BB0987 ", "进度 BB1001 "]),
        ("进度 bb10", ["进度 BB1001 ", "进度 BB1002 "]),
        ("进度 金鸡", ["进度 BB1002 "]),
        ("wan", ["完成 RW601 "]),
        ("进度 BB4", []),
        ("我", ["我的报备"]),
    ],
)
def test_a_command_comes_with_ones_own_objects(typed: str, found: list[str]) -> None:
    assert [one.insert for one in fitting(ABOUT, typed, MINE)] == found
    assert [one.hint for one in fitting(ABOUT, "完成", MINE)] == ["提交选型表"]


def test_beginnings_need_no_object() -> None:
    begun = ["报备 杭州云栖湾酒店管理有限公司 120万", "我的报备", "帮助"]
    assert [one.insert for one in beginnings(COMMANDS)] == begun
    assert [one.insert for one in beginnings([command("免打扰", example="免打扰 21:00-8:30"), *COMMANDS])] == begun
