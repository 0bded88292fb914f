"""Values the tests of the store write, and how they write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.messages import Account, Place, Say, single_chat
from bot.permit import Person, Role
from bot.ports import AuditEntry, Copy, CopyState, Outgoing, Sending, StoredButton
from storage.tables import persons
from storage.unit import Unit

postgres_only = pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
WANG = Person(0, "王磊", Role.REP, phone="13800000001", agent="A0571-01")
ACCOUNT = Account("feishu", "t1", "ou_wang")
CHAT = single_chat(ACCOUNT)


def chat(name: str, channel: str = "feishu") -> Place:
    return Place(channel, "t1", name)


def say(key: str = "k1", alias: str = "", channel: str = "feishu", text: str = "报备") -> Say:
    account = Account(channel, "t1", "ou_wang")
    return Say(key=key, alias=alias, sender=account, place=single_chat(account), sent_at=NOW, trace="t", text=text)


def send(unit: Unit, to: str = "ou_wang", text: str = "您好", **facts: Any) -> int:
    return unit.outbox.add(Outgoing(what=Sending.SEND, place=chat(to), content=text, **facts), NOW)


def edit(unit: Unit, target: int, what: Sending = Sending.CLOSING, text: str = "已同意", **facts: Any) -> int:
    return unit.outbox.add(Outgoing(what=what, place=CHAT, content=text, target=target, **facts), NOW)


def a_copy(send_row: int, copy_id: int = 7, **facts: Any) -> Copy:
    buttons = {1: StoredButton("同意", "同意", {"id": "SP2001"}), 2: StoredButton("驳回", "驳回", {})}
    fields: dict[str, Any] = {
        "view": "deal.review",
        "kind": "BB",
        "number": 1001,
        "person": None,
        "place": CHAT,
        "state": CopyState.LIVE,
        "buttons": buttons,
        "current": 1,
        "digest": "d",
    }
    return Copy(id=copy_id, send=send_row, **(fields | facts))


def entry(number: int = 1, **facts: Any) -> AuditEntry:
    fields: dict[str, Any] = {"actor": "王磊", "object": f"BB{1000 + number}", "action": "报备", "after": {"n": number}}
    return AuditEntry(at=NOW, **(fields | facts))


def people(unit: Unit) -> int:
    return unit.sql.execute(select(func.count()).select_from(persons)).scalar_one()


def add(unit: Unit) -> int:
    return unit.identity.add_person(WANG)
