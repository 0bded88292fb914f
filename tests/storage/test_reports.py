"""How a send ended is told once to whom it concerns; what has not left yet can be taken back."""

from __future__ import annotations

import pytest

from bot.ports import CopyState, OutState
from storage.store import Database
from storage.unit import Unit
from tests.storage.samples import CHAT, NOW, a_copy, send
from tests.storage.sending import claim, due, finish, settle, state


def notice(unit: Unit, copy: int, number: int = 301, to: str = "ou_wang") -> int:
    row = send(unit, to, copy=copy, report="broadcasts.notice")
    unit.copies.add(a_copy(row, copy, view="broadcasts.notice", kind="notice", number=number), NOW)
    return row


@pytest.mark.parametrize("end", [OutState.SENT, OutState.DEAD, OutState.UNKNOWN, OutState.EXPIRED])
def test_an_end_is_told_once(database: Database, end: OutState) -> None:
    with database.unit() as unit:
        finish(unit, notice(unit, 7), end, "om_1")
        (ended,) = unit.outbox.take_ended(10)
        assert (ended.view, ended.number, ended.state, ended.place) == ("broadcasts.notice", 301, end, CHAT)
        assert ended.at == NOW
        assert unit.outbox.take_ended(10) == []


def test_what_is_on_its_way_or_wanted_by_nobody_is_not_told(database: Database) -> None:
    with database.unit() as unit:
        claim(unit, notice(unit, 7))
        retried = notice(unit, 8, to="ou_zhao")
        claim(unit, retried)
        settle(unit, retried, OutState.PENDING, wait=60.0)
        finish(unit, send(unit, "ou_liu"), OutState.SENT, "om_1")
        assert unit.outbox.take_ended(10) == []


def test_untold_again_if_telling_failed(database: Database) -> None:
    with database.unit() as unit:
        finish(unit, notice(unit, 7), OutState.SENT, "om_1")
    with pytest.raises(ZeroDivisionError), database.unit() as unit:
        raise ZeroDivisionError(len(unit.outbox.take_ended(10)))
    with database.unit() as unit:
        assert len(unit.outbox.take_ended(10)) == 1


def test_taken_back_in_time(database: Database) -> None:
    """Neither what is being sent nor what may have arrived; a clear refusal left nothing behind."""
    with database.unit() as unit:
        waiting, refused = notice(unit, 1, 301), notice(unit, 2, 302, "ou_zhao")
        claim(unit, refused)
        settle(unit, refused, OutState.PENDING)
        flying, doubtful, sent = (notice(unit, n, 300 + n, f"ou_{n}") for n in (3, 4, 5))
        claim(unit, flying)
        claim(unit, doubtful)
        settle(unit, doubtful, OutState.PENDING, first_sent=NOW)
        finish(unit, sent, OutState.SENT, "om_5")
        assert sorted(unit.outbox.withdraw("notice", range(301, 1400))) == [301, 302]
        assert [state(unit, row) for row in (waiting, refused)] == [OutState.DROPPED] * 2
        assert [(c.state if (c := unit.copies.get(n)) else None) for n in (1, 2, 3)] == [
            CopyState.CLOSED,
            CopyState.CLOSED,
            CopyState.LIVE,
        ]
        assert due(unit) == [doubtful]
        assert unit.outbox.withdraw("deal", [301]) == []
        assert [ended.number for ended in unit.outbox.take_ended(10)] == [305]
