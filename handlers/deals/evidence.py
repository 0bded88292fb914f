"""Evidence of a registration: contracts, photos. Whoever may see the registration may download it, nobody else."""

from __future__ import annotations

from collections.abc import Sequence

from bot.feature import Holder
from bot.permit import AGENT_SIDE, Person, scope_of
from bot.ports import FileRow
from bot.turn import Reply, Turn
from handlers.approvals.actions import subject_changed
from handlers.deals import queries, reach
from handlers.deals.cards import standing
from handlers.deals.entries import EvidenceEntry
from handlers.deals.feature import feature
from handlers.files.actions import attach
from handlers.files.rules import named
from storage.unit import Unit


@feature.command(
    "证据",
    "提交证据",
    "上传证据",
    help="给报备添加合同扫描件或照片",
    example="证据 BB1001",
    roles=AGENT_SIDE,
    on="BB",
)
def add_evidence(turn: Turn, db: Unit, entry: EvidenceEntry) -> Reply:
    deal = reach.open_(turn, db, entry.deal)
    said = attach(turn, db, entry.evidence, "BB", deal.number)
    return Reply(said or f"「{entry.evidence.name}」正在保存，归到 {deal.ref}。", focus=deal.ref)


def _may_add(turn: Turn, db: Unit, number: int) -> None:
    reach.open_(turn, db, number)


def _may_see(db: Unit, person: Person, number: int) -> bool:
    return queries.visible(db, number, scope_of(person)) is not None


def _received(turn: Turn, db: Unit, number: int, file: FileRow) -> str:
    after = {"file": file.id, "name": file.name, "sha256": file.sha256, "from": str(file.account)}
    turn.record("deal.evidence", f"BB{number}", after=after)
    subject_changed(turn, db, "BB", number)
    said = f"已收到 1 份证据：{named(file)}，归到 BB{number}。"
    deal = queries.deal(db, number)
    return f"{said}\n{deal.ref} {standing(db, deal, turn.house, turn.now)}" if deal else said


def _likely(db: Unit, person: Person) -> Sequence[tuple[int, str]]:
    return [(deal.number, deal.customer) for deal in queries.latest_live(db, person.id)]


feature.holder(Holder("BB", _may_add, _may_see, _received, _likely))
