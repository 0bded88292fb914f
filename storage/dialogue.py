"""Where people stand with the bot: what a chat last asked and showed, and the entries on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.messages import Place
from bot.ports import Draft, DraftState, Talk
from storage.prepared import Prepared
from storage.tables import drafts, insert_or, talks

_TALK = Prepared(
    select(talks.c.talk).where(
        talks.c.person == bindparam("person"),
        talks.c.channel == bindparam("channel"),
        talks.c.lane == bindparam("lane"),
    )
)
_TALKED = insert_or(talks)
_SAVE_TALK = Prepared(
    _TALKED.on_conflict_do_update(index_elements=["person", "channel", "lane"], set_={"talk": _TALKED.excluded.talk})
)
_DRAFT = select(drafts.c.draft).where(drafts.c.id == bindparam("of"))
_SEE_DRAFT = Prepared(_DRAFT)
_LOCK_DRAFT = Prepared(_DRAFT.with_for_update())
_DRAFTED = insert_or(drafts)
_SAVE_DRAFT = Prepared(
    _DRAFTED.on_conflict_do_update(
        index_elements=["id"], set_={name: _DRAFTED.excluded[name] for name in ("state", "updated", "draft")}
    )
)
_OPEN_DRAFTS = Prepared(
    select(drafts.c.draft)
    .where(
        drafts.c.person == bindparam("person"),
        drafts.c.state == DraftState.OPEN,
        drafts.c.updated >= bindparam("since"),
    )
    .order_by(drafts.c.updated.desc(), drafts.c.id.desc())
)


class Dialogue:
    def __init__(self, sql: Connection, writing: bool) -> None:
        self._sql = sql
        self._writing = writing

    def talk(self, person: int, place: Place) -> Talk:
        talk: Talk | None = _TALK.scalar(self._sql, _at(person, place))
        return talk or Talk()

    def save_talk(self, person: int, place: Place, talk: Talk) -> None:
        _SAVE_TALK.run(self._sql, _at(person, place) | {"talk": talk})

    def draft(self, draft_id: int) -> Draft | None:
        found = _LOCK_DRAFT if self._writing else _SEE_DRAFT
        draft: Draft | None = found.scalar(self._sql, {"of": draft_id})
        return draft

    def save_draft(self, draft: Draft) -> None:
        row = {"id": draft.id, "person": draft.person, "state": draft.state, "updated": draft.updated, "draft": draft}
        _SAVE_DRAFT.run(self._sql, row)

    def open_drafts(self, person: int, since: datetime) -> Sequence[Draft]:
        """The latest first."""
        return [draft for (draft,) in _OPEN_DRAFTS.all(self._sql, {"person": person, "since": since})]


def _at(person: int, place: Place) -> dict[str, object]:
    return {"person": person, "channel": place.channel, "lane": place.lane}
