"""Where people stand with the bot: what a chat last asked and showed, and the entries on their way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from bot.messages import Place
from bot.ports import Draft, DraftState, Talk
from storage.tables import drafts, insert_or, talks

_SAVE_TALK = insert_or(talks)
_SAVE_TALK = _SAVE_TALK.on_conflict_do_update(
    index_elements=["person", "channel", "lane"], set_={"talk": _SAVE_TALK.excluded.talk}
)
_SAVE_DRAFT = insert_or(drafts)
_SAVE_DRAFT = _SAVE_DRAFT.on_conflict_do_update(
    index_elements=["id"], set_={name: _SAVE_DRAFT.excluded[name] for name in ("state", "updated", "draft")}
)


class Dialogue:
    def __init__(self, sql: Connection, writing: bool) -> None:
        self._sql = sql
        self._writing = writing

    def talk(self, person: int, place: Place) -> Talk:
        here = (talks.c.person == person, talks.c.channel == place.channel, talks.c.lane == place.lane)
        return self._sql.execute(select(talks.c.talk).where(*here)).scalar_one_or_none() or Talk()

    def save_talk(self, person: int, place: Place, talk: Talk) -> None:
        self._sql.execute(_SAVE_TALK, {"person": person, "channel": place.channel, "lane": place.lane, "talk": talk})

    def draft(self, draft_id: int) -> Draft | None:
        found = select(drafts.c.draft).where(drafts.c.id == draft_id)
        return self._sql.execute(found.with_for_update() if self._writing else found).scalar_one_or_none()

    def save_draft(self, draft: Draft) -> None:
        row = {"id": draft.id, "person": draft.person, "state": draft.state, "updated": draft.updated, "draft": draft}
        self._sql.execute(_SAVE_DRAFT, row)

    def open_drafts(self, person: int, since: datetime) -> Sequence[Draft]:
        """The latest first."""
        open_ = (drafts.c.person == person, drafts.c.state == DraftState.OPEN, drafts.c.updated >= since)
        latest = select(drafts.c.draft).where(*open_).order_by(drafts.c.updated.desc(), drafts.c.id.desc())
        return self._sql.execute(latest).scalars().all()
