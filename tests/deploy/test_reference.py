"""deploy/reference.md against the code: a name too few or too many is an error in one of them."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import get_args

import pytest
import structlog
from aiohttp import web
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr, ValidationError

from adapters import web as pages
from adapters.handing import HandingPages
from bot import app as composition
from bot import holidays, log
from bot.config import Channel, Config, Table
from bot.health import Health
from bot.metrics import SECURITY, Metrics
from bot.permit import Role
from bot.ports import End, OutState, Sending
from handlers.people import import_people, imports, places
from tests.chat import World
from tests.deploy.documents import REFERENCE, ROOT, Row, codes, command_parameters, tables

COMMANDS, SETTINGS, PATHS, METRICS, LOGS = "## 1. 命令", "## 2. 配置", "## 3. 地址", "## 4. 指标", "## 5. 日志"
IMPORTERS = composition.importers(composition.all_features())
MODELS = {model.__name__.lower(): model for model in get_args(get_args(Channel)[0])}


def by_code(table: list[Row]) -> dict[str, Row]:
    return {codes(row[0])[0]: row[1:] for row in table}


# -- commands --------------------------------------------------------------------------------------------------------


def test_commands_and_their_parameters() -> None:
    documented = {name: frozenset(codes(cells[0])) for name, cells in by_code(tables(REFERENCE, COMMANDS)[0]).items()}
    assert documented == command_parameters()


def test_make_targets() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"`make ([a-z]+)`", REFERENCE.read_text(encoding="utf-8")))
    assert named == set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE)) - {"help"}


# -- configuration ---------------------------------------------------------------------------------------------------


def described(model: type[Table], prefix: str, variable: str, required: set[str]) -> dict[str, tuple[str, str, bool]]:
    """Key to (default as it is written, environment variable, whether it is a secret)."""
    found = {}
    for key, field in model.model_fields.items():
        default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
        written = "必填" if key in required else "（空）" if default in ("", None) else f"`{default}`"
        found[prefix + key] = (written, f"`{variable}__{key.upper()}`", field.annotation is SecretStr)
    return found


def documented_settings(table: list[Row]) -> dict[str, tuple[str, str, bool]]:
    return {key: (cells[0], cells[1], cells[2].startswith("机密")) for key, cells in by_code(table).items()}


def missing(platform: str) -> set[str]:
    """The keys without which a channel of this platform is refused."""
    with pytest.raises(ValidationError) as refused:
        Config.model_validate({"channels": {"one": {"platform": platform}}})
    return {str(problem["loc"][-1]) for problem in refused.value.errors()} | {"platform"}


def test_the_tables_of_the_configuration() -> None:
    expected: dict[str, tuple[str, str, bool]] = {}
    for name, field in Config.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, Table):
            expected |= described(field.annotation, f"{name}.", f"BOT_{name.upper()}", set())
    assert documented_settings(tables(REFERENCE, SETTINGS)[0]) == expected


@pytest.mark.parametrize(("position", "platform"), list(enumerate(MODELS, start=1)))
def test_the_keys_of_a_channel(position: int, platform: str) -> None:
    expected = described(MODELS[platform], "", "BOT_CHANNELS__<渠道>", missing(platform))
    assert documented_settings(tables(REFERENCE, SETTINGS)[position]) == expected


# -- paths -----------------------------------------------------------------------------------------------------------


class NoStore:
    """Routes are looked at, never asked."""


async def never(request: web.Request) -> web.StreamResponse:
    raise AssertionError(request)


def test_paths() -> None:
    health = Health(NoStore(), lambda: None, dict)  # type: ignore[arg-type]
    handed = HandingPages(NoStore()).routes()  # type: ignore[arg-type]
    app = pages.build(health, Metrics(), {"{name}": never}, None, handed)
    served = {resource.canonical for resource in app.router.resources()}
    assert set(by_code(tables(REFERENCE, PATHS)[0])) == served


DOORS = (
    "http.py",
    "feishu/callback.py",
    "wecom/callback.py",
    "wecom/smartbot.py",
    "dingtalk/callback.py",
    "dingtalk/edge.py",
)
READERS = (
    *("feishu/receive.py", "feishu/words.py", "wecom/receive.py", "wecom/heard.py"),
    *("dingtalk/receive.py", "dingtalk/events.py"),
)


def test_causes_and_their_answers() -> None:
    documented = {cause: cells[0] for cause, cells in by_code(tables(REFERENCE, PATHS)[1]).items()}
    source = "".join((ROOT / "adapters" / name).read_text("utf-8") for name in DOORS)
    refused = {cause: status for status, cause in re.findall(r'Refused\((\d+), "(\w+)"\)', source)}
    readers = "".join((ROOT / "adapters" / name).read_text("utf-8") for name in READERS)
    ignored = {f"ignored_{why}": "200" for why in re.findall(r'Ignored\("(\w+)"\)', readers)}
    counted = set(re.findall(r'self\._count\("(\w+)"\)', source))
    assert set(documented) == counted | refused.keys() | ignored.keys()
    assert documented.items() >= (refused | ignored).items()


# -- metrics ---------------------------------------------------------------------------------------------------------


def shown_metrics() -> dict[str, tuple[str, frozenset[str]]]:
    """What a scrape shows once everything has happened: name to (type, labels)."""
    metrics = Metrics()
    metrics.turn("feishu", "done", 0.1)
    metrics.door("feishu")("stale")
    metrics.ended("feishu", "sent")
    metrics.queue_age("feishu", 0.0)
    metrics.channels({"feishu": True})
    metrics.quota({("dingtalk", "send"): 1})
    metrics.outbox({("feishu", "sent"): 1})
    metrics.failures({"feishu": 1})
    found = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        if family.name.endswith("_created"):
            continue
        name = f"{family.name}_total" if family.type == "counter" else family.name
        found[name] = (family.type, frozenset(key for s in family.samples for key in s.labels) - {"le"})
    return found


def test_metrics_and_their_labels() -> None:
    table = by_code(tables(REFERENCE, METRICS)[0])
    assert {name: (cells[0], frozenset(codes(cells[1]))) for name, cells in table.items()} == shown_metrics()


def outcomes() -> set[str]:
    """The words with which delivery counts an attempt, from the rules that choose them."""
    source = (ROOT / "bot" / "sending" / "outcomes.py").read_text(encoding="utf-8")
    ends = {OutState[name].value for name in re.findall(r"_end\(row, OutState\.([A-Z]+)", source)}
    return ends | set(re.findall(r'word="(\w+)"', source)) | set(re.findall(r'Ruling\(.*, "(\w+)"\)', source))


@pytest.mark.parametrize(
    ("metric", "label", "values"),
    [
        ("bot_inbound_total", "end", {end.value for end in End} - {"open"}),
        ("bot_outbox_rows", "state", {state.value for state in OutState}),
        ("bot_deliveries_total", "outcome", outcomes()),
        ("bot_security_rejections_total", "reason", set(SECURITY)),
    ],
)
def test_the_values_of_a_label(metric: str, label: str, values: set[str]) -> None:
    meaning = by_code(tables(REFERENCE, METRICS)[0])[metric][2]
    assert set(codes(meaning)) - {label} == values


# -- logs ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def written() -> Iterator[StringIO]:
    root = logging.getLogger()
    before = root.handlers[:], root.level, structlog.get_config()
    stream = StringIO()
    log.configure(stream=stream)
    yield stream
    root.handlers[:], root.level = before[0], before[1]
    structlog.configure(**before[2])
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_log_fields(world: World, written: StringIO) -> None:
    await world.person("王磊", "ou_wanglei").says("你好").sees("王磊")
    await world.settled()
    try:
        raise RuntimeError
    except RuntimeError:
        logging.getLogger("bot").exception("oh")
    seen = {key for line in written.getvalue().splitlines() for key in json.loads(line)}
    documented = tables(REFERENCE, LOGS)[0]
    assert {name for row in documented for name in codes(row[0])} == seen
    assert set(codes(by_code(documented)["what"][0])) == {each.value for each in Sending}


# -- import files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(IMPORTERS))
def test_columns(kind: str) -> None:
    importer = IMPORTERS[kind]
    table = by_code(tables(REFERENCE, f"### {kind}")[0])
    assert {name: tuple(cells[0].split("、")) for name, cells in table.items()} == importer.headers
    assert {name for name, cells in table.items() if cells[1] == "是"} == set(importer.required)


@pytest.mark.parametrize(
    ("kind", "column", "values"),
    [
        ("agents", "type", imports.TYPES),
        ("agents", "tier", imports.TIERS),
        ("agents", "region", places.REGIONS),
        ("agents", "status", imports.STATUSES),
        ("people", "role", {role.value for role in Role}),
        ("people", "language", import_people.LANGUAGES),
        ("holidays", "kind", holidays.KINDS),
    ],
)
def test_what_a_cell_may_hold(kind: str, column: str, values: set[str]) -> None:
    assert set(codes(by_code(tables(REFERENCE, f"### {kind}")[0])[column][2])) == set(values)


def test_kinds_of_files() -> None:
    headings = re.findall(r"^### (\w+)$", Path(REFERENCE).read_text(encoding="utf-8"), re.MULTILINE)
    assert set(headings) == set(IMPORTERS)
