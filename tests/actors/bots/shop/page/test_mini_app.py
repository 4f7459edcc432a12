"""The shop's page and its API: who is let in, what they see, and the way from the catalogue to the goods."""

import asyncio
import json
import re
import time
from dataclasses import replace
from urllib.parse import urljoin

import asyncpg
import trio

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import WAITING_ORDERS_MAX
from mailroom.actors.bots.shop.page import ORDERS, PAGE, browsing
from mailroom.actors.bots.shop.page.words import IN_LANGUAGES
from mailroom.actors.pages.ask import BODY_BYTES_MAX, Allow
from mailroom.actors.providers.payments import ProviderRefusedError, ProviderUnavailableError
from mailroom.actors.providers.sums import Sums
from mailroom.ingress.pages import allowances
from mailroom.ingress.pages.allowances import CALLS
from mailroom.ops.testing.asked.person import init_data
from mailroom.ops.testing.opened.payments import MemoryAccount
from tests.actors.bots.shop.page.shop_page import (  # noqa: F401 - fixtures
    ANN,
    TOKEN,
    page_database_fixture,
    signed_in,
    visit_fixture,
)

FILES = PAGE.files
KEY = "0123456789abcdef"
BOB = ANN + 1


def demo(user):
    return {"Authorization": f"demo {user}"}


async def ordered(shop, slug="svetlitsa", quantity=1, *, key=KEY, user=ANN, **more):
    """Put one product into a cart and order it at the price it has."""
    lines = [[await shop.product(slug), quantity]]
    promo = {"promo_code": more["promo_code"]} if "promo_code" in more else {}
    quote = await shop.ask("POST", "quote", {"lines": lines, **promo}, user=user)
    asked = {"key": key, "lines": lines, "quote": quote.json["fingerprint"], **more}
    return await shop.ask("POST", "orders", asked, user=user)


# Who is let in


def test_a_stranger_is_told_to_open_the_shop_in_telegram(visit) -> None:
    strangers = {
        "nothing": {},
        "no proof": {"Authorization": "tma"},
        "another scheme": {"Authorization": "Bearer x"},
        "the demo's word": {"Authorization": f"demo {ANN}"},
        "another bot's": signed_in(ANN, "43:another-bot"),
        "somebody else's": {"Authorization": signed_in(ANN)["Authorization"].replace(str(ANN), str(BOB))},
    }

    async def test(shop):
        for who, headers in strangers.items():
            for method, path in (
                ("GET", "start"),
                ("GET", "orders"),
                ("POST", "orders"),
                ("GET", "anything"),
            ):
                answer = await shop.ask(method, path, {} if method == "POST" else None, headers=headers)
                assert (answer.status, answer.json["code"]) == (401, "not_signed"), (who, path)
                assert "chat with the bot" in answer.json["what_to_do"]
                assert answer.headers["WWW-Authenticate"] == "tma"

    visit(test)


def test_a_page_that_was_open_for_long_is_told_to_come_back(visit) -> None:
    async def test(shop):
        headers = signed_in(ANN, at=time.time() - 3700)
        answer = await shop.ask("GET", "start", headers=headers, lang="ru")
        assert (answer.status, answer.json["code"]) == (401, "too_old")
        assert "корзина сохранится" in answer.json["what_to_do"]

    visit(test)


def test_in_the_demo_a_visitor_may_say_who_they_are_and_telegram_still_counts(visit) -> None:
    async def test(shop):
        start = await shop.ask("GET", "start", headers=demo(5001))
        assert start.json["visitor"] == {"id": 5001, "name": "", "demo": True}
        start = await shop.ask("GET", "start")
        assert start.json["visitor"] == {"id": ANN, "name": "Ann Smith", "demo": False}
        for wrong in ("0", "-1", "5e3", "x", "", "٥٠", str(2**53)):
            headers = {"Authorization": f"demo {wrong}".encode().decode("latin-1")}
            assert (await shop.ask("GET", "start", headers=headers)).status == 401, wrong

    visit(test, demo=True)


def test_each_shop_believes_its_own_bot_only(visit) -> None:
    async def test(shop):
        other = "43:another-shop"
        assert (await shop.ask("GET", "start", bot="shop")).status == 200
        assert (await shop.ask("GET", "start", bot="other")).status == 401
        assert (await shop.ask("GET", "start", bot="other", headers=signed_in(ANN, other))).status == 200
        assert (await shop.ask("GET", "start", bot="none")).json["code"] == "not_found"
        number = (await ordered_at(shop, "shop")).json["number"]
        elsewhere = await shop.ask("GET", f"orders/{number}", bot="other", headers=signed_in(ANN, other))
        assert (elsewhere.status, elsewhere.json["code"]) == (404, "no_order")

    async def ordered_at(shop, bot):
        lines = [[await shop.product("chess"), 1]]
        quote = await shop.ask("POST", "quote", {"lines": lines}, bot=bot)
        asked = {"key": KEY, "lines": lines, "quote": quote.json["fingerprint"]}
        return await shop.ask("POST", "orders", asked, bot=bot)

    options = {"shop": Options(), "other": Options()}
    visit(test, options=options, tokens={"shop": TOKEN, "other": "43:another-shop"})


