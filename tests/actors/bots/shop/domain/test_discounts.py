"""Prices: pure rules, and the view that computes the same."""

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.catalog import find_product
from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX, Cart
from mailroom.actors.bots.shop.domain.discounts import best_price, discounted, parse_promo_code
from mailroom.actors.bots.shop.domain.product import Discount, Product
from mailroom.actors.bots.shop.domain.quote import price
from mailroom.actors.bots.shop.promo_refusal import why_refused
from mailroom.actors.texts.language import Language

CODES = st.sampled_from([None, "SPRING", "FRIEND"])
PRICES = st.integers(1, 10**12)


@st.composite
def products(draw):
    list_price = draw(PRICES)
    terms = draw(st.lists(st.tuples(st.integers(1, 12), st.integers(1, 90), CODES), max_size=6))
    discounts = tuple(
        Discount(number, f"d{number}", min_quantity, percent, discounted(list_price, percent), code)
        for number, (min_quantity, percent, code) in enumerate(terms)
    )
    currency = draw(st.sampled_from(["RUB", "USD"]))
    return Product(
        draw(st.integers(1, 9)), 1, "x", "", list_price, currency, "x", draw(st.integers(0, 20)), discounts
    )


@given(products(), st.integers(1, 12), CODES)
def test_the_price_is_that_of_the_best_discount_that_fits_and_never_of_two(product, quantity, code):
    unit, discount = product.unit_price(quantity, code)
    fitting = [
        one.price_minor
        for one in product.discounts
        if one.min_quantity <= quantity and (one.promo_code is None or one.promo_code == code)
    ]
    assert unit == min([product.price_minor, *fitting])
    assert 1 <= unit <= product.price_minor
    assert (discount is None) == (unit == product.price_minor)
    if discount:
        assert discount.price_minor == unit
        assert discount.min_quantity <= quantity


@given(products(), st.integers(1, 12), CODES)
def test_more_or_a_code_never_cost_more_for_one(product, quantity, code):
    unit, _ = best_price(product, quantity, code)
    assert best_price(product, quantity + 1, code)[0] <= unit
    assert unit <= best_price(product, quantity, None)[0]


@given(PRICES, st.integers(1, 90))
def test_a_discount_is_never_more_than_it_says_and_never_a_gift(price_minor, percent):
    unit = discounted(price_minor, percent)
    assert unit >= 1
    assert unit * 100 >= price_minor * (100 - percent)
    assert unit == 1 or (unit - 1) * 100 < price_minor * (100 - percent)


@given(st.lists(products(), max_size=9, unique_by=lambda one: one.id), st.data(), CODES)
def test_a_quote_has_one_currency_and_adds_up(goods, data, code):
    ids = data.draw(st.lists(st.integers(1, 9), max_size=LINES_MAX, unique=True))
    cart = Cart(tuple((id_, data.draw(st.integers(1, QUANTITY_MAX))) for id_ in ids))
    quote = price(cart, goods, code)
    assert len({line.product.currency for line in quote.lines}) <= 1
    assert sorted([line.product.id for line in quote.lines] + list(quote.missing)) == sorted(ids)
    assert quote.total_minor == sum(line.price_minor * line.quantity for line in quote.lines)
    assert quote.total_minor <= quote.list_total_minor
    assert dict(quote.short) == {
        line.product.id: line.product.available
        for line in quote.lines
        if line.product.available < line.quantity
    }
    used = {line.discount.promo_code for line in quote.lines if line.discount} - {None}
    assert quote.used_promo_code == (code if used else None)


def test_of_equal_discounts_the_one_without_a_code_wins():
    both = (Discount(1, "code", 1, 10, 90, "SPRING"), Discount(2, "all", 1, 10, 90, None))
    product = Product(1, 1, "x", "", 100, "RUB", "x", 1, both)
    assert product.unit_price(1, "SPRING") == (90, both[1])


def test_the_fingerprint_of_a_quote_changes_with_a_discount_and_not_with_the_stock():
    def quote(available, *discounts):
        product = Product(1, 1, "x", "", 100, "RUB", "x", available, discounts)
        return price(Cart(((1, 2),)), [product]).fingerprint

    assert quote(5) == quote(1) != quote(5, Discount(1, "d", 1, 10, 90))
    assert quote(5, Discount(1, "d", 1, 10, 90)) != quote(5, Discount(1, "d", 1, 20, 80))


@pytest.mark.parametrize(
    ("typed", "code"),
    [(" welcome10 ", "WELCOME10"), ("a_b-c", "A_B-C"), ("ab", None), ("два", None), ("", None),
     ("X" * 33, None), ("a b c", None), ("A" * 10**6, None), ("ſpring", "SPRING")],
    ids=["blanks", "signs", "short", "cyrillic", "empty", "long", "words", "endless", "long s"],
)  # fmt: skip
def test_a_promo_code_is_read_as_it_is_typed(typed, code):
    assert parse_promo_code(typed) == code


@pytest.mark.parametrize("price_minor", [1, 2, 3, 99, 100, 101, 129_050, 10**12 + 7])
def test_the_view_computes_the_same_prices(play, price_minor):
    async def scenario(domain):
        id_ = await domain.product(1, price_minor=price_minor)
        percents = [1, 7, 10, 33, 50, 66, 89, 90]
        for percent in percents:
            await domain.discount(percent, product_id=id_)
        product = await find_product(domain.pool, Language("en"), id_)
        assert {one.percent: one.price_minor for one in product.discounts} == {
            percent: discounted(price_minor, percent) for percent in percents
        }

    play(scenario)


def test_a_discount_is_there_while_it_is_in_force(play):
    async def scenario(domain):
        id_ = await domain.product(1)
        other = await domain.product(1)

        async def percents():
            product = await find_product(domain.pool, Language("ru"), id_)
            return {one.percent for one in product.discounts if one.promo_code != "WELCOME10"}

        hour = await domain.value("SELECT now() + interval '1 hour'")
        past = await domain.value("SELECT now() - interval '1 hour'")
        long_ago = await domain.value("SELECT now() - interval '2 hours'")
        await domain.discount(1)
        await domain.discount(2, product_id=id_, ends_at=hour)
        await domain.discount(3, starts_at=hour)
        await domain.discount(4, starts_at=long_ago, ends_at=past)
        await domain.discount(5, active=False)
        await domain.discount(6, product_id=other)
        await domain.discount(7, promo_code="GONE", uses_max=1, uses=1)
        await domain.discount(8, promo_code="LEFT", uses_max=2, uses=1)
        assert await percents() == {1, 2, 8}
        refused = [await why_refused(domain.pool, code) for code in ("LEFT", "GONE", "NONE")]
        assert refused == [None, "used_up", "unknown"]
        await domain.sql("DELETE FROM shop.discounts WHERE promo_code IS NOT NULL")

    play(scenario)


def test_the_database_itself_refuses_a_discount_of_everything(play):
    async def scenario(domain):
        with pytest.raises(asyncpg.CheckViolationError):
            await domain.discount(91)

    play(scenario)
