"""Whatever the platform does to our calls, each message arrives once and the cards end as they should (20 to 22)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.feishu.emulator import Faults
from tests.chat import World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
FAULTS: dict[str, Callable[[Faults], None]] = {
    "rate limit": lambda faults: faults.rate_limit_next(2),
    "limit of a chat": lambda faults: faults.chat_limit_next(2),
    "taken, receipt lost": lambda faults: faults.lose_receipts_next(3),
    "reset before it was taken": lambda faults: faults.reset_before_next(2),
    "200 with a page of HTML": lambda faults: faults.html_next(2),
    "5xx": lambda faults: faults.server_error_next(3),
    "card locked": lambda faults: faults.lock_cards_next(2),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_everything_arrives_once(world: World, fault: str) -> None:
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    FAULTS[fault](wang.feishu.faults)
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    FAULTS[fault](wang.feishu.faults)
    await li.presses("同意").sees("已同意 李静 09:00")
    await wang.looks().sees("BB1001 已通过", "保护至 2026-05-31，剩 90 天")
    await world.settled()
    assert len([m for m in li.messages if "BB1001" in m.text]) == 1
    assert len([m for m in wang.messages if "（90 天）" in m.text]) == 1


async def test_a_revoked_token_is_fetched_anew_once(world: World) -> None:
    """21: one refresh, one repetition of the call."""
    wang = world.person("王磊", "ou_wanglei")
    wang.feishu.faults.revoke_tokens()
    await wang.says("我的报备").sees("还没有报备")
    tokens = [call for call in wang.feishu.calls if "tenant_access_token" in call.path]
    assert len(tokens) == 2


async def test_a_lost_answer_is_made_up_by_the_held_edit(world: World) -> None:
    """The callback's answer never reached the client: the edit written beside it arrives instead."""
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    li.feishu.faults.lose_answers_next(1)
    await li.presses("同意")
    await wang.looks().sees("BB1001 已通过")
    await li.presses("同意").sees("已处理:李静 09:00 已同意")


async def test_a_card_that_can_no_longer_be_changed_is_superseded(world: World) -> None:
    """One line in that chat says who decided what; the old copy answers the same."""
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    li.feishu.faults.cards_immutable = True
    await li.says("同意 SP2001").sees("SP2001 已同意", "报备 BB1001：已同意 李静 09:00")
    assert "同意" in li.card("新报备 BB1001").buttons
    await li.presses("同意").sees("已处理:李静 09:00 已同意")
