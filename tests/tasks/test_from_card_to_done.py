"""A task from the line to its end, over three messengers: every copy follows, each second press is told what became of it."""

from __future__ import annotations

import pytest

from tests.chat import Person, World


@pytest.mark.parametrize("name", ["李静", "林岚"])
async def test_from_the_line_to_the_end(world: World, zhao: Person, name: str) -> None:
    giver = world.member(name)
    await giver.says("任务 @赵敏 周五前 提交选型表 高").sees(
        "任务 RW601 提交选型表", "待接受", "已派给赵敏，等待接受", "截止:2026-03-06 周五 18:00", "优先级:高"
    )
    await zhao.looks().sees("任务 RW601 提交选型表", f"派出人 {name}", "截止 2026-03-06 周五 18:00")
    assert zhao.last.buttons == ["接受", "完成", "延期", "需要帮助"]

    giver.mark()
    await zhao.presses("接受").sees("进行中", "RW601 已接受，请在 2026-03-06 周五 18:00 前完成")
    await giver.looks().sees("赵敏已接受 RW601（提交选型表）")
    await zhao.says("进度 RW601 60% 主机已到场").sees("RW601 已更新：60%，主机已到场")
    await giver.says("进度 RW601").sees("进度 60/100", "赵敏进行中，主机已到场")

    await world.clock("2026-03-02 16:00")
    giver.mark()
    await zhao.presses("需要帮助").sees("RW601：需要什么帮助")
    await zhao.says("缺调试人员").sees("已标为需要帮助，已告诉" + name)
    await giver.looks().sees("阻塞", "赵敏需要帮助：缺调试人员")
    await zhao.says("进度 rw601 80%").sees("已更新：80%")

    giver.mark()
    await zhao.presses("完成").sees("待验收", f"等{name}验收")
    await giver.looks().sees("待验收", "赵敏 2026-03-02 16:00 提交完成")
    assert {"验收", "退回"} <= set(giver.last.buttons)

    await giver.says("退回 RW601 还缺盖章页").sees("已退回给赵敏")
    await zhao.looks().sees("进行中", "退回：还缺盖章页")
    await zhao.says("完成 RW601 盖章页已补").sees(f"等{name}验收")
    await giver.looks().sees("提交完成：盖章页已补")

    zhao.mark()
    await giver.presses("验收").sees(f"已完成 {name} 16:00")
    await zhao.looks().sees("RW601（提交选型表）已验收，任务完成")
    await world.settled()
    assert [m.buttons for m in (*zhao.messages, *giver.messages) if {"完成", "验收", "撤回"} & set(m.buttons)] == []
    await giver.presses_again("验收", on=f"已完成 {name}").sees(f"已处理:{name} 16:00 已完成")
    assert {
        "task.given", "task.accepted", "task.progress", "task.blocked", "task.reported", "task.returned", "task.done",
    } <= await world.audited()  # fmt: skip


async def test_on_feishu_the_givers_card_follows(lin: Person, wang: Person) -> None:
    """Where an edit costs nothing, the card says how far it is while it happens."""
    await lin.says("任务 王磊 明天下午3点前 更新报价单").sees("任务 RW601 更新报价单", "截止:2026-03-03 周二 15:00")
    lin.mark()
    await wang.says("进度 RW601 30%").sees("已更新：30%", "进度 30/100")
    await lin.looks().sees("进行中", "进度 30/100")
    await wang.presses("完成").sees("待验收")
    await lin.looks().sees("待验收", "进度 100/100")


@pytest.mark.parametrize(
    ("channel", "chat", "user"), [("feishu", "oc_team", "ou_wanglei"), ("dingtalk", "cidteam", "wanglei")]
)
async def test_in_a_group_with_a_mention(world: World, channel: str, chat: str, user: str) -> None:
    """The group learns that it is answered in the single chat; who is mentioned gets the card there."""
    giver = world.member("林岚" if channel == "feishu" else "李静")
    emulator = giver.phone.emulator
    if channel == "dingtalk":
        await _knows(world, "王磊", channel, user)
    else:
        world.member("王磊")
    emulator.add_group(chat, "项目群", [giver.user, user])
    giver.mark()
    await emulator.say(giver.user, "任务 @王磊 周五前 提交选型表", chat, mention_bot=True, mentions=[user])
    await giver.looks().sees("任务 RW601 提交选型表", "负责人:王磊", "截止:2026-03-06 周五 18:00")
    await world.settled()
    told = [m.text for m in emulator.messages(chat) if m.sender == "bot"]
    assert any("已在单聊里回复您" in text for text in told)
    assert not any("RW601" in text for text in told)


