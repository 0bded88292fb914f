"""Three messengers: 林岚 on Feishu and 李静 on DingTalk give tasks, 赵敏 on WeCom and 王磊 on Feishu work on them."""

from __future__ import annotations

import pytest

from tests.chat import Person, World


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


@pytest.fixture
def li(world: World) -> Person:
    return world.member("李静")


@pytest.fixture
def lin(world: World) -> Person:
    return world.member("林岚")


@pytest.fixture
def zhao(world: World) -> Person:
    return world.member("赵敏")


@pytest.fixture
def wang(world: World) -> Person:
    return world.member("王磊")


@pytest.fixture
async def given(li: Person, zhao: Person) -> None:
    """RW601, by 李静 to 赵敏, due on Friday 2026-03-06 at 18:00."""
    await li.says("任务 @赵敏 周五前 提交选型表 高").sees("任务 RW601", "已派给赵敏")
    await zhao.looks().sees("任务 RW601 提交选型表")
