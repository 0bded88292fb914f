"""Files as part of a conversation: for the entry that asked for one, else for whoever knows what it belongs to (design 6).

A file that was sent is only wanted at first: its turn stores the row and says nothing that depends on its bytes. The end of
fetching it is an inbound of its own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

import msgspec

from bot import draft_card, drafts, filekinds
from bot.entry import Kind
from bot.errors import Refusal
from bot.feature import Catalog, Command
from bot.listen import STRANGER, Listener
from bot.messages import Fetched, FileKind, HandedIn, Upload, single_chat
from bot.ports import Draft, DraftState, FileRow, FileState
from bot.sealing import seal
from bot.turn import Reply, Turn

PURPOSE = "file handles"
PAGE_LIFE = timedelta(days=7)
"""As long as the draft that asks for the file."""
NAMES = {FileKind.PICTURE: "图片", FileKind.FILE: "文件", FileKind.VOICE: "语音", FileKind.VIDEO: "视频"}
NOT_WANTED = "现在没有需要文件的事项。发送「帮助」看看您可以做什么。"
USED = "这个上传链接已经用过，或已经不需要了。"


class Keys(Protocol):
    def key(self, purpose: str) -> bytes: ...
    def keys(self, purpose: str) -> list[bytes]: ...


class Handing:
    def __init__(self, catalog: Catalog, listener: Listener, keys: Keys) -> None:
        self.catalog = catalog
        self.listener = listener
        self._keys = keys

    def sent(self, turn: Turn, inbound: Upload) -> Reply:
        """Somebody sent a file."""
        if turn.person is None:
            return Reply(text=STRANGER)
        name = filekinds.file_name(inbound.name, f"{NAMES[inbound.kind]} {turn.house.moment(inbound.sent_at)}")
        if not inbound.handle:
            return Reply(text=f"「{name}」没有收到，请重新发送。")
        draft = self.listener.open_draft(turn)
        slot = self._asks(draft) if draft else ""
        if not slot and self.catalog.filing is None:
            return Reply(text=NOT_WANTED)
        file = self._wanted(turn, inbound, name, draft.id if draft and slot else 0)
        if draft is not None and slot:
            return drafts.take_file(turn, self.listener.command_of(draft), draft, slot, file.raw)
        quoted = self.listener.quoted(turn, inbound)
        about = f"{quoted.kind}{quoted.number}" if quoted is not None and quoted.kind in self.catalog.kinds else ""
        return self._unasked(turn, file, about)

    def fetched(self, turn: Turn, inbound: Fetched) -> Reply:
        """It is stored now, or lost. Nobody else has said so before: the inbox lets each key through once."""
        file = turn.unit.files.lock(inbound.file)
        if file is None or file.state is not FileState.WANTED:
            return Reply()
        file = msgspec.structs.replace(
            file,
            state=FileState.LOST if inbound.reason else FileState.STORED,
            name=inbound.name or file.name,
            size=inbound.size,
            sha256=inbound.sha256,
            media=inbound.media,
            reason=inbound.reason,
            settled=turn.now,
        )
        turn.unit.files.save(file)
        turn.record(f"file.{file.state.value}", file.owner, after=_facts(file))
        if file.draft and not file.owner:
            return self._lost_for_draft(turn, file) if inbound.reason else Reply()
        return self.catalog.filing.settled(turn, turn.unit, file) if self.catalog.filing else Reply()

    def handed_in(self, turn: Turn, inbound: HandedIn) -> Reply:
        """By the page: it is here already, and goes where the page was opened for."""
        page = turn.unit.files.page(inbound.page)
        draft = turn.unit.dialogue.draft(page.draft) if page else None
        if page is None or draft is None or page.expires <= turn.now or turn.me.id != page.person:
            raise Refusal("page_over", USED)
        if draft.state is not DraftState.OPEN or draft.page != page.id:
            raise Refusal("page_over", USED)
        file = turn.unit.files.add(
            FileRow(
                id=0,
                person=page.person,
                account=page.account,
                place=page.place,
                kind=FileKind.PICTURE if inbound.media.startswith("image/") else FileKind.FILE,
                name=inbound.name,
                state=FileState.STORED,
                size=inbound.size,
                sha256=inbound.sha256,
                media=inbound.media,
                draft=draft.id,
                received=turn.now,
                settled=turn.now,
                trace=turn.trace,
            )
        )
        if not turn.unit.files.close_page(page.id, file.id):
            raise Refusal("page_over", USED)
        turn.record("file.stored", "", after=_facts(file))
        return drafts.take_file(turn, self.listener.command_of(draft), draft, page.slot, file.raw)

    # -- steps -------------------------------------------------------------------------------------------------------

    def _wanted(self, turn: Turn, inbound: Upload, name: str, draft: int) -> FileRow:
        account = turn.account
        if account is None:
            raise LookupError("a file comes from an account")
        file = FileRow(
            id=0,
            person=turn.me.id,
            account=account,
            place=turn.group or single_chat(account),
            kind=inbound.kind,
            name=name,
            draft=draft,
            received=turn.now,
            trace=turn.trace,
        )
        return turn.unit.files.add(file, seal(self._keys.key(PURPOSE), inbound.handle))

    def _unasked(self, turn: Turn, file: FileRow, about: str) -> Reply:
        if self.catalog.filing is None:
            return Reply(text=NOT_WANTED)
        return self.catalog.filing.arrived(turn, turn.unit, file, about)

    def _asks(self, draft: Draft) -> str:
        """The slot that takes a file: the one being asked, else the first that has none."""
        slots = [s for s in self.listener.command_of(draft).slots if s.kind is Kind.FILE]
        asked = next((s.name for s in slots if s.name == draft.asked), "")
        return asked or next((s.name for s in slots if s.name not in draft.given), "")

    def _lost_for_draft(self, turn: Turn, file: FileRow) -> Reply:
        draft = turn.unit.dialogue.draft(file.draft)
        said = f"「{file.name}」没有收到：{file.reason}。请重新发送。"
        if draft is None or draft.state is not DraftState.OPEN or turn.place is None:
            return Reply(text=said)
        turn.tell(turn.place, said)
        turn.changed(draft_card.KIND, draft.id)
        command: Command = self.listener.command_of(draft)
        return drafts.lose_file(turn, command, draft, file.raw)


def _facts(file: FileRow) -> dict[str, str | int]:
    """What an auditor needs to know the file again; its name may say more than its reader should know."""
    return {
        "file": file.id,
        "sha256": file.sha256,
        "size": file.size,
        "media": file.media,
        "from": str(file.account),
        "received": file.received.isoformat(),
        **({"reason": file.reason} if file.reason else {}),
    }
