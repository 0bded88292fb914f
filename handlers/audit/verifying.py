"""校验审计链: whether the record is still as it was written, in chat and on the command line (R12.10)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Annotated

from typer import Option

from bot import sheets
from bot.desk import Desk
from bot.entry import ask
from bot.errors import OperatorError, Refusal
from bot.house import House
from bot.keys import head_checker
from bot.turn import Reply, Turn
from handlers.audit import queries, rules
from handlers.audit.commands import READERS
from handlers.audit.feature import feature
from handlers.audit.rules import Period
from storage.unit import Unit
from storage.verify import Broken, Fault, Verdict, verify

MOST_IN_CHAT = 50_000
"""Entries that can be checked while somebody waits: a longer stretch is for the command line."""
FAULTS = {
    Fault.EDITED: "被改动",
    Fault.DELETED: "被删除",
    Fault.INSERTED: "是后来插入的",
    Fault.REORDERED: "的次序被调换",
    Fault.TRUNCATED: "起被截去",
    Fault.FORGED: "起的链被重写，与签名不符",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifyEntry:
    period: str | None = ask("期间", optional=True, hint="例如 3月")


@feature.command("校验审计链", "校验审计", help="检查审计记录有没有被改动", example="校验审计链 3月", roles=READERS)
def verify_chain(turn: Turn, db: Unit, entry: VerifyEntry) -> Reply:
    period = rules.period(entry.period or "", turn.house.today(turn.now))
    start, end = _instants(period, turn.house, turn.now)
    if queries.sealed_between(db, start, end) > MOST_IN_CHAT:
        raise Refusal("too_long", "这段时间的记录太多，请缩短期间，或在服务器上运行 python -m bot audit verify。")
    verdict = verify(db, head_checker(turn.signer), start, end)
    after = {"period": str(period) if period else "全部", "intact": verdict.broken is None, "entries": verdict.count}
    turn.record("audit.verified", "", after=after)
    return Reply(text=sentence(verdict, str(period) if period else "全部记录"))


@feature.subcommand("verify", group="audit")
def verify_on_command_line(
    desk: Desk,
    since: Annotated[str, Option("--from", help="从哪一天起，例如 2026-03-01")] = "",
    until: Annotated[str, Option("--to", help="到哪一天为止，含当天")] = "",
) -> int:
    """校验审计链，指出第一条被改动的记录"""
    start, end = _instants(_named(desk, since, until), desk.house, desk.clock.now())
    with desk.store.snapshot() as db:
        verdict = verify(db, head_checker(desk.keys), start, end)
    desk.say(sentence(verdict, f"{since or '开始'} 至 {until or '现在'}"))
    return 1 if verdict.broken else 0


def sentence(verdict: Verdict, period: str) -> str:
    if verdict.broken is not None:
        return f"{period}：{_broken(verdict.broken)}。此前 {verdict.count} 条完整。请立即通知总部，并保留数据库现状。"
    head = f",链首 {verdict.head.hash[:16]}" if verdict.head else ""
    tail = f"。另有 {verdict.unsealed} 条刚写入，尚未封存" if verdict.unsealed else ""
    return f"{period}：完整,共 {verdict.count} 条{head}{tail}。"


def _broken(broken: Broken) -> str:
    named = f"（审计号 {broken.entry}）" if broken.entry else ""
    return f"第 {broken.sequence} 条{named}{FAULTS[broken.what]}"


def _instants(period: Period | None, house: House, now: datetime) -> tuple[datetime | None, datetime | None]:
    """What verification goes by; no end while the period still lasts, so that the newest entries count, too."""
    if period is None:
        return None, None
    start = datetime.combine(period.first, time(), house.zone)
    end = datetime.combine(period.last + timedelta(days=1), time(), house.zone)
    return start, end if end <= now else None


def _named(desk: Desk, since: str, until: str) -> Period | None:
    if not since and not until:
        return None
    today = desk.house.today(desk.clock.now())
    first, last = sheets.day(since or "1970-01-01"), sheets.day(until or today.isoformat())
    if first is None or last is None:
        raise OperatorError(f"{'--from' if first is None else '--to'}：不是日期，应写作 2026-03-01")
    if last < first:
        raise OperatorError("--to：早于 --from")
    return Period(first, last)
