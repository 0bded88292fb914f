"""The upload page and the downloads: signed, for one errand, for whoever may see the file at that moment."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable

import aiohttp
import pytest
from sqlalchemy import func, select

from bot.handover import OVER
from bot.ports.files import FileState
from handlers.people.queries import everybody
from storage.file_tables import files
from tests.chat import PATIENCE, Person, World

LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
PAPER = b"%PDF-1.7\n" + b"minutes" * 500
PHOTO = b"\x89PNG\r\n\x1a\n" + b"a photo" * 300


@pytest.fixture
def channels() -> tuple[str, ...]:
    return ("feishu", "wecom")


@pytest.fixture
async def zhao(world: World) -> Person:
    """At WeCom, whose chat delivers pictures and no files."""
    zhao = world.person("赵敏", "zhaomin", channel="wecom")
    await zhao.says(LINE).sees("请核对")
    await zhao.presses("提交").sees("BB1001")
    return zhao


@pytest.fixture
async def browser() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def address(world: World, said: str, path: str) -> str:
    """Where the link in these words leads; the sample's public address is not the test's."""
    found = re.search(rf"/{path}/[0-9a-z-]+\.[\w.-]+", said)
    assert found, said
    return world.app.address + found[0]


def form(data: bytes = PAPER, name: str = "合同扫描件.pdf") -> aiohttp.FormData:
    made = aiohttp.FormData(quote_fields=False)  # browsers send names as they are
    made.add_field("file", data, filename=name, content_type="application/octet-stream")
    return made


async def asked(world: World, zhao: Person) -> str:
    said = await zhao.says("证据 BB1001").sees("证据（合同扫描件或照片）？", "链接只能用一次")
    return address(world, said, "upload")


async def listed(world: World, person: Person) -> str:
    """The download of the evidence on the registration's card."""
    await person.says("进度 BB1001").sees("合同扫描件.pdf")
    link = next(link for message in reversed(person.messages) for link in message.links if "合同" in link.text)
    return address(world, link.url, "files")


async def handed_in(world: World, zhao: Person, browser: aiohttp.ClientSession) -> str:
    """The page, after it took a file."""
    page = await asked(world, zhao)
    async with browser.post(page, data=form()) as taken:
        assert taken.status == 200
    await zhao.looks().sees("已收到 1 份证据")
    return page


async def test_a_file_comes_by_the_page_and_is_listed(
    world: World, zhao: Person, browser: aiohttp.ClientSession
) -> None:
    page = await asked(world, zhao)
    async with browser.get(page) as shown:
        text = await shown.text()
        assert shown.status == 200
    assert all(part in text for part in ("请上传证据", "赵敏", "报备编号：BB1001"))
    assert "<script" not in text
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
    async with browser.post(page, data=form()) as taken:
        assert "已收到" in await taken.text()
    await zhao.looks().sees("已收到 1 份证据：合同扫描件.pdf（3 KB）")
    async with browser.get(await listed(world, zhao)) as download:
        assert await download.read() == PAPER
        assert download.headers["Content-Disposition"].startswith("attachment")
        assert download.headers["X-Content-Type-Options"] == "nosniff"
    assert "file.downloaded" in await world.audited()


async def test_a_page_takes_one_file(world: World, zhao: Person, browser: aiohttp.ClientSession) -> None:
    page = await handed_in(world, zhao, browser)
    async with browser.post(page, data=form(PHOTO, "二.png")) as again:
        assert (again.status, "已经用过" in await again.text()) == (410, True)
    async with browser.get(page) as shown:
        assert shown.status == 410


async def test_of_two_files_at_once_one_is_taken(world: World, zhao: Person, browser: aiohttp.ClientSession) -> None:
    """Who comes while another one is being taken is refused; who comes after it finds the page used."""
    page = await asked(world, zhao)
    ends = await asyncio.gather(*(_posted(browser, page, f"{n}.pdf") for n in range(4)))
    assert ends.count(200) == 1
    assert set(ends) <= {200, 410, 422}
    await world.settled()
    assert sum("已收到 1 份证据" in message.text for message in zhao.messages) == 1


