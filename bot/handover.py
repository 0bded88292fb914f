"""Files by the browser: what a signed page asks for, what is handed in there, and what a signed link gives (contract 3).

A link is only half of a right: at the moment it is used, its person has to be somebody who may see the file.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any

from msgspec import Struct

from bot import slots as reading
from bot.cabinet import Cabinet, Draft
from bot.clock import Clock
from bot.draft_card import vocabularies
from bot.entry import Kind
from bot.feature import Catalog
from bot.fetching import Turns
from bot.filekinds import extension_of, file_name
from bot.house import House
from bot.links import Links
from bot.messages import HandedIn, single_chat
from bot.permit import Person
from bot.ports import AuditEntry, DraftState, FileRow, FileState, Store, Unit
from bot.slots import Context

MOST_FACTS = 6
LATER = "系统暂时无法处理，请稍后再试一次。"
USED = "这个链接已经用过，请回到聊天继续。"
OVER = "这个链接已过期，请回到聊天重新办理。"


class Errand(Struct, frozen=True):
    """What a page asks for, in words. ``open``: it still takes a file; otherwise ``title`` says why not."""

    page: int
    open: bool
    title: str
    who: str = ""
    about: tuple[str, ...] = ()
    until: str = ""


class Served(Struct, frozen=True):
    path: Path
    name: str
    media: str


class Handover:
    def __init__(
        self,
        store: Store,
        turns: Turns,
        cabinet: Cabinet,
        catalog: Catalog,
        links: Links,
        house: Callable[[], House],
        clock: Clock,
    ) -> None:
        self._store = store
        self._turns = turns
        self._cabinet = cabinet
        self._catalog = catalog
        self.links = links
        self._house = house
        self._clock = clock

    @property
    def most(self) -> int:
        """Bytes a file may have."""
        return self._cabinet.most

    def draft(self) -> AbstractAsyncContextManager[Draft]:
        return self._cabinet.draft()

    async def errand(self, token: str) -> Errand | None:
        """None for what this bot has not made."""
        number = self.links.read_upload(token)
        return await self._store.read(lambda unit: self._errand(unit, number)) if number is not None else None

    async def take(self, errand: Errand, draft: Draft, name: str) -> str:
        """Keeps the file and gives it to its errand; the sentence that says why not, "" if it was taken."""
        named = file_name(name, "文件")
        kept = await self._cabinet.keep(draft, named)
        if isinstance(kept, str):
            return f"{kept}。"
        page = await self._store.read(lambda unit: unit.files.page(errand.page))
        if page is None:
            return USED
        inbound = HandedIn(
            key=f"page:{page.id}:{secrets.token_hex(8)}",
            sender=page.account,
            place=single_chat(page.account),
            sent_at=self._clock.now(),
            trace=secrets.token_hex(8),
            foreign=bool(page.account.tenant),
            page=page.id,
            name=named if extension_of(named) else f"{named}.{kept.extension}",
            size=kept.size,
            sha256=kept.sha256,
            media=kept.media,
        )
        await self._turns.take(inbound)
        return await self._store.read(lambda unit: self._ended(unit, page.id, inbound.trace))

    async def download(self, token: str) -> Served | None:
        """None for whatever this person may not have, whatever the reason."""
        found = self.links.read_download(token, self._clock.now())
        if found is None:
            return None
        file = await self._store.write(lambda unit: self._allowed(unit, found.file, found.person))
        path = self._cabinet.path(file) if file else None
        return Served(path, file.name, file.media) if file and path else None

    # -- inside ------------------------------------------------------------------------------------------------------

    def _errand(self, unit: Unit, number: int) -> Errand | None:
        page = unit.files.page(number)
        if page is None:
            return None
        if page.file is not None:
            return Errand(number, False, USED)
        draft = unit.dialogue.draft(page.draft)
        person = unit.identity.person(page.person)
        alive = draft is not None and draft.state is DraftState.OPEN and draft.page == page.id
        if draft is None or person is None or not alive or page.expires <= self._clock.now():
            return Errand(number, False, OVER)
        if not _is_there(unit, person):
            return Errand(number, False, OVER)
        command = self._catalog.commands.get(draft.command)
        slot = next((s for s in command.slots if s.name == page.slot), None) if command else None
        if command is None or slot is None:
            return Errand(number, False, OVER)
        house = self._house()
        context = Context(self._clock.now(), house.calendar, vocabularies(unit, command.slots, person))
        given = [
            f"{s.label}：{reading.show(s, draft.given[s.name].raw, context)}"
            for s in command.slots
            if s.name in draft.given and s.kind is not Kind.FILE
        ]
        about = (f"{house.name} · {command.title}", *given[:MOST_FACTS])
        return Errand(number, True, f"请上传{slot.prompt}", person.name, about, house.moment(page.expires))

    def _ended(self, unit: Unit, number: int, trace: str) -> str:
        """Whether it was this very file that the page took."""
        page = unit.files.page(number)
        if page is None or page.file is None:
            errand = self._errand(unit, number)
            return LATER if errand and errand.open else OVER
        file = unit.files.get(page.file)
        return "" if file is not None and file.trace == trace else USED

    def _allowed(self, unit: Any, number: int, person_id: int) -> FileRow | None:
        """The file, with the trail of who took it."""
        file: FileRow | None = unit.files.get(number)
        person: Person | None = unit.identity.person(person_id)
        if file is None or file.state is not FileState.STORED or person is None or not _is_there(unit, person):
            return None
        if not self._may_see(unit, file, person):
            return None
        unit.audit.record(
            AuditEntry(
                at=self._clock.now(),
                actor=f"{person.name}#{person.id}",
                object=file.owner,
                action="file.downloaded",
                after={"file": file.id, "sha256": file.sha256},
            )
        )
        return file

    def _may_see(self, unit: Any, file: FileRow, person: Person) -> bool:
        """Whoever may see what it belongs to; what has no place yet, only who sent it."""
        if not file.owner:
            return file.person == person.id
        holder = self._catalog.holders.get(file.owner[:2])
        return holder is not None and holder.may_see(unit, person, int(file.owner[2:]))


def _is_there(unit: Unit, person: Person) -> bool:
    """Whoever left keeps links that were sent before: they open nothing."""
    return person.active and bool(unit.identity.accounts(person.id))
