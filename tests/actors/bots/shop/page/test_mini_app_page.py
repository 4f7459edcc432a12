"""The shop's page in a real browser: from the catalogue to the goods, in a plain window and in Telegram's."""

import json
import re
import time
from datetime import UTC, datetime
from urllib.parse import quote, urlencode

import pytest

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page import PAGE
from mailroom.actors.kit.speech.dates import format_moment
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent
from mailroom.ops.testing.asked.person import init_data
from tests.actors.bots.shop.page.shop_browser import LocalGateway, browse_fixture  # noqa: F401 - a fixture
from tests.actors.bots.shop.page.shop_page import TOKEN, page_database_fixture  # noqa: F401 - a fixture
from tests.ingress.browser import chromium_fixture  # noqa: F401 - a fixture

STATIC = PAGE.files
SUMS = ((149_000, "RUB"), (149_050, "RUB"), (-500, "RUB"), (900, "JPY"), (1_290, "USD"), (5_00, "AED"))
SHIFT_MAX = 0.05
"""Half of what counts as good: https://web.dev/articles/cls."""
THEME = {
    "bg_color": "#17212b", "text_color": "#f5f5f5", "hint_color": "#708499", "link_color": "#6ab3f3",
    "button_color": "#5288c1", "button_text_color": "#ffffff", "secondary_bg_color": "#232e3c",
}  # fmt: skip
TELEGRAM = f"""
  const calls = [], handlers = {{}};
  const note = (name) => (value) => calls.push([name, value ?? null]);
  window.stub = {{ calls, handlers, button: null }};
  window.Telegram = {{ WebApp: {{
    initData: new URLSearchParams(location.hash.slice(1)).get("tgWebAppData") ?? "",
    initDataUnsafe: {{}}, colorScheme: "dark", themeParams: {json.dumps(THEME)},
    isVersionAtLeast: () => true, onEvent: (name, run) => {{ handlers[name] = run; }},
    ready: note("ready"), expand: note("expand"), close: note("close"), openLink: note("openLink"),
    setHeaderColor: note("header"), setBackgroundColor: note("background"),
    HapticFeedback: {{ impactOccurred: note("tap"), notificationOccurred: note("buzz") }},
    MainButton: {{
      onClick: (run) => {{ handlers.main = run; }}, hide: () => {{ stub.button = null; }},
      setParams: (now) => {{ stub.button = now; }}, showProgress: note("progress"), hideProgress: () => {{}},
    }},
    BackButton: {{
      onClick: (run) => {{ handlers.back = run; }},
      show: () => {{ stub.back = true; }}, hide: () => {{ stub.back = false; }},
    }},
  }} }};
"""


async def shown_order(page):
    """The number of the order that the page shows."""
    await page.until("/order=\\d+/.test(location.search)")
    return int(re.search(r"order=(\d+)", await page.run("location.search"))[1])


ACTION = "#action button"
ASKED_TELEGRAM = "performance.getEntriesByType('resource').some(({ name }) => name.includes('telegram.org'))"