async def _posted(browser: aiohttp.ClientSession, page: str, name: str) -> int:
    async with browser.post(page, data=form(PAPER + name.encode(), name)) as taken:
        return taken.status


@pytest.mark.parametrize(
    ("spoil", "status"),
    [
        (lambda url: url[:-1] + ("A" if url[-1] != "A" else "B"), 404),
        (lambda url: url.replace("/upload/", "/upload/1"), 404),
        (lambda url: url.rpartition(".")[0], 404),
        (lambda url: url + "x" * 300, 404),
        (lambda url: url.replace("/upload/", "/files/"), 404),
    ],
)
async def test_a_token_this_bot_has_not_made(
    world: World, zhao: Person, browser: aiohttp.ClientSession, spoil: Callable[[str], str], status: int
) -> None:
    page = spoil(await asked(world, zhao))
    async with browser.get(page) as shown:
        assert shown.status == status
    if "/upload/" in page:
        async with browser.post(page, data=form()) as taken:
            assert taken.status == status


@pytest.mark.parametrize(
    ("data", "name", "status", "said"),
    [
        (b"MZ" + b"\0" * 100, "合同.pdf", 422, "这种文件不收"),
        (b"<html><script>", "合同.html", 422, "这种文件不收"),
        (b"<html><script>", "合同.pdf", 422, "这种文件不收"),
        (b"", "合同.pdf", 422, "文件是空的"),
        (b"", "", 422, "请先选择文件"),
    ],
)
async def test_what_is_not_taken_may_be_tried_again(
    world: World, zhao: Person, browser: aiohttp.ClientSession, data: bytes, name: str, status: int, said: str
) -> None:
    page = await asked(world, zhao)
    async with browser.post(page, data=form(data, name)) as refused:
        assert (refused.status, said in await refused.text()) == (status, True)
    async with browser.post(page, data=form()) as taken:
        assert taken.status == 200
    assert list(world.app.cabinet.folder.glob("drafts/*")) == []


async def test_too_large(world: World, zhao: Person, browser: aiohttp.ClientSession) -> None:
    world.app.cabinet.most = 4000
    page = await asked(world, zhao)
    for size in (4001, 200_000):  # only found out while reading; said beforehand
        async with browser.post(page, data=form(PAPER[:9] + b"x" * size)) as refused:
            assert (refused.status, "文件超过" in await refused.text()) == (413, True)
    assert list(world.app.cabinet.folder.glob("*/*")) == []


async def test_a_form_of_another_site_is_refused(world: World, zhao: Person, browser: aiohttp.ClientSession) -> None:
    page = await asked(world, zhao)
    async with browser.post(page, data=form(), headers={"Sec-Fetch-Site": "cross-site"}) as refused:
        assert refused.status == 403
    async with browser.post(page, data=b"file=x", headers={"Content-Type": "text/plain"}) as refused:
        assert refused.status == 400


async def test_a_page_is_over_with_its_draft(world: World, zhao: Person, browser: aiohttp.ClientSession) -> None:
    page = await asked(world, zhao)
    await zhao.says("取消").sees("已取消")
    async with browser.post(page, data=form()) as refused:
        assert (refused.status, "已过期" in await refused.text()) == (410, True)
    page = await asked(world, zhao)
    await world.passes(days=8)
    async with browser.get(page) as shown:
        assert shown.status == 410


async def test_a_picture_in_the_chat_is_as_good_as_the_page(
    world: World, zhao: Person, browser: aiohttp.ClientSession
) -> None:
    page = await asked(world, zhao)
    await zhao.sends(PHOTO).sees("归到 BB1001")
    async with browser.post(page, data=form()) as refused:
        assert refused.status == 410


