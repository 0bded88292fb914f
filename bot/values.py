"""Plain values of the business that need more than a built-in type: amounts, rates, short ids, and two check rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Self

FEN_IN_WAN: Final = 1_000_000


@dataclass(frozen=True, order=True, slots=True)
class Money:
    """An amount of renminbi in fen, a whole number: 120 万元 is Money(120_000_000)."""

    fen: int

    @classmethod
    def of_yuan(cls, yuan: Decimal | int) -> Self:
        """ValueError when ``yuan`` is not a whole number of fen."""
        fen = Decimal(yuan) * 100
        if fen != int(fen):
            raise ValueError(f"not a whole number of fen: {yuan}")
        return cls(int(fen))

    @property
    def yuan(self) -> Decimal:
        return Decimal(self.fen) / 100

    def __str__(self) -> str:
        """As people read it: 120.00 万元 from one 万 up, else 9,800.00 元. Never rounded: 8.654321 万元."""
        if abs(self.fen) < FEN_IN_WAN:
            return self.in_yuan()
        return f"{_grouped(Decimal(self.fen) / FEN_IN_WAN)} 万元"

    def in_yuan(self) -> str:
        """In 元 whatever the size, as on invoices: 20,000.00 元."""
        return f"{_grouped(self.yuan)} 元"


def _grouped(number: Decimal) -> str:
    whole, _, places = f"{abs(number):f}".partition(".")
    return f"{'-' if number < 0 else ''}{int(whole):,}.{places.rstrip('0').ljust(2, '0')}"


@dataclass(frozen=True, order=True, slots=True)
class Percent:
    """A share in hundredths of a percent: 82 折 is Percent(8200), shown as 82%."""

    points: int

    @classmethod
    def of(cls, percent: Decimal | int) -> Self:
        """ValueError for more than two decimals."""
        points = Decimal(percent) * 100
        if points != int(points):
            raise ValueError(f"more than two decimals: {percent}")
        return cls(int(points))

    @property
    def share(self) -> Decimal:
        """As a factor: 82% is 0.82."""
        return Decimal(self.points) / 10_000

    def __str__(self) -> str:
        whole = f"{Decimal(self.points) / 100:f}"
        return f"{whole.rstrip('0').rstrip('.') if '.' in whole else whole}%"


ID_KINDS: Final = {
    "BB": "报备",
    "SP": "审批",
    "GG": "公告",
    "XM": "项目",
    "RW": "任务",
    "FY": "费用",
    "DD": "订单",
    "BF": "拜访",
    "YC": "预测",
    "HT": "合同",
    "KC": "课程",
    "FL": "返利",
    "GD": "工单",
    "XS": "线索",
}
"""The short ids people type, by their letters."""


@dataclass(frozen=True, order=True, slots=True)
class ShortId:
    """What people call a record: BB1001."""

    kind: str
    number: int

    def __str__(self) -> str:
        return f"{self.kind}{self.number}"


CREDIT_CODE_LETTERS: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""GB 32100-2015: digits and capitals without I O S V Z; the place in this line is the value of the character."""
_CREDIT_CODE_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_LOOKS_LIKE: Final = {"O": "0", "I": "1", "S": "5", "Z": "2", "V": "U"}


def credit_code_fault(code: str) -> str:
    """Why ``code`` (18 characters, upper case) is no 统一社会信用代码, as a sentence; empty when it is one."""
    if len(code) != 18:
        return f"应为 18 位，您写了 {len(code)} 位"
    for place, letter in enumerate(code, 1):
        if letter in _LOOKS_LIKE:
            return f"第 {place} 位是「{letter}」，信用代码不用这个字母，是否为「{_LOOKS_LIKE[letter]}」"
        if letter not in CREDIT_CODE_LETTERS:
            return f"第 {place} 位是「{letter}」，信用代码只有数字和大写字母"
    total = sum(w * CREDIT_CODE_LETTERS.index(c) for w, c in zip(_CREDIT_CODE_WEIGHTS, code, strict=False))
    if CREDIT_CODE_LETTERS[-total % 31] != code[17]:
        return "校验位不正确"
    return ""


def mask_phone(phone: str) -> str:
    """138****0001; a fixed line keeps its area code and last four digits."""
    digits = re.sub(r"[^0-9]", "", phone)
    if len(digits) < 7:
        return "*" * len(digits)
    return f"{digits[:3]}****{digits[-4:]}"
