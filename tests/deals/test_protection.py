"""A protection's life on the clock: reminders on working days, its end, and what others may do afterwards."""

from __future__ import annotations

import asyncio

from tests.chat import World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


async def test_reminded_then_expired_then_free(world: World) -> None:
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await li.presses("同意").sees("已同意")
    await wang.looks().sees("保护至 2026-05-31")

    for at, words in (
        ("2026-05-18 09:00", "BB1001 还有 13 天到期"),
        ("2026-05-25 09:00", "BB1001 还有 6 天到期"),
        ("2026-05-28 09:00", "BB1001 还有 3 天到期"),
        ("2026-05-29 09:00", "BB1001 还有 2 天到期"),
    ):
        wang.mark()
        await world.clock(at)
        await wang.looks().sees(words)

    wang.mark()
    await world.clock("2026-06-01 00:00")
    await wang.looks().not_sees("已过期")
    await world.clock("2026-06-01 09:00")
    await wang.looks().sees("BB1001 已过期（")
    await li.looks().sees("BB1001 已过期（")

    zhao = world.person("赵敏", "ou_zhaomin")
    await zhao.says("报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签").sees("查重:未发现冲突")
    await zhao.presses("提交").sees("BB1002 已提交")


async def test_two_agents_at_once_one_winner(world: World) -> None:
    """14: whoever loses at the constraint hears neutral words."""
    wang, zhao = world.person("王磊", "ou_wanglei"), world.person("赵敏", "ou_zhaomin")
    await wang.says(LINE).sees("请核对")
    await zhao.says(LINE.replace("杭州云栖湾", "杭州市雲栖灣")).sees("请核对")
    card_w, card_z = wang.card("请核对"), zhao.card("请核对")
    clicks = await asyncio.gather(
        wang.feishu.press(wang.open_id, card_w.message_id, "提交"),
        zhao.feishu.press(zhao.open_id, card_z.message_id, "提交"),
    )
    toasts = [c.toast.content for c in clicks if c.toast]
    assert sum("BB100" in t and "已提交" in t for t in toasts) == 1
    lost = next(t for t in toasts if "已提交" not in t)
    assert "与已保护报备高度相似" in lost
    assert not any(word in lost for word in ("启明", "甬诚", "王磊", "赵敏", "120"))


async def test_a_colleague_is_not_sent_to_a_card_they_may_not_see(world: World) -> None:
    wang, liu = world.person("王磊", "ou_wanglei"), world.person("刘洋", "ou_liuyang")
    await wang.says(LINE).sees("请核对")
    await wang.presses("提交").sees("BB1001 已提交")
    await liu.says(LINE).sees("贵公司已报备过这个项目:BB1001。详情请问贵公司负责人").not_sees("发送「进度")
    await wang.says(LINE).sees("发送「进度 BB1001」查看")