# The catalogue


def test_the_catalogue_is_what_is_on_sale_in_either_language(visit) -> None:
    async def test(shop):
        await shop.sql("UPDATE shop.products SET active = false WHERE slug = 'chess'")
        english = (await shop.ask("GET", "start")).json["catalogue"]
        russian = (await shop.ask("GET", "catalogue", lang="ru")).json
        assert len(english["products"]) == len(russian["products"]) == 26
        assert english["digits"] == {"RUB": 2}
        hidden = await shop.product("chess")
        assert hidden not in {product["id"] for product in english["products"]}
        titles = [
            (one["title"], other["title"])
            for one, other in zip(english["products"], russian["products"], strict=True)
        ]
        assert any(one != other for one, other in titles)
        ids = {category["id"] for category in english["categories"]}
        assert {product["category_id"] for product in english["products"]} == ids
        by_id = {product["id"]: product for product in english["products"]}
        light = by_id[await shop.product("svetlitsa")]
        assert light["available"] == 40
        assert light["price_minor"] == light["list_price_minor"] * 80 // 100
        assert by_id[await shop.product("album")]["available"] == 0

    visit(test)


def test_who_does_not_know_a_promo_code_does_not_see_its_discount(visit) -> None:
    async def test(shop):
        answer = await shop.ask("GET", "start")
        assert b"WELCOME10" not in answer.body
        assert b"Welcome discount" not in answer.body

    visit(test)


def test_the_page_speaks_the_language_of_the_chat_until_another_is_chosen(visit) -> None:
    async def test(shop):
        async def language(lang=None, **headers):
            return (await shop.ask("GET", "start", lang=lang, headers=headers)).json["language"]

        assert await language(**signed_in(ANN)) == "en"
        assert await language(**signed_in(ANN, language="ru")) == "ru"
        await shop.sql(
            "INSERT INTO shop.customers (bot, user_id, chat_id, name, language)"
            " VALUES ('shop', $1, $1, 'Ann', 'ru')",
            ANN,
        )
        assert await language(**signed_in(ANN)) == "ru"
        assert await language("en", **signed_in(ANN)) == "en"
        assert await language("tlh", **signed_in(ANN)) == "ru"
        assert await language(**demo(9), **{"Accept-Language": "ru-RU,ru;q=0.9"}) == "ru"
        assert await language(**demo(9)) == "en"

    visit(test, demo=True)


# The cart


def test_a_quote_has_the_best_discounts_the_promo_code_and_the_balance(visit) -> None:
    async def test(shop):
        light, house = await shop.product("svetlitsa"), await shop.product("lighthouse")
        lines = [[light, 1], [house, 3]]
        plain = (await shop.ask("POST", "quote", {"lines": lines})).json
        assert [line["discount"] for line in plain["lines"]] == ["Photo week", "Three or more for less"]
        assert plain["total_minor"] == sum(line["total_minor"] for line in plain["lines"])
        assert (plain["missing"], plain["short"], plain["balance_minor"]) == ([], [], 0)
        useless, unknown = {"says": "better_already", "quantity": 1}, {"says": "unknown", "quantity": 1}
        for typed, says in ((" welcome10 ", useless), ("NOPE", unknown), ("?", None)):
            quote = (await shop.ask("POST", "quote", {"lines": lines, "promo_code": typed})).json
            assert quote["promo"] == says, typed
            assert quote["fingerprint"] == plain["fingerprint"]
        chess = await shop.product("chess")
        quote = (await shop.ask("POST", "quote", {"lines": [[chess, 1]], "promo_code": "welcome10"})).json
        assert (quote["promo_code"], quote["promo"]) == ("WELCOME10", {"says": "works", "quantity": 1})
        assert quote["total_minor"] < quote["list_total_minor"]

    visit(test)


def test_what_cannot_be_had_is_named(visit) -> None:
    async def test(shop):
        orbit, album = await shop.product("orbit"), await shop.product("album")
        quote = (await shop.ask("POST", "quote", {"lines": [[orbit, 5], [album, 1], [2**31 - 1, 1]]})).json
        assert quote["short"] == [[orbit, 2], [album, 0]]
        assert quote["missing"] == [2**31 - 1]
        nothing = (await shop.ask("POST", "quote", {"lines": []})).json
        assert (nothing["lines"], nothing["currency"], nothing["fingerprint"]) == ([], None, None)

    visit(test)


