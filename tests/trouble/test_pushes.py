"""What a messenger repeats, a stranger forges, and one person floods (abuse cases 1 to 3, 19)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import aiohttp

from tests.chat import World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


async def test_the_same_event_fifty_times_at_once_is_one_turn(world: World) -> None:
    """2: one stored push, one reply, 200 for every one of them."""
    wang = world.person("王磊", "ou_wanglei")
    await wang.says("我的报备").sees("还没有报备")
    push = wang.feishu.pushes[-1]
    before = len(wang.messages)
    answers = await asyncio.gather(*(wang.feishu.pusher.replay(push) for _ in range(50)))
    assert set(answers) == {200}
    await world.settled()
    assert len(wang.messages) == before


async def test_a_repetition_under_another_event_id_is_known_by_its_message(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    wang.feishu.faults.duplicate_pushes = True
    for _ in range(4):
        await wang.says("我的报备").sees("还没有报备")
    await world.settled()
    assert len([m for m in wang.messages if "还没有报备" in m.text]) == 4


async def test_an_old_push_is_refused_and_a_late_repetition_is_taken_once(world: World) -> None:
    """3: a year old: 401; six hours later: known."""
    wang = world.person("王磊", "ou_wanglei")
    await wang.says("我的报备").sees("还没有报备")
    push = wang.feishu.pushes[-1]
    await world.passes(hours=6)
    assert await wang.feishu.pusher.replay(push) == 200
    await world.settled()
    assert len([m for m in wang.messages if "还没有报备" in m.text]) == 1
    await world.passes(days=365)
    assert await wang.feishu.pusher.replay(push) == 401


async def test_forgers_hear_nothing(world: World) -> None:
    """1: no signature, a wrong one, the right one on another body: 401 without a word."""
    wang = world.person("王磊", "ou_wanglei")
    await wang.says("我的报备").sees("还没有报备")
    push = wang.feishu.pushes[-1]
    other = push.raw.replace(b'"', b'" ', 1)
    unsigned = {k: v for k, v in push.headers.items() if "Signature" not in k}
    wrong = push.headers | {"X-Lark-Signature": "0" * 64}
    async with aiohttp.ClientSession() as session:
        for body, headers in ((push.raw, unsigned), (push.raw, wrong), (other, push.headers)):
            async with session.post(wang.feishu.callback_url, data=body, headers=headers) as answer:
                assert (answer.status, await answer.text()) == (401, "")


async def test_a_storm_of_one_person_loses_nothing_and_holds_nobody_up(world: World) -> None:
    """19: what cannot wait is refused, so that the messenger repeats it; each is answered once in the end."""
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    storm = asyncio.gather(*(wang.feishu.say(wang.open_id, f"进度 BB{n}") for n in range(9000, 9120)))
    await li.says("待办").sees("没有")
    pushes = await storm
    assert {p.status for p in pushes} <= {200, 503}
    while wang.feishu.failed_pushes:
        await world.passes(hours=6)
        await wang.feishu.redeliver_due()
    await world.app.dispatcher.drain()
    taken = await world.answered(wang)
    assert taken >= 120


async def test_the_bot_does_not_talk_to_bots_or_to_a_group_that_does_not_speak_to_it(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    wang.feishu.add_group("oc_team", "启明项目群", ["ou_wanglei"])
    await wang.feishu.say(wang.open_id, "报备 随便说说", chat_id="oc_team")
    await wang.says("我的报备", group="oc_team").sees("还没有报备")
    in_group = [m.text for m in wang.feishu.messages("oc_team") if m.sender == "bot"]
    await world.settled()
    assert in_group in ([], ["已在单聊里回复您。"])


async def test_a_push_that_could_not_be_stored_is_repeated(world: World) -> None:
    """Feishu repeats after 15 s, 5 min, 1 h, 6 h."""
    wang = world.person("王磊", "ou_wanglei")
    async with world.without_database():
        push = await wang.feishu.say(wang.open_id, "我的报备")
        assert push.status == 503
    await world.clock(world.now + timedelta(seconds=16))
    await wang.feishu.redeliver_due()
    await wang.looks().sees("还没有报备")
