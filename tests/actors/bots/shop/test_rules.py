"""The shop's rules: money, cart, quote, contact, counting. No chat, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.bots.shop.domain.cart import LINES_MAX, QUANTITY_MAX, Cart, Change
from mailroom.actors.bots.shop.domain.contact import COMMENT_LENGTH_MAX, parse_comment, parse_contact
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.domain.quote import price
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.texts.language import Language

RU, EN = Language("ru"), Language("en")


@pytest.mark.parametrize(
    ("amount_minor", "currency", "russian", "english"),
    [
        (149_000, "RUB", "1 490 ₽", "₽1,490"),
        (14_950, "RUB", "149,50 ₽", "₽149.50"),
        (5, "USD", "0,05 $", "$0.05"),
        (123_456_789, "EUR", "1 234 567,89 €", "€1,234,567.89"),
        (1_500, "JPY", "1 500 ¥", "¥1,500"),
        (1_250, "KWD", "1,250 KWD", "KWD 1.250"),
        (-9_900, "RUB", "−99 ₽", "−₽99"),
        (0, "RUB", "0 ₽", "₽0"),
    ],
)
def test_money_is_written_by_the_custom_of_the_language(amount_minor, currency, russian, english):
    assert format_money(amount_minor, currency, RU).replace("\u00a0", " ") == russian
    assert format_money(amount_minor, currency, EN).replace("\u00a0", " ") == english


@pytest.mark.parametrize(
    ("count", "word"),
    [
        (0, "товаров"),
        (1, "товар"),
        (2, "товара"),
        (4, "товара"),
        (5, "товаров"),
        (11, "товаров"),
        (12, "товаров"),
        (14, "товаров"),
        (21, "товар"),
        (22, "товара"),
        (111, "товаров"),
        (101, "товар"),
    ],
)
def test_russian_counts_in_three_forms(count, word):
    assert TEXTS["ru"].orders.items(count=count) == f"{count} {word}"


def test_english_counts_in_two_forms():
    counted = [TEXTS["en"].orders.items(count=count) for count in (0, 1, 2, 21)]
    assert counted == ["0 items", "1 item", "2 items", "21 items"]


@pytest.mark.parametrize(
    ("chosen", "code", "language"),
    [
        (None, "ru", RU),
        (None, "ru-RU", RU),
        (None, "RU", RU),
        (None, "en", EN),
        (None, "de", EN),
        (None, None, EN),
        ("en", "ru", EN),
        ("ru", "en", RU),
        ("tlh", "ru", RU),
        (7, "en", EN),
    ],
)
def test_a_choice_goes_before_telegrams_language(chosen, code, language):
    assert TEXTS.choose(chosen, code) == language


def test_a_cart_has_a_limit_for_one_product():
    cart = Cart()
    for _ in range(QUANTITY_MAX):
        cart, change = cart.add(7)
        assert change is Change.DONE
    assert cart.add(7) == (cart, Change.TOO_MANY_OF_ONE)
    assert cart.items == QUANTITY_MAX


def test_a_cart_has_a_limit_for_different_products():
    cart = Cart()
    for product_id in range(LINES_MAX):
        cart, _ = cart.add(product_id)
    assert cart.add(LINES_MAX) == (cart, Change.TOO_MANY_LINES)
    assert cart.add(0)[1] is Change.DONE


def test_the_last_one_of_a_line_takes_the_line_away():
    cart, _ = Cart().add(1)
    assert cart.decrease(1) == (Cart(), Change.DONE)


@pytest.mark.parametrize("change", [Cart.increase, Cart.decrease, Cart.remove])
def test_an_old_button_cannot_change_a_line_that_is_gone(change):
    cart, _ = Cart().add(1)
    assert change(cart, 2) == (cart, Change.NOT_IN_CART)


CHANGES = st.sampled_from([Cart.add, Cart.increase, Cart.decrease, Cart.remove])


@given(st.lists(st.tuples(CHANGES, st.integers(1, 14)), max_size=200))
def test_no_history_breaks_a_limit_or_a_round_trip_through_storage(history):
    cart = Cart()
    for change, product_id in history:
        cart, _ = change(cart, product_id)
        assert len(cart.lines) <= LINES_MAX
        assert all(1 <= quantity <= QUANTITY_MAX for _, quantity in cart.lines)
    assert Cart.from_data(cart.to_data()) == cart


@pytest.mark.parametrize(
    "data", [None, "x", 5, {}, [1], [[1]], [["1", 2]], [[1, 0]], [[1, 999]], [[1, None]]]
)
def test_a_cart_that_makes_no_sense_is_read_as_empty(data):
    assert Cart.from_data(data) == Cart()


def good(product_id: int, price_minor: int = 100, currency: str = "RUB") -> Product:
    return Product(product_id, 1, f"good {product_id}", "", price_minor, currency)


def test_a_quote_sums_up_the_lines_and_names_what_is_missing():
    quote = price(Cart(((1, 2), (2, 1), (3, 4))), [good(3, 50), good(1, 100)])
    assert [(line.product.id, line.total_minor) for line in quote.lines] == [(1, 200), (3, 200)]
    assert (quote.total_minor, quote.currency, quote.missing) == (400, "RUB", (2,))


def test_an_order_has_one_currency():
    quote = price(Cart(((1, 1), (2, 1))), [good(1), good(2, currency="USD")])
    assert (quote.total_minor, quote.missing) == (100, (2,))


def test_the_fingerprint_of_a_quote_changes_with_whatever_is_agreed_on():
    cart = Cart(((1, 1),))
    agreed = price(cart, [good(1)])
    assert agreed.fingerprint == price(cart, [good(1)]).fingerprint
    others = [
        price(Cart(((1, 2),)), [good(1)]),
        price(cart, [good(1, 101)]),
        price(cart, [good(1, currency="USD")]),
    ]
    assert agreed.fingerprint not in {other.fingerprint for other in others}


@pytest.mark.parametrize(
    ("typed", "contact"),
    [
        ("+7 912 345-67-89", "+79123456789"),
        ("8 (912) 345 67 89", "89123456789"),
        ("+44 20 7946 0958", "+442079460958"),
        (" @ann_smith ", "@ann_smith"),
        ("ann.smith+shop@mail.example.com", "ann.smith+shop@mail.example.com"),
    ],
)
def test_phone_username_and_mail_are_contacts(typed, contact):
    assert parse_contact(typed) == contact


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "hello",
        "12345",
        "+1234567890123456",
        "@ab",
        "@имя",
        "@ann smith",
        "a@b",
        "ann@",
        "@ann@example.com",
        "ann@example..com",
        "ann@-example.com",
        "a@b.c",
        "٠١٢٣٤٥٦٧٨٩",
        "++79123456789",
        "<b>@x.com",
        "a@x.com\nb",
        "x" * 250 + "@example.com",
    ],
)
def test_anything_else_is_no_contact(typed):
    assert parse_contact(typed) is None


@given(st.text())
def test_no_text_confuses_the_contact_parser(typed):
    contact = parse_contact(typed)
    assert contact is None or len(contact) >= 4


def test_a_comment_has_a_limit():
    assert parse_comment("x" * COMMENT_LENGTH_MAX) is not None
    assert parse_comment("x" * (COMMENT_LENGTH_MAX + 1)) is None


@given(st.text(alphabet=st.characters(codec=None), max_size=COMMENT_LENGTH_MAX))
def test_every_comment_can_be_stored(typed):
    comment = parse_comment(typed)
    assert comment is not None
    assert "\0" not in comment
    comment.encode()
