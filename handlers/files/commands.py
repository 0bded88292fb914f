"""归到 BB1001: what was sent without a word gets its place (C62)."""

from __future__ import annotations

from datetime import timedelta

from bot.errors import Refusal
from bot.feature import Filing
from bot.messages import single_chat
from bot.ports import FileRow, FileState
from bot.turn import Reply, Turn
from handlers.files import actions, rules
from handlers.files.cards import INBOX, KIND, waiting
from handlers.files.entries import FileUnder
from handlers.files.feature import feature
from storage.unit import Unit

FOCUS_LIFE = timedelta(minutes=30)
"""How long the object last spoken of is meant without saying so (R10.5)."""
NOTHING_WAITS = "没有待归档的文件。请先发送文件或照片，再发送「归到 + 编号」。"
MOST_SENT = 5
NOT_FOUND = "没有找到 {}。请核对编号。"
NO_PLACE = "没有找到 {}，或您不能向它添加文件。请核对编号。"


@feature.command("归到", "归入", help="把刚发的文件归到一个对象", example="归到 BB1001")
def put(turn: Turn, db: Unit, entry: FileUnder) -> Reply:
    """Everything this person sent lately that has no place yet."""
    ref = rules.short_id(entry.ref)
    holder = turn.catalog.holders.get(ref.kind) if ref else None
    if ref is None or holder is None:
        raise Refusal("not_found", NO_PLACE.format(entry.ref.upper()))
    files = waiting(db, turn.me.id, turn.now)
    if not files:
        raise Refusal("no_files", NOTHING_WAITS)
    holder.may_add(turn, db, ref.number)
    said = [actions.attach(turn, db, file, ref.kind, ref.number) for file in files]
    turn.changed(KIND, turn.me.id)
    on_their_way = sum(file.state is FileState.WANTED for file in files)
    told = [line for line in said if line][-1:]
    told += [f"{on_their_way} 个文件正在保存，归到 {ref}。"] if on_their_way else []
    return Reply(text="\n".join(told), focus=str(ref))


@feature.command("文件", "附件", "看证据", help="把一个对象的文件发给我", example="文件 BB1001")
def send(turn: Turn, db: Unit, entry: FileUnder) -> Reply:
    """The newest ones, as files of the messenger."""
    ref = rules.short_id(entry.ref)
    holder = turn.catalog.holders.get(ref.kind) if ref else None
    if ref is None or holder is None or not holder.may_see(db, turn.me, ref.number):
        raise Refusal("not_found", NOT_FOUND.format(entry.ref.upper()))
    files = actions.stored(db, ref.kind, ref.number)
    for file in files[-MOST_SENT:]:
        turn.send_file(turn.me, file.id)
    if not files:
        return Reply(text=f"{ref} 还没有文件。", focus=str(ref))
    more = f"，只发了最新的 {MOST_SENT} 个" if len(files) > MOST_SENT else ""
    return Reply(text=f"以上是 {ref} 的文件，共 {len(files)} 个{more}。", focus=str(ref))


def arrived(turn: Turn, db: Unit, file: FileRow, quoted: str) -> Reply:
    """What it was a reply to, else what was last spoken of, decides; otherwise it is asked, with one tap."""
    for ref in filter(None, (quoted, _focus(turn))):
        if _filed(turn, db, file, ref):
            return Reply(focus=ref)
    turn.changed(KIND, turn.me.id)
    return Reply(view=INBOX, number=turn.me.id)


def settled(turn: Turn, db: Unit, file: FileRow) -> Reply:
    """The end of fetching it: its owner is told, or whoever sent it that it is lost."""
    turn.changed(KIND, file.person)
    if file.state is FileState.LOST:
        return Reply(text=f"「{file.name}」没有收到：{file.reason}。请重新发送。")
    return Reply(text=actions.received(turn, db, file)) if file.owner else Reply()


feature.filing = Filing(arrived, settled)


def _filed(turn: Turn, db: Unit, file: FileRow, ref: str) -> bool:
    found = rules.short_id(ref)
    holder = turn.catalog.holders.get(found.kind) if found else None
    if found is None or holder is None:
        return False
    try:
        holder.may_add(turn, db, found.number)
    except Refusal:
        return False  # then it belongs to something else
    actions.attach(turn, db, file, found.kind, found.number)
    return True


def _focus(turn: Turn) -> str:
    """The one object this chat is about; a list is none."""
    if turn.account is None:
        return ""
    talk = turn.unit.dialogue.talk(turn.me.id, single_chat(turn.account))
    fresh = talk.focus_at is not None and turn.now - talk.focus_at <= FOCUS_LIFE
    return talk.focus[0] if fresh and len(talk.focus) == 1 else ""
