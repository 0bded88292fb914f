"""What a line of the strip says came of it."""

from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

from adapters.playground.outcome import Outcomes
from adapters.playground.trace import Steps
from adapters.playground.values import Event, Mark
from bot.ports import Step
from bot.ports.looking import Change, Delivery

WORDS = {("deals", "review"): "待审", ("deals", "protected"): "已通过", ("", "deal.refused"): "报备已驳回"}
TITLES: Any = {name: SimpleNamespace(title=title) for name, title in (("feishu", "飞书"), ("dingtalk", "钉钉"))}
EVENT = Event(order=1, at="", who="李静", what="按「同意」", place="钉钉", trace="t1")


def audited(object_: str, action: str) -> tuple[Change, ...]:
    return tuple(
        Change(table="audit", row="", column=column, after=after)
        for column, after in (("object", object_), ("action", action))
    )


def state(table: str, row: str, before: str, after: str) -> Change:
    return Change(table=table, row=row, column="state", before=before, after=after)


def told(*changes: Change, event: Event = EVENT, states: dict[str, tuple[str, ...]] | None = None) -> Event:
    steps = Steps()
    steps.step(Step(trace="t1", name="written", changes=changes))
    rows = [(channel, one) for channel, given in (states or {}).items() for one in given]
    for row, (channel, one) in enumerate(rows):
        sent = Delivery(row=row, channel=channel, place="p", group=False, what="send", state=one, attempt=1)
        steps.step(Step(trace="t1", name="answered", delivery=sent))
    return Outcomes(steps, TITLES, lambda table, key: WORDS.get((table, key), "")).told(event)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ((), ("", "", "")),
        ((state("deals", "1001", "", "review"), *audited("BB1001", "deal.registered")), ("BB1001", "", "待审")),
        # An approval's decision is told of as what became of its subject, whichever was written first.
        (
            (
                state("approvals", "2001", "pending", "agreed"),
                *audited("SP2001", "approval.agreed"),
                state("deals", "1001", "review", "protected"),
                *audited("BB1001", "deal.protected"),
            ),
            ("BB1001", "待审", "已通过"),
        ),
        (
            (
                state("deals", "1001", "", "review"),
                *audited("BB1001", "deal.registered"),
                state("approvals", "2001", "", "pending"),
                *audited("SP2001", "approval.asked"),
            ),
            ("BB1001", "", "待审"),
        ),
        # A state without a word of its own: what was done.
        (
            (state("deals", "1001", "review", "refused"), *audited("BB1001", "deal.refused")),
            ("BB1001", "待审", "报备已驳回"),
        ),
    ],
)
def test_the_object_and_its_state(changes: tuple[Change, ...], said: tuple[str, str, str]) -> None:
    event = told(*changes)
    assert (event.about, event.before, event.after) == said


@pytest.mark.parametrize(
    ("states", "marks"),
    [
        ({}, [("钉钉", "sent")]),
        ({"feishu": ("sent", "sent")}, [("钉钉", "sent"), ("飞书", "sent")]),
        ({"feishu": ("sent", "waiting", "sending")}, [("钉钉", "sent"), ("飞书", "waiting")]),
        ({"dingtalk": ("refused", "waiting")}, [("钉钉", "refused")]),
    ],
)
def test_the_worst_of_a_messengers_deliveries(states: dict[str, tuple[str, ...]], marks: list[tuple[str, str]]) -> None:
    """What came to WeCom meanwhile was somebody else's doing; the clicked card's change at DingTalk is no delivery."""
    came = replace(EVENT, marks=[Mark("企业微信", 1, 0, 3.0), Mark("钉钉", 0, 1, 0.1)])
    assert [(mark.messenger, mark.state) for mark in told(event=came, states=states).marks] == marks


def test_a_turn_that_stopped_was_refused() -> None:
    steps = Steps()
    steps.step(Step(trace="t1", name="allowed", stopped=True))
    outcomes = Outcomes(steps, TITLES, lambda _table, _key: "")
    assert outcomes.told(EVENT).refused
    assert outcomes.told(replace(EVENT, trace="")) == replace(EVENT, trace="")
