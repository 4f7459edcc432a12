"""The shop's section: what it shows of a shop, what it does to it, and who is let in."""

import asyncio
import json
import re
from functools import partial
from types import SimpleNamespace

import pytest
import trio

from mailroom.actors.bots.shop.complaints import complain
from mailroom.actors.bots.shop.customers import remember
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.bots.shop.parts import PARTS
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.texts.language import Language
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from mailroom.ingress.app import create_app
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.ops.access import Access
from mailroom.ingress.ops.operations import Operations
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.bots.shop.owner.selling import Somebody, sell_in, table
from tests.actors.bots.shop.page.shop_page import page_database_fixture  # noqa: F401 - a fixture
from tests.ingress.conftest import BEARER, TOKEN, oncall_fixture  # noqa: F401 - a fixture
from tests.rooms import named
from tests.shop_tables import SCHEMA, VAULT, shop_room

HEAD = ["slug", "kind", "content"]
OWN = {"Sec-Fetch-Site": "same-origin"}
SHOP = "/ops/bots/shop"


@pytest.fixture
def opened(page_database, oncall):
    """`opened(test)` runs a test that is given the shop behind its API."""

    def run(test, url=page_database):
        async def main():
            with trio.fail_after(40):
                pool = await aio(connect, url)
                try:
                    return await test(Api(pool, oncall))
                finally:
                    await aio(pool.close)

        return host.run(main)

    return run


def two_shops(pool, wake=print, **options):
    """The sections of two shops that share their tables; `options` are those of the first."""
    services = BotServices(
        database=pool, payments={}, models=None, vault=VAULT, http=Http(), allowance=Allowance(), cpu=Cpu(),
        public_url="", wake=wake, options={"shop": Options(**options), "other": Options()},
        schemas=dict.fromkeys(("shop", "other"), SCHEMA),
    )  # fmt: skip
    return {name: BotSection(Staff.of(services.of(name), PARTS), "shop") for name in services.options}


class Api:
    """Asks, and looks into the database afterwards."""

    def __init__(self, pool, oncall):
        self.woken = []
        self.connections = pool
        self.pool = SchemaPool(pool, SCHEMA, Clock())
        app = create_app(
            None,
            None,
            {"bots": {}},
            Operations(oncall, Access(TOKEN, Allowance()), two_shops(pool, self.woken.append)),
        )
        self.client = app.test_client()

    async def ask(self, method, path, json=None, data=None, headers=BEARER):
        body = {"data": data} if json is None else {"json": json}
        path = path if path.startswith("/ops") else f"{SHOP}/{path}".rstrip("/")
        answer = await self.client.open(path, method=method, headers=headers, **body)
        return SimpleNamespace(
            status=answer.status_code, headers=answer.headers, json=await answer.get_json(silent=True)
        )

    async def does(self, method, path, json=None, data=None):
        answer = await self.ask(method, path, json, data)
        assert answer.status == 200, answer.json
        return answer.json

    async def sql(self, statement, *values):
        return await aio(self.pool.fetch, statement, *values)

    async def log(self):
        return [dict(row) for row in await self.sql("SELECT * FROM shop.owner_log ORDER BY id")]


# Who is let in

WISHES = [
    ("POST", "stock?why=w"), ("POST", "stock/fonts?why=w&name=a"), ("POST", "products?why=w"),
    ("POST", "products/svetlitsa"), ("POST", "products/svetlitsa/withdraw"),
    ("POST", "orders/1001/refund"), ("POST", "orders/1001/answer"), ("POST", "orders/1001/close"),
    ("POST", "orders/1001/items/1/replace"), ("POST", "discounts"), ("POST", "discounts/1/off"),
    ("POST", "broadcasts"), ("POST", "broadcasts/1/pause"), ("PUT", "categories/new"),
    ("PUT", "suppliers/new"),
]  # fmt: skip
VIEWS = [
    "figures", "products", "products/svetlitsa/items", "categories", "suppliers", "orders", "complaints",
    "discounts", "broadcasts", "recipients", "log",
]  # fmt: skip


