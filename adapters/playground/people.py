"""Who can sit down at a window: the sample organisation's people at their messengers, and a stranger everywhere."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from adapters.feishu.emulator import FeishuEmulator
from adapters.playground.values import Account, Person

SAMPLE = Path(__file__).parent / "sample"
STRANGER, STRANGER_NAME = "ou_stranger", "陌生人"
AGENTS, HEADQUARTERS, OTHERS = "代理商", "审批与总部", "其他"


def seat(channel: str, open_id: str) -> str:
    return f"{channel}:{open_id}"


def populate(emulators: Mapping[str, FeishuEmulator]) -> None:
    """The sample people get their accounts, every messenger a stranger; who is there already stays as they are."""
    for row in _rows("people.csv"):
        for channel, open_id in _accounts(row):
            if channel in emulators and open_id not in emulators[channel].world.users:
                emulators[channel].add_user(open_id, row["name"])
    for emulator in emulators.values():
        if STRANGER not in emulator.world.users:
            emulator.add_user(STRANGER, STRANGER_NAME)


def people(emulators: Mapping[str, FeishuEmulator]) -> list[Person]:
    """In the sample's order of groups, then everybody else the messengers know."""
    known = [_person(row, emulators) for row in _rows("people.csv")]
    seated = [person for group in (AGENTS, HEADQUARTERS) for person in known if person.group == group]
    taken = {account.key for person in seated for account in person.accounts}
    return [person for person in seated if person.accounts] + list(_others(emulators, taken))


def _others(emulators: Mapping[str, FeishuEmulator], taken: set[str]) -> Iterator[Person]:
    found: dict[str, list[Account]] = {}
    for channel, emulator in emulators.items():
        for user in emulator.world.users.values():
            if seat(channel, user.open_id) not in taken:
                found.setdefault(user.name, []).append(_account(channel, user.open_id))
    for name, accounts in found.items():
        yield Person(name, "未绑定" if name == STRANGER_NAME else "", OTHERS, accounts)


def _person(row: dict[str, str], emulators: Mapping[str, FeishuEmulator]) -> Person:
    agents = {agent["code"]: agent["short_name"] or agent["name"] for agent in _rows("agents.csv")}
    place = agents.get(row["agent"]) or row["province"] or row["region"]
    group = AGENTS if row["agent"] else HEADQUARTERS
    here = [
        _account(channel, open_id)
        for channel, open_id in _accounts(row)
        if channel in emulators and open_id in emulators[channel].world.users
    ]
    return Person(row["name"], " · ".join(part for part in (row["role"], place) if part), group, here)


def _account(channel: str, open_id: str) -> Account:
    return Account(seat(channel, open_id), channel, open_id, "feishu")


def _accounts(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """``channel:user_id`` or ``channel:tenant/user_id`` (contract 4)."""
    for one in filter(None, row["accounts"].split(";")):
        channel, _, user = one.strip().partition(":")
        yield channel, user.rpartition("/")[2]


def _rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
