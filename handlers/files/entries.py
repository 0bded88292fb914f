"""What people are asked for when files are filed, or wanted."""

from __future__ import annotations

from dataclasses import dataclass

from bot.entry import ask


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUnder:
    ref: str = ask("编号", pattern=r"[a-z]{2}[ \-_#:]{0,2}[0-9]{3,9}", hint="例如 BB1001")