async def test_a_page_survives_a_restart(world: World, zhao: Person, browser: aiohttp.ClientSession) -> None:
    token = (await asked(world, zhao)).removeprefix(world.app.address)
    await world.restarts()
    async with browser.post(world.app.address + token, data=form()) as taken:
        assert taken.status == 200
    await zhao.looks().sees("已收到 1 份证据")


async def test_a_download_ends_with_its_days_and_with_its_persons_right(
    world: World, zhao: Person, browser: aiohttp.ClientSession
) -> None:
    await handed_in(world, zhao, browser)
    link = await listed(world, zhao)
    await world.passes(days=2)
    async with browser.get(link) as given:
        assert given.status == 200
    await world.deactivates("赵敏")
    async with browser.get(link) as refused:
        assert (refused.status, "没有这个文件" in await refused.text()) == (404, True)


async def test_an_old_download_is_over(world: World, zhao: Person, browser: aiohttp.ClientSession) -> None:
    await handed_in(world, zhao, browser)
    link = await listed(world, zhao)
    await world.passes(days=5)
    async with browser.get(link) as refused:
        assert refused.status == 404


async def test_a_link_gives_nobody_what_they_may_not_see(
    world: World, zhao: Person, browser: aiohttp.ClientSession
) -> None:
    """Even a link that this bot signed, for somebody of another agent."""
    await handed_in(world, zhao, browser)
    people = await world.app.store.read(lambda unit: {person.name: person for person in everybody(unit)})
    links, file = world.app.handover.links, await newest(world)
    ends = {}
    for name in ("赵敏", "李静", "林岚", "王磊", "陈启明"):
        link = links.download(file, people[name].id, world.now)
        async with browser.get(address(world, link, "files")) as given:
            ends[name] = given.status
    assert ends == {"赵敏": 200, "李静": 200, "林岚": 200, "王磊": 404, "陈启明": 404}


async def test_what_has_no_place_yet_is_only_its_senders(
    world: World, zhao: Person, browser: aiohttp.ClientSession
) -> None:
    await world.passes(minutes=31)
    await zhao.sends(PHOTO).sees("收到 1 个文件")
    await world.settled()
    people = await world.app.store.read(lambda unit: {person.name: person for person in everybody(unit)})
    file = await newest(world)
    links = {name: world.app.handover.links.download(file, people[name].id, world.now) for name in ("赵敏", "林岚")}
    assert await _status(browser, address(world, links["赵敏"], "files")) == 200
    assert await _status(browser, address(world, links["林岚"], "files")) == 404
    await world.deactivates("赵敏")
    assert await _status(browser, address(world, links["赵敏"], "files")) == 404


async def newest(world: World) -> int:
    """Once it is fetched. PostgreSQL gives no number twice, also not that of a turn which it undid."""
    wanted = select(func.count()).where(files.c.state == FileState.WANTED)
    async with asyncio.timeout(PATIENCE):
        while await world.app.store.read(lambda unit: unit.sql.execute(wanted).scalar_one()):  # noqa: ASYNC110 - a store tells of no arrivals
            await asyncio.sleep(0.01)
    found = select(func.max(files.c.id))
    return int(await world.app.store.read(lambda unit: unit.sql.execute(found).scalar_one()))


async def _status(browser: aiohttp.ClientSession, url: str) -> int:
    async with browser.get(url) as given:
        return given.status


async def test_what_was_asked_for_came_by_the_chat_while_the_page_was_open(world: World, zhao: Person) -> None:
    token = (await asked(world, zhao)).rpartition("/")[2]
    errand = await world.app.handover.errand(token)
    assert errand is not None
    await zhao.sends(PHOTO).sees("已收到 1 份证据")
    async with world.app.handover.draft() as draft:
        await draft.write(PAPER)
        assert await world.app.handover.take(errand, draft, "合同.pdf") == OVER
    await world.settled()
    assert not any("合同.pdf" in message.text for message in zhao.messages)
