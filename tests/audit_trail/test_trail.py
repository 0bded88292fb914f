"""审计 and 校验审计链 as auditors meet them."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from tests.audit_trail.conftest import sealed
from tests.chat import World

DEAL = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


async def registered(world: World) -> None:
    wang = world.person("王磊", "ou_wanglei")
    world.person("李静", "ou_lijing")
    await wang.says(DEAL).sees("提交")
    await wang.presses("提交").sees("BB1001")


async def test_the_trail_of_one_deal(world: World) -> None:
    await registered(world)
    auditor = world.person("郑和平", "ou_zhengheping")
    seen = await auditor.says("审计 BB1001").sees("审计 BB1001", "王磊", "2026-03-02 09:00")
    assert "ou_" not in seen
    await auditor.says("审计 bb1001").sees("审计 BB1001")
    await auditor.says("审计 a0571-01").sees("审计 A0571-01", "导入代理商", "杭州启明机电有限公司")
    await auditor.says("审计 王磊").sees("导入人员", "138****0001").not_sees("13800000001")
    await auditor.says("审计 BB9999").sees("没有找到「BB9999」的审计记录")


async def test_the_trail_is_for_auditors_and_hq(world: World) -> None:
    for open_id in ("ou_wanglei", "ou_chenqiming", "ou_lijing", "ou_sunmei"):
        for words in ("审计 BB1001", "校验审计链"):
            await world.person(open_id, open_id).says(words).sees("无权限")
    await world.person("林岚", "ou_linlan").says("审计 A0571-01").sees("导入代理商")


async def test_an_intact_chain(world: World) -> None:
    auditor = world.person("郑和平", "ou_zhengheping")
    count = await sealed(world)
    assert count > 10
    seen = await auditor.says("校验审计链 3月").sees("2026-03-01 至 2026-03-31：完整,共 ", "链首 ")
    assert f"共 {count} 条" in seen
    await auditor.says("校验审计链").sees("全部记录：完整,共 ")
    await auditor.says("校验审计链 随便").sees("没看出是哪段时间")


def tampered(statement: str) -> Any:
    """As somebody with the database's own tools would: triggers are no obstacle to them."""

    def work(unit: Any) -> None:
        if unit.sql.dialect.name == "postgresql":
            unit.sql.execute(text("SET LOCAL session_replication_role = replica"))
        else:
            for name in unit.sql.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all():
                unit.sql.execute(text(f"DROP TRIGGER {name}"))
        unit.sql.execute(text(statement))

    return work


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("UPDATE audit SET actor = 'x' WHERE id = 7", r"第 7 条（审计号 7）被改动。此前 6 条完整"),
        ("DELETE FROM audit WHERE id = 3", r"第 3 条（审计号 3）被删除"),
    ],
)
async def test_the_first_broken_entry_is_named(world: World, statement: str, line: str) -> None:
    auditor = world.person("郑和平", "ou_zhengheping")
    await sealed(world)
    await auditor.says("校验审计链 3月").sees("完整")
    await world.app.store.write(tampered(statement))
    await auditor.says("校验审计链 3月").sees(line, "请立即通知总部")


async def test_the_head_is_published_every_morning(world: World) -> None:
    auditor = world.person("郑和平", "ou_zhengheping")
    await sealed(world)
    await world.clock("2026-03-03T09:00:30")
    await auditor.looks().sees("审计链首 ", "签名 ", "请留存")
    await auditor.says("审计 王磊").sees("导入人员").not_sees("审计链首")
