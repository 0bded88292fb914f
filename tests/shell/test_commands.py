"""The commands as an operator meets them: real processes, one line for every mistake, and a clean end."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.feishu.emulator import FeishuEmulator
from tests.databases import Postgres
from tests.shell.conftest import Bot
from tests.shell.workbook import workbook

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "adapters" / "playground" / "sample"
LAZY = ("psycopg", "lark_oapi", "dingtalk_stream", "wechatpy", "requests", "pypinyin", "opencc", "python_calamine")


def environment(**more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", "HOME": "/nonexistent", **more}


class Serving:
    """A ``serve`` under way."""

    def __init__(self, process: subprocess.Popen[str], address: str, log: list[str]) -> None:
        self.process = process
        self.address = address
        self.log = log

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(self.address + path, timeout=10) as answer:  # noqa: S310 - our own address
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def end(self, by: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(by)
        assert self.process.stderr is not None
        self.log += self.process.stderr.readlines()
        return self.process.wait(30)


def another(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=60, check=False
    )


@contextmanager
def serving(folder: Path, **environ: str) -> Iterator[Serving]:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "serve"],
        cwd=folder,
        env=environment(**{"BOT_SERVER__PORT": "0", "BOT_SCHEDULER__TICK_SECONDS": "0.1"} | environ),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        log: list[str] = []
        assert process.stderr is not None
        for line in process.stderr:
            log.append(line)
            if found := re.search(r"serving on (http://[\d.:]+)", line):
                yield Serving(process, found[1], log)
                break
        else:
            raise AssertionError("".join(log))
    finally:
        process.kill()
        process.communicate()


FEISHU = """
[channels.feishu]
platform = "feishu"
base_url = "http://127.0.0.1:9"
app_id = "cli_1"
app_secret = "secret-of-the-app"
encrypt_key = "key-of-the-events"
"""


def test_help_names_what_there_is(bot: Bot) -> None:
    shown = bot("--help")
    assert shown.code == 0
    for command in ("serve", "demo", "migrate", "check", "replay", "import", "invite", "alerts", "audit"):
        assert re.search(rf"^  {command} ", shown.out, re.MULTILINE), command
    assert bot("backup", "x").code == 2  # not built yet, so it is not there


@pytest.mark.parametrize(
    ("arguments", "environ", "error"),
    [
        (["serve", "--config", "none.toml"], {}, ["none.toml：无法读取配置文件"]),
        (
            ["serve"],
            {"BOT_SERVER__PORT": "x", "BOT_CLOCK__FLE": "y"},
            ["server.port：应为整数", "clock.fle：没有这个键"],
        ),
        (["serve"], {"BOT_CLOCK__FILE": "nothing"}, ["clock.file：文件里应是一个带时区的时刻"]),
        (["serve"], {"BOT_SERVER__HOST": "192.0.2.1"}, ["server.port：无法监听 192.0.2.1:8080"]),
        (["serve"], {"BOT_DATABASE__URL": "sqlite:////proc/none/bot.db"}, ["/proc/none"]),
        (["import", "people", "none.csv"], {}, ["none.csv：无法读取"]),
        (["import", "people", "bot.toml"], {}, ["bot.toml：只接受 .csv 与 .xlsx 文件"]),
        (
            ["migrate"],
            {"BOT_DATABASE__URL": "postgresql+psycopg://nobody@127.0.0.1:9/x", "BOT_SECURITY__SIGNING_KEY": "k" * 32},
            ["database.url：数据库不可用"],
        ),
    ],
)
def test_a_mistake_is_a_line_and_exit_1(
    bot: Bot, tmp_path: Path, arguments: list[str], environ: dict[str, str], error: list[str]
) -> None:
    (tmp_path / "bot.toml").write_text("")
    ran = bot(*arguments, **environ)
    assert ran.code == 1
    assert len(ran.said) == len(error), ran.err
    for line, begin in zip(ran.said, error, strict=True):
        assert begin in line
    assert "Traceback" not in ran.err


def test_serve_starts_from_nothing_says_how_it_is_and_ends_clean(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        assert json.loads(process.get("/health/live")[1]) == {"live": True}
        status, body = process.get("/health/ready")
        while status == 503 and json.loads(body)["reasons"] == ["定时器尚未开始"]:
            status, body = process.get("/health/ready")
        assert (status, json.loads(body)["database"], json.loads(body)["channels"]) == (200, True, {})
        assert process.get("/")[0] == 404
        assert process.get("/channels/feishu/callback")[0] == 404
        assert "bot_tick_age_seconds" in process.get("/metrics")[1]

        assert process.end() == 0

    assert json.loads(process.log[-1])["event"] == "stopped"
    assert stat.S_IMODE((tmp_path / "var" / "signing.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "var" / "bot.db").stat().st_mode) == 0o600


def test_serve_and_short_commands_share_an_sqlite_file(bot: Bot, tmp_path: Path) -> None:
    with serving(tmp_path, BOT_SCHEDULER__TICK_SECONDS="20") as process:  # so that only the end seals what was imported
        second = another(tmp_path, "serve")
        assert (second.returncode, len(second.stderr.splitlines())) == (1, 1), second.stderr
        assert "bot.db" in second.stderr
        refused = bot("migrate")
        assert (refused.code, len(refused.err.splitlines())) == (1, 1), refused.err
        assert bot("import", "agents", str(SAMPLE / "agents.csv")).code == 0
        assert bot("check").code == 0
        assert process.end(signal.SIGINT) == 0
    verified = bot("audit", "verify")
    assert (verified.code, "尚未封存" in verified.out) == (0, False), verified.err
    assert re.search(r"共 [1-9]\d* 条", verified.out)
    assert bot("migrate").code == 0


def test_the_clock_file_is_said_loudly(tmp_path: Path) -> None:
    (tmp_path / "now").write_text("2026-03-02T09:00:00+08:00")
    with serving(tmp_path, BOT_CLOCK__FILE="now") as process:
        assert any("clock.file" in line and '"warning"' in line for line in process.log)
        assert "业务时间取自 clock.file，仅限演练与验收" in process.get("/health/ready")[1]


def test_channels_that_nobody_answers_are_named_and_the_others_served(tmp_path: Path) -> None:
    dingtalk = (
        '[channels.d]\nplatform = "dingtalk"\nclient_id = "d"\nclient_secret = "s"\nbase_url = "http://127.0.0.1:1"'
    )
    (tmp_path / "bot.toml").write_text(FEISHU + dingtalk)
    with serving(tmp_path) as process:
        channels = json.loads(process.get("/health/ready")[1])["channels"]
        assert channels["d"]["up"] is False
        assert "Stream 连接" in channels["d"]["why"]
        assert channels["feishu"]["up"] is False  # nobody answers at that address
        assert process.get("/channels/d/callback")[0] == 404
        assert process.get("/channels/feishu/callback")[0] == 405
        assert process.end() == 0
    assert "secret-of-the-app" not in "".join(process.log)


def test_imports_are_all_or_nothing_and_say_what_they_did(bot: Bot) -> None:
    agents = str(SAMPLE / "agents.csv")
    dry = bot("import", "agents", agents, "--dry-run")
    real = bot("import", "agents", agents)
    again = bot("import", "agents", agents)
    assert [each.code for each in (dry, real, again)] == [0, 0, 0], dry.err
    count = len((SAMPLE / "agents.csv").read_text("utf-8").splitlines()) - 1
    assert dry.out.splitlines()[-1] == f"新增 {count}，更改 0，未变 0，重复 0，无效 0。试运行，没有写入"
    assert real.out.splitlines()[-1] == f"新增 {count}，更改 0，未变 0，重复 0，无效 0。已导入"
    assert again.out.splitlines()[-1] == f"新增 0，更改 0，未变 {count}，重复 0，无效 0。已导入"


def test_holidays_are_imported_from_a_workbook(bot: Bot, tmp_path: Path) -> None:
    (tmp_path / "2027.xlsx").write_bytes(workbook(("日期", "类型", "名称"), (46388, "放假", "元旦"), ("x", "放假", "")))
    refused = bot("import", "holidays", "2027.xlsx")
    assert refused.code == 1
    assert refused.out.splitlines() == [
        "第 3 行 date：不是日期，应写作 2026-03-02",
        "新增：第 2 行",
        "新增 1，更改 0，未变 0，重复 0，无效 1。有无效的行，全部没有导入",
    ]
    (tmp_path / "2027.xlsx").write_bytes(workbook(("日期", "类型", "名称"), (46388, "放假", "元旦")))
    taken = bot("import", "holidays", "2027.xlsx")
    assert (taken.code, taken.out) == (0, "新增：第 2 行\n新增 1，更改 0，未变 0，重复 0，无效 0。已导入\n")


@pytest.mark.parametrize(
    ("config", "code", "lines"),
    [
        pytest.param("", 0, ["ok   配置", "ok   时钟", "warn 数据库"], id="nothing yet"),
        pytest.param("[server]\nport = 'x'", 1, ["fail 配置：server.port：应为整数"], id="configuration"),
        pytest.param(FEISHU, 1, ["ok   配置", "fail 渠道 feishu"], id="a channel out of reach"),
    ],
)
def test_the_doctor(bot: Bot, tmp_path: Path, config: str, code: int, lines: list[str]) -> None:
    (tmp_path / "bot.toml").write_text(config)
    ran = bot("check")
    assert ran.code == code, ran.err
    for begin in lines:
        assert any(line.startswith(begin) for line in ran.out.splitlines()), ran.out
    assert not (tmp_path / "var").exists()


async def test_the_doctor_asks_the_messenger(bot: Bot, tmp_path: Path) -> None:
    feishu = FeishuEmulator()
    base_url = await feishu.start()
    config = FEISHU.replace("http://127.0.0.1:9", base_url).replace("cli_1", feishu.app_id)
    try:
        (tmp_path / "bot.toml").write_text(config)
        refused = await asyncio.to_thread(bot, "check")
        (tmp_path / "bot.toml").write_text(config.replace("secret-of-the-app", feishu.app_secret))
        accepted = await asyncio.to_thread(bot, "check")
    finally:
        await feishu.stop()
    assert (refused.code, accepted.code) == (1, 0), accepted.out
    assert "fail 渠道 feishu：" in refused.out
    assert f"ok   渠道 feishu：凭证有效：{feishu.app_id}" in accepted.out
    assert "secret-of-the-app" not in refused.out + refused.err


def test_the_demo_prints_its_address_and_stops(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "demo", "--port", "0"],
        cwd=tmp_path,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert re.match(r"渠道通演示：http://127\.0\.0\.1:\d+/", line)
        process.send_signal(signal.SIGINT)
        _, log = process.communicate(timeout=30)
    finally:
        process.kill()
        process.communicate()
    assert (process.returncode, "Traceback" in log) == (0, False), log
    assert list(tmp_path.iterdir()) == []


def test_a_real_process_ends_the_same_way(tmp_path: Path) -> None:
    ran = another(tmp_path, "import", "people", "none.csv")
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "none.csv：无法读取（No such file or directory），请检查路径与权限\n"


def test_a_taken_port_is_one_line(bot: Bot) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ran = bot("serve", BOT_SERVER__PORT=str(taken.getsockname()[1]))
    assert (ran.code, len(ran.said)) == (1, 1), ran.err
    assert ran.said[0].startswith("server.port：无法监听 127.0.0.1:")


MEASURE = """
import json, re, sys, time
import {module}
peak = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())  # ru_maxrss would count the parent's too
print(json.dumps([time.process_time(), int(peak[1]) / 1024, [name.split(".")[0] for name in sys.modules]]))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measured through Linux' /proc")
@pytest.mark.parametrize(("module", "most_seconds"), [("bot", 0.8), ("bot.__main__", 2.0)])
def test_importing_is_cheap(tmp_path: Path, module: str, most_seconds: float) -> None:
    """Nothing heavy is loaded before it is needed. Processor time, the best of three: other tests run beside this one."""
    program = MEASURE.format(module=module)
    runs = [
        subprocess.run(
            [sys.executable, "-c", program], cwd=tmp_path, env=environment(), capture_output=True, check=True
        )
        for _ in range(3)
    ]
    seconds, megabytes, modules = min(json.loads(ran.stdout) for ran in runs)
    assert not set(LAZY) & set(modules)
    assert seconds <= most_seconds
    assert megabytes <= 110


def test_postgresql_is_migrated_by_its_command_only_and_shared(bot: Bot, tmp_path: Path, postgres: Postgres) -> None:
    with postgres.database("template1") as url:
        environ = {"BOT_DATABASE__URL": url, "BOT_SECURITY__SIGNING_KEY": "k" * 40}
        early = bot("serve", **environ)
        assert (early.code, early.err) == (1, "数据库还不是这个版本，请先运行 python -m bot migrate\n")
        assert bot("migrate", **environ).code == 0
        with serving(tmp_path, **environ) as first, serving(tmp_path, **environ) as second:
            assert {process.get("/health/live")[0] for process in (first, second)} == {200}
            assert bot("import", "agents", str(SAMPLE / "agents.csv"), **environ).code == 0
            assert [process.end() for process in (first, second)] == [0, 0]
        assert bot("audit", "verify", **environ).code == 0
    assert not (tmp_path / "var" / "signing.key").exists()
