"""``python -m bot COMMAND`` (contract 1). What an operator can put right is one line on stderr, never a traceback."""

from __future__ import annotations

import asyncio
import inspect
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, get_type_hints

import typer

from bot import app as composition
from bot import doctor, imports, memory, replay, sheets
from bot import log as logs
from bot.app import App
from bot.config import Config
from bot.errors import OperatorError, Unavailable
from bot.feature import CheckLine, Importer, Level, Subcommand
from bot.metrics import Metrics
from bot.premises import open_clock
from bot.settings import load
from bot.usage import Usage
from storage.opening import open_database, schema_state

log = logging.getLogger("bot.main")  # run as a module, its own name would be nobody's

ConfigFile = Annotated[Path | None, typer.Option("--config", help="配置文件；默认 BOT_CONFIG，或当前目录的 bot.toml")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="网页端口")]
SheetFile = Annotated[Path, typer.Argument(help=".csv（UTF-8）或 .xlsx 文件")]
References = Annotated[list[str] | None, typer.Argument(help="要重放的编号；不写则列出全部", show_default=False)]
Listing = Annotated[bool, typer.Option("--list", help="只列出，不重放")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查，不写入")]
Page = Annotated[Path, typer.Option("--out", help="写到哪个文件")]
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
    root.command("gallery", help="把每张卡片在各平台的样子画成一个网页")(gallery)
    root.command("replay", help="查看、重放未办成的请求")(replay_failed)
    groups = {"import": _group("导入 .csv 或 .xlsx；有一行不对就全部不写入")}
    for importer in composition.importers(catalog).values():
        groups["import"].command(importer.name)(_importing(importer))
    for feature in catalog.features:
        for contributed in feature.subcommands:
            home = groups.setdefault(contributed.group, _group(feature.title)) if contributed.group else root
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
        memory.settle()
        await stopped.wait()
        log.info("stopping")
        await app.stop()
        log.info("stopped")


def demo(port: Port = 8080) -> None:
    logs.configure()
    asyncio.run(_demo(port))


async def _demo(port: int) -> None:
    from adapters.playground.demo import Demo

    playing = Demo(port, App)
    with _until_stopped() as stopped:
        await playing.start()
        typer.echo(f"渠道通演示：{playing.address}/（Ctrl-C 停止，数据不保留）")
        await stopped.wait()
        await playing.stop()


def gallery(out: Page = Path("gallery.html")) -> None:
    """Of the sample organisation: no configuration, and nothing leaves this machine."""
    from adapters.gallery import gallery as drawing

    logs.configure()
    logging.getLogger().setLevel(logging.ERROR)
    plays = asyncio.run(drawing.drawn(composition.all_features(), App))
    try:
        messages = drawing.write(out, plays)
    except OSError as error:
        raise OperatorError(f"--out：不能写入 {out}（{error.strerror}）") from None
    typer.echo(f"{out}：{len(plays)} 个场景，{messages} 条消息，用浏览器打开即可")


def migrate(config: ConfigFile = None) -> None:
    open_database(_configured(config), alone=True, migrating=True).close()
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
    usage = Usage(clock.now, config.organization.zone)
    state = schema_state(config)
    lines.append(doctor.database_line(state, config.database.file))
    if state == "current":
        with composition.open_desk(config) as desk, desk.store.unit() as unit:
            usage.exchange(unit, clock.now())
            lines += doctor.calendar_lines(desk.house.calendar, clock.now())
            lines += doctor.failure_lines(sum(unit.inbox.failure_counts().values()))
            reports = [report for feature in catalog.features for report in feature.checks]
            lines += [line for report in reports for line in report(unit, clock.now())]
    for served in composition.channels(config, clock, Metrics(), usage):
        lines += [CheckLine(level, f"渠道 {served.channel}：{text}") for level, text in await served.check()]
        await served.stop()
    if state == "current":
        with composition.open_desk(config) as desk, desk.store.unit() as unit:
            usage.exchange(unit, clock.now())  # the doctor's own calls count as well
    return lines


def replay_failed(reference: References = None, listing: Listing = False, config: ConfigFile = None) -> None:
    settings = _configured(config)
    with composition.open_desk(settings) as desk:
        if listing or not reference:
            code = replay.show(desk)
        else:
            code = replay.run(desk, composition.dispatcher_at(desk, settings), reference)
    raise typer.Exit(code)


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
