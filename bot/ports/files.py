"""Files people sent: one row each, wanted until it was fetched; the pages that ask for one; what the messengers hold of ours."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from bot.messages import Account, FileKind, Place
from bot.ports.messengers import Retry


class FileState(StrEnum):
    WANTED = "wanted"
    STORED = "stored"
    LOST = "lost"


class FileRow(Struct, frozen=True, kw_only=True):
    """``owner`` is the object it belongs to ("BB1001", "" as long as nobody said), ``draft`` the entry it was sent for (0: none).

    ``size``, ``sha256`` and ``media`` (a media type) are known once it is stored, ``reason`` says why it is lost. ``received`` and
    ``settled`` are business time.
    """

    id: int
    person: int
    account: Account
    place: Place
    kind: FileKind
    name: str
    state: FileState = FileState.WANTED
    size: int = 0
    sha256: str = ""
    media: str = ""
    reason: str = ""
    owner: str = ""
    draft: int = 0
    received: datetime
    settled: datetime | None = None
    trace: str = ""

    @property
    def raw(self) -> str:
        """As a slot keeps it."""
        return f"{self.id} {self.name}"


class Kept(Struct, frozen=True):
    """What lies on the disk: its name is its content's."""

    sha256: str
    size: int
    media: str
    extension: str


class Asked(Struct, frozen=True):
    """What an adapter is to fetch. ``handle`` is a secret."""

    account: Account
    kind: FileKind
    handle: str


class Claimed(Struct, frozen=True):
    """A wanted file this process is to fetch; the handle is sealed."""

    file: FileRow
    sealed: str
    attempts: int


class Got(Struct, frozen=True):
    """All of it was written to the sink; ``name`` as the messenger calls it, "" if it does not say."""

    name: str = ""


class Lost(Struct, frozen=True):
    """It cannot be had any more; ``reason`` is what people read."""

    reason: str


Fetch = Got | Retry | Lost


class Sink(Protocol):
    """Where a file is written to, piece by piece."""

    async def write(self, piece: bytes) -> None:
        """Raises TooLarge."""


class TooLarge(Exception):
    """More than a file may have."""


class Page(Struct, frozen=True, kw_only=True):
    """A one-time page that asks a person for a file: for which slot of which draft, until when."""

    id: int
    person: int
    account: Account
    place: Place
    draft: int
    slot: str
    expires: datetime
    file: int | None = None
    """What was handed in: then it takes no other."""


class Media(Struct, frozen=True):
    """What a messenger calls a file of ours; ``key`` "" with the reason why it does not take it."""

    key: str
    reason: str = ""


class Need(Struct, frozen=True):
    """A file that a messenger has to hold before a row can be rendered; ``kind`` is the adapter's word for as what."""

    file: int
    kind: str


class Files(Protocol):
    def add(self, file: FileRow, sealed: str = "") -> FileRow:
        """Stores a row; its id is counted up."""

    def get(self, file: int) -> FileRow | None: ...

    def lock(self, file: int) -> FileRow | None: ...

    def of(self, owner: str) -> Sequence[FileRow]:
        """What is stored or on its way for an object, oldest first."""

    def unowned(self, person: int, since: datetime) -> Sequence[FileRow]:
        """What a person sent and nobody knows yet what it belongs to; for update, oldest first."""

    def filed(self, person: int, since: datetime) -> Sequence[FileRow]:
        """What a person sent without a word and has its place by now, oldest first."""

    def save(self, file: FileRow) -> None:
        """All of the row but its handle, which is forgotten once the file is no more wanted."""

    def claim(self, channels: Sequence[str], most: int, seconds: float) -> Sequence[Claimed]:
        """Wanted files nobody is fetching; nobody else gets them for so long (machine time)."""

    def release(self, file: int, wait: float) -> None:
        """It is still wanted; the next try is in so many seconds."""

    def open_page(self, page: Page) -> None: ...

    def page(self, page: int) -> Page | None: ...

    def close_page(self, page: int, file: int) -> bool:
        """False if it was used before: only the first file counts."""

    def media(self, channel: str, tenant: str, sha256: str, kind: str, now: datetime) -> Media | None:
        """What the messenger still holds of it."""

    def keep_media(self, channel: str, tenant: str, sha256: str, kind: str, media: Media, until: datetime) -> None: ...
