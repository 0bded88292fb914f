"""Two Feishu channels, 王磊 not yet known."""

from __future__ import annotations

import re

import pytest

from tests.build import Org
from tests.chat import World

INVITE = "邀请 代理商 A0571-01 业务员 王磊 13800000001"
CODE = r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}"


@pytest.fixture
def org() -> Org:
    return Org(without=("王磊",))


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "partner")


async def invited(world: World, words: str = INVITE) -> str:
    """A fresh code from HQ."""
    seen = await world.person("林岚", "ou_linlan").says(words).sees("邀请码 ", "72 小时内有效", "一次有效")
    found = re.search(CODE, seen)
    assert found
    return found.group()
