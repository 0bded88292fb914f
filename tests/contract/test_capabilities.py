"""What an adapter says its messenger can do is what it does: each claim of its Capabilities, by behaviour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from msgspec.structs import replace

from bot.messages import Answer, Form, Press, Toast, ToastTone
from bot.planner import suited
from bot.ports import Gone, Receipt, Taken
from tests.contract.cards import INPUTS, form_of, full_form, with_buttons
from tests.contract.stage import Stage, unavailable
from tests.feishu.card_samples import DECIDED, PREVIEW, REVIEW
from tests.feishu.stage import nothing_happens

PLACES = ("single", "team")
WEEK = timedelta(days=7)


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("kind", INPUTS)
async def test_a_declared_input_comes_back_and_another_is_not_drawn(stage: Stage, kind: str, where: str) -> None:
    place = getattr(stage, where)
    _, filled, said = INPUTS[kind]
    card, can = form_of(kind), stage.adapter.can.at(place)
    await stage.sends(card, place)
    stage.desk.inbounds.clear()
    if kind not in can.inputs:
        assert suited(card, can).form is None
        return
    await stage.presses(stage.shown(place)[-1], "提交", {"a": filled})
    (form,) = await stage.heard()
    assert isinstance(form, Form)
    assert form.values == {"a": said}


@pytest.mark.parametrize("kind", INPUTS)
async def test_a_declared_input_may_be_left_empty_and_may_be_filled_in_before(stage: Stage, kind: str) -> None:
    if kind not in stage.adapter.can.inputs:
        pytest.skip("not declared")
    field, _, said = INPUTS[kind]
    for initial in ("", said):
        card = form_of(kind)
        assert card.form is not None
        form = replace(card.form, inputs=(replace(field, required=False, initial=initial),))
        await stage.sends(replace(card, form=form))
        stage.desk.inbounds.clear()
        await stage.presses(stage.shown()[-1], "提交")
        (found,) = await stage.heard()
        as_words = (
            initial and kind == "MultiChoiceInput" and stage.kind.platform == "dingtalk"
        )  # a default is one string
        assert found.values.get("a", "") == ("热泵、净水" if as_words else initial)


async def test_as_many_inputs_as_declared_fit_and_come_back(stage: Stage) -> None:
    can = stage.adapter.can
    if not can.most_inputs:
        pytest.skip("no forms")
    card = suited(full_form(can.most_inputs, can.inputs), can)
    assert card.form is not None
    fitting = len(card.form.inputs)
    assert fitting == can.most_inputs or can.most_form_bytes
    await stage.sends(card)
    await stage.presses(stage.shown()[-1], "提交")
    (form,) = await stage.heard()
    assert set(form.values) <= {f"f{n}" for n in range(fitting)}


@pytest.mark.parametrize("where", PLACES)
async def test_as_many_buttons_as_declared_can_be_pressed(stage: Stage, where: str) -> None:
    place = getattr(stage, where)
    most = stage.adapter.can.at(place).most_buttons
    if not most:
        pytest.skip("no buttons")
    card = with_buttons(most)
    await stage.sends(card, place)
    stage.desk.inbounds.clear()
    shown = stage.shown(place)[-1]
    for button in card.buttons:
        await stage.presses(shown, button.label)
    pressed = await stage.heard(most)
    assert [press.button for press in pressed] == [button.id for button in card.buttons]


@pytest.mark.parametrize("where", PLACES)
async def test_answers_and_toasts(stage: Stage, where: str) -> None:
    """``answers``: the clicked copy changes by the callback, and the edge says so. Otherwise it does not change."""
    place = getattr(stage, where)
    can = stage.adapter.can.at(place)
    if not can.most_buttons:
        pytest.skip("no buttons")
    await stage.sends(PREVIEW, place)
    stage.desk.inbounds.clear()
    stage.desk.taken = Taken(Answer(Toast("已同意", ToastTone.SUCCESS), DECIDED), (7,))
    shown = stage.shown(place)[-1]
    click = await stage.presses(shown, "提交")
    await stage.heard()
    if can.answers:
        assert "已同意 李静 13:05" in shown.text
        assert shown.buttons == []
        await stage.until(lambda: stage.desk.answers == [stage.desk.taken])
    else:
        assert "提交" in shown.buttons
        assert stage.desk.answers == []
    toast = getattr(click, "toast", None)
    assert (toast is not None and toast.content == "已同意") is can.toasts


@pytest.mark.parametrize("where", PLACES)
async def test_edits_within_their_window_and_not_after(stage: Stage, where: str) -> None:
    """In a WeCom group the window is a click's five seconds, and only its frame takes the edit."""
    place = getattr(stage, where)
    can = stage.adapter.can.at(place)
    if not can.edits:
        assert isinstance(await stage.edits(await stage.sends(PREVIEW, place), DECIDED, place), Gone)
        return
    handles = [await stage.sends(PREVIEW, place) for _ in range(2)]
    if not handles[0]:
        assert can.edit_window <= timedelta(seconds=5)
        return
    early, late = stage.shown(place)[-2:]
    stage.clock.advance(min(can.edit_window * 0.99, WEEK * 20))
    assert await stage.edits(handles[0], DECIDED, place) == Receipt("")
    assert early.buttons == []
    if can.edit_window < WEEK * 20:
        stage.clock.advance(can.edit_window * 0.02)
        assert isinstance(await stage.edits(handles[1], DECIDED, place), Gone)
        assert "提交" in late.buttons


async def test_dear_edits_cost_something(stage: Stage) -> None:
    """DingTalk: a call of the month's. WeCom: a code that works once. Feishu's are free."""
    if not stage.adapter.can.edits:
        pytest.skip("nothing is edited")
    handle = await stage.sends(PREVIEW)
    quota = getattr(stage.emulator, "quota", None)
    spent = quota.api if quota else 0
    ends = [await stage.edits(handle, REVIEW), await stage.edits(handle, DECIDED)]
    costs = (quota is not None and quota.api == spent + 2) or isinstance(ends[1], Gone)
    assert costs is stage.adapter.can.dear_edits


@pytest.mark.parametrize("group", [False, True], ids=PLACES)
async def test_what_was_not_acknowledged_comes_again_where_it_is_said_to(stage: Stage, group: bool) -> None:
    """``repeats``: an edge may answer with an error while the database is away, and nothing is lost by it."""
    repeats = stage.adapter.can.at(stage.team if group else stage.single).repeats
    stage.emulator.pusher.repeats_messages = repeats  # DingTalk: one page says so, another the contrary (1.5)
    stage.desk.deed = unavailable
    await stage.says("报备 云栖湾 120万", group=group)
    assert stage.desk.inbounds == []
    stage.desk.deed = nothing_happens
    for _ in range(4):
        stage.clock.advance(timedelta(hours=7))
        await stage.emulator.redeliver_due()
    assert bool(stage.desk.inbounds) is repeats


async def test_a_click_that_could_not_be_taken_never_comes_again(stage: Stage) -> None:
    """It is told, so that the person presses again. WeCom's app repeats it as it repeats everything."""
    if not stage.adapter.can.most_buttons:
        pytest.skip("no buttons")
    await stage.sends(PREVIEW)
    stage.desk.deed = unavailable
    await stage.presses(stage.shown()[-1], "提交")
    stage.desk.deed = nothing_happens
    for _ in range(4):
        stage.clock.advance(timedelta(hours=7))
        await stage.emulator.redeliver_due()
    assert bool(stage.desk.inbounds) is (stage.kind.platform == "wecom")
    assert all(isinstance(each, Press) for each in stage.desk.inbounds)
