"""An account that goes by another user id: everything that names it, or its single chat, follows."""

from __future__ import annotations

from sqlalchemy import Connection, case, delete, update

from bot.messages import Account, single_chat
from storage.file_tables import files, pages, wanted
from storage.tables import accounts, copies, outbox, talks, unfinished


def rename(sql: Connection, old: Account, new: Account) -> None:
    """Rare enough to read the copies whole. ``new`` is nobody's; what was sent or received already stays as it was."""
    at = {"channel": old.channel, "tenant": old.tenant, "user_id": old.user}
    place = {"channel": old.channel, "tenant": old.tenant, "chat": old.user, "is_group": False}
    sql.execute(update(accounts).filter_by(**at).values(user_id=new.user))
    sql.execute(update(copies).filter_by(**place).values(chat=new.user))
    _outbox(sql, old, new, place)
    _talks(sql, old, new)
    for table, still in ((pages, pages.c.file.is_(None)), (files, wanted)):
        chat = case(((table.c.chat == old.user) & ~table.c.is_group, new.user), else_=table.c.chat)
        sql.execute(update(table).filter_by(**at).where(still).values(user_id=new.user, chat=chat))


def _outbox(sql: Connection, old: Account, new: Account, place: dict[str, object]) -> None:
    """What was drawn names the old receiver, so it is drawn anew."""
    before, after = single_chat(old).lane, single_chat(new).lane
    line = case(
        (outbox.c.line == before, after), (outbox.c.line == f"bulk:{before}", f"bulk:{after}"), else_=outbox.c.line
    )
    sql.execute(update(outbox).filter_by(**place).where(unfinished).values(chat=new.user, line=line, payload=None))


def _talks(sql: Connection, old: Account, new: Account) -> None:
    before, after = single_chat(old).lane, single_chat(new).lane
    sql.execute(delete(talks).filter_by(channel=new.channel, lane=after))
    sql.execute(update(talks).filter_by(channel=old.channel, lane=before).values(lane=after))
