"""People who left, have no account or two, a platform that refuses, a pause, a restart in the middle."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from handlers.broadcasts.names import CHUNK
from handlers.broadcasts.tables import recipients
from tests.broadcasts.conftest import BUTTON, goes_out, notices, sent, written
from tests.build import Org
from tests.chat import World

pytestmark = pytest.mark.usefixtures("at_their_phones")

MANY = CHUNK + 20
"""More than one chunk."""


@dataclass(frozen=True)
class Crowded(Org):
    """赵敏 is also on Feishu; the first agent has many more people, at all three messengers."""

    crowd: int = 0

    def rows(self, name: str) -> list[dict[str, str]]:
        rows = super().rows(name)
        if name != "people":
            return rows
        blank = dict.fromkeys(rows[0], "")
        more = [
            blank
            | {"name": f"业务{n:03}", "phone": f"139{n:08}", "role": "代理商业务员", "agent": "A0571-01"}
            | {"accounts": ("feishu:ou_crowd{}", "wecom:crowd{}", "dingtalk:crowd{}")[n % 3].format(n)}
            for n in range(self.crowd)
        ]
        second = {"赵敏": ";feishu:ou_zhaomin"}
        return [row | {"accounts": row["accounts"] + second.get(row["name"], "")} for row in rows] + more


@pytest.fixture
def org(request: pytest.FixtureRequest) -> Org:
    return Crowded(crowd=getattr(request, "param", 0))


async def fates(world: World) -> dict[str, str]:
    rows = await world.app.store.read(lambda unit: unit.sql.execute(select(recipients.c.name, recipients.c.fate)).all())
    return {name: str(fate) for name, fate in rows}


def crowd(world: World, people: int) -> list[Any]:
    return [
        world.person(f"业务{n:03}", *(("ou_crowd{}", "crowd{}", "crowd{}")[n % 3].format(n),), channel=channel)
        for n in range(people)
        for channel in [("feishu", "wecom", "dingtalk")[n % 3]]
    ]


@pytest.fixture(autouse=True)
def second_phone(world: World) -> None:
    world.person("赵敏", "ou_zhaomin")


async def test_whoever_leaves_is_neither_written_to_nor_reminded(world: World) -> None:
    lin, wang = world.member("林岚"), world.member("王磊")
    await sent(world, lin)
    await world.deactivates("刘洋")
    await wang.presses(BUTTON).sees("已知悉")
    await world.member("刘洋").presses(BUTTON).sees("您的账号已停用")
    await lin.says("催阅 GG301").sees("将提醒未知悉的 3 人")
    await lin.says("未确认 GG301").sees("陈启明", "另有 1 人的账号已停用，不再提醒").not_sees("刘洋")


async def test_once_its_author_has_left_it_is_hqs_affair(world: World) -> None:
    people = "name,phone,role,agent,accounts\n沈文,13800000093,总部管理员,,feishu:ou_shenwen\n"
    await world.app.import_sheet("people", "people.csv", people.encode())
    lin, shen = world.member("林岚"), world.person("沈文", "ou_shenwen")
    await sent(world, lin)
    await world.deactivates("林岚")
    await world.clock("2026-03-11 09:00")
    await shen.looks().sees("GG301 未知悉", "赵敏", "发送「催阅 GG301」")
    await shen.says("催阅 GG301").sees("GG301 未知悉的人今天都已提醒")


async def test_two_accounts_one_notice_where_they_were_last(world: World) -> None:
    lin, on_feishu, on_wecom = (
        world.member("林岚"),
        world.person("赵敏", "ou_zhaomin", channel="feishu"),
        world.member("赵敏"),
    )
    await world.passes(minutes=1)
    await on_feishu.says("你好").sees("赵敏您好")
    await sent(world, lin)
    await on_feishu.looks().sees("GG301 二季度返利通知")
    assert (notices(on_feishu), notices(on_wecom)) == (1, 0)
    await on_wecom.says("公告 GG301").sees("GG301 二季度返利通知")
    await on_wecom.presses(BUTTON).sees("已知悉")
    await world.settled()
    assert BUTTON not in on_feishu.card("GG301").buttons, "acknowledged is acknowledged on every copy"
    assert [(await fates(world))["赵敏"]] == ["delivered"]


async def test_whom_the_platform_refuses_is_named(world: World) -> None:
    lin, wang = world.member("林岚"), world.member("王磊")
    wang.feishu.world.users.pop(wang.user)
    await sent(world, lin)
    await lin.looks().sees("已送达 4/5, 失败 1", "失败 1（王磊（杭州启明））")
    await lin.says("未确认").sees("王磊（未送达）")


@pytest.mark.parametrize("org", [MANY], indirect=True)
async def test_paused_and_continued(world: World) -> None:
    """What has not left is taken back; continued, everybody gets it once."""
    lin, everybody = world.member("林岚"), crowd(world, MANY)
    await written(lin)
    world.phones["dingtalk"].emulator.faults.slow_seconds = 5.0
    await lin.presses("提交").sees("GG301 已提交")
    await world.passes(seconds=5)
    await lin.says("暂停 GG301").sees("GG301 已暂停")
    world.phones["dingtalk"].emulator.faults.slow_seconds = 0.0
    await goes_out(world)
    held = Counter((await fates(world)).values())
    assert held["waiting"] > 1
    assert held["queued"] == 0
    assert sum(notices(who) for who in everybody) < MANY
    gone = next(who for who in everybody if not notices(who))
    await world.deactivates(gone.name)
    await lin.says("暂停 GG301").sees("GG301 已暂停，不能暂停")
    await lin.says("继续 GG301").sees("GG301 继续发送")
    await goes_out(world)
    await lin.looks().sees(f"已送达 {MANY + 4}/{MANY + 4}, 失败 0")
    assert {notices(who) for who in everybody if who is not gone} == {1}
    assert notices(gone) == 0


@pytest.mark.parametrize("org", [MANY], indirect=True)
async def test_a_restart_in_the_middle(world: World) -> None:
    """Of the broadcast's chunks, and of the messages on their way."""
    lin, everybody = world.member("林岚"), crowd(world, MANY)
    await written(lin)
    await lin.presses("提交").sees("GG301 已提交")
    await world.passes(seconds=5)
    await world.restarts()
    await goes_out(world)
    await lin.looks().sees(f"已送达 {MANY + 5}/{MANY + 5}, 失败 0")
    assert {notices(who) for who in everybody} == {1}


