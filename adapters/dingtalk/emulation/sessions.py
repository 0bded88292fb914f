"""Session webhooks: every pushed message brings an address to answer at, for 90 minutes (3.5)."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from adapters.dingtalk.emulation.errors import OldError
from adapters.dingtalk.emulation.world import World

LIFE = timedelta(minutes=90)


@dataclass(frozen=True, slots=True)
class Session:
    chat_id: str
    expires: datetime


class Sessions:
    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}

    def open(self, chat_id: str) -> tuple[str, datetime]:
        """The session's secret, and when it ends."""
        key, expires = secrets.token_hex(16), self._world.now() + LIFE
        self._sessions[key] = Session(chat_id, expires)
        return key, expires

    def find(self, key: str) -> Session:
        session = self._sessions.get(key)
        if session is None or session.expires <= self._world.now():
            raise OldError(300001)
        return session