def test_without_the_token_nothing_is_told_and_nothing_is_done(opened) -> None:
    async def test(api):
        for method, path in [*WISHES, *(("GET", view) for view in [*VIEWS, "/ops/bots"])]:
            for headers in ({}, {"Authorization": "Bearer wrong"}):
                answer = await api.ask(method, path, {} if "?" not in path else None, headers=headers)
                assert answer.status == 401, path
                assert "token" in answer.json["error"]
        assert await api.log() == []

    opened(test)


def test_a_session_of_the_console_needs_its_csrf_token_and_the_page_itself(opened) -> None:
    async def test(api):
        await api.client.post("/console/login", form={"token": TOKEN, "who": "Anna"}, headers=OWN)
        page = await (await api.client.get("/console")).get_data(as_text=True)
        csrf = re.search(r'csrf-token" content="(\w+)"', page)[1]
        assert re.findall('data-bot="([^"]+)"', page) == ["other", "shop"]
        assert (await api.ask("GET", "products", headers={})).status == 403
        assert (await api.ask("GET", "products", headers={"X-CSRF-Token": csrf})).status == 200
        data = table(HEAD, ["orbit", "code", "NEW"])
        for headers in (
            OWN,
            {**OWN, "X-CSRF-Token": "0" * 64},
            {"Sec-Fetch-Site": "cross-site", "X-CSRF-Token": csrf},
        ):
            assert (await api.ask("POST", "stock?why=w", data=data, headers=headers)).status == 403
        assert await api.log() == []
        answer = await api.ask(
            "POST", "stock?why=a+delivery", data=data, headers={**OWN, "X-CSRF-Token": csrf}
        )
        assert answer.status == 200
        (deed,) = await api.log()
        assert (deed["who"], deed["why"]) == ("Anna (console)", "a delivery")

    opened(test)


def test_without_a_token_in_the_settings_there_is_no_shop_either(oncall) -> None:
    app = create_app(None, None, {"bots": {}}, Operations(oncall, Access(None, Allowance()), two_shops(None)))

    async def test():
        for method, path in [*WISHES, ("GET", "products")]:
            answer = await app.test_client().open(f"{SHOP}/{path}", method=method, headers=BEARER)
            assert answer.status_code == 404
            assert b"MAILROOM_OPS_TOKEN" in await answer.get_data()

    trio.run(test)


# What is seen


def test_every_view_answers_and_another_bot_is_not_known(opened) -> None:
    async def test(api):
        other, shop = await api.does("GET", "/ops/bots")
        assert (other["bot"], shop["bot"], shop["title"]) == ("other", "shop", "Shop")
        for view in VIEWS:
            await api.does("GET", view)
            answer = await api.ask("GET", f"/ops/bots/shpo/{view}")
            assert (answer.status, answer.json["error"]) == (
                404,
                "No bot with a section of the console is called 'shpo'. There is: other, shop.",
            )
        told = {(one["method"], one["path"]): one["for"] for one in (await api.ask("GET", "/ops/")).json}
        assert told["POST", "/ops/bots/shop/stock"].startswith("Fill the stock from a CSV")

    opened(test)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "orders?find=%00", None),
        ("GET", "orders?find=a%00&status=paid", None),
        ("GET", "products/sv%00/items", None),
        ("POST", "stock/fonts?why=w&name=a%00", b"x"),
        ("POST", "products/sv%00", b'{"why": "w", "active": true}'),
        ("POST", "products/fonts", b'{"why": "w\\u0000", "active": true}'),
        ("POST", "products/fonts", b'{"why": "w", "price": "1\\u0000"}'),
        ("POST", "discounts", b'{"why": "w", "line": "-10% fonts \\u0000"}'),
        ("POST", "broadcasts", b'{"why": "w", "text": "\\ud800"}'),
        ("PUT", "categories/fonts", b'{"why": "w", "title_ru": "\\u0000", "title_en": "a"}'),
        ("PUT", "suppliers/fonts", b'{"why": "w", "title": "a", "secret": "\\u0000"}'),
        ("GET", "/ops/outbox?trace=%00", None),
    ],
)
def test_what_no_store_can_hold_is_refused_by_name(opened, method, path, body) -> None:
    async def test(api):
        answer = await api.ask(method, path, data=body)
        assert answer.status == 400, answer.json

    opened(test)


