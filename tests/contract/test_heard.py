"""What every adapter makes of what people do: one Inbound each, once, by whom the messenger says it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.messages import FileKind, Form, Joined, Place, Press, Read, Say, Unsupported, Upload
from tests.contract.stage import Stage
from tests.feishu.card_samples import DECIDED, PREVIEW, REVIEW

PLACES = ("single", "team")
Act = Callable[[Stage], Awaitable[Any]]
PICTURE, PAPER = b"\xff\xd8\xff\xe0jpeg", b"%PDF-1.4"


async def heard(stage: Stage, act: Act) -> Any:
    """The one inbound it becomes; None if it becomes none."""
    stage.desk.inbounds.clear()
    await act(stage)
    await stage.says("句号")
    found = await stage.heard()
    while not (isinstance(found[-1], Say) and found[-1].text == "句号"):
        found = await stage.heard(len(found) + 1)
    *before, _ = found
    assert len(before) <= 1, before
    return before[0] if before else None


@pytest.mark.parametrize("group", [False, True], ids=PLACES)
async def test_words_with_who_where_and_when(stage: Stage, group: bool) -> None:
    await stage.says("转交 BB1001 给 李静", group=group)
    (said,) = await stage.heard()
    assert isinstance(said, Say)
    assert " ".join(said.text.split()) == "转交 BB1001 给 李静"
    assert (said.sender.channel, said.sender.user, said.foreign) == (stage.kind.platform, stage.kind.user, False)
    assert said.place == (stage.team if group else stage.single)
    assert said.key
    assert abs((said.sent_at - stage.clock.now()).total_seconds()) < 2
    assert said.sent_at.tzinfo is not None


async def test_a_group_is_not_listened_to_without_a_mention(stage: Stage) -> None:
    assert await heard(stage, lambda s: s.emulator.say(s.kind.user, "和机器人无关", s.kind.group, False)) is None


NASTY = "<xml>&lt;]]>{{7*7}} \u202e反 \u200b零 \U0001f600 a\u0301 \\u0041 %s 'or''='"


async def test_nasty_words_arrive_as_words(stage: Stage) -> None:
    await stage.says(NASTY)
    (said,) = await stage.heard()
    assert isinstance(said, Say)
    for part in ("{{7*7}}", "反", "零", "\U0001f600", "\\u0041", "%s", "'or''='"):
        assert part in said.text, (part, said.text)
    assert "\x00" not in said.text


def picture(stage: Stage) -> Awaitable[Any]:
    send = stage.emulator.picture if stage.kind.platform == "wecom" else stage.emulator.image
    return send(stage.kind.user, PICTURE)  # type: ignore[no-any-return]


def paper(stage: Stage) -> Awaitable[Any]:
    return stage.emulator.file(stage.kind.user, "报价单.pdf", PAPER)  # type: ignore[no-any-return]


def voice(stage: Stage) -> Awaitable[Any]:
    if stage.kind.platform == "wecom":
        return stage.emulator.voice(stage.kind.user)  # type: ignore[no-any-return]
    return stage.emulator.audio(stage.kind.user, b"#!AMR")  # type: ignore[no-any-return]


def oddity(stage: Stage) -> Awaitable[Any]:
    if stage.kind.platform == "wecom":
        return stage.emulator.location(stage.kind.user, 30.27, 120.15, "西湖")  # type: ignore[no-any-return]
    return stage.emulator.sticker(stage.kind.user)  # type: ignore[no-any-return]


async def test_pictures_and_files_as_the_capabilities_say(stage: Stage) -> None:
    """Declared: it comes with a handle to fetch it by. Not declared: nothing comes, and the core asks for the upload page."""
    for declared, act, kind in (
        (stage.adapter.can.pictures, picture, FileKind.PICTURE),
        (stage.adapter.can.files, paper, FileKind.FILE),
    ):
        found = await heard(stage, act)
        assert isinstance(found, Upload) is declared, (kind, found)
        if declared:
            assert (found.kind, bool(found.handle), found.place) == (kind, True, stage.single)


async def test_voice_and_what_cannot_be_used_deserve_an_answer(stage: Stage) -> None:
    spoken, other = await heard(stage, voice), await heard(stage, oddity)
    assert isinstance(spoken, Upload)
    assert spoken.kind is FileKind.VOICE
    assert isinstance(other, Unsupported)
    assert other.what


async def test_a_menu_entry_is_the_words_it_stands_for(stage: Stage) -> None:
    if not hasattr(stage.emulator, "menu"):
        pytest.skip("no entry of a menu is pushed to its robot")
    found = await heard(stage, lambda s: s.emulator.menu(s.kind.user, "我的报备"))
    assert isinstance(found, Say)
    assert found.text == "我的报备"


async def test_joining_a_group_is_told_where_the_messenger_tells_it(stage: Stage) -> None:
    """DingTalk tells it by Stream; WeCom never does."""
    if not hasattr(stage.emulator, "bot_added"):
        pytest.skip("the smart bot is not told of groups")
    found = await heard(stage, lambda s: s.emulator.bot_added(s.kind.group, s.kind.other))
    if stage.name == "dingtalk by HTTP":
        assert found is None
    else:
        assert isinstance(found, Joined)
        assert (found.place, found.left) == (stage.team, False)


async def test_reading_is_told_by_the_handle_of_what_was_read(stage: Stage) -> None:
    handle = await stage.sends(PREVIEW)
    if stage.kind.platform == "wecom":
        pytest.skip("nobody is told")
    found = await heard(stage, lambda s: s.emulator.read(s.kind.user, [s.shown()[-1].message_id]))
    if stage.name == "dingtalk by HTTP":
        assert found is None, "events come by Stream"
    else:
        assert isinstance(found, Read)
        assert found.messages == (handle,)


@pytest.mark.parametrize("where", PLACES)
async def test_a_reply_names_what_it_answers_by_its_handle(stage: Stage, where: str) -> None:
    if stage.kind.platform == "wecom":
        pytest.skip("its chats know no replies")
    place = getattr(stage, where)
    handle = await stage.sends(PREVIEW, place)
    stage.desk.inbounds.clear()
    group = where == "team"
    answered = stage.shown(place)[-1].message_id
    await stage.emulator.say(stage.kind.user, "提交", place.chat if group else None, group, reply_to=answered)
    (said,) = await stage.heard()
    assert isinstance(said, Say)
    assert (said.text, said.quotes) == ("提交", handle)


# -- twice, late, out of order ---------------------------------------------------------------------------------------


async def test_what_comes_twice_has_one_key(stage: Stage) -> None:
    stage.emulator.faults.duplicate_pushes = True
    for words in ("一", "二", "三"):
        await stage.says(words)
    found = await stage.heard(6)
    assert len(found) == 6
    assert len({said.key for said in found}) == 3
    assert all(one.key == two.key or one.alias == two.alias for one, two in zip(found[::2], found[1::2], strict=True))


async def test_what_comes_out_of_order_says_when_it_was_sent(stage: Stage) -> None:
    stage.emulator.faults.reorder_next()
    await stage.says("先说的")
    stage.clock.advance(timedelta(seconds=5))
    await stage.says("后说的")
    later, earlier = await stage.heard(2)
    assert (later.text, earlier.text) == ("后说的", "先说的")
    assert later.key != earlier.key
    if stage.kind.platform != "wecom":  # CreateTime is whole seconds; its repetition keeps it
        assert earlier.sent_at < later.sent_at
    assert earlier.sent_at <= later.sent_at


# -- clicks ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def pressable(stage: Stage) -> Stage:
    if not stage.adapter.can.most_buttons:
        pytest.skip("no cards: what could be pressed is typed")
    return stage


@pytest.mark.parametrize("where", PLACES)
async def test_a_click_says_who_and_which_button(pressable: Stage, where: str) -> None:
    stage, place = pressable, getattr(pressable, where)
    await stage.sends(PREVIEW, place)
    stage.desk.inbounds.clear()
    await stage.presses(stage.shown(place)[-1], "提交")
    (pressed,) = await stage.heard()
    clicker = stage.kind.other if where == "team" else stage.kind.user
    assert isinstance(pressed, Press)
    assert not isinstance(pressed, Form)
    assert (pressed.button, pressed.sender.user) == (PREVIEW.buttons[0].id, clicker)
    told = where == "single" or stage.name != "dingtalk by HTTP"  # HTTP callbacks do not say where
    assert pressed.place == (place if told else Place("dingtalk", stage.tenant, clicker))
    assert pressed.key


async def test_a_click_names_the_copy_so_that_it_can_be_changed(pressable: Stage) -> None:
    stage = pressable
    await stage.sends(PREVIEW)
    card = stage.shown()[-1]
    await stage.presses(card, "提交")
    (pressed,) = await stage.heard()
    await stage.edits(pressed.message, DECIDED)
    assert "已同意 李静 13:05" in card.text


async def test_a_stale_click_arrives_as_what_was_drawn_then(pressable: Stage) -> None:
    """The core tells it from the present drawing; the adapter judges nothing."""
    stage = pressable
    handle = await stage.sends(PREVIEW)
    await stage.edits(handle, DECIDED)
    await stage.presses(stage.shown()[-1], "提交", drawing=0)
    (pressed,) = await stage.heard()
    assert pressed.button == PREVIEW.buttons[0].id


@pytest.mark.parametrize("button", ["c1a2.99.k3Jx9QwE", "", "x" * 300, "' or 1=1", "\u202e"])
async def test_a_forged_click_is_its_sender_s_and_breaks_nothing(pressable: Stage, button: str) -> None:
    stage = pressable
    await stage.sends(PREVIEW)
    await stage.forges(stage.shown()[-1], button, by=stage.kind.other)
    await stage.says("好")
    found = await stage.heard()
    presses = [each for each in found if isinstance(each, Press)]
    assert all(press.sender.user == stage.kind.other for press in presses)
    assert all(press.button != PREVIEW.buttons[0].id for press in presses)


async def test_a_click_twice_is_two_clicks_and_a_push_twice_is_one(pressable: Stage) -> None:
    """Two presses of one button are for the core to tell apart; their keys differ."""
    stage = pressable
    await stage.sends(REVIEW)
    card = stage.shown()[-1]
    await stage.presses(card, "同意")
    await stage.presses(card, "同意")
    first, second = await stage.heard(2)
    assert first.key != second.key
