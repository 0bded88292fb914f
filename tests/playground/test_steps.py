"""The steps of turns are kept, and not without end."""

from adapters.playground.trace import MOST_STEPS, Steps
from bot.ports import Step, Trace


def test_the_last_turns_are_kept_in_order() -> None:
    steps = Steps(most=2)
    trace: Trace = steps
    for turn in ("a", "b", "a", "c"):
        trace.step(Step(trace=turn, name="received"))
    assert steps.traces() == ("b", "c")
    assert [step.trace for step in steps.of("b")] == ["b"]
    assert steps.of("a") == ()


def test_a_turn_without_end_is_cut() -> None:
    steps = Steps()
    for number in range(MOST_STEPS + 5):
        steps.step(Step(trace="a", name=str(number)))
    assert [step.name for step in steps.of("a")] == [str(number) for number in range(MOST_STEPS)]
