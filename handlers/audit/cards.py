"""The trail as people read it."""

from __future__ import annotations

from collections.abc import Sequence

from bot.cards import Card, Note, Table
from bot.turn import Turn
from handlers.audit import rules
from handlers.audit.queries import Entry

RECEIPT = 8
"""Characters of an entry's digest that are shown, as on the receipt."""


def trail_card(ref: str, entries: Sequence[Entry], total: int, turn: Turn) -> Card:
    glossary = {key: word for feature in turn.catalog.features for key, word in feature.glossary.items()}
    rows = tuple(
        (
            turn.house.moment(each.at),
            _who(each),
            rules.sentence(each, glossary),
            each.digest[:RECEIPT],
        )
        for each in entries
    )
    notes = (Note(f"共 {total} 条，这里是最近 {len(entries)} 条。"),) if total > len(entries) else ()
    return Card(f"审计 {ref}", tag=f"{total} 条", blocks=(Table(("时间", "谁", "做了什么", "凭证"), rows), *notes))


def _who(entry: Entry) -> str:
    """王磊#9 is the person's name and number; people read the name."""
    name = entry.actor.partition("#")[0]
    return f"{name}（代 {entry.on_behalf_of.partition('#')[0]}）" if entry.on_behalf_of else name
