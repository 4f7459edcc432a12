"""Ordering in the chat and on the page is the same ordering: what one says, the other says too."""

import itertools
from dataclasses import replace

import pytest

from mailroom.actors.bots.shop.consultant.facts import Offer
from mailroom.actors.bots.shop.domain.product import Discount, Product
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.page import ordering
from mailroom.actors.bots.shop.page.asked import Ordered, Payment, Quoted
from mailroom.actors.bots.shop.page.paying import pay
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Proof, Visit
from mailroom.actors.providers.payments import ProviderRefusedError, ProviderUnavailableError
from mailroom.actors.providers.sums import Sums
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from tests.shop_tables import SCHEMA

_keys = itertools.count(1)


class Page:
    """The page of the shop, open before a customer of its chat."""

    def __init__(self, customer, payments, options, vault):
        self.customer = customer
        services = BotServices(
            database=None, payments=payments, models=None, vault=vault, http=Http(), allowance=Allowance(),
            cpu=Cpu(), public_url="https://shop.example", wake=customer.woken.append,
            options={"shop": options}, schemas={"shop": SCHEMA},
        )  # fmt: skip
        self.room = replace(services.of("shop"), database=customer.database)
        proof = Proof("telegram", f"tg:{customer.id}", customer.username)
        self.visit = Visit(bot="shop", interface="page", name="Ann", proofs=frozenset({proof}), language="en")

    def quote(self, slug="planer", quantity=1, promo_code=None):
        asked = Quoted(lines=((self._product(slug), quantity),), promo_code=promo_code)
        return self.customer.run(ordering.quote(self.room, self.visit, asked))

    def order(self, slug="planer", quote=None, **more):
        fingerprint = (quote or self.quote(slug))["fingerprint"]
        asked = Ordered(lines=((self._product(slug), 1),), quote=fingerprint, **more)
        visit = replace(self.visit, key=f"{next(_keys):016}")
        return self.customer.run(ordering.order(self.room, visit, asked))

    def pay(self, number, provider="yookassa"):
        return self.customer.run(pay(self.room, self.visit, Payment(number=number, provider=provider)))

    def refuses(self, what, *args, **more):
        """The word for why."""
        with pytest.raises(Problem) as refused:
            what(*args, **more)
        return refused.value.code

    def _product(self, slug):
        return self.customer.sql("SELECT id FROM shop.products WHERE slug = $1", slug)[0]["id"]


@pytest.fixture
def page(ann, payments, options, vault):
    return Page(ann, payments, options, vault)


def confirm(customer, slug="planer"):
    """The button below the summary of an order of one product."""
    customer.adds(slug)
    customer.reaches_summary()
    return next(data for data in customer.buttons().values() if data.startswith("ok:"))


def orders_in_the_chat(customer, slug="planer"):
    customer.presses_data(confirm(customer, slug))
    return customer.orders()[-1]["id"]


def buys_at_once(customer, slug="planer"):
    product = customer.sql("SELECT id FROM shop.products WHERE slug = $1", slug)[0]["id"]
    if not customer.telegram.messages:
        customer.writes("/start")
    customer.presses_data(f"card:{product}:0")
    customer.presses("Buy now")
    return customer.orders()[-1]["id"]


def has(customer, amount_minor):
    """The customer gets this on the balance; what is less than nothing is revoked."""
    [order] = customer.sql(
        "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor, currency,"
        " status) VALUES ($1, 'elsewhere', 1, 1, 'en', '', 1, 'RUB', 'canceled') RETURNING id",
        f"friend-{next(_keys)}",
    )
    customer.sql(
        "INSERT INTO shop.balance_entries (bot, user_id, kind, order_id, level, amount_minor, currency)"
        " VALUES ('shop', $1, $4, $2, 1, $3, 'RUB')",
        customer.id,
        order["id"],
        amount_minor,
        "bonus" if amount_minor > 0 else "revoked",
    )


def held_minutes(customer):
    rows = customer.sql("SELECT reserved_until - created_at AS held FROM shop.orders ORDER BY id")
    return [round(row["held"].total_seconds() / 60) for row in rows]


