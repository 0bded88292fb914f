"""Where a file belongs, asked with one tap."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cards import Button, Card, Note, Style, Text, Tone
from bot.ports import FileRow
from bot.turn import Viewer
from handlers.files.feature import feature
from handlers.files.rules import spoken
from storage.unit import Unit

KIND = "inbox"
INBOX = "files.inbox"
MOST_OFFERED = 3
MOST_LABEL = 20
MOST_FILED = 5
LIFE = timedelta(hours=24)
"""So long a file waits for its place."""


@feature.view(INBOX, of=KIND)
def inbox(db: Unit, number: int, viewer: Viewer) -> Card:
    """Stays as it is when a file is stored: a card that is redrawn at that moment would take no tap."""
    files = waiting(db, number, viewer.now)
    if not files or viewer.person is None:
        return Card("收到的文件", Tone.SUCCESS, "已归档", (Text(_filed(db, number, viewer.now)),))
    names = Text("\n".join(spoken(file) for file in files))
    likely = [
        (holder.kind, *each) for holder in viewer.catalog.holders.values() for each in holder.likely(db, viewer.person)
    ]
    buttons = tuple(
        Button(
            f"{kind}{at} {title}"[:MOST_LABEL],
            "files.put",
            {"ref": f"{kind.lower()}{at}"},
            Style.PRIMARY if not n else Style.PLAIN,
        )
        for n, (kind, at, title) in enumerate(likely[:MOST_OFFERED])
    )
    asked = Text(
        f"收到 {len(files)} 个文件，归到哪一个？" if buttons else f"收到 {len(files)} 个文件，请回复归到哪里。"
    )
    note = Note("也可以直接发送：归到 + 编号，例如 归到 BB1001。")
    return Card("收到的文件", Tone.INFO, "待归档", (asked, names, note), buttons)


def _filed(db: Unit, person: int, now: datetime) -> str:
    """Which went where, the newest last: on some messengers the card is all that tells of a tap."""
    filed = db.files.filed(person, now - LIFE)
    lines = [f"「{spoken(file)}」已归到 {file.owner}。" for file in filed[-MOST_FILED:]]
    return "\n".join(lines) or "文件都已归好。"


def waiting(db: Unit, person: int, now: datetime) -> Sequence[FileRow]:
    return db.files.unowned(person, now - LIFE)