def test_a_malformed_cart_is_refused_with_the_fields_that_are_wrong(visit) -> None:
    bodies = (
        "", "null", "[]", "{}", '{"lines":[[1]]}', '{"lines":[["1",1]]}', '{"lines":[[1,0]]}',
        '{"lines":[[1,11]]}', '{"lines":[[0,1]]}', '{"lines":[[2147483648,1]]}', '{"lines":[[1,1],[1,2]]}',
        '{"lines":[[1,1.5]]}', '{"lines":[[1,true]]}', '{"lines":[],"price":1}', '{"lines":[]', "\xff",
        json.dumps({"lines": [[n, 1] for n in range(1, 12)]}),
        json.dumps({"lines": [], "promo_code": "X" * 65}),
    )  # fmt: skip

    async def test(shop):
        for body in bodies:
            answer = await shop.ask("POST", "quote", data=body)
            assert (answer.status, answer.json["code"]) == (400, "malformed"), body
            assert answer.json["fields"]
            assert answer.json["what_to_do"] == IN_LANGUAGES["en"]["malformed"].what_to_do

    visit(test)


def test_a_body_that_is_too_large_is_not_read(visit) -> None:
    async def test(shop):
        answer = await shop.ask("POST", "quote", data=" " * (BODY_BYTES_MAX + 1))
        assert (answer.status, answer.json["code"]) == (413, "too_large")

    visit(test)


# Ordering


def test_from_the_catalogue_to_the_goods(visit) -> None:
    gateway = MemoryAccount("yookassa", test=True)

    async def test(shop):
        placed = await ordered(shop, quantity=2, contact="ann@example.com")
        order = placed.json
        number = order["number"]
        assert placed.status == 200
        assert (order["status"], order["contact"], order["goods"]) == (
            "awaiting_payment",
            "ann@example.com",
            None,
        )
        assert 14 * 60 < order["seconds_left"] <= 15 * 60
        assert shop.woken == ["shop.delivery"]
        row = (await shop.sql("SELECT * FROM shop.orders"))[0]
        assert (row["effect_id"], row["chat_id"], row["language"]) == (f"app:shop:{ANN}:{KEY}", ANN, "en")
        assert row["reserved_until"] is not None

        link = await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        url = f"https://pay.example/yookassa/{gateway.orders[0].reference}"
        assert link.json == {"provider": "yookassa", "url": url}
        assert gateway.orders[0].money.amount_minor == order["to_pay_minor"] == order["total_minor"]
        assert gateway.orders[0].return_url.startswith("https://shop.example/app/shop/?")
        again = await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        assert again.json == link.json

        assert await shop.pays(number) == "paid"
        paid = await shop.ask("GET", f"orders/{number}")
        assert (paid.json["status"], paid.json["goods"], paid.json["seconds_left"]) == ("paid", None, None)
        await shop.delivers(number)
        delivered = (await shop.ask("GET", f"orders/{number}")).json
        assert delivered["status"] == "delivered"
        assert [one["text"] for one in delivered["goods"]] == ["DEMO-SVETLITSA-0001", "DEMO-SVETLITSA-0002"]
        mine = (await shop.ask("GET", "orders")).json
        assert [(one["number"], one["status"], one["items"]) for one in mine] == [(number, "delivered", 2)]
        start = (await shop.ask("GET", "start")).json
        assert (start["contact"], start["providers"]) == (
            "ann@example.com",
            [{"name": "yookassa", "title": "YooKassa", "test": True}],
        )

    visit(test, gateways=[gateway])


def test_an_order_that_is_sent_twice_is_one_order(visit) -> None:
    async def test(shop):
        first = await ordered(shop)
        await shop.sql("UPDATE shop.products SET price_minor = price_minor + 100")
        second = await ordered(shop)
        assert first.json["number"] == second.json["number"]
        assert len(await shop.sql("SELECT FROM shop.orders")) == 1
        other = await ordered(shop, key="f" * 16)
        bobs = await ordered(shop, user=BOB)
        assert len({first.json["number"], other.json["number"], bobs.json["number"]}) == 3

    visit(test)


def test_after_a_restore_the_shop_is_shown_and_nothing_is_sold_until_on_call_says_go(visit) -> None:
    async def test(shop):
        lines = [[await shop.product("orbit"), 1]]
        quote = (await shop.ask("POST", "quote", {"lines": lines})).json
        asked = {"key": KEY, "lines": lines, "quote": quote["fingerprint"]}
        for path, body in [
            ("orders", asked),
            ("orders/1/pay", {"provider": "stub"}),
            ("orders/1/cancel", {}),
        ]:
            answer = await shop.ask("POST", path, body)
            assert (answer.status, answer.json["code"]) == (503, "unavailable"), path
        assert not await shop.sql("SELECT FROM shop.orders")

    visit(test, held=lambda: True)


def test_both_of_two_at_the_same_moment_get_the_same_order(visit) -> None:
    async def test(shop):
        lines = [[await shop.product("orbit"), 2]]
        quote = await shop.ask("POST", "quote", {"lines": lines})
        asked = {"key": KEY, "lines": lines, "quote": quote.json["fingerprint"]}
        numbers = set()

        async def one():
            numbers.add((await shop.ask("POST", "orders", asked)).json["number"])

        async with trio.open_nursery() as nursery:
            for _ in range(4):
                nursery.start_soon(one)
        assert len(numbers) == 1

    visit(test)


