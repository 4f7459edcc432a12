"""Sums that gateways take: a balance always leaves one of them, and so do discounts."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.domain.bill import Bill
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.discounts import Discount
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.domain.quote import price
from mailroom.actors.paying.ways import Ways
from mailroom.actors.providers.aaio import Aaio
from mailroom.actors.providers.payments import MINOR_DIGITS
from mailroom.actors.providers.stripe import Stripe
from mailroom.actors.providers.sums import STEPS_MINOR, Sums, step_of, stepped
from mailroom.actors.providers.yookassa import YooKassa

HTTP = httpx.AsyncClient()
OURS = {
    "yookassa": YooKassa(HTTP, shop_id="1", secret_key="s"),
    "aaio": Aaio(HTTP, merchant_id="m", secret_1="1", secret_2="2", api_key="k", least={"RUB": "410.00"}),
    "stripe": Stripe(HTTP, secret_key="s", webhook_secret="w"),
}
CURRENCIES = sorted({*MINOR_DIGITS, *STEPS_MINOR, "RUB", "USD", "EUR", "GBP", "CZK", "HUF"})


class Gateway:
    """Takes these sums of every currency."""

    kind = "any"

    def __init__(self, sums):
        self.taken = sums

    def sums(self, currency):
        return self.taken


@st.composite
def gateways(draw):
    """Any few gateways: with gaps between their sums, with steps, one that does not take the currency."""
    made = {}
    for name in "abc"[: draw(st.integers(0, 3))]:
        least = draw(st.integers(1, 2_000))
        sums = Sums(least, least + draw(st.integers(0, 5_000)), draw(st.sampled_from([1, 1, 10, 100])))
        made[name] = Gateway(draw(st.sampled_from([sums, sums, sums, None])))
    return Ways(made)


@st.composite
def our_ways(draw):
    """Some of the real ones."""
    return Ways({name: OURS[name] for name in draw(st.lists(st.sampled_from([*OURS]), unique=True))})


@given(gateways(), st.integers(1, 8_000), st.integers(-500, 9_000))
def test_a_balance_leaves_nothing_or_a_sum_that_somebody_takes(ways, total, balance):
    left = ways.left(total, balance, "RUB")
    assert total - max(0, balance) <= left <= total or left == 0 <= balance - total
    if left and left != total:
        # Nobody takes it only where nobody takes what is above it, either: then a person is paid by hand.
        assert ways.offered(left, "RUB") or not any(
            ways.offered(one, "RUB") for one in range(left, total + 1)
        )


@given(gateways(), st.integers(1, 8_000), st.integers(0, 9_000))
def test_a_sum_that_can_be_paid_without_the_balance_can_be_paid_with_it(ways, total, balance):
    if ways.offered(total, "RUB"):
        left = ways.left(total, balance, "RUB")
        assert left == 0 or ways.offered(left, "RUB")


@given(gateways(), st.integers(1, 3_000), st.integers(0, 3_000))
def test_no_more_of_the_balance_could_have_been_spent(ways, total, balance):
    left = ways.left(total, balance, "RUB")
    if left and ways.offered(left, "RUB"):
        uncovered = max(1, total - balance)
        assert not any(ways.offered(less, "RUB") for less in range(uncovered, left))


@given(our_ways(), st.sampled_from(CURRENCIES), st.integers(1, 10**9), st.integers(0, 10**9))
def test_sums_of_our_gateways_stay_on_the_step_of_their_currency(ways, currency, units, balance):
    total = stepped(units, currency)
    left = ways.left(total, balance, currency)
    if left and ways.offered(total, currency):
        assert ways.offered(left, currency)
        assert left % step_of(currency) == 0


@st.composite
def carts(draw):
    """A cart in some currency, each product with discounts of any depth, as the catalogue reads it."""
    currency = draw(st.sampled_from(CURRENCIES))
    products = []
    for id_ in range(1, draw(st.integers(1, 4)) + 1):
        list_minor = stepped(draw(st.integers(1, 3_000)), currency)
        percents = draw(st.lists(st.sampled_from([1, 33, 50, 90, 99]), max_size=2))
        discounts = tuple(
            Discount(n, "d", 1, percent, stepped(max(1, list_minor - list_minor * percent // 100), currency))
            for n, percent in enumerate(percents)
        )
        products.append(Product(id_, 1, "x", "", list_minor, currency, available=99, discounts=discounts))
    lines = tuple((product.id, draw(st.integers(1, 3))) for product in products)
    return Cart(lines), products


@given(carts(), st.one_of(our_ways(), gateways()), st.integers(0, 10**6))
def test_discounts_leave_a_sum_that_can_be_asked_for(bought, ways, balance):
    cart, products = bought
    freely, quote = price(cart, products), price(cart, products, least=ways.least)
    least = ways.least(quote.currency)
    assert freely.total_minor <= quote.total_minor <= quote.list_total_minor
    assert quote.total_minor == freely.total_minor or freely.total_minor < least <= quote.total_minor
    assert quote.total_minor % step_of(quote.currency) == 0
    if quote.list_total_minor >= least:
        assert quote.total_minor >= least
    for line in quote.lines:
        assert (line.discount is None) == (line.price_minor == line.product.price_minor)
    bill = Bill(quote, balance, use_balance=True, ways=ways)
    assert bill.from_balance_minor <= balance
    assert (
        bill.to_pay_minor == 0
        or ways.offered(bill.to_pay_minor, quote.currency)
        or not ways.offered(quote.total_minor, quote.currency)
    )


def test_a_discount_stops_at_the_least_sum_that_a_gateway_takes():
    half = Discount(1, "half off", 1, 50, 30)
    product = Product(1, 1, "x", "", 60, "USD", available=9, discounts=(half,))
    quote = price(Cart(((1, 1),)), [product], least=Ways({"stripe": OURS["stripe"]}).least)
    assert (quote.total_minor, quote.lines[0].discount) == (50, half)


@pytest.mark.parametrize(
    ("provider", "currency", "refused", "taken"),
    [
        ("yookassa", "RUB", [99, 70_000_001], [100, 70_000_000]),
        ("aaio", "RUB", [40_999], [41_000]),
        ("stripe", "USD", [49, 100_000_000], [50, 99_999_999]),
        ("stripe", "JPY", [49], [50]),
        ("stripe", "KWD", [5_124, 5_125], [5_120, 5_130]),
        ("stripe", "ISK", [1_000_000], [1, 999_999]),
        ("stripe", "MGA", [150], [100, 200]),
    ],
)
def test_each_gateway_takes_what_its_documentation_says(provider, currency, refused, taken):
    sums = OURS[provider].sums(currency)
    assert [one for one in refused if sums.takes(one)] == []
    assert [one for one in taken if not sums.takes(one)] == []


def test_a_gateway_that_does_not_take_a_currency_is_not_offered_for_it():
    ways = Ways(OURS)
    assert list(ways.offered(100_000, "USD")) == ["aaio", "stripe"]
    assert list(ways.offered(100_000, "KWD")) == ["stripe"]
    assert list(ways.offered(100_000, "XTR")) == []
    assert list(ways.offered(30_000, "RUB")) == ["yookassa", "stripe"], "AAIO's contract says 410 at least"


def test_an_account_that_takes_more_or_other_currencies_says_so():
    provider = YooKassa(
        HTTP,
        shop_id="1",
        secret_key="s",
        least={"KZT": "100.00"},
        most={"KZT": "9000.00", "RUB": "2000000.00"},
    )
    assert provider.sums("KZT") == Sums(10_000, 900_000)
    assert provider.sums("RUB") == Sums(100, 200_000_000)
    assert provider.sums("USD") is None