def test_a_number_of_any_length_in_an_address_is_no_error_of_ours(opened) -> None:
    async def test(api):
        for digits in (19, 300, 5_000):
            assert (await api.ask("GET", f"orders/{'9' * digits}")).status == 404
            pause = await api.ask("POST", f"broadcasts/{'9' * digits}/pause", {"why": "w"})
            assert pause.status == 404

    opened(test)


def test_products_come_with_price_stock_and_supplier_and_never_with_what_is_for_sale(opened) -> None:
    async def test(api):
        products = {one["slug"]: one for one in await api.does("GET", "products")}
        orbit = products["orbit"]
        assert (orbit["price_minor"], orbit["currency"], orbit["available"], orbit["supplier"]) == (
            69_900, "RUB", 2, "demo-keys"
        )  # fmt: skip
        items = await api.does("GET", "products/orbit/items")
        assert [item["kind"] for item in items] == ["code", "code"]
        assert "content" not in items[0]
        for one in await api.does("GET", "suppliers"):
            assert "secret" not in str(one)

    opened(test)


def test_an_order_is_found_and_shown_whole(opened, page_database) -> None:
    number = asyncio.run(sell_in(page_database, "lighthouse", 2))

    async def test(api):
        for words in ("", "find=Anna", f"find={number}", "status=paid", "find=55&status=paid"):
            (row,) = await api.does("GET", f"orders?{words}")
            assert (row["number"], row["status"], row["total_minor"]) == (number, "paid", 179_800)
        assert await api.does("GET", "orders?status=refunded") == []
        order = await api.does("GET", f"orders/{number}")
        assert order["order"]["lines"][0]["quantity"] == 2
        assert order["payments"][0]["payment"]["provider"] == "yookassa"
        assert order["jobs"][0]["state"] == "scheduled"
        for path in (
            f"orders/{number + 1}",
            "orders/0",
            f"orders/{2**70}",
            f"/ops/bots/other/orders/{number}",
        ):
            assert (await api.ask("GET", path)).status == 404, path

    opened(test)


def test_the_figures_are_those_of_the_chat(opened, page_database) -> None:
    asyncio.run(sell_in(page_database, "lighthouse", 2))

    async def test(api):
        told = await api.does("GET", "figures?days=7")
        assert (told["figures"]["paid"], told["conversion_percent"]) == (1, 100)
        assert told["figures"]["revenue"][0]["paid_minor"] == 179_800
        assert (await api.does("GET", "figures?days=1&ago=1"))["figures"]["placed"] == 0

    opened(test)


@pytest.mark.parametrize(
    "path",
    ["figures?days=0", "figures?days=many", "orders?status=lost", "orders?most=0", "orders?colour=red"],
)
def test_a_bad_query_is_refused_by_the_name_of_its_field(ask_shop, path) -> None:
    answer = ask_shop("GET", path)
    field = path.partition("?")[2].partition("=")[0]
    assert (answer.status, answer.json["error"].startswith(f"{field}:")) == (400, True)


# What is done


def test_the_stock_is_filled_with_a_report_of_bad_lines(opened) -> None:
    async def test(api):
        rows = [["orbit", "code", "NEW-1"], ["orbit", "code", "NEW-1"], ["orbyt", "code", "A"]]
        data = table(HEAD, *rows, separator=";")
        told = await api.does("POST", "stock?why=a+delivery&key=one", data=data)
        assert told["says"] == "3 lines: 1 added, 0 in stock already, 1 twice in the file, 1 not taken."
        assert told["bad"] == [
            {
                "line": 4,
                "problem": "There is no product “orbyt”. Did you mean orbit? Look it up among the products.",
            }
        ]
        assert told["twice"] == [{"line": 3, "first_line": 2}]
        assert await api.does("POST", "stock?why=a+delivery&key=one", data=data) == told
        again = await api.does("POST", "stock?why=a+delivery", data=data)
        assert (again["added"], again["in_stock"]) == (0, [2])
        first = (await api.log())[0]
        assert (first["who"], first["action"], json.loads(first["outcome"])) == (
            "api (console)", "stock", {"added": {"orbit": 1}, "in_stock": []}
        )  # fmt: skip
        assert "NEW-1" not in str(await api.log())

    opened(test)


