"""The sample organisation on three messengers, and how a broadcast is written there."""

from __future__ import annotations

import pytest

from tests.chat import Person, World

POLICY = (
    "关于 2026 年第二季度渠道返利政策的通知 渠道〔2026〕12 号。一、适用范围:华东、华南金牌及以上代理商。"
    "二、季度销售达成率 ≥90% 方可享受。三、返利阶梯:100 万以内 1%,100–300 万部分 2%,300–500 万部分 3%,500 万以上部分 4%"
    "(超额累进)。四、回款周期 15 天内 100%,30 天内 80%,45 天内 50%。五、自 2026 年 4 月 1 日起执行。"
)
EVERYBODY = "华东 业务员 老板 区域经理"
BUTTON = "我已阅读并知悉"


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "dingtalk", "wecom")


async def written(
    who: Person, title: str = "二季度返利通知", to: str = EVERYBODY, body: str = "请各位按时核对返利。"
) -> str:
    """Up to the preview, which is returned."""
    await who.says(f"发公告 {title}").sees("正文")
    await who.says(body).sees("受众区域")
    return await who.says(to).sees("共 ", "请核对")


async def sent(world: World, who: Person, **what: str) -> None:
    """GG301 on its way to the end."""
    await written(who, **what)
    await who.presses("提交").sees("GG301 已提交")
    await goes_out(world)


def notices(who: Person) -> int:
    """How many cards of it somebody was sent; a morning's summary names it too."""
    return sum("GG301 二季度返利通知" in m.text and "公告 GG301" not in m.text for m in who.messages)


async def goes_out(world: World) -> None:
    """Handed over with one tick, told of with the next."""
    await world.passes(seconds=5)
    await world.settled()
    await world.passes(seconds=5)
    await world.settled()


@pytest.fixture
def at_their_phones(world: World) -> None:
    """Whoever is written to is known at their messenger."""
    for name in ("林岚", "周强", "王磊", "陈启明", "刘洋", "赵敏", "李静"):
        world.member(name)
