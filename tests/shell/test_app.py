"""The whole process: what its log tells, what a stop leaves behind, and that it follows what others change."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from aiohttp import ClientSession

from adapters.feishu.emulator import FeishuEmulator, Message
from bot import log
from bot.app import App
from bot.config import Config, Server
from bot.errors import OperatorError
from tests.build import Org, configuration
from tests.chat import World
from tests.phones import feishu_table

REGISTRATION = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"


async def test_the_log_follows_a_push_to_its_reply_and_keeps_its_secrets(world: World, own_logging: None) -> None:
    stream = StringIO()
    log.configure(stream=stream)  # without the configured secrets: names and shapes alone have to do
    wang, li = world.person("王磊", "ou_wanglei"), world.person("李静", "ou_lijing")
    await wang.says(REGISTRATION).sees("提交")
    await wang.presses("提交").sees("已提交")
    await li.looks().sees("新报备")
    await wang.says("联系人 张总 13800000002").sees("138")
    await wang.says("信用代码 91330106MA0TEXT01T").sees("校验通过")

    def traces(event: str, end: str) -> set[str]:
        lines = (json.loads(line) for line in stream.getvalue().splitlines())
        return {line["trace"] for line in lines if (line["event"], line.get("end")) == (event, end)}

    assert len(traces("turn", "done")) == 4
    async with asyncio.timeout(5):
        while not traces("turn", "done") <= traces("delivery", "sent"):  # noqa: ASYNC110 - nobody tells of log lines
            await asyncio.sleep(0.01)
    feishu = world.feishu["feishu"]
    private = (feishu.app_secret, feishu.encrypt_key, feishu.verification_token, "transcripts-only")
    spoken = ("云栖湾", "张总", "13800000002", "91330106MA0TEXT01T", "王磊")
    assert [marked for marked in (*private, *spoken) if marked in stream.getvalue()] == []


EXPECTED = {
    'bot_inbound_total{channel="feishu",end="done"} 1.0',
    'bot_deliveries_total{channel="feishu",outcome="sent"} 1.0',
    'bot_outbox_rows{channel="feishu",state="sent"} 1.0',
    'bot_channel_up{channel="feishu"} 1.0',
}


async def test_metrics_count_what_happened(world: World) -> None:
    await world.person("王磊", "ou_wanglei").says("我是谁").sees("王磊")
    async with ClientSession(world.app.address) as outside, asyncio.timeout(5):

        async def metrics() -> list[str]:
            return (await (await outside.get("/metrics")).text()).splitlines()

        while not set(shown := await metrics()) >= EXPECTED:  # noqa: ASYNC110 - counted just after the message arrived
            await asyncio.sleep(0.01)
        forged = await outside.post("/channels/feishu/callback", json={"encrypt": "x"})
        after = await metrics()
    assert forged.status == 401
    assert any(line.startswith('bot_security_rejections_total{channel="feishu"') for line in set(after) - set(shown))


async def test_a_stop_loses_nothing_that_was_taken(tmp_path: Path) -> None:
    """The push is on its way when the stop comes; the next process sends what this one may have left."""
    (tmp_path / "now").write_text(Org().start.isoformat())
    feishu = FeishuEmulator(now=lambda: Org().start)
    await feishu.start()
    config = configuration(tmp_path, f"sqlite:///{tmp_path}/bot.db", tmp_path / "now", {"feishu": feishu_table(feishu)})

    def answers() -> list[Message]:
        return [m for m in feishu.messages(feishu.p2p_chat("ou_wanglei")) if m.sender == "bot"]

    try:
        first = App(config)
        await first.start()
        await Org().load(first)
        feishu.add_user("ou_wanglei", "王磊")
        feishu.callback_url = f"{first.address}/channels/feishu/callback"
        said = asyncio.create_task(feishu.say("ou_wanglei", "我是谁"))
        while not feishu.pushes:  # noqa: ASYNC110 - the wire tells of no requests under way
            await asyncio.sleep(0)
        await first.stop()
        push = await said

        second = App(config)
        await second.start()
        feishu.callback_url = f"{second.address}/channels/feishu/callback"
        if push.status != 200:
            await feishu.say("ou_wanglei", "我是谁")
        await feishu.until(answers)
        await second.settled()
        await second.stop()
    finally:
        await feishu.stop()
    assert len(answers()) == 1


async def test_a_failed_start_leaves_nothing_open(tmp_path: Path) -> None:
    database = {"url": f"sqlite:///{tmp_path}/bot.db"}
    running = App(Config.model_validate({"database": {"url": f"sqlite:///{tmp_path}/other.db"}, "server": {"port": 0}}))
    await running.start()
    taken = int(running.address.rpartition(":")[2])
    with pytest.raises(OperatorError, match=r"server\.port"):
        await App(Config.model_validate({"database": database, "server": {"port": taken}})).start()
    await running.stop()

    again = App(Config.model_validate({"database": database, "server": Server(port=0)}))
    await again.start()
    await again.stop()


async def test_an_imported_holiday_is_kept_by_the_running_bot(world: World) -> None:
    assert world.app.premises().calendar.is_workday(date(2026, 3, 3))
    table = "date,kind,name\n2026-03-03,holiday,测试\n".encode()
    imported = await world.app.import_sheet("holidays", "2026.csv", table)
    await world.app.tick()
    assert (imported.new, imported.problems) == (1, ())
    assert not world.app.premises().calendar.is_workday(date(2026, 3, 3))