def test_a_table_in_the_encoding_of_excel_is_read_as_it_was_sent(opened) -> None:
    async def test(api):
        data = "Товар;Вид;Значение\r\norbit;код;КЛЮЧ".encode("cp1251")
        assert (await api.does("POST", "stock?why=w", data=data))["added"] == 1

    opened(test)


def test_what_cannot_be_taken_is_refused_and_nothing_is_half_done(opened) -> None:
    async def test(api):
        for data, words in (
            (b"", "The file is empty."),
            (b"PK\x03\x04", "This is not a CSV"),
            (b"x" * 1_000_001, "large"),
        ):
            answer = await api.ask("POST", "stock?why=w", data=data)
            assert answer.status == 400
            assert words in answer.json["error"]
        assert (await api.ask("POST", "stock?why=w", data=b"x" * 2**21)).status == 413
        answer = await api.ask("POST", "stock", data=b"x")
        assert (answer.status, answer.json["error"]) == (400, "why: is missing")
        assert await api.log() == []

    opened(test)


def test_one_file_is_put_into_stock_and_the_rest_of_it_withdrawn(opened) -> None:
    async def test(api):
        assert (await api.does("POST", "stock/fonts?why=w&name=a.zip", data=b"\x00zip"))["added"] == 1
        assert (await api.does("POST", "stock/fonts?why=w&name=b.zip", data=b"\x00zip"))["added"] == 0
        assert (await api.ask("POST", "stock/fnts?why=w&name=a.zip", data=b"x")).status == 404
        told = await api.does("POST", "products/fonts/withdraw", {"why": "a bad batch"})
        assert told["says"] == "41 items are off sale."
        (left,) = await api.sql(
            "SELECT available FROM shop.available_stock_with_discounts WHERE slug = 'fonts'"
        )
        assert left["available"] == 0

    opened(test)


def test_a_product_is_changed_exactly_or_not_at_all(opened) -> None:
    async def test(api):
        told = await api.does("POST", "products/svetlitsa", {"why": "w", "price": "1 990,50"})
        assert told["says"] == "svetlitsa costs ₽1,990.50, it was ₽2,490."
        for bad in (
            {"price": "1,990"},
            {"price": 1990},
            {},
            {"price": "1", "active": True},
            {"price": "1", "currency": "R"},
        ):
            assert (await api.ask("POST", "products/svetlitsa", {"why": "w", **bad})).status == 400, bad
        assert (await api.ask("POST", "products/svetltsa", {"why": "w", "price": "1"})).status == 404
        await api.does("POST", "products/svetlitsa", {"why": "w", "active": False})
        (row,) = await api.sql("SELECT price_minor, active FROM shop.products WHERE slug = 'svetlitsa'")
        assert tuple(row) == (199_050, False)
        assert [deed["action"] for deed in await api.log()] == ["price", "off_sale"]

    opened(test)