def test_a_price_that_has_changed_is_shown_before_anything_is_ordered(visit) -> None:
    async def test(shop):
        product = await shop.product("chess")
        quote = (await shop.ask("POST", "quote", {"lines": [[product, 1]]})).json
        await shop.sql("UPDATE shop.products SET price_minor = price_minor + 5000 WHERE id = $1", product)
        asked = {"key": KEY, "lines": [[product, 1]], "quote": quote["fingerprint"]}
        answer = await shop.ask("POST", "orders", asked)
        assert (answer.status, answer.json["code"]) == (409, "price_changed")
        assert answer.json["quote"]["total_minor"] == quote["total_minor"] + 5000
        assert not await shop.sql("SELECT FROM shop.orders")
        agreed = await shop.ask("POST", "orders", asked | {"quote": answer.json["quote"]["fingerprint"]})
        assert agreed.status == 200

    visit(test)


def test_what_somebody_else_bought_first_is_sold_out_and_said_so(visit) -> None:
    async def test(shop):
        orbit = await shop.product("orbit")
        quote = (await shop.ask("POST", "quote", {"lines": [[orbit, 2]]})).json
        assert (await ordered(shop, "orbit", 1, user=BOB)).status == 200
        asked = {"key": KEY, "lines": [[orbit, 2]], "quote": quote["fingerprint"]}
        answer = await shop.ask("POST", "orders", asked, lang="ru")
        assert (answer.status, answer.json["code"]) == (409, "sold_out")
        assert answer.json["quote"]["short"] == [[orbit, 1]]
        assert "Кто-то успел раньше" in answer.json["error"]

    visit(test)


def test_a_product_that_is_gone_is_not_ordered(visit) -> None:
    async def test(shop):
        lines = [[await shop.product("chess"), 1], [2**31 - 1, 1]]
        quote = (await shop.ask("POST", "quote", {"lines": lines})).json
        answer = await shop.ask("POST", "orders", {"key": KEY, "lines": lines, "quote": quote["fingerprint"]})
        assert (answer.status, answer.json["quote"]["missing"]) == (409, [2**31 - 1])

    visit(test)


