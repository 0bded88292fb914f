"""HQ hears of a quota that is used up, or nearly: once, and where that costs nothing of it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.permit import Person, Role
from bot.ports import Slot
from bot.turn import Turn
from handlers.channels.feature import feature
from handlers.people.queries import people_with_role
from storage.unit import Unit

NEWS = "channels.news"


@feature.job("news", why="渠道额度提醒")
def news(turn: Turn, db: Unit, slot: Slot) -> None:
    """``args``: the channel, the text, and whether the channel sends nothing now."""
    channel, text = slot.args["channel"], slot.args["text"]
    there = {person: where for person in people_with_role(db, Role.HQ) if (where := _written_to(turn, db, person))}
    elsewhere = [person for person, where in there.items() if where != channel]
    hearers = elsewhere or ([] if slot.args["mute"] else list(there))
    line = f"{_title(channel, turn.house.channels)}：{text}"
    for hearer in hearers:
        turn.tell(hearer, line)
    turn.record("channel.warned", "", after={"text": line, "people": [person.name for person in hearers]})


def _written_to(turn: Turn, db: Unit, person: Person) -> str:
    """By which channel they would hear of it now; "" for nobody can write to them."""
    accounts = db.identity.accounts(person.id)
    return next((account.channel for account in accounts if account.channel in turn.house.channels), "")


def _title(channel: str, channels: Mapping[str, str]) -> str:
    named = channels.get(channel, channel)
    return f"{named}（{channel}）" if sum(each == named for each in channels.values()) > 1 else named
