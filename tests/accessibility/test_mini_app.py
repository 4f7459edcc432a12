"""The shop's Mini App: every view, in both languages, in a plain window and in Telegram's colours."""

from urllib.parse import quote

import pytest

from mailroom.ops.testing.asked.person import init_data
from tests.actors.bots.shop.page.shop_browser import LocalGateway, browse_fixture  # noqa: F401 - a fixture
from tests.actors.bots.shop.page.shop_page import TOKEN, page_database_fixture  # noqa: F401 - a fixture
from tests.actors.bots.shop.page.test_mini_app_page import ACTION, TELEGRAM, shown_order

WORDS = {
    "ru": ("Светлица", "Итого", "Как оплатить", "Оплачен", "Доставлен", "Отменён"),
    "en": ("Lumen", "Total", "How to pay", "Paid", "Delivered", "Canceled"),
}


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_axe_finds_nothing_in_the_mini_app(browse, sight, language):
    product, total, how, *_ = WORDS[language]

    async def test(here):
        page = await here.visit("/app/shop/?user=5001", language=language)
        await page.sees(product)
        await sight.look(page, "the catalogue")
        await page.type("input[type=search]", "zzzz")
        await page.until("!document.querySelector('.card')")
        await sight.look(page, "nothing found")
        await sight.go(
            page,
            f"{here.base}/app/shop/?user=5001&view=cart",
            "document.querySelector('.nothing')",
            "an empty cart",
        )
        await sight.go(
            page,
            f"{here.base}/app/shop/?user=5001&view=orders",
            "document.querySelector('.nothing')",
            "no orders",
        )
        await sight.go(
            page, f"{here.base}/app/shop/?user=5001", "document.querySelector('.card')", "the catalogue"
        )
        for number in (0, 0, 0):
            await page.click(".card .add:not(:disabled)", number)
        await sight.look(page, "the catalogue, three in the cart")
        await page.click(".card h3 a")
        await page.until("document.querySelector('#product').open")
        await sight.look(page, "a product")
        await page.press("Escape")
        await page.click(ACTION)
        await page.sees(total)
        await page.type("[name=promo]", "nonsense")
        await page.press("Enter")
        await page.until("!!document.querySelector('.said.bad')?.textContent")
        await sight.look(page, "the cart, a code that is not known")
        await page.click(".promo button")
        await page.until("!document.querySelector('[name=promo]').readOnly")
        await page.type("[name=promo]", "welcome10")
        await page.press("Enter")
        await page.until("!!document.querySelector('.said.good')?.textContent")
        await sight.look(page, "the cart, a code that counts")
        await page.click(ACTION)
        await page.sees(how)
        await sight.look(page, "an order, to be paid")
        number = await shown_order(page)
        await page.run("document.querySelector('.story ~ div .danger').click()")
        await page.until("document.querySelector('#sure').open")
        await sight.look(page, "give it up?")
        await page.press("Escape")
        await page.until("!document.querySelector('#sure').open")
        await page.click(ACTION)
        await page.until("location.pathname.startsWith('/gateway/')")
        await here.pays(number)
        url = f"{here.base}/app/shop/?user=5001&order={number}"
        await sight.go(page, url, "document.querySelector('[data-state=paid]')", "a paid order")
        await here.delivers(number)
        await sight.go(page, url, "document.querySelector('.goods')", "a delivered order")
        for status in ("expired", "canceled", "refunding", "refunded"):
            await here.sql("UPDATE shop.orders SET status = $1 WHERE id = $2", status, number)
            await sight.go(
                page, url, f"document.querySelector('[data-state={status}]')", f"an order that is {status}"
            )
        await sight.go(
            page,
            f"{here.base}/app/shop/?user=5001&view=orders",
            "document.querySelector('.orders a')",
            "the orders",
        )
        await sight.go(
            page,
            f"{here.base}/app/shop/?user=5001&order=999999",
            "document.querySelector('.nothing')",
            "an order that is not there",
        )
        await sight.go(
            page, f"{here.base}/app/shop/?user=5001", "document.querySelector('.card')", "the catalogue"
        )
        await page.offline(True)
        await page.run("document.querySelector('#language').click()")
        await page.until("!document.querySelector('#banner').hidden")
        await sight.look(page, "the service is away")

    browse(test, gateways=[LocalGateway("yookassa"), LocalGateway("aaio")], seconds=300)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("language", ["ru", "en"])
def test_axe_finds_nothing_in_the_mini_app_where_a_stranger_or_telegram_opens_it(browse, sight, language):
    async def test(here):
        for path in ("/app/shop/", "/app/shop/?order=1001"):
            page = await here.visit(path, language=language)
            await page.until("!!document.querySelector('.nothing')")
            await sight.look(page, f"a stranger at {path}")
        person = {"id": 5002, "first_name": "Ann", "language_code": language}
        handed = f"tgWebAppData={quote(init_data(person, TOKEN))}&tgWebAppVersion=8.0&tgWebAppPlatform=ios"
        page = await here.visit(f"/app/shop/#{handed}", script=TELEGRAM, language=language, touch=True)
        await page.sees(WORDS[language][0])
        await sight.look(page, "in Telegram's dark colours")
        late = quote(init_data(person, TOKEN, at=1_700_000_000))
        page = await here.visit(
            f"/app/shop/#tgWebAppData={late}&tgWebAppVersion=8.0&tgWebAppPlatform=ios", script=TELEGRAM
        )
        await page.until("!!document.querySelector('.nothing')")
        await sight.look(page, "open for too long")

    browse(test, demo=False, seconds=300)