# Who can be paid, and how long an order waits for it


@pytest.mark.parametrize("options", [Options(payments=())], ids=["none of them"])
def test_where_the_owner_offers_nobody_each_way_says_so_and_holds_the_goods_for_days(ann, page, payments):
    for interface in (orders_in_the_chat, buys_at_once):
        interface(ann)
        assert "We will write to you about payment." in ann.sees
        assert not any("💳" in label for label in ann.buttons())
    ann.presses("Cancel the order")
    assert page.order()["providers"] == []
    assert set(held_minutes(ann)) == {3 * 24 * 60}
    assert not any(one.orders for one in payments.values())


def test_where_there_is_nobody_to_pay_each_way_holds_the_goods_for_days(ann, payments, options, vault):
    payments.clear()
    orders_in_the_chat(ann)
    Page(ann, payments, options, vault).order()
    assert held_minutes(ann) == [3 * 24 * 60] * 2


def test_who_is_not_offered_any_more_is_not_paid_by_an_old_button_either(ann, payments, vault):
    number = orders_in_the_chat(ann)
    button = next(data for label, data in ann.buttons().items() if "YooKassa" in label)
    ann.dispatcher.workflow_data["payments"] = {"aaio": payments["aaio"]}
    ann.presses_data(button)
    assert ann.popup == "This order cannot be paid that way."
    assert [label for label in ann.buttons() if "💳" in label] == ["💳 AAIO"]
    page = Page(ann, {"aaio": payments["aaio"]}, Options(), vault)
    assert page.refuses(page.pay, number) == "no_provider"
    assert payments["yookassa"].orders == []


def test_an_order_that_is_closed_is_closed_also_for_who_is_not_offered_any_more(ann, page):
    number = orders_in_the_chat(ann)
    ann.presses("Cancel the order")
    ann.presses_data(f"pay:{number}:nobody")
    assert ann.popup == "This order is no longer awaiting payment."
    assert page.refuses(page.pay, number, "nobody") == "order_closed"


def test_a_provider_that_refuses_is_not_said_to_be_away(ann, page, payments):
    async def refuse(order):
        raise ProviderRefusedError("no such shop")

    payments["yookassa"].create = refuse
    number = orders_in_the_chat(ann)
    ann.presses("YooKassa")
    assert ann.popup.startswith("YooKassa did not accept this payment.")
    assert page.refuses(page.pay, number) == "provider_refused"
    payments["aaio"].down = ProviderUnavailableError("it does not answer")
    ann.presses("AAIO")
    assert "right now" in ann.popup
    assert page.refuses(page.pay, number, "aaio") == "provider_away"


def test_what_a_button_offers_below_the_least_sum_can_be_bought_at_the_price_it_says(ann, page, payments):
    for one in payments.values():
        one.takes = Sums(100_000, 10**9)
    ann.sql(
        "INSERT INTO shop.discounts (title_ru, title_en, product_id, percent)"
        " SELECT 'Весна', 'Spring', id, 50 FROM shop.products WHERE slug = 'planer'"
    )
    number = buys_at_once(ann)
    [order] = ann.orders()
    assert (order["id"], order["total_minor"]) == (number, 100_000)
    assert page.order()["total_minor"] == 100_000


def test_what_the_consultant_offers_can_be_bought_at_the_price_it_says():
    half = Discount(1, "Spring", 1, 50, 500)
    product = Product(1, 1, "Glider", "", 1_000, "RUB", "planer", available=3, discounts=(half,))
    offer = Offer.of(product, 1, lambda _: 800)
    assert offer is not None
    assert offer.quote.total_minor == 800


# What was agreed to


def test_what_somebody_else_bought_first_is_sold_out_each_way(ann, page):
    button, quote = confirm(ann), page.quote()
    ann.sql(
        "DELETE FROM shop.stock_items WHERE product_id = (SELECT id FROM shop.products WHERE slug = 'planer')"
    )
    ann.presses_data(button)
    assert ann.popup == "We do not have that many. Take what is left, or remove some."
    assert page.refuses(page.order, quote=quote) == "sold_out"
    assert ann.orders() == []


