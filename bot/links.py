"""Addresses of pages that ask for a file, and of downloads: signed, bound to one person's errand, expiring.

Nothing secret lies in them but the signature: whoever holds one still sees only what its person may see at that moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.buttons import Signer, base36

UPLOAD = "upload pages"
DOWNLOAD = "downloads"
DOWNLOAD_LIFE = timedelta(days=3)
MOST_LENGTH = 160


@dataclass(frozen=True, slots=True)
class Download:
    file: int
    person: int


@dataclass(frozen=True, slots=True)
class Links:
    signer: Signer
    public_url: str

    def upload(self, page: int) -> str:
        return f"{self.public_url}/upload/{self._signed(UPLOAD, [page])}"

    def download(self, file: int, person: int, now: datetime) -> str:
        """Valid for three days and the rest of the fourth: the same all day, so that no card changes because of it."""
        until = (now.astimezone(UTC) + DOWNLOAD_LIFE).date().toordinal()
        return f"{self.public_url}/files/{self._signed(DOWNLOAD, [file, person, until])}"

    def read_upload(self, token: str) -> int | None:
        numbers = self._read(UPLOAD, token, 1)
        return numbers[0] if numbers else None

    def read_download(self, token: str, now: datetime) -> Download | None:
        """None for what this bot has not made, and what is over."""
        numbers = self._read(DOWNLOAD, token, 3)
        if numbers is None or now.astimezone(UTC).date().toordinal() > numbers[2]:
            return None
        return Download(numbers[0], numbers[1])

    def _signed(self, purpose: str, numbers: list[int]) -> str:
        body = "-".join(map(base36, numbers))
        return f"{body}.{self.signer.sign_long(purpose, body.encode())}"

    def _read(self, purpose: str, token: str, count: int) -> list[int] | None:
        body, dot, signature = token.partition(".")
        if not dot or len(token) > MOST_LENGTH or not self.signer.check_long(purpose, body.encode(), signature):
            return None
        numbers = [int(part, 36) for part in body.split("-")]
        return numbers if len(numbers) == count else None
