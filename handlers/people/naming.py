"""Whom somebody may name: the people within their reach, as the options of a person's slot.

Colleagues of the organisation know each other; of the agents' people, everybody sees those within their scope. An agent's
people know their own colleagues and who decides about them. Whoever is out of reach is not found (R12.3).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from bot.cards import Option
from bot.permit import AGENT_SIDE, Person, scope_of
from handlers.people import queries
from storage.unit import Unit


def people_in_reach(db: Unit, asker: Person) -> Sequence[Option]:
    """For ``ask(..., people=people_in_reach)``; the asker is not among them. ``value`` is ``#`` and the person's id."""
    found = [person for person in in_reach(db, asker) if person.id != asker.id]
    names = Counter(person.name for person in found)
    agents = {code: agent.short for code, agent in queries.all_agents(db).items()}
    return [_option(person, agents, alone=names[person.name] == 1) for person in found]


def in_reach(db: Unit, asker: Person) -> Sequence[Person]:
    """Active people only."""
    if not asker.active:
        return []
    if asker.role in AGENT_SIDE:
        superior = queries.superior_of(db, asker)
        return [*queries.people_of(db, asker.agent), *([superior] if superior else [])]
    return queries.people_within(db, scope_of(asker))


def _option(person: Person, agents: dict[str, str], *, alone: bool) -> Option:
    where = agents.get(person.agent, "") or person.province or person.region
    told_apart = "，".join(filter(None, (f"{where}{person.role.short}", _tail(person.phone))))
    label = person.name if alone else f"{person.name}（{told_apart}）"
    return Option(f"#{person.id}", label, tuple(filter(None, (person.name, person.phone))))


def _tail(phone: str) -> str:
    return f"尾号 {phone[-4:]}" if len(phone) >= 4 else ""