def test_the_balance_pays_a_part_and_then_the_whole(visit) -> None:
    async def test(shop):
        first = (await ordered(shop, "chess")).json
        total = first["total_minor"]
        for user, amount in ((ANN, total // 2), (BOB, total * 2)):
            if user == BOB:
                await ordered(shop, "puzzles", user=BOB)
            await shop.sql(
                "INSERT INTO shop.balance_entries"
                " (bot, user_id, kind, order_id, level, amount_minor, currency)"
                " VALUES ('shop', $1, 'bonus', $2, 1, $3, 'RUB')",
                user, first["number"], amount,
            )  # fmt: skip
        lines = [[await shop.product("chess"), 1]]
        quote = (await shop.ask("POST", "quote", {"lines": lines})).json
        assert quote["balance_minor"] == total // 2
        assert (await shop.ask("GET", "start")).json["balances"] == {"RUB": total // 2}
        part = (await ordered(shop, "chess", key="a" * 16, use_balance=True)).json
        assert (part["balance_minor"], part["to_pay_minor"]) == (total // 2, total - total // 2)
        without = (await ordered(shop, "chess", key="b" * 16)).json
        assert without["balance_minor"] == 0
        whole = (await ordered(shop, "chess", key="c" * 16, use_balance=True, user=BOB)).json
        assert (whole["status"], whole["to_pay_minor"]) == ("paid", 0)
        pay = await shop.ask("POST", f"orders/{whole['number']}/pay", {"provider": "yookassa"}, user=BOB)
        assert (pay.status, pay.json["order"]["status"]) == (409, "paid")

    visit(test)


def test_a_contact_is_checked_kept_and_not_asked_for_twice(visit) -> None:
    async def test(shop):
        wrong = await ordered(shop, contact="call me")
        assert (wrong.status, wrong.json["code"]) == (400, "bad_contact")
        assert (await ordered(shop)).json["contact"] == "@ann_smith"
        assert (await ordered(shop, key="a" * 16, contact="+7 (912) 345-67-89")).json[
            "contact"
        ] == "+79123456789"
        assert (await ordered(shop, key="b" * 16)).json["contact"] == "+79123456789"
        kept = await shop.sql("SELECT contact, name, chat_id FROM shop.customers")
        assert [tuple(row) for row in kept] == [("+79123456789", "Ann Smith", ANN)]

    visit(test)


def test_a_promo_code_is_used_up_by_orders_only_and_comes_back_with_a_cancellation(visit) -> None:
    async def test(shop):
        order = (await ordered(shop, "chess", promo_code="welcome10")).json
        assert order["promo_code"] == "WELCOME10"
        uses = "SELECT uses FROM shop.discounts WHERE promo_code = 'WELCOME10'"
        assert (await shop.sql(uses))[0]["uses"] == 1
        canceled = await shop.ask("POST", f"orders/{order['number']}/cancel")
        assert canceled.json["status"] == "canceled"
        assert (await shop.sql(uses))[0]["uses"] == 0

    visit(test)


def test_a_friends_link_into_the_page_is_remembered(visit) -> None:
    async def test(shop):
        await ordered(shop, user=BOB)
        link = f"ref{_base36(BOB)}"
        await shop.ask("GET", "start", headers=signed_in(ANN, start_param=link))
        rows = await shop.sql("SELECT referrer_id FROM shop.customers WHERE user_id = $1", ANN)
        assert rows[0]["referrer_id"] == BOB
        await shop.ask("GET", "start", headers=signed_in(ANN + 5))
        assert len(await shop.sql("SELECT FROM shop.customers")) == 2

    visit(test)


def _base36(number):
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


# Orders


def test_nobody_sees_pays_or_cancels_the_order_of_somebody_else(visit) -> None:
    async def test(shop):
        number = (await ordered(shop)).json["number"]
        for method, path, body in (
            ("GET", f"orders/{number}", None),
            ("POST", f"orders/{number}/pay", {"provider": "yookassa"}),
            ("POST", f"orders/{number}/cancel", None),
            ("GET", f"orders/{number}/goods/0", None),
            ("GET", "orders/999", None),
            ("GET", f"orders/{2**63}", None),
        ):
            answer = await shop.ask(method, path, body, user=BOB)
            assert (answer.status, answer.json["code"]) == (404, "no_order"), path
        assert (await shop.ask("GET", "orders", user=BOB)).json == []
        assert (await shop.ask("GET", f"orders/{number}")).json["status"] == "awaiting_payment"

    visit(test)


def test_a_canceled_order_gives_its_goods_back_and_can_be_canceled_again(visit) -> None:
    async def test(shop):
        number = (await ordered(shop, "orbit", 2)).json["number"]
        for _ in range(2):
            answer = await shop.ask("POST", f"orders/{number}/cancel")
            assert (answer.status, answer.json["status"]) == (200, "canceled")
        assert (await ordered(shop, "orbit", 2, user=BOB)).status == 200
        closed = await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        assert (closed.status, closed.json["code"], closed.json["order"]["status"]) == (
            409,
            "order_closed",
            "canceled",
        )

    visit(test)


def test_a_paid_order_cannot_be_canceled(visit) -> None:
    async def test(shop):
        number = (await ordered(shop)).json["number"]
        await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        await shop.pays(number)
        answer = await shop.ask("POST", f"orders/{number}/cancel")
        assert (answer.status, answer.json["order"]["status"]) == (409, "paid")

    visit(test)


def test_an_order_whose_time_has_run_out_has_no_time_left_and_no_link(visit) -> None:
    async def test(shop):
        number = (await ordered(shop)).json["number"]
        await shop.sql("UPDATE shop.orders SET reserved_until = now() - interval '1 second'")
        assert (await shop.ask("GET", f"orders/{number}")).json["seconds_left"] == 0
        answer = await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        assert (answer.status, answer.json["code"]) == (409, "order_closed")

    visit(test)


def test_files_are_downloads_and_links_are_shown(visit) -> None:
    async def test(shop):
        lines = [[await shop.product("presets-city"), 1], [await shop.product("puzzles"), 1]]
        quote = (await shop.ask("POST", "quote", {"lines": lines})).json
        order = await shop.ask("POST", "orders", {"key": KEY, "lines": lines, "quote": quote["fingerprint"]})
        number = order.json["number"]
        await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        await shop.pays(number)
        early = await shop.ask("GET", f"orders/{number}/goods/0")
        assert (early.status, early.json["code"]) == (404, "not_found")
        await shop.delivers(number)
        file, link = (await shop.ask("GET", f"orders/{number}")).json["goods"]
        assert (file["kind"], file["file_name"]) == ("file", "DEMO-PRESETS-CITY-0001.txt")
        assert "text" not in file
        assert link["text"].startswith("https://example.com/demo/puzzles/")
        answer = await shop.ask("GET", f"orders/{number}/goods/0")
        assert answer.body.startswith(b"DEMO-PRESETS-CITY-0001")
        assert (
            answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''DEMO-PRESETS-CITY-0001.txt"
        )
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Security-Policy"] == "sandbox"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        for place in (1, 2):
            assert (await shop.ask("GET", f"orders/{number}/goods/{place}")).status == 404

    visit(test)


def test_goods_that_cannot_be_read_do_not_hide_the_order(visit) -> None:
    async def test(shop):
        number = (await ordered(shop)).json["number"]
        await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        await shop.pays(number)
        await shop.delivers(number)
        await shop.sql("UPDATE shop.stock_items SET content = 'torn' WHERE sold_at IS NOT NULL")
        order = (await shop.ask("GET", f"orders/{number}")).json
        assert (order["status"], order["goods"]) == ("delivered", None)

    visit(test)


# Paying


def test_a_shop_offers_its_own_providers_in_its_own_order(visit) -> None:
    async def test(shop):
        names = [one["name"] for one in (await shop.ask("GET", "start")).json["providers"]]
        assert names == ["stripe", "aaio"]
        number = (await ordered(shop)).json["number"]
        for name in ("yookassa", "nobody"):
            answer = await shop.ask("POST", f"orders/{number}/pay", {"provider": name})
            assert (answer.status, answer.json["code"]) == (404, "no_provider")
        assert (await shop.ask("POST", f"orders/{number}/pay", {"provider": "aaio"})).status == 200

    gateways = [
        MemoryAccount("yookassa", test=True),
        MemoryAccount("aaio", test=True),
        MemoryAccount("stripe", test=True),
    ]
    visit(test, gateways=gateways, options={"shop": Options(payments=("stripe", "aaio"))})


def test_what_no_store_can_hold_is_refused_or_shown_and_never_an_error_of_ours(visit) -> None:
    async def test(shop):
        order = {"lines": [[await shop.product("chess"), 1]], "quote": "q", "key": "k" * 16}
        for path, body in (
            ("quote", b'{"lines": [], "promo_code": "A\\u0000"}'),
            ("quote", b'{"lines": [], "promo_code": "\\ud800"}'),
            ("quote", b'{"lines": [[' + b"9" * 5_000 + b", 1]]}"),
            ("quote", b"[" * 8_000),
            ("quote", b'{"\\ud800": 1, "lines": []}'),
            ("orders", json.dumps({**order, "contact": "a\0@example.com"}).encode()),
            ("orders", json.dumps({**order, "contact": "\ud83d"}).encode()),
            ("orders/1001/pay", b'{"provider": "\\u0000"}'),
        ):
            assert (await shop.ask("POST", path, data=body)).status == 400, body[:60]
        for path in ("orders/" + "9" * 5_000, f"orders/{2**70}"):
            assert (await shop.ask("GET", path)).status == 404
        for query in ({"bot": "\0"}, {"lang": "a\0"}):
            assert (await shop.ask("GET", "start", **query)).status == 400

    visit(test)


def test_a_visitor_whose_name_was_cut_within_an_emoji_can_buy(visit) -> None:
    async def test(shop):
        person = {"id": ANN, "first_name": "Ann \ud83d", "last_name": "\0", "username": "a\ud800"}
        as_ann = {"Authorization": f"tma {init_data(person, TOKEN, start_param='ref' + chr(0))}"}
        started = await shop.ask("GET", "start", headers=as_ann)
        assert (started.status, started.json["visitor"]["name"]) == (200, "Ann \ufffd \ufffd")
        lines = [[await shop.product("chess"), 1]]
        quote = await shop.ask("POST", "quote", {"lines": lines}, headers=as_ann)
        asked = {"key": KEY, "lines": lines, "quote": quote.json["fingerprint"]}
        assert (await shop.ask("POST", "orders", asked, headers=as_ann)).status == 200
        rows = await shop.sql("SELECT name FROM shop.customers WHERE user_id = $1", ANN)
        assert [row["name"] for row in rows] == ["Ann \ufffd \ufffd"]

    visit(test)


def test_the_page_offers_only_who_takes_the_sum_that_the_balance_leaves(visit) -> None:
    small, large = MemoryAccount("yookassa", test=True), MemoryAccount("aaio", test=True)

    async def test(shop):
        first = (await ordered(shop, "chess")).json
        assert first["providers"] == ["yookassa", "aaio"]
        total = first["total_minor"]
        small.takes, large.takes = Sums(100, total), Sums(total // 2, 10**9)
        await shop.sql(
            "INSERT INTO shop.balance_entries"
            " (bot, user_id, kind, order_id, level, amount_minor, currency)"
            " VALUES ('shop', $1, 'bonus', $2, 1, $3, 'RUB')",
            ANN, first["number"], total - 50,
        )  # fmt: skip
        lines = [[await shop.product("chess"), 1]]
        quote = (await shop.ask("POST", "quote", {"lines": lines})).json
        assert (quote["balance_minor"], quote["from_balance_minor"]) == (total - 50, total - 100)
        part = (await ordered(shop, "chess", key="a" * 16, use_balance=True)).json
        assert (part["to_pay_minor"], part["providers"]) == (100, ["yookassa"])
        answer = await shop.ask("POST", f"orders/{part['number']}/pay", {"provider": "aaio"})
        assert (answer.status, answer.json["code"]) == (404, "no_provider")

    visit(test, gateways=[small, large])


def test_a_provider_that_is_away_is_tried_later_and_one_that_refuses_is_not(visit) -> None:
    gateway = MemoryAccount("yookassa", test=True)

    async def test(shop):
        number = (await ordered(shop)).json["number"]
        gateway.down = ProviderUnavailableError("it sleeps", retry_after=7)
        away = await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        assert (away.status, away.json["code"], away.headers["Retry-After"]) == (503, "provider_away", "8")
        gateway.down = ProviderRefusedError("secret words of the provider")
        refused = await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        assert (refused.status, refused.json["code"]) == (503, "provider_refused")
        assert b"secret words" not in refused.body
        gateway.down = None
        assert (await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})).status == 200

    visit(test, gateways=[gateway])


# Limits and faults


def test_nobody_asks_too_often_and_nobody_waits_for_somebody_else(visit, monkeypatch) -> None:
    monkeypatch.setattr(allowances, "CALLS", Allow("calls", CALLS.most, 60_000.0))

    async def test(shop):
        for _ in range(CALLS.most):
            assert (await shop.ask("GET", "orders")).status == 200
        answer = await shop.ask("GET", "orders")
        assert (answer.status, answer.json["code"]) == (429, "too_often")
        assert int(answer.headers["Retry-After"]) > 0
        assert (await shop.ask("GET", "orders", user=BOB)).status == 200

    visit(test)


def test_nobody_holds_the_stock_with_orders_they_do_not_pay(visit) -> None:
    async def test(shop):
        answers = [await ordered(shop, "chess", 10, key=f"{number:016}") for number in range(ORDERS.most)]
        assert [one.json.get("code") for one in answers[WAITING_ORDERS_MAX:]] == ["too_many_waiting"] * (
            ORDERS.most - WAITING_ORDERS_MAX
        )
        assert {one.status for one in answers[:WAITING_ORDERS_MAX]} == {200}
        answer = await ordered(shop, "chess", key="x" * 16)
        assert (answer.status, answer.json["code"]) == (429, "too_many_orders")
        assert (await shop.ask("GET", "orders")).status == 200

    visit(test)


def test_without_its_database_the_shop_says_so_and_when_to_come_back(visit, monkeypatch) -> None:
    async def test(shop):
        async def gone(*args, **options):
            raise asyncpg.CannotConnectNowError("the database system is starting up")

        monkeypatch.setattr(browsing, "find_customer", gone)
        answer = await shop.ask("GET", "start")
        assert (answer.status, answer.json["code"]) == (503, "unavailable")
        assert answer.headers["Retry-After"] == "3"

    visit(test)


def test_a_call_that_hangs_ends(visit, monkeypatch) -> None:
    quick = [replace(ask, seconds=0.05) for ask in PAGE.asks]

    async def test(shop):
        async def hangs(*args, **options):
            await asyncio.Event().wait()

        monkeypatch.setattr(browsing, "list_categories", hangs)
        assert (await shop.ask("GET", "catalogue")).json["code"] == "unavailable"

    visit(test, page=replace(PAGE, asks=quick))


def test_an_error_of_ours_is_json_too_and_keeps_its_words_to_itself(visit, monkeypatch, capfd) -> None:
    async def test(shop):
        async def broken(*args, **options):
            raise RuntimeError("private words")

        monkeypatch.setattr(browsing, "list_categories", broken)
        answer = await shop.ask("GET", "catalogue")
        assert (answer.status, answer.json["code"]) == (500, "broken")
        assert b"private" not in answer.body

    visit(test)
    written = capfd.readouterr()
    assert "private words" in written.out + written.err


def test_what_is_not_there_is_said_in_json(visit) -> None:
    async def test(shop):
        for method, path in (
            ("GET", "nothing"),
            ("DELETE", "orders"),
            ("PUT", "orders/1"),
            ("GET", "orders/x"),
        ):
            answer = await shop.ask(method, path)
            assert (answer.status, answer.json["code"]) == (404, "not_found"), path

    visit(test)


def test_init_data_is_in_no_log_line(visit, monkeypatch, capfd) -> None:
    headers = signed_in(ANN)

    async def test(shop):
        await ordered(shop)
        monkeypatch.setattr(browsing, "list_categories", None)
        assert (await shop.ask("GET", "start", headers=headers)).status == 500

    visit(test)
    written = capfd.readouterr()
    assert "ask_broken" in written.out + written.err
    assert headers["Authorization"][-64:] not in written.out + written.err


# The page


def test_the_page_loads_nothing_from_elsewhere_but_telegrams_script_and_that_in_telegram_only(visit) -> None:
    async def test(shop):
        for path, telegram in (
            ("/app/shop/", False),
            ("/app/shop/?telegram=1", True),
            ("/app/shop/main.js", False),
        ):
            headers = (await shop.client.get(path)).headers
            policy = headers["Content-Security-Policy"]
            assert ("https://telegram.org" in policy.partition("script-src")[2].partition(";")[0]) is telegram
            assert "default-src 'self'" in policy
            assert "unsafe" not in policy
            assert "https://web.telegram.org" in policy.partition("frame-ancestors")[2]
            assert headers["X-Content-Type-Options"] == "nosniff"
            # With it, a window of the console that this page opens would be in its hands.
            assert "Cross-Origin-Opener-Policy" not in headers
            assert "X-Frame-Options" not in headers
        assert (await shop.client.get("/app/shop/")).headers["Cache-Control"] == "no-cache"
        assert (await shop.ask("GET", "orders")).headers["Cache-Control"] == "no-store"

    visit(test)


def test_the_page_learns_its_shop_and_whether_it_is_a_demo(visit) -> None:
    async def real(shop):
        me = await shop.ask("GET", "_me", headers={})
        assert (me.json["bot"], me.json["demo"], me.json["chat_url"]) == ("shop", False, None)
        assert (me.json["enter"], me.json["languages"]) == (["telegram"], ["ru", "en"])
        assert TOKEN.encode() not in me.body
        assert TOKEN not in await (await shop.client.get("/app/shop/")).get_data(as_text=True)
        wrong = await shop.client.get("/app/shop%22%3E%3Cscript%3E/", headers={"Accept": "text/html"})
        assert wrong.status_code == 404
        assert "<script" not in await wrong.get_data(as_text=True)

    async def in_demo(shop):
        me = (await shop.ask("GET", "_me", headers={})).json
        assert (me["demo"], me["chat_url"]) == (True, "https://t.me/shop_bot")

    visit(real)
    visit(in_demo, demo=True, chat_url="https://t.me/shop_bot")


NAMED = re.compile(r'(?:src|href)="([^"#:]+)"|(?:from|import) "(\./[^"]+)"')


def test_every_module_and_style_the_page_names_is_there_and_all_modules_are_loaded_at_once(visit) -> None:
    async def test(shop):
        seen, wanted = {}, {""}
        while wanted:
            name = wanted.pop()
            answer = await shop.client.get(f"/app/shop/{name}")
            assert answer.status_code == 200, name
            seen[name] = NAMED.findall(await answer.get_data(as_text=True))
            wanted |= {urljoin(name, linked or imported) for linked, imported in seen[name]} - seen.keys()
        assert {path.name for path in FILES.glob("*.js")} <= seen.keys()
        assert "kit/api.js" in seen, "the kit is what all pages are made with"
        at_once = {linked for linked, _ in seen[""]}
        assert {name for name in seen if name.endswith(".js")} <= at_once

    visit(test)


def test_a_button_of_before_still_leads_to_the_shop_and_what_its_page_sends_is_one_order(visit) -> None:
    async def test(shop):
        button = await shop.client.get("/app/shop?bot=second&order=7")
        assert (button.status_code, button.headers["Location"]) == (308, "/app/second/?order=7")
        lines = [[await shop.product("orbit"), 1]]

        async def sends(path, body):
            """As the page does that was loaded before."""
            return await shop.client.post(
                f"/app/shop/api/{path}?bot=second&lang=en",
                json=body,
                headers=signed_in(ANN),
                follow_redirects=True,
            )

        quote = await (await sends("quote", {"lines": lines})).get_json()
        asked = {"key": KEY, "lines": lines, "quote": quote["fingerprint"]}
        first = await (await sends("orders", asked)).get_json()
        again = await shop.ask("POST", "orders", asked, bot="second")
        assert first["number"] == again.json["number"]
        row = (await shop.sql("SELECT bot, effect_id FROM shop.orders"))[0]
        assert tuple(row) == ("second", f"app:second:{ANN}:{KEY}")

    visit(test, options={"second": Options()}, tokens={"second": TOKEN})


def test_a_problem_with_an_order_is_told_once_and_its_answer_is_on_the_page(visit) -> None:
    async def test(shop):
        number = (await ordered(shop)).json["number"]
        told = {"key": KEY, "text": "The key is <dead>."}
        early = await shop.ask("POST", f"orders/{number}/complaint", told)
        assert (early.status, early.json["code"]) == (409, "no_complaint")
        await shop.ask("POST", f"orders/{number}/pay", {"provider": "yookassa"})
        assert await shop.pays(number) == "paid"
        await shop.delivers(number)
        assert (await shop.ask("GET", f"orders/{number}")).json["complaint"] == {
            "open": False,
            "messages": [],
        }
        for _ in range(2):
            sent = await shop.ask("POST", f"orders/{number}/complaint", told)
            assert sent.status == 200
        assert sent.json["complaint"]["open"]
        assert [one["text"] for one in sent.json["complaint"]["messages"]] == ["The key is <dead>."]
        other = await shop.ask("POST", f"orders/{number}/complaint", told, user=BOB)
        assert other.status == 404
        for wrong in (
            {"key": "short", "text": "x"},
            {"key": KEY},
            {"key": KEY, "text": "x" * 1001},
            {"key": KEY, "text": " "},
        ):
            assert (await shop.ask("POST", f"orders/{number}/complaint", wrong)).status == 400
        assert len(await shop.sql("SELECT 1 FROM shop.complaint_messages")) == 1

    visit(test, gateways=[MemoryAccount("yookassa", test=True)])
