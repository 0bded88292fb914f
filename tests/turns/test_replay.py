"""What failed is not lost: the operator puts it right and runs it again under the same key (design 3)."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import func, select

from bot.messages import Account, Say, single_chat
from handlers.deals.tables import deals
from tests.chat import Person, World
from tests.turns.operator import Operator, defect, reference_told

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
OTHER = "报备 杭州锦程酒店管理有限公司 净水一期 80万 7月1日签"


async def registered(world: World) -> int:
    return await world.app.store.read(lambda u: u.sql.execute(select(func.count()).select_from(deals)).scalar_one())


async def failed_submission(world: World) -> tuple[Person, str]:
    """The preview stands, 提交 fails, and the person is told a reference."""
    wang, _ = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    async with defect(world, "deals"):
        await wang.presses("提交").sees("抱歉，这次没有办成，已记录（编号 ")
    return wang, reference_told(wang)


async def test_a_click_that_failed_is_done_after_all(world: World) -> None:
    wang, reference = await failed_submission(world)
    li = world.person("李静", "ou_lijing")
    assert await registered(world) == 0

    wang.mark()
    ran = await Operator(world).replays(reference)
    assert (ran.code, ran.lines) == (0, [f"{reference}：已办成，结果将发给本人"])
    await wang.looks().sees("BB1001 已提交", "待审")
    await li.looks().sees("新报备 BB1001")
    await li.presses("同意").sees("已同意 李静")
    await wang.looks().sees("BB1001 已通过")


async def test_it_runs_once_however_often_it_is_asked_for(world: World) -> None:
    wang, reference = await failed_submission(world)
    operator = Operator(world)
    runs = await asyncio.gather(*(operator.replays(reference) for _ in range(4)))
    done = f"{reference}：已办成，结果将发给本人"
    again = f"{reference}：已经重放过，没有再执行"
    assert sorted(line for ran in runs for line in ran.lines) == sorted([done, again, again, again])
    assert {ran.code for ran in runs} == {0}
    assert (await operator.replays(reference)).lines == [again]

    await wang.looks().sees("BB1001 已提交", "报备 BB1001")
    await wang.presses_again("提交", on="报备 BB1001").sees("BB1001 已提交")
    assert await registered(world) == 1
    assert "push.replayed" in await world.audited()


async def test_what_the_messenger_repeats_afterwards_gets_the_stored_answer(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    async with defect(world, "deals"):
        await wang.says("我的报备").sees("抱歉，这次没有办成")
    push = wang.feishu.pushes[-1]
    await Operator(world).replays(reference_told(wang))
    await wang.looks().sees("还没有报备")
    assert await wang.feishu.pusher.replay(push) == 200
    await world.settled()
    assert len([m for m in wang.messages if "还没有报备" in m.text]) == 1


async def test_words_are_taken_as_of_their_receipt(world: World) -> None:
    """「明天」 is the day after they were said, and so is the registration's place in the line."""
    wang = world.person("王磊", "ou_wanglei")
    async with defect(world, "drafts"):
        await wang.says("报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 明天签").sees("抱歉，这次没有办成")
    reference = reference_told(wang)
    await world.clock("2026-03-05 10:00")
    await Operator(world).replays(reference)
    await wang.looks().sees("请核对", "2026-03-03")


async def test_what_came_while_the_database_was_away_keeps_that_instant(world: World) -> None:
    account = Account("feishu", "", "ou_wanglei")
    at = world.now - timedelta(hours=1)
    said = Say(key="k1", sender=account, place=single_chat(account), sent_at=at, trace="ab12cd34" * 2, text="我的报备")
    async with defect(world, "deals"):
        await world.app.dispatcher.take(said, at)
    first, _ = await Operator(world).lists()
    assert first.startswith("ab12cd34  2026-03-02 08:00:00  feishu  消息  ")


async def test_what_fails_again_stays_and_nobody_is_told_sorry_twice(world: World) -> None:
    wang, reference = await failed_submission(world)
    operator = Operator(world)
    wang.mark()
    async with defect(world, "approvals"):
        ran = await operator.replays(reference)
    assert (ran.code, ran.lines) == (1, [f"{reference}：又出错了，仍然保留（详情在日志里）"])
    listed, _ = await operator.lists()
    assert listed.startswith(reference)
    assert "queries.py:" in listed
    await wang.looks().not_sees("抱歉")
    assert await registered(world) == 0
    assert (await operator.replays(reference)).code == 0
    await wang.looks().sees("已提交，审批人:李静")


async def test_a_rule_may_say_no_by_then(world: World) -> None:
    """They did it again themselves: the second one meets the first, and says so."""
    wang, reference = await failed_submission(world)
    await wang.presses("提交").sees("BB1001 已提交")
    wang.mark()
    assert (await Operator(world).replays(reference)).code == 0
    await wang.looks().sees("BB1001 已提交")
    assert await registered(world) == 1


async def test_what_was_asked_since_is_not_what_the_words_answer(world: World) -> None:
    """提交 was said of the first preview; another one stands by now, and nobody submitted that."""
    wang = world.person("王磊", "ou_wanglei")
    await wang.says(LINE).sees("请核对")
    async with defect(world, "deals"):
        await wang.says("提交").sees("抱歉，这次没有办成")
    reference = reference_told(wang)
    await world.passes(minutes=2)
    await wang.says(OTHER).sees("请核对", "净水一期")
    wang.mark()
    await Operator(world).replays(reference)
    await wang.looks().sees("草稿")
    assert await registered(world) == 0


async def test_the_list_shows_when_where_and_why_but_nothing_that_was_said(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    assert await Operator(world).lists() == ["没有未办成的请求"]
    async with defect(world, "deals"):
        await wang.says("进度 BB1001").sees("抱歉，这次没有办成")
        reference = reference_told(wang)
        await world.passes(minutes=1)
        await wang.says("我的报备").sees("抱歉，这次没有办成")
    first, second, how = await Operator(world).lists()
    assert first.startswith(f"{reference}  2026-03-02 09:00:00  feishu  消息  ")
    assert first.endswith(tuple("0123456789"))
    assert ", queries.py:" in first
    assert second.startswith(f"{reference_told(wang)}  2026-03-02 09:01:00  feishu  消息  ")
    assert "python -m bot replay 编号" in how
    for secret in ("王磊", "进度", "我的报备", "ou_wanglei", "SELECT"):
        assert secret not in first + second + how


async def test_an_unknown_reference_is_said_to_be_unknown(world: World) -> None:
    ran = await Operator(world).replays("0badcafe")
    assert (ran.code, ran.lines) == (1, ["0badcafe：没有这个编号，运行 python -m bot replay 可查看全部"])
