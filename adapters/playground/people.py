"""Who can sit down at a window: the sample organisation's people at their messengers, and a stranger everywhere."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from adapters.playground.messengers.messenger import Messenger
from adapters.playground.values import Account, Chat, Person

SAMPLE = Path(__file__).parent / "sample"
STRANGER = "陌生人"
AGENTS, HEADQUARTERS, OTHERS = "代理商", "审批与总部", "其他"


def seat(channel: str, user: str) -> str:
    return f"{channel}:{user}"


def populate(messengers: Mapping[str, Messenger]) -> None:
    """The sample people get their accounts and groups, every messenger a stranger; who is there already stays."""
    for row in _rows("people.csv"):
        for channel, user in _accounts(row):
            if channel in messengers and user not in messengers[channel].users():
                messengers[channel].add_user(user, row["name"])
    for messenger in messengers.values():
        if messenger.stranger not in messenger.users():
            messenger.add_user(messenger.stranger, STRANGER)
    for row in _rows("groups.csv"):
        if row["messenger"] in messengers:
            _gather(messengers[row["messenger"]], row)


def people(messengers: Mapping[str, Messenger]) -> list[Person]:
    """In the sample's order of groups, then everybody else the messengers know."""
    known = [_person(row, messengers) for row in _rows("people.csv")]
    seated = [person for group in (AGENTS, HEADQUARTERS) for person in known if person.group == group]
    taken = {account.key for person in seated for account in person.accounts}
    return [person for person in seated if person.accounts] + list(_others(messengers, taken))


def _gather(messenger: Messenger, row: dict[str, str]) -> None:
    members = [user for user in row["members"].split(";") if user in messenger.users()]
    if members and all(room.id != row["id"] for room in messenger.rooms(members[0])):
        messenger.add_group(row["id"], row["name"], members)


def _others(messengers: Mapping[str, Messenger], taken: set[str]) -> Iterator[Person]:
    found: dict[str, list[Account]] = {}
    for messenger in messengers.values():
        for user, name in messenger.users().items():
            if seat(messenger.channel, user) not in taken:
                found.setdefault(name, []).append(_account(messenger, user))
    for name, accounts in found.items():
        yield Person(name, "未绑定" if name == STRANGER else "", OTHERS, accounts)


def _person(row: dict[str, str], messengers: Mapping[str, Messenger]) -> Person:
    agents = {agent["code"]: agent["short_name"] or agent["name"] for agent in _rows("agents.csv")}
    place = agents.get(row["agent"]) or row["province"] or row["region"]
    group = AGENTS if row["agent"] else HEADQUARTERS
    here = [
        _account(messengers[channel], user)
        for channel, user in _accounts(row)
        if channel in messengers and user in messengers[channel].users()
    ]
    return Person(row["name"], " · ".join(part for part in (row["role"], place) if part), group, here)


def _account(messenger: Messenger, user: str) -> Account:
    chats = [Chat(room.id, room.name, list(room.members), list(room.sends)) for room in messenger.rooms(user)]
    return Account(seat(messenger.channel, user), messenger.channel, user, messenger.skin, chats)


def _accounts(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """``channel:user_id`` or ``channel:tenant/user_id`` (contract 4)."""
    for one in filter(None, row["accounts"].split(";")):
        channel, _, user = one.strip().partition(":")
        yield channel, user.rpartition("/")[2]


def _rows(name: str) -> list[dict[str, str]]:
    with (SAMPLE / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
