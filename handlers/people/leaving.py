"""Somebody's account is no more: who is responsible for them, and HQ, hear of it and of what waits there (R12.5)."""

from __future__ import annotations

from bot.messages import Account
from bot.permit import Person, Role
from bot.ports import Slot
from bot.turn import Turn
from handlers.people import code_queries, queries
from handlers.people.accounts import title
from handlers.people.feature import feature
from storage.unit import Unit

MOST_NAMED = 5


@feature.on_account_gone
def gone(turn: Turn, db: Unit, account: Account, person: Person | None) -> None:
    """By the clock: an administrator who removes a hundred members at night wakes nobody."""
    code_queries.forget_account(db, account)
    if person is not None:
        named = title(account, turn.house.channels)
        turn.promise(
            "people.tell_gone", f"{person.id}/{turn.trace}", turn.now, about="", person=str(person.id), account=named
        )


@feature.job("tell_gone", why="有人的账号已注销，告诉其上级和总部")
def tell_gone(turn: Turn, db: Unit, slot: Slot) -> None:
    person = queries.person(db, int(slot.args["person"]))
    if person is None:
        return
    line = f"{who(db, person)}的{slot.args['account']} 已注销，{_what_now(turn, db, person)}"
    above = queries.superior_of(db, person)
    hearers = [*([above] if above else []), *queries.people_with_role(db, Role.HQ)]
    for hearer in {each.id: each for each in hearers if each.id != person.id}.values():
        turn.tell(hearer, line)


def who(db: Unit, person: Person) -> str:
    agent = queries.agent_of(db, person.agent) if person.agent else None
    return f"{person.name}（{agent.short} {person.role.short}）" if agent else f"{person.name}（{person.role.short}）"


def _what_now(turn: Turn, db: Unit, person: Person) -> str:
    others = db.identity.accounts(person.id)
    if others:
        return f"之后发给{person.name}的消息改到{turn.house.channels.get(others[0].channel, others[0].channel)}。"
    waiting = [each.ref for f in turn.catalog.features for todo in f.todos for each in todo(db, person, turn.now)]
    named = "、".join(waiting[:MOST_NAMED]) + ("等" if len(waiting) > MOST_NAMED else "")
    open_ = f"名下还有 {len(waiting)} 件待办（{named}），请安排人接手。" if waiting else "名下没有待办。"
    return f"已无法联系。{open_}如仍在职，请重新邀请。"
