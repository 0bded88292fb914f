"""A recipient's card: what is announced, and the button that says it was read."""

from __future__ import annotations

from collections.abc import Iterator

from bot.cards import AnyBlock, Button, Card, Note, Style, Text, Tone
from bot.turn import Viewer
from handlers.broadcasts import queries, recipient_queries, rules
from handlers.broadcasts.feature import feature
from handlers.broadcasts.names import KIND, NOTICE, NOTICE_KIND
from handlers.broadcasts.queries import Broadcast
from handlers.broadcasts.recipient_queries import Recipient
from handlers.broadcasts.states import State
from handlers.files.actions import listed
from handlers.people.queries import person_name
from storage.unit import Unit

MOST_NAMED = 20


@feature.view(NOTICE, of=NOTICE_KIND)
def notice(db: Unit, number: int, viewer: Viewer) -> Card:
    """``number``: the recipient. Not settled for good when it was acknowledged: it may still become void."""
    to = recipient_queries.recipient(db, number)
    found = queries.broadcast(db, to.broadcast) if to else None
    if to is None or found is None:
        return Card("公告", tag="没有找到")
    title = f"{found.ref} {found.title}"
    if found.state is State.RECALLED:
        return Card(title, Tone.DANGER, "已作废", (Text(f"这份公告已作废，原因:{found.reason}", strong=True),))
    acknowledged = to.acknowledged_at is not None
    blocks = (*_what(db, found, viewer), *_standing(db, to, found, viewer))
    button = Button("我已阅读并知悉", "broadcasts.acknowledge", {"broadcast": str(found.number)}, Style.PRIMARY)
    tone, tag = (Tone.SUCCESS, "已知悉") if acknowledged else (Tone.INFO, found.category)
    return Card(title, tone, tag, blocks, () if acknowledged else (button,))


def _what(db: Unit, found: Broadcast, viewer: Viewer) -> Iterator[AnyBlock]:
    yield Text(found.body)
    yield from listed(db, KIND, found.number, viewer)
    at = viewer.house.moment(found.started_at or found.created_at)
    yield Note(f"{person_name(db, found.author)} 发布于 {at}")


def _standing(db: Unit, to: Recipient, found: Broadcast, viewer: Viewer) -> Iterator[AnyBlock]:
    if to.is_group:
        names = recipient_queries.acknowledged_in(db, found.number, f"{to.channel}/{to.place.lane}")
        if names:
            yield Text(f"本群已知悉 {len(names)} 人:{rules.listed(names[-MOST_NAMED:], MOST_NAMED)}")
        yield Note("每个人按下按钮只代表本人。")
    elif to.acknowledged_at is not None:
        yield Text(f"已知悉 {to.name} {viewer.house.moment(to.acknowledged_at)}", strong=True)
    else:
        yield Note(f"也可以直接发送：知悉 {found.ref}")