async def _knows(world: World, name: str, channel: str, user: str) -> None:
    """王磊 links an account of another messenger to himself."""
    there, here = world.person(name, user, channel=channel), world.member(name)
    said = await there.says("绑定 飞书账号").sees("关联 ")
    code = said.split("关联 ")[1].split()[0].rstrip("。")
    await here.says(f"关联 {code}").sees("确认关联")
    await here.presses("确认关联").sees("已关联")


async def test_a_form_where_something_is_missing(lin: Person, world: World) -> None:
    await lin.says("任务 提交选型表").sees("负责人", "截止时间")
    await lin.presses("下一步", form={"who": "王磊", "due": "周五前"}).sees("任务 RW601 提交选型表", "负责人:王磊")


async def test_question_by_question(li: Person, zhao: Person) -> None:
    await li.says("任务 赵敏 提交选型表").sees("截止时间")
    await li.says("昨天").sees("已经过去")
    await li.says("周五前").sees("任务 RW601 提交选型表", "截止:2026-03-06 周五 18:00")


async def test_a_photo_that_was_announced_comes_first(world: World, given: None, zhao: Person, li: Person) -> None:
    await zhao.says("完成 RW601 见照片").sees("完成：请核对", "请先把照片或文件发给我")
    await zhao.sends(b"\x89PNG\r\n\x1a\n" + b"a photo" * 300).sees("等李静验收")
    await zhao.looks().sees("归到 RW601")
    await li.looks().sees("提交完成：见照片", "图片")


async def test_a_photo_afterwards_belongs_to_the_task_spoken_of(world: World, given: None, zhao: Person) -> None:
    await zhao.presses("完成").sees("照片或文件可以现在发给我")
    await zhao.sends(b"\x89PNG\r\n\x1a\n" + b"a photo" * 300).sees("归到 RW601")
    assert "task.evidence" in await world.audited()


@pytest.mark.parametrize(("giver", "owner"), [("李静", "赵敏"), ("周强", "李静"), ("李静", "王磊")])
async def test_done_with_a_photo_on_each_messenger(world: World, giver: str, owner: str) -> None:
    """The owner on WeCom, on DingTalk, on Feishu; whoever checks it has the photo on the card."""
    above, below = world.member(giver), world.member(owner)
    await above.says(f"任务 {owner} 周五前 提交选型表").sees("任务 RW601")
    await below.presses("完成").sees("待验收")
    await below.sends(b"\x89PNG\r\n\x1a\n" + b"a photo" * 300).sees("已收到：图片", "归到 RW601")
    await world.settled()
    assert "图片" in above.last.text or '"img_key"' in above.last.raw, "on Feishu the photo itself"
    await above.presses("验收").sees(f"已完成 {giver}")
    await below.looks().sees("RW601（提交选型表）已验收，任务完成")


@pytest.mark.parametrize(("giver", "owner"), [("李静", "赵敏"), ("周强", "李静"), ("李静", "王磊")])
async def test_postponed_with_consent_on_each_messenger(world: World, giver: str, owner: str) -> None:
    above, below = world.member(giver), world.member(owner)
    await above.says(f"任务 {owner} 周五前 提交选型表").sees("任务 RW601")
    await below.presses("延期").sees("延到什么时间")
    await below.says("下周三").sees("延期原因")
    await below.says("等客户确认").sees(f"已请{giver}同意延期到 2026-03-11 周三 18:00（SP2001）")
    await above.presses("同意", on="延期申请").sees(f"已同意 {giver}")
    await below.looks().sees("RW601 已同意延期，截止时间改为 2026-03-11 周三 18:00", "截止")


async def test_the_words_for_it(given: None, zhao: Person, li: Person) -> None:
    """All that can be pressed can be typed, without a number while it is the one spoken of, and asked about."""
    await zhao.says("接受").sees("RW601 已接受")
    await zhao.says("进度 60").sees("RW601 已更新：60%")
    await zhao.says("进度 RW601 怎么样了").sees("进度 60/100")
    await zhao.says("rw601").sees("任务 RW601", "进度 60/100")
    await zhao.says("完成了").sees("完成：请核对", "RW601（推定）")
    await zhao.says("提交").sees("等李静验收")
    await li.says("验收").sees("验收：请核对", "RW601（推定）")
    await li.says("提交").sees("RW601 已验收，已通知赵敏")
    await zhao.says("任务 @刘洋 周五前 提交选型表").sees("无权限")