def test_a_category_and_a_supplier_are_added_and_then_a_product_of_theirs(opened) -> None:
    async def test(api):
        category = {"why": "w", "icon": "🧪", "title_ru": "Опыты", "title_en": "Experiments"}
        await api.does("PUT", "categories/lab", category)
        supplier = {"why": "w", "title": "Lab", "callback_url": "https://lab.example/sold"}
        answer = await api.ask("PUT", "suppliers/lab", supplier)
        assert (answer.status, "needs a secret" in answer.json["error"]) == (400, True)
        for inside in ("http://127.1/sold", "https://[::ffff:10.0.0.1]/sold", "http://169.254.169.254/"):
            answer = await api.ask("PUT", "suppliers/lab", {**supplier, "callback_url": inside})
            assert (answer.status, "in a private network" in answer.json["error"]) == (400, True), inside
        await api.does("PUT", "suppliers/lab", {**supplier, "secret": "0123456789abcdef"})
        await api.does("PUT", "suppliers/lab", {**supplier, "title": "The Lab"})  # the secret stays
        (row,) = await api.sql("SELECT * FROM shop.suppliers WHERE slug = 'lab'")
        assert (row["title"], VAULT.decrypt(row["callback_secret"])) == ("The Lab", b"0123456789abcdef")
        assert "0123456789abcdef" not in str(await api.log())
        head = "slug category title_ru title_en description_ru description_en price currency supplier active"
        row = ["acid", "lab", "Кислота", "Acid", "", "", "10", "RUB", "lab", ""]
        told = await api.does(
            "POST", "products?why=w", data=table(head.split(), row, [*row[:6], "1.234", *row[7:]])
        )
        assert (told["added"], len(told["bad"])) == (["acid"], 1)
        await api.does("PUT", "suppliers/lab", {"why": "w", "title": "Lab", "chat_id": 5})
        (row,) = await api.sql("SELECT * FROM shop.suppliers WHERE slug = 'lab'")
        assert (row["chat_id"], row["callback_url"], row["callback_secret"]) == (5, None, None)
        assert (await api.ask("PUT", "categories/Лаб", category)).status == 400

    opened(test)


def test_a_refund_is_begun_once_and_its_workers_are_woken(opened, page_database) -> None:
    number = asyncio.run(sell_in(page_database, "orbit", 2))

    async def test(api):
        told = await api.does("POST", f"orders/{number}/refund", {"why": "asked nicely", "goods_back": True})
        assert told["says"].startswith(f"₽1,398 for order {number} is being refunded.")
        assert api.woken == ["shop.notification", "shop.payment"]
        (job,) = await api.sql("SELECT * FROM mailroom.outbox_job WHERE name = 'payment.refund'")
        assert json.loads(job["payload"])["why"] == "owner"
        (left,) = await api.sql(
            "SELECT available FROM shop.available_stock_with_discounts WHERE slug = 'orbit'"
        )
        assert left["available"] == 2
        answer = await api.ask("POST", f"orders/{number}/refund", {"why": "again"})
        assert (answer.status, "its status: being refunded" in answer.json["error"]) == (409, True)
        assert (await api.ask("POST", f"/ops/bots/other/orders/{number}/refund", {"why": "w"})).status == 404
        (deed,) = await api.log()
        assert (deed["action"], deed["target"], deed["why"]) == ("refund", str(number), "asked nicely")

    opened(test)


def test_a_discount_is_added_by_a_line_and_ended(opened) -> None:
    async def test(api):
        wish = {"why": "spring", "line": "-20% svetlitsa code SPRING uses 10", "key": "k1"}
        told = await api.does("POST", "discounts", wish)
        assert await api.does("POST", "discounts", wish) == told
        answer = await api.ask("POST", "discounts", {"why": "w", "line": "-20% svetltsa"})
        assert (answer.status, "Did you mean svetlitsa?" in answer.json["error"]) == (404, True)
        await api.does("POST", f"discounts/{told['discount']}/off", {"why": "over"})
        found = {one["id"]: one for one in await api.does("GET", "discounts")}
        assert (found[told["discount"]]["active"], found[told["discount"]]["promo_code"]) == (False, "SPRING")
        for number in (999, 2**31, 2**63):
            assert (await api.ask("POST", f"discounts/{number}/off", {"why": "w"})).status == 404

    opened(test)


