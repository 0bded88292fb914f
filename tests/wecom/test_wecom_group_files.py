"""Files and pictures in groups: both ways by the smart bot's long connection, as far as the page has them (page 4.1, 4.3)."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from adapters.wecom.emulator import Message, WeComEmulator
from bot.feature import Feature
from bot.ports import FileState
from bot.turn import Reply, Turn
from handlers.catalog import features
from storage.file_tables import files, media
from tests.chat import World
from tests.phones import WeComPhone

PICTURE = b"\x89PNG\r\n\x1a\n" + b"x" * 700_000
PAPER = b"%PDF-1.7 " + bytes(range(256)) * 4000


@pytest.fixture(autouse=True)
def forwarding(monkeypatch: pytest.MonkeyPatch) -> None:
    """A capability of the test's own: sends the newest file to the group it is asked in."""
    feature = Feature("forwarding", "转发")

    @feature.command("演练转发", help="演练", example="演练转发", in_group=True)
    def forward(turn: Turn, db: Any) -> Reply:
        newest = db.sql.execute(select(func.max(files.c.id)).where(files.c.state == FileState.STORED)).scalar_one()
        assert turn.group is not None
        turn.send_file(turn.group, newest)
        return Reply(text="已转发", in_group=True)

    monkeypatch.setattr("bot.app.features", lambda: (*features(), feature))


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("wecom",)


@pytest.fixture
async def wecom(world: World) -> WeComEmulator:
    phone = world.phones["wecom"]
    assert isinstance(phone, WeComPhone)
    world.person("孙梅", "sunmei", channel="wecom")
    phone.emulator.add_group("wrTeam", "华东渠道群", ["sunmei"])
    await phone.emulator.until(lambda: phone.emulator.smart_bot.connected, 20.0)
    return phone.emulator


async def stored(world: World) -> None:
    """Waits until what was received is on disk; the store tells of no arrivals."""
    done = select(func.count()).where(files.c.state == FileState.STORED)
    async with asyncio.timeout(20.0):
        while not await world.app.store.read(lambda unit: unit.sql.execute(done).scalar_one()):  # noqa: ASYNC110
            await asyncio.sleep(0.02)


async def test_a_picture_goes_into_the_group_as_a_picture(world: World, wecom: WeComEmulator) -> None:
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await sun.sends(PICTURE).sees("收到 1 个文件")
    await stored(world)
    await sun.says("演练转发", group="wrTeam")
    shown = await wecom.until(lambda: [m for m in wecom.messages("wrTeam") if m.msg_type == "image"], 20.0)
    assert wecom.world.blobs[shown[0].content["media_id"]].data == PICTURE


async def test_a_file_goes_in_pieces_and_is_uploaded_once(world: World, wecom: WeComEmulator) -> None:
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await wecom.file("sunmei", "报价.pdf", PAPER, chat=wecom.single_chat("sunmei"))
    await stored(world)

    def sent() -> list[Message]:
        return [message for message in wecom.messages("wrTeam") if message.msg_type == "file"]

    await sun.says("演练转发", group="wrTeam")
    await wecom.until(sent, 20.0)
    await sun.says("演练转发", group="wrTeam")
    await wecom.until(lambda: sent()[1:], 20.0)
    assert {m.text for m in sent()} == {"[文件] 报价.pdf"}
    assert len({m.content["media_id"] for m in sent()}) == 1
    assert wecom.world.blobs[sent()[0].content["media_id"]].data == PAPER
    held = await world.app.store.read(lambda unit: unit.sql.execute(select(media.c.kind)).scalars().all())
    assert held == ["bot-file"]


async def test_what_the_bot_does_not_take_is_named(world: World, wecom: WeComEmulator) -> None:
    """Five bytes are too few for the platform; a group's members may see less than who sent it, so there is no link."""
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await wecom.file("sunmei", "空.txt", b"12345", chat=wecom.single_chat("sunmei"))
    await stored(world)
    await sun.says("演练转发", group="wrTeam")
    await wecom.until(lambda: [m for m in wecom.messages("wrTeam") if m.sender == "bot" and "空.txt" in m.text], 20.0)


async def test_a_picture_out_of_a_group_comes_with_its_words(world: World, wecom: WeComEmulator) -> None:
    """A picture alone mentions nobody, so the platform does not deliver it; with a mention it comes as a mixed message."""
    sun = world.person("孙梅", "sunmei", channel="wecom")
    await wecom.mixed("sunmei", "", [PICTURE], "wrTeam", mention_bot=True)
    await sun.looks().sees("收到 1 个文件")
    await stored(world)


@pytest.mark.parametrize("words", ["", "报备 云栖湾"], ids=["not recognised", "recognised"])
async def test_a_voice_message_is_answered(world: World, wecom: WeComEmulator, words: str) -> None:
    """The app gets the sound alone (page 2.1), the smart bot what was recognised (page 4.1)."""
    sun = world.person("孙梅", "sunmei", channel="wecom")
    sun.mark()
    chat = wecom.single_chat("sunmei") if words else None
    assert (await wecom.voice("sunmei", chat=chat, words=words)).status == 200
    await sun.looks().sees(f"识别为：{words}" if words else "我听不懂语音", "文字" if not words else "把这句话发给我")
