"""What every adapter does with what the core sends, and which Outcome it says came of it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bot import ports
from bot.cards import Card
from bot.messages import Place
from bot.ports import Gone, Receipt, Rejected, Retry, Sending, Unknown
from tests.contract.cards import BLOCKS, CARDS, PAGE, TEXTS
from tests.contract.stage import KINDS, WECOM, Stage, staged
from tests.feishu.card_samples import DECIDED, LIST, REVIEW

PLACES = ("single", "team")
FAULTS = [(name, fault) for name in ("feishu", "dingtalk", "wecom") for fault in KINDS[name].faults]


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("where", PLACES)
async def test_every_card_arrives_and_does_nothing_by_itself(stage: Stage, where: str, name: str) -> None:
    place = getattr(stage, where)
    await stage.sends(CARDS[name], place)
    shown = stage.shown(place)[-1]
    assert CARDS[name].title[:6].strip("<") in shown.text.replace("\u200b", "")
    assert getattr(shown, "mentions", []) == []
    assert {link.url for link in shown.links} <= {PAGE, "https://bot.example.com/"} | {
        link.url for link in _home(stage)
    }
    if CARDS[name].closed:
        assert not {"同意", "驳回", "提交"} & set(shown.buttons)


def _home(stage: Stage) -> list[Any]:
    """A card without buttons must lead somewhere on WeCom: to our own address."""
    return [
        link for message in stage.shown() + stage.shown(stage.team) for link in message.links if "127.0.0.1" in link.url
    ]


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("where", PLACES)
async def test_every_line_arrives_literally(stage: Stage, where: str, name: str) -> None:
    place = getattr(stage, where)
    await stage.sends(TEXTS[name], place)
    shown = stage.shown(place)[-1]
    assert _letters(shown.text).startswith(_letters(TEXTS[name])[:30])
    assert (getattr(shown, "mentions", []), shown.links) == ([], [])


def _letters(text: str) -> str:
    """What is left of signs that mean something to a messenger is another sign that looks alike."""
    return "".join(char for char in text if char.isalnum())


async def test_files_progress_and_pages_stand_on_the_card(stage: Stage) -> None:
    await stage.sends(BLOCKS)
    shown = stage.shown()[-1]
    for words in ("请在周五前完成", "506/512", "打开说明", "报价单.xlsx"):
        assert words in shown.text or words in {link.text for link in shown.links} | set(shown.buttons), words


async def test_the_same_row_gives_the_same_bytes(stage: Stage) -> None:
    row = stage.row(REVIEW)
    assert len({stage.adapter.render(row) for _ in range(3)}) == 1


async def test_an_edit_changes_the_card_and_a_closing_one_leaves_nothing_to_press(stage: Stage) -> None:
    handle = await stage.sends(REVIEW)
    card = stage.shown()[-1]
    ended = await stage.edits(handle, DECIDED)
    if stage.adapter.can.edits:
        assert ended == Receipt("")
        assert "已同意 李静 13:05" in card.text
        assert card.buttons == []
    else:
        assert isinstance(ended, Gone)


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("content", [REVIEW, "已提交。"], ids=["card", "line"])
async def test_a_recall_removes_or_says_that_it_cannot(stage: Stage, where: str, content: Card | str) -> None:
    place = getattr(stage, where)
    handle = await stage.sends(content, place)
    ended = await stage.delivers(stage.row("", Sending.RECALL, place, handle=handle))
    assert stage.shown(place)[-1].recalled is isinstance(ended, Receipt)
    assert isinstance(ended, Receipt | Gone)
    assert isinstance(ended, Receipt) or (stage.kind is WECOM and where == "team")


@pytest.mark.parametrize("what", [Sending.CLOSING, Sending.REFRESH, Sending.RECALL])
@pytest.mark.parametrize("handle", ["", "om_nothing", "card-nothing nothing==", "click R0 t0", "  ", "\u0000"])
async def test_an_unknown_handle_is_gone(stage: Stage, what: Sending, handle: str) -> None:
    """The core supersedes such a copy."""
    ended = await stage.delivers(stage.row("" if what is Sending.RECALL else DECIDED, what, handle=handle))
    assert isinstance(ended, Gone | Rejected), ended


@pytest.mark.parametrize("content", ["好", REVIEW, LIST], ids=["line", "card", "list"])
@pytest.mark.parametrize("why", ["nobody", "left", "nowhere"])
async def test_whoever_cannot_be_reached_is_final(stage: Stage, why: str, content: Card | str) -> None:
    chat = {"nobody": "ou_nobody", "left": "ou_left", "nowhere": f"{stage.kind.group[:3]}Nowhere0000000000000="}[why]
    if why == "left":
        stage.emulator.add_user("ou_left", "离职", available=False)
    place = Place(stage.kind.platform, stage.tenant, chat, group=why == "nowhere")
    ended = await stage.delivers(stage.row(content, place=place))
    assert isinstance(ended, Gone | Rejected), ended
    assert ended.reason


@pytest.mark.parametrize(("name", "fault"), FAULTS)
async def test_trouble_is_told_apart(tmp_path: Path, name: str, fault: str) -> None:
    async with staged(name, tmp_path) as stage:
        await stage.sends("先")
        expected, whole_channel = stage.kind.faults[fault]
        getattr(stage.emulator.faults, fault)()
        ended = await stage.delivers(stage.row("好"))
        assert isinstance(ended, getattr(ports, expected)), ended
        if isinstance(ended, Retry):
            assert ended.whole_channel == whole_channel
            assert ended.after >= 1
        stage.emulator.faults.clear()
        assert isinstance(await stage.delivers(stage.row("后")), Receipt)


async def test_a_slow_platform_is_waited_for(stage: Stage) -> None:
    stage.emulator.faults.slow_seconds = 0.1
    assert isinstance(await stage.delivers(stage.row("好")), Receipt)


async def test_a_platform_that_hangs_and_breaks_is_unknown(stage: Stage) -> None:
    await stage.sends("先")
    stage.emulator.faults.hang = True
    sending = asyncio.create_task(stage.delivers(stage.row("好")))
    await stage.emulator.until(lambda: stage.emulator.faults.struck["hang"])
    stage.emulator.faults.hang = False
    assert isinstance(await sending, Unknown)


async def test_a_lost_receipt_shows_once_within_the_window(stage: Stage) -> None:
    """``repeat_window``: the same bytes again are no second message; without one they would be, and delivery does not."""
    window = stage.adapter.can.repeat_window
    row = stage.row("好")
    stage.emulator.faults.lose_receipts_next()
    assert isinstance(await stage.delivers(row), Unknown)
    stage.clock.advance(window * 0.99)
    assert isinstance(await stage.again(row), Receipt)
    assert len(stage.shown()) == (1 if window else 2)


async def test_a_lost_receipt_of_a_card_shows_once(stage: Stage) -> None:
    row = stage.row(REVIEW)
    stage.emulator.faults.lose_receipts_next()
    first = await stage.delivers(row)
    if isinstance(first, Unknown) and stage.adapter.can.repeat_window:
        assert isinstance(await stage.again(row), Receipt)
    assert len(stage.shown()) == 1


async def test_an_edit_whose_receipt_was_lost_is_taken_when_it_goes_again(stage: Stage) -> None:
    """Also where the code that permits it is used up by then (WeCom): it is no dead letter, and the card is as it says."""
    handle = await stage.sends(REVIEW)
    row = stage.row(DECIDED, Sending.CLOSING, handle=handle, target_key=stage.keys[handle])
    stage.emulator.faults.lose_receipts_next()
    if isinstance(await stage.delivers(row), Unknown):
        assert await stage.again(row) == Receipt("")
    assert stage.adapter.can.edits is ("已同意 李静 13:05" in stage.shown()[-1].text)


@pytest.mark.parametrize("name", ["feishu", "dingtalk", "wecom"])
async def test_a_token_refused_for_good_stops_the_channel_and_rejects_nothing(tmp_path: Path, name: str) -> None:
    """The message is right, the console is not."""
    secret = {"feishu": "app_secret", "dingtalk": "client_secret", "wecom": "secret"}[name]
    async with staged(name, tmp_path, **{secret: "another-secret-0000000000000000000000000001"}) as stage:
        ended = await stage.delivers(stage.row("好"))
        assert isinstance(ended, Retry), ended
        assert ended.whole_channel
        assert not stage.adapter.state.up


async def test_many_at_once_after_a_revocation_fetch_one_token(stage: Stage) -> None:
    await stage.sends("先")
    stage.emulator.faults.revoke_tokens()
    ends = await asyncio.gather(*(stage.delivers(stage.row(f"第 {number} 条")) for number in range(4)))
    assert all(isinstance(end, Receipt) for end in ends)
    fetches = [call for call in stage.emulator.calls if call.path.endswith(("oken", "oken/internal"))]
    assert len(fetches) == 2