def test_a_broadcast_goes_to_a_shops_own_customers_once_for_a_key(opened) -> None:
    async def test(api):
        for id_, bot, language in (
            (1, "shop", Language("ru")),
            (2, "shop", Language("en")),
            (3, "other", Language("en")),
        ):
            await aio(remember, api.pool, bot, Somebody(id_, "C"), id_ + 100, language)
        assert await api.does("GET", "recipients") == {"by_language": {"ru": 1, "en": 1}, "without_news": 0}
        wish = {"why": "news", "text": "1 < 2 & <b>", "language": "ru", "key": "draft-1"}
        told = await api.does("POST", "broadcasts", wish)
        assert (await api.does("POST", "broadcasts", wish))["broadcast"] == told["broadcast"]
        (row,) = await api.sql("SELECT * FROM mailroom.broadcast")
        assert json.loads(row["message"]) == {
            "as": "notice",
            "text": "1 < 2 & <b>",
            "button": {"text": "🔕 Не присылать новости", "data": "news:0:1"},
        }
        assert [tuple(one) for one in await api.sql("SELECT chat_id FROM mailroom.broadcast_recipient")] == [
            (101,)
        ]
        number = told["broadcast"]
        assert (await api.does("POST", f"broadcasts/{number}/pause", {"why": "wait"}))["says"].endswith(
            "is paused."
        )
        assert (await api.ask("POST", f"broadcasts/{number}/pause", {"why": "wait"})).status == 409
        assert (
            await api.ask("POST", f"/ops/bots/other/broadcasts/{number}/cancel", {"why": "w"})
        ).status == 404
        assert (await api.ask("POST", f"broadcasts/{number}/burn", {"why": "w"})).status == 404
        for bad in (
            {"text": ""},
            {"text": "\x00"},
            {"text": "a", "language": "fr"},
            {"text": "a", "key": "a b"},
        ):
            assert (await api.ask("POST", "broadcasts", {"why": "w", **bad})).status == 400, bad
        assert (await api.does("GET", "broadcasts"))[0]["left"] == 1

    opened(test)


def test_a_store_that_does_not_answer_is_said_so(opened) -> None:
    async def test(api):
        await aio(api.connections.close)
        for method, path, body in (("GET", "products", None), ("POST", "orders/1/refund", {"why": "w"})):
            answer = await api.ask(method, path, body)
            assert (answer.status, int(answer.headers["Retry-After"]) > 0) == (503, True), path

    opened(test)


@pytest.fixture
def ask_shop(oncall):
    """Ask once, of a shop without a database."""

    def asked(method, path):
        return host.run(lambda: Api(None, oncall).ask(method, path))

    return asked


def test_a_problem_with_an_order_is_listed_answered_and_what_is_dead_replaced(opened, page_database) -> None:
    async def test(api):
        number = await aio(partial(sell_in, page_database, delivered=True))
        order = await aio(find_order, api.pool, number)
        room = shop_room(api.pool, options=Options(owners={1}))
        await aio(complain, room, named("complaint"), order, "The key is dead.")
        (waits,) = await api.does("GET", "complaints")
        assert (waits["order"], waits["name"], waits["text"]) == (number, "Anna", "The key is dead.")
        found = await api.does("GET", f"orders/{number}")
        (item,) = found["items"]
        assert "content" not in item
        assert found["complaint"]["messages"][0]["text"] == "The key is dead."
        path = f"orders/{number}/items/{item['id']}/replace"
        done = await api.does("POST", path, {"why": "does not work"})
        assert done["says"] == "✅ The Lighthouse Keeper: the customer has another one."
        assert await api.does("GET", "complaints") == []
        again = await api.ask("POST", path, {"why": "does not work"})
        assert again.status == 409
        assert "replaced already" in again.json["error"]
        said = await api.does("POST", f"orders/{number}/answer", {"why": "so", "text": "Here you are."})
        assert said["says"] == f"The customer of order {number} is told."
        assert [deed["action"] for deed in await api.log()] == ["replace", "answer"]
        for wrong in (
            "orders/999999/answer",
            f"orders/{2**64}/answer",
            f"orders/{number}/items/{2**64}/replace",
        ):
            assert (
                await api.ask("POST", wrong, {"why": "w", "text": "x"} if "answer" in wrong else {"why": "w"})
            ).status == 404

    opened(test)