async def test_recalled_before_it_went_out(world: World) -> None:
    lin, wang = world.member("林岚"), world.member("王磊")
    await written(lin)
    await lin.says("定时 明天 9:00").sees("2026-03-03 09:00 起发送")
    await lin.presses("提交").sees("GG301 已定时 2026-03-03 09:00")
    await lin.says("定时 GG301 后天上午10点").sees("GG301 已定时 2026-03-04 10:00")
    await lin.says("撤回公告 GG301 不发了").sees("GG301 已撤回，没有发送给任何人")
    await world.clock("2026-03-04 10:00")
    await wang.looks().not_sees("GG301")
    await wang.says("公告 GG301").sees("没有找到 GG301")


async def test_read_is_what_the_platform_says(world: World) -> None:
    """Told by Feishu and DingTalk, never by WeCom. It is not the acknowledgement."""
    lin, wang, li = (world.member(name) for name in ("林岚", "王磊", "李静"))
    await sent(world, lin)
    await world.settled()
    await wang.feishu.read(wang.user, [wang.card("GG301").message_id])
    await world.passes(seconds=5)
    await lin.looks().sees("已读(平台统计):1 人", "已知悉:0/5")
    await li.phone.emulator.read(li.user, [li.card("GG301").message_id])
    await world.passes(seconds=5)
    await lin.looks().sees("已读(平台统计):2 人", "已知悉:0/5")
    await world.deactivates("王磊")
    await wang.feishu.read(wang.user, [wang.last.message_id])
    await wang.looks().not_sees("停用")
