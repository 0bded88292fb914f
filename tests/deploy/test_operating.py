"""The runbook, restore.md and the README: their commands exist, their statements run, what they quote is really said."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.app import CLOCK_WARNING
from bot.calendar import WorkCalendar, seed_days
from bot.config import Organization
from bot.errors import Unavailable
from bot.health import Health
from bot.messages import Place
from bot.ports import Outgoing, Sending, Unit
from storage.store import Database
from tests.deploy.documents import DEPLOY, REFERENCE, ROOT, blocks, codes, command_parameters, tables
from tests.deploy.test_reference import METRICS, PATHS, by_code, shown_metrics

RUNBOOK, RESTORE = DEPLOY / "runbook.md", DEPLOY / "restore.md"
README = ROOT / "README.md"
PAGES = sorted(DEPLOY.rglob("*.md"))
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def code(document: Path) -> str:
    """All that stands in code, in the text and in blocks."""
    written = document.read_text(encoding="utf-8")
    if document.suffix != ".md":
        return written
    return "\n".join([*re.findall(r"^ *```.*?^ *```", written, re.DOTALL | re.M), *codes(re.sub(r"```", "", written))])


def name(document: Path) -> str:
    return document.relative_to(ROOT).as_posix()


# -- commands --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "document", [README, *PAGES, *(DEPLOY / n for n in ("bot.toml", "compose.yaml", "channelops.service"))], ids=name
)
def test_commands_exist(document: Path) -> None:
    short = r"(?<![\w/.-])bot (?!python)([a-z].*)"  # the runbook's own spelling; elsewhere the word may be prose
    called = short if document in PAGES else r"python -m bot ([a-z].*)"
    for words in re.findall(called, code(document)):
        used = re.split(r"\s+[#<>|]|\s{2,}", words)[0].split()
        command = next((c for n in (2, 1) if (c := " ".join(used[:n])) in command_parameters()), None)
        assert command, f"bot {words}"
        assert {word for word in used if word.startswith("--")} <= command_parameters()[command], words


def test_the_readme_names_make_targets_that_exist() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    named = set(re.findall(r"\bmake ([a-z]+)", code(README)))
    assert named
    assert named <= targets


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text(encoding="utf-8"))
    broken = [link for link in links if "://" not in link and not (document.parent / link).exists()]
    assert broken == []


# -- statements ------------------------------------------------------------------------------------------------------


def statements() -> list[object]:
    return [
        pytest.param(statement, id=f"{page.stem}-{number}")
        for page in (RUNBOOK, RESTORE)
        for number, statement in enumerate(blocks(page, "sql"), start=1)
    ]


def test_there_are_statements() -> None:
    assert len(statements()) == 5


@pytest.mark.parametrize("statement", statements())
def test_a_statement_runs(database: Database, statement: str) -> None:
    with database.unit() as unit:
        unit.sql.execute(text(statement))


def test_after_the_quarantine_nothing_is_sent(database: Database) -> None:
    place = Place("feishu", "", "ou_1")

    def add(unit: Unit) -> None:
        unit.outbox.add(Outgoing(what=Sending.SEND, place=place, content="您好"), NOW)

    quarantine = next(s for s in blocks(RESTORE, "sql") if "UPDATE" in s)
    listing = next(s for s in blocks(RESTORE, "sql") if "o.content" in s)
    with database.unit() as unit:
        add(unit)
        assert unit.outbox.due("feishu", NOW, 10)
        unit.sql.execute(text(quarantine))
        assert not unit.outbox.due("feishu", NOW, 10)
        assert len(unit.sql.execute(text(listing)).all()) == 1
        add(unit)
        assert len(unit.outbox.due("feishu", NOW, 10)) == 1


# -- what is quoted --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("document", PAGES, ids=name)
def test_metrics_and_label_values_exist(document: Path) -> None:
    meanings = by_code(tables(REFERENCE, METRICS)[0])
    causes = set(by_code(tables(REFERENCE, PATHS)[1]))
    for metric, label, value in re.findall(r'(?<![:\w])(bot_[a-z_]+)(?:\{(\w+)="(\w+)"\})?', code(document)):
        base = re.sub(r"_bucket$", "", metric)
        assert base in shown_metrics(), metric
        if label:
            known = causes if label == "cause" else set(codes(meanings[base][2]))
            assert label in codes(meanings[base][1])
            assert value in known


class Gone:
    async def read(self, work: Callable[[Unit], object]) -> object:
        raise Unavailable


@pytest.mark.parametrize("age", [None, 40.0])
async def test_every_reason_of_readiness_is_explained(age: float | None) -> None:
    ready = await Health(Gone(), lambda: age, dict).ready()  # type: ignore[arg-type]
    explained = RUNBOOK.read_text(encoding="utf-8")
    assert len(ready.reasons) == 2
    assert [reason for reason in ready.reasons if f"| {reason} |" not in explained] == []


def test_every_warning_of_readiness_is_explained() -> None:
    organization = Organization()
    calendar = WorkCalendar.of(seed_days(), organization.working_hours, organization.zone)
    explained = RUNBOOK.read_text(encoding="utf-8")
    for warning in (CLOCK_WARNING, calendar.gap(2027)):
        assert warning.split("，请")[0] in explained


@pytest.mark.parametrize(
    "said",
    [
        "the tick waits for the database",
        "the tick failed",
        "has no disk space left",
        "ignored, business time stays",
        "正被另一个进程使用",
        "a push to",
        "数据库比这个程序新",
        "抱歉，这次没有办成，已记录（编号 ",
        "已办成，结果将发给本人",
        "按规则没有办，原因将发给本人",
        "又出错了，仍然保留（详情在日志里）",
        "没有启用，仍然保留",
        "已经重放过，没有再执行",
        "起的链被重写，与签名不符",
    ],
)
def test_what_the_pages_quote_is_said_by_the_program(said: str) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    sources = [path for folder in ("bot", "adapters", "storage", "handlers") for path in (ROOT / folder).rglob("*.py")]
    assert said.removeprefix("起的链被重写，") in pages
    assert any(said in source.read_text(encoding="utf-8") for source in sources)
