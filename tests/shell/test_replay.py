"""``python -m bot replay`` as it is typed: lists, words and exit codes; what a replay does is in tests/turns."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import get_args

import pytest

from bot.messages import NOTHING, AnyInbound
from bot.replay import WORDS
from storage.store import Database
from tests.build import SHANGHAI
from tests.shell.conftest import Bot
from tests.shell.test_commands import FEISHU, another, serving
from tests.storage.samples import say

WAITS = "warn 未办成的请求：2 条，查看并重放：python -m bot replay"
AT = datetime.now(SHANGHAI)  # serve would forget older ones
WHEN = f"{AT:%Y-%m-%d %H:%M:%S}"


@pytest.fixture
def failed(bot: Bot, tmp_path: Path) -> Path:
    """A database with two failed pushes, one of a channel that is no more."""
    assert bot("replay").out == "没有未办成的请求\n"
    database = Database(f"sqlite:///{tmp_path}/var/bot.db")
    with database.unit() as unit:
        unit.inbox.fail(say("k1", text="绝密"), AT, NOTHING, "ab12cd34", "KeyError in commands.py:80")
        unit.inbox.fail(say("k2", channel="fei2"), AT, NOTHING, "0000ffff", "")
    database.close()
    (tmp_path / "bot.toml").write_text(FEISHU)
    return tmp_path


@pytest.mark.parametrize("arguments", [(), ("--list",), ("--list", "ab12cd34")])
def test_it_lists_and_runs_nothing(bot: Bot, failed: Path, arguments: tuple[str, ...]) -> None:
    ran = bot("replay", *arguments)
    assert ran.code == 0, ran.err
    first, second, how = ran.out.splitlines()
    assert first == f"ab12cd34  {WHEN}  feishu  消息  KeyError in commands.py:80"
    assert second == f"0000ffff  {WHEN}  fei2  消息"
    assert how.startswith("重放：python -m bot replay 编号")
    assert "绝密" not in ran.out + ran.err
    assert bot("replay").out == ran.out


def test_every_kind_of_push_has_a_word() -> None:
    assert set(WORDS) == set(get_args(AnyInbound))


def test_a_line_for_each_reference(bot: Bot, failed: Path) -> None:
    ran = bot("replay", "0000ffff", "AB12CD34", "ab12cd34", "none")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "ab12cd34：已办成，结果将发给本人",
        "0000ffff：渠道 fei2 没有启用，仍然保留",
        "none：没有这个编号，运行 python -m bot replay 可查看全部",
    ]
    again = bot("replay", "ab12cd34")
    assert (again.code, again.out) == (0, "ab12cd34：已经重放过，没有再执行\n")


def test_the_doctor_names_the_command_until_nothing_waits(bot: Bot, failed: Path) -> None:
    assert WAITS in bot("check").out.splitlines()
    (failed / "bot.toml").write_text(FEISHU + FEISHU.replace("channels.feishu", "channels.fei2"))
    assert bot("replay", "ab12cd34", "0000ffff").code == 0
    assert "未办成的请求" not in bot("check").out


def test_it_works_beside_serve_which_counts_what_waits(failed: Path) -> None:
    with serving(failed) as process:
        assert 'bot_failed_pushes{channel="feishu"} 1.0' in process.get("/metrics")[1]
        ran = another(failed, "replay", "ab12cd34")
        assert (ran.returncode, ran.stdout) == (0, "ab12cd34：已办成，结果将发给本人\n"), ran.stderr
        assert [json.loads(line)["event"] for line in ran.stderr.splitlines()] == ["turn replayed"]
        assert 'bot_failed_pushes{channel="feishu"}' not in process.get("/metrics")[1]
        assert 'bot_outbox_rows{channel="feishu",' in process.get("/metrics")[1]  # on its way, though nobody is there
        assert process.end() == 0
