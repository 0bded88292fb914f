"""``python -m bot COMMAND`` (contract 1). What an operator can put right is one line on stderr, never a traceback."""

from __future__ import annotations

import asyncio
import csv
import inspect
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, get_type_hints

import typer

from adapters.feishu.emulator import FeishuEmulator
from bot import app as composition
from bot import doctor, imports, sheets
from bot import log as logs
from bot.app import App
from bot.config import Config
from bot.errors import OperatorError, Unavailable
from bot.feature import CheckLine, Importer, Level, Subcommand
from bot.metrics import Metrics
from bot.premises import open_clock
from bot.rehearsal import MovableClock
from bot.settings import load

log = logging.getLogger(__name__)

ConfigFile = Annotated[Path | None, typer.Option("--config", help="配置文件；默认 BOT_CONFIG，或当前目录的 bot.toml")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="网页端口")]
SheetFile = Annotated[Path, typer.Argument(help=".csv（UTF-8）或 .xlsx 文件")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")]
DEMO_START = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
SAMPLE = Path(__file__).parent.parent / "adapters" / "playground" / "sample"
Nothing = Callable[..., None]


def main() -> None:
    """The process boundary: exit code 0, 1 for what was refused or failed, 2 for wrong arguments (typer's)."""
    try:
        commands()()
    except OperatorError as error:
        sys.exit(str(error))
    except Unavailable as error:
        sys.exit(f"database.url：数据库不可用（{error}），请检查后重试")
    except Exception:
        log.exception("%s failed", " ".join(sys.argv[1:2]))
        sys.exit("程序出错，详情见上面的日志")


def commands() -> typer.Typer:
    """Everything there is: ours, and what the capabilities contribute."""
    catalog = composition.all_features()
    root = _group("渠道通：渠道销售的对话机器人")
    root.command("serve", help="运行机器人：渠道、投递与定时器")(serve)
    root.command("demo", help="用示例数据试运行，打开网页即可对话")(demo)
    root.command("migrate", help="把数据库升级到本版本")(migrate)
    root.command("check", help="体检：配置、数据库、时钟、假期表与各渠道")(check)
    groups = {"import": _group("导入 .csv 或 .xlsx；有一行不对就全部不写入")}
    for importer in composition.importers(catalog).values():
        groups["import"].command(importer.name)(_importing(importer))
    for contributed in (each for feature in catalog.features for each in feature.subcommands):
        home = groups.setdefault(contributed.group, _group("")) if contributed.group else root
        home.command(contributed.name)(_contributed(contributed))
    for name, group in groups.items():
        root.add_typer(group, name=name)
    return root


def _group(help_text: str) -> typer.Typer:
    return typer.Typer(
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )


def _configured(config: Path | None) -> Config:
    """The configuration, with logs that hide its secrets from here on."""
    logs.configure()
    settings = load(config, os.environ)
    logs.configure(settings.secrets())
    return settings


@contextmanager
def _until_stopped() -> Iterator[asyncio.Event]:
    """Set by the first SIGTERM or SIGINT; a second one ends the process as it would any other."""
    loop, stopped = asyncio.get_running_loop(), asyncio.Event()
    signals = (signal.SIGTERM, signal.SIGINT)

    def stop() -> None:
        stopped.set()
        for each in signals:
            loop.remove_signal_handler(each)

    for each in signals:
        loop.add_signal_handler(each, stop)
    yield stopped


# -- ours ------------------------------------------------------------------------------------------------------------


def serve(config: ConfigFile = None) -> None:
    asyncio.run(_serve(_configured(config)))


async def _serve(settings: Config) -> None:
    app = App(settings)
    with _until_stopped() as stopped:
        await app.start()
        await stopped.wait()
        log.info("stopping")
        await app.stop()
        log.info("stopped")


def demo(port: Port = 8080) -> None:
    logs.configure()
    asyncio.run(_demo(port))


async def _demo(port: int) -> None:
    with _until_stopped() as stopped:
        while not stopped.is_set():
            await _rehearse(port, stopped)


async def _rehearse(port: int, stopped: asyncio.Event) -> None:
    """One run of the demo, from an empty database until it is stopped or begun anew."""
    clock = MovableClock(DEMO_START)
    feishu = FeishuEmulator(now=clock.now)
    anew = asyncio.Event()
    with TemporaryDirectory(prefix="channelops-") as folder:
        try:
            app = App(_demo_config(port, Path(folder), feishu, await feishu.start()), clock)
            await app.start()
            feishu.callback_url = f"{app.address}/channels/feishu/callback"
            await _settle_in(app, feishu)
            typer.echo(f"渠道通演示：{app.address}/（Ctrl-C 停止，数据不保留）")
            ends = [asyncio.create_task(event.wait()) for event in (stopped, anew)]
            await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
            for end in ends:
                end.cancel()
            await app.stop()
        finally:
            await feishu.stop()


def _demo_config(port: int, folder: Path, feishu: FeishuEmulator, base_url: str) -> Config:
    channel = {
        "platform": "feishu",
        "base_url": base_url,
        "app_id": feishu.app_id,
        "app_secret": feishu.app_secret,
        "encrypt_key": feishu.encrypt_key,
        "verification_token": feishu.verification_token,
    }
    return Config.model_validate(
        {
            "server": {"port": port, "public_url": f"http://127.0.0.1:{port}"},
            "database": {"url": f"sqlite:///{folder}/bot.db", "files": folder / "files"},
            "scheduler": {"tick_seconds": 1},
            "channels": {"feishu": channel},
        }
    )


async def _settle_in(app: App, feishu: FeishuEmulator) -> None:
    """The sample organisation, and its people at the emulator."""
    for kind in ("agents", "people"):
        await app.import_sheet(kind, f"{kind}.csv", (SAMPLE / f"{kind}.csv").read_bytes())
    people = csv.DictReader((SAMPLE / "people.csv").read_text(encoding="utf-8").splitlines())
    for person in people:
        for account in person["accounts"].split(";"):
            channel, _, open_id = account.partition(":")
            if channel == "feishu":
                feishu.add_user(open_id, person["name"])


def migrate(config: ConfigFile = None) -> None:
    composition.open_database(_configured(config), alone=True, migrating=True).close()
    typer.echo("数据库已是本版本")


def check(config: ConfigFile = None) -> None:
    try:
        lines = asyncio.run(_checkup(_configured(config)))
    except OperatorError as error:
        lines = [CheckLine(Level.FAIL, f"配置：{line}") for line in str(error).splitlines()]
    for line in lines:
        typer.echo(doctor.written(line))
    raise typer.Exit(doctor.failed(lines))


async def _checkup(config: Config) -> list[CheckLine]:
    """The doctor's lines; a database that is not this program's version is left as it is."""
    catalog, clock = composition.all_features(), open_clock(config)
    lines = [CheckLine(Level.OK, f"配置：有效，{len(config.channels)} 个渠道"), doctor.clock_line(clock)]
    state = composition.schema_state(config)
    lines.append(doctor.database_line(state, config.database.file))
    if state == "current":
        with composition.open_desk(config) as desk, desk.store.unit() as unit:
            lines += doctor.calendar_lines(desk.house.calendar, clock.now())
            reports = [report for feature in catalog.features for report in feature.checks]
            lines += [line for report in reports for line in report(unit, clock.now())]
    for name, channel in config.channels.items():
        lines += [CheckLine(Level.FAIL, why)] if (why := composition.unavailable(name, channel)) else []
    for adapter in composition.adapters(config.channels, clock, Metrics()):
        lines += [CheckLine(level, f"渠道 {adapter.channel}：{text}") for level, text in await adapter.check()]
        await adapter.stop()
    return lines


# -- contributed -----------------------------------------------------------------------------------------------------


def _importing(importer: Importer) -> Nothing:
    def command(file: SheetFile, dry_run: DryRun = False, config: ConfigFile = None) -> None:
        settings = _configured(config)
        sheet = sheets.read(file, importer.headers, importer.required)
        with composition.open_desk(settings) as desk:
            code = imports.run(desk, importer, sheet, dry_run=dry_run)
        raise typer.Exit(code)

    return command


def _contributed(contributed: Subcommand) -> Nothing:
    """The capability's function as a command: its parameters after the desk, and ``--config``."""

    def command(config: ConfigFile = None, **given: object) -> None:
        with composition.open_desk(_configured(config)) as desk:
            code = contributed.run(desk, **given)
        raise typer.Exit(code)

    hints = get_type_hints(contributed.run, include_extras=True)
    _, *own = inspect.signature(contributed.run).parameters.values()
    last = inspect.Parameter("config", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=ConfigFile)
    signature = [*(parameter.replace(annotation=hints[parameter.name]) for parameter in own), last]
    command.__dict__["__signature__"] = inspect.Signature(signature)
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in signature}
    command.__doc__ = contributed.run.__doc__
    return command


if __name__ == "__main__":
    main()