def test_a_sum_that_was_not_seen_is_not_ordered_because_the_balance_has_changed(ann, page):
    ann.writes("/start")
    has(ann, 50_000)
    ann.adds("planer")
    ann.writes("/cart")
    ann.presses("Use ₽500 of my balance")
    ann.reaches_summary()
    button = next(data for data in ann.buttons().values() if data.startswith("ok:"))
    quote = page.quote()
    seen = {"use_balance": True, "to_pay_minor": quote["total_minor"] - quote["from_balance_minor"]}
    has(ann, -30_000)
    ann.presses_data(button)
    assert "To pay: ₽1,290" in ann.sees
    assert ann.popup == "The order has changed in the meantime. Please check it again."
    assert page.refuses(page.order, quote=quote, **seen) == "price_changed"
    assert ann.orders() == []
    ann.presses_data(next(data for data in ann.buttons().values() if data.startswith("ok:")))
    assert [(one["total_minor"], one["balance_minor"]) for one in ann.orders()] == [(149_000, 20_000)]


def test_a_balance_that_is_kept_after_the_summary_was_shown_is_not_spent_and_not_asked_for_unseen(ann):
    ann.writes("/start")
    has(ann, 50_000)
    ann.adds("planer")
    ann.writes("/cart")
    cart = ann.newest
    ann.presses("Use ₽500 of my balance")
    ann.reaches_summary()
    button = next(data for data in ann.buttons().values() if data.startswith("ok:"))
    ann.presses("Use ₽500 of my balance", message_id=cart)
    ann.presses_data(button)
    assert ann.orders() == []
    assert ann.popup == "The order has changed in the meantime. Please check it again."


def test_a_button_from_before_it_said_what_is_to_be_paid_still_orders(ann):
    ann.presses_data(confirm(ann).partition(".")[0])
    assert [one["total_minor"] for one in ann.orders()] == [149_000]


# Promo codes, and how to be reached


PROMO_CODES = {
    "FINE": ("works", "The promo code FINE is applied."),
    "WORSE": ("better_already", "You do not need the promo code WORSE"),
    "MORE": ("more_needed", "works if you buy 3 or more"),
    "OTHER": ("other_goods", "is valid, but for other goods"),
    "LATER": ("not_yet", "is not valid yet"),
    "OVER": ("over", "has expired"),
    "GONE": ("used_up", "has been used up"),
    "NOPE": ("unknown", "There is no promo code NOPE"),
}


@pytest.mark.parametrize("code", PROMO_CODES)
def test_each_way_says_the_same_of_a_promo_code(ann, page, code):
    says, words = PROMO_CODES[code]
    ann.sql(
        "INSERT INTO shop.discounts (title_ru, title_en, product_id, percent)"
        " SELECT 'Весна', 'Spring', id, 10 FROM shop.products WHERE slug = 'planer'"
    )
    if code != "NOPE":
        ann.sql(
            "INSERT INTO shop.discounts (title_ru, title_en, product_id, percent, promo_code, min_quantity,"
            " starts_at, ends_at, uses_max, uses) SELECT 'Код', 'Code', id, $1, $2, $3,"
            " now() + make_interval(hours => $4), CASE WHEN $5 THEN now() END, $6, $7"
            " FROM shop.products WHERE slug = $8",
            5 if code == "WORSE" else 50,
            code,
            3 if code == "MORE" else 1,
            2 if code == "LATER" else -2,
            code == "OVER",
            1 if code == "GONE" else None,
            1 if code == "GONE" else 0,
            "fonts" if code == "OTHER" else "planer",
        )
    assert page.quote(promo_code=code)["promo"] == {"says": says, "quantity": 3 if code == "MORE" else 1}
    ann.adds("planer")
    ann.writes("/cart")
    ann.presses("Enter a promo code")
    ann.writes(code)
    assert words in ann.sees


def test_a_telegram_name_that_is_no_contact_is_none_either_way(new_customer, payments, options, vault):
    odd = new_customer(username="42nd")
    buys_at_once(odd)
    Page(odd, payments, options, vault).order()
    assert [one["contact"] for one in odd.orders()] == ["", ""]
