"""The rules of joining: codes and their limits (R12.1), who is responsible for whom (R1.1, R2.3). Pure."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from bot import text
from bot.permit import Person, Role

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""No 0, O, 1 or I: codes are read out on the phone."""
INVITATION_LIFE = timedelta(hours=72)
LINK_LIFE = timedelta(minutes=10)
MOST_WRONG = 5
BLOCK = timedelta(minutes=30)
MOST_ACCOUNTS = 3
"""Messenger accounts one person may have (C01)."""
AGENT_CODE = r"(?<![0-9a-z])[a-z]{1,3}\d{2,6}-\d{2,6}(?![0-9a-z])"
"""A0571-01: A, area code, serial (product D01), a little wider; as it looks after folding."""


# -- codes ---------------------------------------------------------------------------------------------------------


def new_code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def printed(code: str) -> str:
    """QM7F-29KD; four characters stay as they are."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def code_in(words: str) -> str:
    """What somebody typed as a code, without dashes and spaces, in capitals; "" if it cannot be meant as one."""
    said = re.sub(r"[\s\-_.。+＋]", "", text.fold(words).text).upper()
    return said if re.fullmatch(r"[0-9A-Z]{3,16}", said) else ""


def hashed(code: str) -> str:
    """What is stored of a code. Slow on purpose (about 10 ms): 40 bits must not be searched from a stolen table."""
    return hashlib.scrypt(code.encode(), salt=b"channelops one-time code", n=2**12, r=8, p=1, dklen=32).hex()


# -- wrong codes ---------------------------------------------------------------------------------------------------


class Failures(Struct, frozen=True):
    """How many wrong codes an account has tried lately."""

    count: int
    last: datetime
    blocked_until: datetime | None = None


def is_blocked(failures: Failures | None, now: datetime) -> bool:
    return failures is not None and failures.blocked_until is not None and now < failures.blocked_until


def after_wrong(failures: Failures | None, now: datetime) -> Failures:
    """One wrong code more; what lies longer back than a block would last is forgotten."""
    recent = failures is not None and failures.blocked_until is None and now - failures.last < BLOCK
    count = (failures.count if failures and recent else 0) + 1
    return Failures(count, now, now + BLOCK if count >= MOST_WRONG else None)


# -- words ---------------------------------------------------------------------------------------------------------


def messenger_in(words: str, channels: Mapping[str, str]) -> str:
    """What people call the messenger they mean (飞书账号, feishu, 企微); "" if they mean none of ours.

    ``channels``: what people call each channel, by its name.
    """
    said = text.fold(words).text.replace(" ", "")
    said = said.removesuffix("账号").removesuffix("帐号").removesuffix("账户").removesuffix("的")
    for name, title in channels.items():
        if said in (name.lower(), title.lower()) or (said == "企微" and title == "企业微信"):
            return title
    return ""


def phone_of(words: str) -> str:
    """11 digits of a mobile phone, or "" for anything else."""
    digits = re.sub(r"[\s\-()]", "", text.fold(words).text).removeprefix("+").removeprefix("0086")
    digits = digits.removeprefix("86") if len(digits) == 13 else digits
    return digits if re.fullmatch(r"1\d{10}", digits) else ""


def agent_code(words: str) -> str:
    """A0571-01, in any case and width; "" if there is none."""
    found = re.search(AGENT_CODE, text.fold(words).text)
    return found.group().upper() if found else ""


# -- who is responsible --------------------------------------------------------------------------------------------

RANK = {Role.REP: 0, Role.OWNER: 0, Role.MANAGER: 1, Role.DIRECTOR: 2, Role.HQ: 3, Role.EXECUTIVE: 4}


class Superior(Struct, frozen=True):
    """Somebody who may be responsible for others. ``bound``: an account exists under which they can be asked."""

    person: Person
    bound: bool


def superior(below: Person, province: str, region: str, deciders: Sequence[Superior]) -> Person | None:
    """The person's own line of managers, else the manager of the province, of the region, the director, HQ.

    Who is inactive or cannot be reached is skipped upward; only if nobody can be reached, the first active one counts.
    """
    ranked = [s for s in _upward(below, province, region, deciders) if s.person.active and s.person.id != below.id]
    reachable = (s.person for s in ranked if s.bound)
    return next(reachable, ranked[0].person if ranked else None)


def _upward(below: Person, province: str, region: str, deciders: Sequence[Superior]) -> list[Superior]:
    rank = RANK.get(below.role, 0)
    tests: list[tuple[Role, Callable[[Person], bool]]] = [
        (Role.MANAGER, lambda p: bool(province) and p.province == province),
        (Role.MANAGER, lambda p: bool(region) and p.region == region and not p.province),
        (Role.DIRECTOR, lambda p: bool(region) and p.region == region),
        (Role.HQ, lambda p: True),
    ]
    placed = [
        s for role, fits in tests if RANK[role] > rank for s in deciders if s.person.role is role and fits(s.person)
    ]
    return _line(below, deciders) + placed


def _line(below: Person, deciders: Sequence[Superior]) -> list[Superior]:
    """The person's manager, that one's manager, and so on; a circle ends where it began."""
    by_id = {s.person.id: s for s in deciders}
    line: list[Superior] = []
    at = by_id.get(below.manager or 0)
    while at is not None and at not in line:
        line.append(at)
        at = by_id.get(at.person.manager or 0)
    return line
