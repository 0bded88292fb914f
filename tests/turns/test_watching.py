"""What a listener hears of a turn: six steps, the rows as they were and are, nothing of what was rolled back."""

from collections.abc import Sequence
from contextlib import suppress

from adapters.playground.trace import Steps
from bot import watching
from bot.errors import Refusal
from bot.ports import AuditEntry, Step, Unit
from tests.chat import World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签 联系人 13800138000"


def listening(world: World) -> Steps:
    steps = Steps()
    world.app.dispatcher.trace = steps
    return steps


def last(steps: Steps) -> dict[str, Step]:
    return {step.name: step for step in steps.of(steps.traces()[-1])}


def changed(step: Step, table: str) -> Sequence[tuple[str, str, str]]:
    return [(one.column, one.before, one.after) for one in step.changes if one.table == table]


async def test_words_are_shown_as_typed_as_read_and_how_sure(world: World) -> None:
    steps = listening(world)
    await world.person("王磊", "ou_wanglei").says(LINE).sees("报备：请核对")
    turn = last(steps)
    assert list(turn) == list(watching.STEPS)
    assert ("人员", "王磊 · 代理商业务员 · A0571-01") in turn["known"].facts
    read = {word.slot: (word.typed, word.value, word.sure) for word in turn["understood"].words}
    assert read["预计金额"] == ("120万", "120.00 万元", "确定")
    assert read["预计签约日"] == ("6月底签", "2026-06-30", "确定")
    assert read["产品线"][2] == "推定"
    assert "138****8000" in str(turn)
    assert "13800138000" not in str(turn)
    assert not any(step.stopped for step in turn.values())


async def test_a_decision_shows_rows_before_and_after(world: World) -> None:
    await world.person("王磊", "ou_wanglei").says(LINE).sees("请核对")
    await world.person("王磊", "ou_wanglei").presses("提交").sees("BB1001")
    steps = listening(world)
    await world.person("李静", "ou_lijing").presses("同意").sees("已通过")
    turn = last(steps)
    assert ("等同文字", "同意 SP2001") in turn["understood"].facts
    assert ("角色", "区域经理可以同意") in turn["allowed"].facts
    assert ("state", "review", "protected") in changed(turn["written"], "deals")
    assert ("state", "pending", "agreed") in changed(turn["written"], "approvals")
    assert [after for column, _, after in changed(turn["written"], "audit") if column == "action"] == [
        "approval.agreed",
        "deal.protected",
    ]
    assert {len(after) for column, _, after in changed(turn["written"], "audit") if column == "digest"} == {64}


async def test_a_refusal_stops_where_it_was_said_no_and_its_rows_are_gone(world: World) -> None:
    await world.person("王磊", "ou_wanglei").says(LINE).sees("请核对")
    await world.person("王磊", "ou_wanglei").presses("提交").sees("BB1001")
    steps = listening(world)
    await world.person("王磊", "ou_wanglei").says("同意 SP2001").sees("无权限")
    turn = last(steps)
    assert [name for name, step in turn.items() if step.stopped] == ["allowed"]
    assert ("规则", "not_allowed") in turn["allowed"].facts
    assert {one.table for one in turn["written"].changes} == {"inbox", "audit", "outbox"}


async def test_what_was_rolled_back_was_not_written(world: World) -> None:
    def work(unit: Unit) -> list[str]:
        with watching.watched(lambda: watching.Watch("0123")) as watch:
            unit.audit.record(AuditEntry(at=world.now, actor="", channel="", object="BB1", action="stays"))
            with suppress(Refusal), unit.savepoint():
                unit.audit.record(AuditEntry(at=world.now, actor="", channel="", object="BB1", action="goes"))
                raise Refusal("no", "不行")
            return [one.after for one in watch.changes if one.column == "action"] if watch else []

    assert await world.app.store.write(work) == ["stays"]


def test_with_nobody_listening_nothing_is_noted() -> None:
    with watching.watched(None) as watch:
        watching.note(watching.KNOWN, ("人员", "王磊"))
        assert watch is None
        assert watching.current() is None