def test_from_the_catalogue_to_the_goods_in_a_plain_window(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.sees("Lumen: photo editor")
        assert "you are visitor 5001" in await page.text("#demo")
        await page.type("input[type=search]", "chess")
        await page.until("document.querySelectorAll('.card').length === 1")
        await page.click(".card h3 a")
        await page.until("document.querySelector('#product').open")
        await page.click("#product .add")
        await page.click("#product .plus")
        await page.press("Escape")
        await page.until("!document.querySelector('#product').open")
        assert await page.text(ACTION) == "Cart · 2 items"

        await page.click(ACTION)
        await page.type("[name=promo]", "welcome10")
        await page.press("Enter")
        await page.sees("The promo code is applied.")
        await page.type("[name=contact]", "ann@example.com")
        total = await page.until("document.querySelector('.sums .main dd')?.textContent")
        await page.until(
            f"document.querySelector({json.dumps(ACTION)}).textContent.includes({json.dumps(total)})"
        )
        await page.click(ACTION)
        # There is one way to pay, so the page goes there by itself.
        await page.sees("at yookassa")
        (row,) = await here.sql("SELECT * FROM shop.orders")
        assert (row["contact"], row["promo_code"], row["user_id"]) == ("ann@example.com", "WELCOME10", 5001)

        await page.run("history.back()")
        await page.sees("Awaiting payment")
        await page.sees(f"Pay {total}")
        assert await here.pays(row["id"]) == "paid"
        await page.sees("Your payment has arrived")
        await here.delivers(row["id"])
        await page.sees("DEMO-CHESS-0001")
        await page.sees("DEMO-CHESS-0002")
        assert await page.run("document.querySelector('#action button').hidden")
        await page.click(".copy")
        await page.sees("Copied")

        await page.click(".top nav a")
        await page.sees(f"Order {row['id']}")
        assert "Delivered" in await page.text()
        assert page.complaints == []

    browse(test)


def test_in_telegrams_window_its_buttons_and_colours_are_used(browse) -> None:
    async def test(here):
        data = init_data({"id": 777, "first_name": "Анна", "language_code": "ru"}, TOKEN)
        handed = urlencode({"tgWebAppData": data, "tgWebAppVersion": "8.0"}, quote_via=quote)
        page = await here.visit(f"/app/shop/#{handed}", script=TELEGRAM, language="ru-RU", touch=True)
        await page.sees("Светлица")
        assert await page.run("document.querySelector('#demo').hidden")
        assert await page.run("getComputedStyle(document.body).backgroundColor") == "rgb(35, 46, 60)"
        assert {"ready", "expand"} <= {name for name, _ in await page.run("stub.calls")}
        assert await page.run("stub.button") is None
        assert not await page.run("stub.back")

        await page.click(".card .add")
        assert (await page.run("stub.button"))["text"] == "Корзина · 1 шт."
        assert await page.run("document.querySelector('#action button').hidden")
        await page.run("stub.handlers.main()")
        await page.until("stub.button?.is_active && stub.button.text.startsWith('Оформить')")
        assert await page.run("stub.back")
        await page.run("stub.handlers.main()")
        number = await shown_order(page)
        await page.until("stub.calls.some(([name]) => name === 'openLink')")
        link = next(value for name, value in await page.run("stub.calls") if name == "openLink")
        assert link.startswith(f"{here.base}/gateway/yookassa/")
        await page.sees("Оплатили? Страница обновится сама.")
        (row,) = await here.sql("SELECT user_id, contact, language FROM shop.orders")
        assert tuple(row) == (777, "", "ru")

        await here.pays(number)
        await page.run("stub.handlers.activated()")
        await page.sees("Оплата пришла")
        await here.delivers(number)
        await page.run("stub.handlers.activated()")
        await page.sees("DEMO-SVETLITSA-0001")
        await page.until("stub.button === null")
        await page.run("stub.handlers.back()")
        await page.sees("Пресеты")
        assert page.complaints == []

    browse(test, demo=False)


def test_telegrams_script_is_asked_for_in_telegram_only_and_missed_by_nobody(browse) -> None:
    async def test(here):
        data = init_data({"id": 777, "first_name": "Ann"}, TOKEN)
        theme = json.dumps(THEME)
        handed = {"tgWebAppData": data, "tgWebAppVersion": "8.0", "tgWebAppThemeParams": theme}
        page = await here.visit(f"/app/shop/?user=5#{urlencode(handed, quote_via=quote)}")
        await page.sees("Lumen")
        assert "telegram=1" in await page.run("location.search")
        # There is no Telegram on this machine: the page has a button and colours all the same.
        await page.until(
            "performance.getEntriesByType('resource').some(({name}) => name.includes('telegram.org'))"
        )
        await page.click(".card .add")
        assert await page.text(ACTION) == "Cart · 1 item"
        assert await page.run("getComputedStyle(document.body).backgroundColor") == "rgb(35, 46, 60)"
        assert await page.run("document.querySelector('#demo').hidden")

        plain = await here.visit("/app/shop/?user=5")
        await plain.sees("Lumen")
        assert not await plain.run(
            "performance.getEntriesByType('resource').some(({name}) => name.includes('telegram.org'))"
        )

    browse(test)


def test_what_somebody_else_bought_first_is_said_and_can_be_taken_in_part(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.type("input[type=search]", "orbit")
        await page.until("document.querySelectorAll('.card').length === 1")
        assert "2 left" in await page.text(".card")
        await page.click(".card .add")
        await page.click(".card .plus")
        assert await page.run("document.querySelector('.card .plus').disabled")
        await page.click(ACTION)
        await page.until(f"document.querySelector({json.dumps(ACTION)}).textContent.startsWith('Place')")
        await here.sql(
            "UPDATE shop.stock_items SET withdrawn_at = now() WHERE id = (SELECT min(i.id)"
            " FROM shop.stock_items AS i JOIN shop.products AS p ON p.id = i.product_id"
            " WHERE p.slug = 'orbit')"
        )
        await page.click(ACTION)
        await page.sees("Somebody was faster")
        await page.sees("Only 1 left")
        assert await page.run(f"document.querySelector({json.dumps(ACTION)}).disabled")
        await page.click(".note button")
        await page.until(f"!document.querySelector({json.dumps(ACTION)}).disabled")
        await page.click(ACTION)
        await page.sees("at yookassa")
        assert len(await here.sql("SELECT FROM shop.orders")) == 1

    browse(test)


def test_an_order_can_be_given_up_and_ordered_again(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001", language="ru-RU")
        await page.click(".card .add")
        await page.click(ACTION)
        await page.until(f"document.querySelector({json.dumps(ACTION)}).textContent.startsWith('Оформить')")
        await page.click(ACTION)
        await page.sees("Как оплатить")
        await page.sees("Товары отложены для вас ещё на")
        await page.click("[value=stripe]")
        await page.click(".danger")
        await page.sees("Отменить заказ? Товары вернутся в продажу.")
        await page.click("#sure button", 0)
        assert "Ждёт оплаты" in await page.text()
        await page.click(".danger")
        await page.click("#sure .danger")
        await page.sees("Заказ отменён")
        assert await page.run("document.querySelector('#action button').hidden")
        await page.click(".buttons button")
        await page.sees("Товары снова в корзине.")
        await page.until("document.querySelectorAll('.lines li').length === 1")

    browse(test, gateways=[LocalGateway("yookassa"), LocalGateway("stripe")])


def test_where_nobody_is_offered_the_page_says_who_writes_to_whom_and_counts_nothing_down(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.click(".card .add")
        await page.click(ACTION)
        await page.sees("Place the order")
        await page.click(ACTION)
        await shown_order(page)
        await page.sees("We will write to you in the chat with the bot about payment.")
        assert await page.run("document.querySelector('.clock').hidden")
        assert "Pay" not in await page.text(ACTION)
        assert "Pay, and they are yours" not in await page.text()

    browse(test, options={"shop": Options(payments=())})


def test_a_service_that_is_away_is_said_and_found_again_by_itself(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.click(".card .add")
        await page.offline(True)
        await page.click(ACTION)
        await page.sees("No connection to the shop.")
        assert "Lumen" in await page.text()
        await page.offline(False)
        await page.until("document.querySelector('#banner').hidden")
        await page.until(f"document.querySelector({json.dumps(ACTION)}).textContent.startsWith('Place')")

    browse(test)


def test_the_language_is_switched_and_stays(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001", language="ru-RU")
        await page.sees("Фото и видео")
        await page.click("#language")
        await page.sees("Photo and video")
        assert await page.run("document.documentElement.lang") == "en"
        await page.goto(f"{here.base}/app/shop/?user=5001&view=orders")
        await page.sees("Your orders and the codes you buy will be here.")

    browse(test)


def test_the_cart_is_that_of_its_visitor_and_outlives_the_page(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.click(".card .add")
        await page.goto(f"{here.base}/app/shop/?user=5001&view=cart")
        await page.until("document.querySelectorAll('.lines li').length === 1")
        await page.goto(f"{here.base}/app/shop/?user=5002&view=cart")
        await page.sees("Your cart is empty")

    browse(test)


def test_outside_telegram_a_real_shop_says_where_it_opens_and_what_becomes_of_a_payment(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.sees("The shop opens in Telegram")
        await page.sees("Open the chat")
        page = await here.visit("/app/shop/?order=1001", language="ru-RU")
        await page.sees("Заказ № 1001: проверяем оплату")
        await page.sees("товары придут в чат с ботом")

    browse(test, demo=False, chat_url="https://t.me/shop_bot")


def test_a_page_that_was_open_for_long_asks_to_be_opened_anew(browse) -> None:
    async def test(here):
        data = init_data({"id": 777, "first_name": "Ann"}, TOKEN, at=time.time() - 4000)
        handed = urlencode({"tgWebAppData": data, "tgWebAppVersion": "8.0"}, quote_via=quote)
        page = await here.visit(f"/app/shop/#{handed}", script=TELEGRAM)
        await page.sees("The shop has been open for a long time.")
        await page.click(".nothing button")
        assert ["close", None] in await page.run("stub.calls")

    browse(test)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (1280, 800)], ids=["narrow", "wide"])
def test_nothing_is_wider_than_the_window_and_nothing_jumps(browse, width, height) -> None:
    watch_shifts = """
      window.shift = 0;
      new PerformanceObserver((list) => {
        for (const one of list.getEntries()) if (!one.hadRecentInput) window.shift += one.value;
      }).observe({ type: "layout-shift", buffered: true });
    """

    async def test(here):
        page = await here.visit(
            "/app/shop/?user=5001",
            width=width,
            height=height,
            language="ru-RU",
            script=watch_shifts,
            dark=True,
        )

        async def fits():
            wide = await page.run("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, await page.run("location.href")

        await page.sees("Светлица")
        assert await page.run("shift") < SHIFT_MAX
        await fits()
        for number in (0, 0, 0):
            await page.click(".card .add:not(:disabled)", number)
        await fits()
        await page.click(".card h3 a")
        await page.until("document.querySelector('#product').open")
        assert await page.run("document.querySelector('#product').scrollWidth <= innerWidth")
        await page.press("Escape")
        await page.click(ACTION)
        await page.sees("Итого")
        await fits()
        await page.click(ACTION)
        await page.sees("Как оплатить")
        await fits()
        assert await page.run("shift") < 4 * SHIFT_MAX

    browse(test, gateways=[LocalGateway("yookassa"), LocalGateway("aaio")])


def test_all_of_it_can_be_done_with_the_keyboard(browse) -> None:
    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.sees("Lumen")
        await page.run("document.querySelector('.card .add').focus()")
        await page.press("Enter")
        # The button that had the focus has become two others.
        await page.until("document.activeElement.matches('.card .plus')")
        await page.press(" ")
        await page.until("document.querySelector('.card output').textContent === '2'")
        await page.run("document.querySelector('.card h3 a').focus()")
        await page.press("Enter")
        await page.until("document.querySelector('#product').open")
        await page.press("Escape")
        await page.until("document.activeElement.matches('.card h3 a')")
        unnamed = await page.run("""
          [...document.querySelectorAll("button, a, input")]
            .filter((one) => one.checkVisibility())
            .filter((one) => !one.innerText?.trim() && !one.getAttribute("aria-label") && !one.labels?.length)
            .map((one) => one.outerHTML)
        """)
        assert unnamed == []
        await page.run(f"document.querySelector({json.dumps(ACTION)}).focus()")
        await page.press("Enter")
        await page.until("document.activeElement.matches('h1')")
        assert await page.run("document.activeElement.textContent") == "Cart"

    browse(test)


def test_the_words_are_there_in_both_languages(browse) -> None:
    used = set()
    for file in STATIC.glob("*.js"):
        used |= set(re.findall(r'\bt\("(\w+)"', file.read_text()))

    async def test(here):
        page = await here.visit("/app/shop/?user=5001")
        await page.sees("Lumen")
        words = await page.run("""
          import("/app/shop/words.js").then(({ WORDS }) => Object.fromEntries(Object.entries(WORDS).map(
            ([language, words]) => [language, Object.entries(words).map(([name, one]) => [name, typeof one,
              typeof one === "object" ? Object.keys(one).join() : ""])])))
        """)
        assert words["ru"] == words["en"]
        assert used <= {name for name, _, _ in words["ru"]}
        script = """
          const own = ["kit/language", "words"].map((name) => import(`/app/shop/${name}.js`));
          Promise.all(own).then(([{ speak, money, percent, day, countdown }, { t }]) => {
            const all = [];
            for (const language of ["ru", "en"]) {
              speak(language, { RUB: 2, JPY: 0 });
              for (const [minor, currency] of SUMS) all.push(money(minor, currency));
              all.push(percent(10), percent(-10), day("2026-12-31T14:05:00"));
              all.push(t("found", 1), t("found", 3), t("found", 11));
            }
            return [...all, countdown(845), countdown(3720), countdown(-5)];
          })
        """
        written = await page.run(script.replace("SUMS", json.dumps(SUMS)))
        counted = {
            "ru": ["1 товар", "3 товара", "11 товаров"],
            "en": ["1 product", "3 products", "11 products"],
        }
        # As the chat writes them.
        expected = []
        for language in ("ru", "en"):
            expected += [format_money(*one, language) for one in SUMS]
            expected += [format_percent(10, language), format_percent(-10, language)]
            expected += [
                format_moment(datetime(2026, 12, 31, 14, 5, tzinfo=UTC), language),
                *counted[language],
            ]
        assert written == [*expected, "14:05", "1:02:00", "0:00"]

    browse(test)
