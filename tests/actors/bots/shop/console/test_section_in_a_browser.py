"""The shop's section of the console, clicked through in a browser: orders, a refund, stock, a broadcast."""

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from functools import partial

import pytest

from mailroom.actors.bots.shop.customers import remember
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.console_people import Proved
from mailroom.storage.postgres.database import connect
from tests.actors.bots.shop.console.test_section import two_shops
from tests.actors.bots.shop.owner.selling import Somebody, sell_in
from tests.actors.bots.shop.page.shop_page import page_database_fixture  # noqa: F401 - a fixture
from tests.ingress.browser import chromium_fixture  # noqa: F401 - a fixture
from tests.ingress.conftest import oncall_fixture  # noqa: F401 - a fixture
from tests.ingress.console.browsing import console_fixture  # noqa: F401 - a fixture
from tests.shop_tables import shop_pool

pytestmark = pytest.mark.long

SHOP = "#bot-shop"
FILE = b"slug,kind,content\norbit,code,NEW-1\norbyt,code,NEW-2\n"


@pytest.fixture
def shops(page_database):
    """Two shops, one of which has sold something."""

    @asynccontextmanager
    async def opened(**options):
        pool = await aio(connect, page_database)
        try:
            yield two_shops(pool, **options)
        finally:
            await aio(pool.close)

    return opened


async def chosen(page, selector, name, content):
    """Have somebody choose a file."""
    data = base64.b64encode(content).decode()
    await page.run(
        f"""(() => {{
          const bytes = Uint8Array.from(atob({data!r}), (one) => one.charCodeAt(0));
          const all = new DataTransfer();
          all.items.add(new File([bytes], {name!r}));
          document.querySelector({selector!r}).files = all.files;
        }})()"""
    )


def told(selector, words):
    """Whether they can be read there."""
    return f"document.querySelector({selector!r})?.innerText.includes({str(words)!r})"


async def why(page, words):
    await page.type("#why [name=why]", words)
    await page.press("Enter")


async def opens(page, part):
    await page.run(f"document.querySelector('{SHOP} .part.{part}').open = true")


def test_a_shop_is_run_from_its_section(console, shops, oncall, page_database) -> None:
    number = asyncio.run(sell_in(page_database, "lighthouse", 2))

    async def test(here):
        page = here.page
        async with shop_pool(page_database, 2) as pool:
            await remember(pool, "shop", Somebody(1, "C"), 101, Language("ru"))
            # an order, and its refund
            await page.until(
                f"document.querySelector('{SHOP} .orders tbody')?.innerText.includes('{number}')"
            )
            assert str(number) not in await page.text("#bot-other .orders")
            await page.click(f"{SHOP} .orders tbody a")
            await page.sees("The Lighthouse Watchdog")
            await page.click("#sheet .danger")
            await page.run("document.querySelector('#why [name=sure]').checked = true")
            await why(page, "asked nicely")
            await page.sees(f"for order {number} is being refunded")
            await page.until(told("#sheet .content", "being refunded"))
            await page.press("Escape")
            # a table for the stock, with a line that is not taken
            await opens(page, "products")
            await page.until(f"document.querySelectorAll('{SHOP} .products tbody tr').length > 3")
            await chosen(page, f"{SHOP} .upload [name=file]", "codes.csv", FILE)
            await page.click(f"{SHOP} .upload [value=stock]")
            await why(page, "a delivery")
            await page.sees("Did you mean orbit?")
            assert await pool.fetchval("SELECT count(*) FROM shop.owner_log WHERE action = 'stock'") == 1
            # a word to all customers
            await opens(page, "broadcasts")
            await page.type(f"{SHOP} .broadcasts textarea", "1 < 2 & <b>")
            await page.click(f"{SHOP} .broadcasts form button")
            await page.until("document.querySelector('#why').open")
            await page.type("#why [name=count]", await page.text("#why .count b"))
            await page.run("document.querySelector('#why [name=sure]').checked = true")
            await why(page, "news")
            await page.until(
                f"document.querySelector('{SHOP} .broadcasts tbody')?.innerText.includes('1 < 2 & <b>')"
            )
            assert (
                json.loads(await pool.fetchval("SELECT message FROM mailroom.broadcast"))["text"]
                == "1 < 2 & <b>"
            )
            # who has done it
            await opens(page, "log")
            await page.until(f"document.querySelectorAll('{SHOP} .log tbody tr').length === 3")
            assert "Ann (console)" in await page.text(f"{SHOP} .log")
        assert page.complaints == []

    console(shops, oncall, test)


def test_staff_of_a_shop_see_what_is_theirs_of_it(console, shops, oncall, page_database) -> None:
    number = asyncio.run(sell_in(page_database, "lighthouse", 2))

    async def test(here):
        page = here.page
        await page.click(f"{SHOP} .orders tbody a")
        await page.until(told("#sheet .content", "The Lighthouse Watchdog"))
        assert await page.run("document.querySelector('#sheet-title').innerText") == f"shop: Order {number}"
        assert await page.run("[...document.querySelectorAll('#sheet a, #sheet .danger')].length") == 0
        await page.press("Escape")
        parts = f"[...document.querySelectorAll('{SHOP} .part')].filter((one) => one.checkVisibility())"
        assert await page.run(f"{parts}.map((one) => one.classList[1])") == ["orders", "products"]
        shown = await page.text("body")
        assert not any(word in shown for word in ("Tree", "Mailboxes", "Dead letters", "Discounts"))
        assert page.complaints == []

    ben = Proved("telegram", "tg:7010", None, "Ben")
    console(partial(shops, staff={7010}), oncall, test, person=ben)
