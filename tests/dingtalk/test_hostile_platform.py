"""Whatever DingTalk does to our calls and answers, cards arrive once and end as they should (abuse cases 20 to 22)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from adapters.dingtalk.emulator import Faults
from tests.build import Org
from tests.chat import World
from tests.dingtalk.people import LINE, AllOnDingtalk, both, emulator, registered

FAULTS: dict[str, Callable[[Faults], None]] = {
    "403 for too many a second": lambda faults: faults.rate_limit_next(2),
    "500 and 502": lambda faults: faults.server_error_next(2),
    "200 with a page of HTML": lambda faults: faults.html_next(1),
    "504, taken or not": lambda faults: faults.gateway_timeout_next(1),
    "reset before it was taken": lambda faults: faults.reset_before_next(1),
    "taken, receipt lost": lambda faults: faults.lose_receipts_next(1),
}


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk")


@pytest.fixture
def org() -> Org:
    return AllOnDingtalk()


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_card_arrives_once(world: World, fault: str) -> None:
    """20: asked for again by its own name, so that there is one of it."""
    wang, li = both(world)
    faults = emulator(world).faults
    await wang.says(LINE).sees("请核对")
    FAULTS[fault](faults)
    await wang.presses("提交").sees("BB1001 已提交")
    await li.looks().sees("新报备 BB1001")
    await li.presses("同意").sees("已同意 李静 09:00")
    await world.settled()
    assert len([m for m in li.messages if "BB1001" in m.text]) == 1
    await wang.says("进度 BB1001").sees("已通过")


async def test_a_revoked_token_is_fetched_anew_once(world: World) -> None:
    """21: one refresh, one repetition of the call."""
    wang, _ = both(world)
    await wang.says("我的报备").sees("还没有报备")
    dingtalk = emulator(world)
    dingtalk.faults.revoke_tokens()
    await wang.says("待办").sees("没有")
    assert len([call for call in dingtalk.calls if call.path.endswith("/oauth2/accessToken")]) == 2


async def test_a_lost_answer_is_made_up_by_the_held_edit(world: World) -> None:
    """The acknowledgement never reached the client: its failure toast; the decision stands, and the card says so."""
    wang, li = await registered(world)
    emulator(world).faults.lose_answers_next(1)
    await li.presses("同意")
    await wang.looks().sees("BB1001 已通过")
    await li.presses("同意").sees("已同意 李静 09:00")


async def test_a_process_that_ends_leaves_its_cards_pressable(world: World) -> None:
    """22: another process takes what the last one sent."""
    wang, li = await registered(world)
    await world.restarts()
    await li.presses("同意").sees("已同意 李静 09:00")
    await wang.looks().sees("BB1001 已通过")
