"""A real browser on the page, and the gestures tests make in it."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Locator, Page, async_playwright, expect

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
PATIENCE = 8_000.0
LINE = "报备 杭州云栖湾酒店管理有限公司 中央空调改造 120万 6月底签"
IN_A_BROWSER = [
    pytest.mark.long,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine: the page is not looked at"),
    pytest.mark.asyncio(loop_scope="module"),
]

expect.set_options(timeout=PATIENCE)


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        await browser.close()


class Eyes:
    """A page and what went wrong on it: an error in its scripts, or anything asked of another address."""

    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.troubles: list[str] = []
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("console", lambda told: self.troubles.append(told.text) if told.type == "error" else None)
        page.on(
            "request",
            lambda asked: None if asked.url.startswith((address, "data:")) else self.troubles.append(asked.url),
        )

    def window(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=re.compile(f"^{name}，"))

    def field(self, name: str) -> Locator:
        return self.window(name).get_by_role("combobox")

    async def says(self, name: str, text: str) -> None:
        field = self.field(name)
        await field.fill(text)
        await field.press("Enter")

    async def presses(self, name: str, label: str) -> None:
        await self.window(name).get_by_role("button", name=label, exact=True).click()

    def card(self, name: str, title: str) -> Locator:
        return self.window(name).locator(".card", has=self.page.get_by_role("heading", name=title, exact=True))


@asynccontextmanager
async def looking(
    browser: Browser, address: str, width: int = 1280, height: int = 720, seats: str = "", *, toured: bool = True
) -> AsyncIterator[Eyes]:
    """``seats``: who sits where, as the page's address says it; else whoever sits there at a first visit.

    ``toured``: the browser has seen the tour, which begins by itself otherwise.
    """
    page = await browser.new_page(
        viewport={"width": width, "height": height},
        locale="zh-CN",
        has_touch=width < 760,
        reduced_motion="reduce",  # what moves costs a quarter of the browser's time
    )
    if toured:
        await page.add_init_script("localStorage.setItem('channelops-tour', '1')")
    eyes = Eyes(page, address)
    await page.goto(f"{address}#{seats}" if seats else address)
    yield eyes
    await page.close()
    assert eyes.troubles == []


async def submitted(eyes: Eyes) -> None:
    await eyes.says("赵敏", LINE)
    await eyes.presses("赵敏", "提交")
    await expect(eyes.card("李静", "新报备 BB1001")).to_be_visible()
