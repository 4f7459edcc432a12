"""A receipt adds up to what is paid, to the last minor unit, whatever was taken off."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.providers.receipts import Receipt, ReceiptItem

items = st.lists(
    st.builds(
        ReceiptItem, st.sampled_from("abc"), st.integers(1, 50), st.integers(1, 10**7), st.integers(1, 12)
    ),
    min_size=1,
    max_size=8,
).map(tuple)


@given(items=items, data=st.data())
def test_a_receipt_adds_up_and_nothing_is_free_or_dearer(items, data):
    pieces, worth = (
        sum(item.quantity for item in items),
        sum(item.quantity * item.price_minor for item in items),
    )
    total = data.draw(st.integers(pieces, worth))
    fitted = Receipt(items, email="a@b.example").adding_up_to(total)
    assert fitted.email == "a@b.example"
    assert sum(item.quantity * item.price_minor for item in fitted.items) == total
    assert sum(item.quantity for item in fitted.items) == pieces
    assert all(item.quantity >= 1 <= item.price_minor for item in fitted.items)
    assert max(item.price_minor for item in fitted.items) <= max(item.price_minor for item in items)
    assert len(fitted.items) <= 2 * len(items)


def test_what_was_paid_from_a_balance_is_spread_by_worth():
    receipt = Receipt((ReceiptItem("дорогое", 1, 90_000), ReceiptItem("дешёвое", 1, 10_000)))
    assert [item.price_minor for item in receipt.adding_up_to(50_000).items] == [45_000, 5_000]
    assert receipt.adding_up_to(100_000) is receipt


@pytest.mark.parametrize("total", [0, 1, 301, -5])
def test_what_cannot_add_up_is_told(total):
    receipt = Receipt((ReceiptItem("x", 2, 100), ReceiptItem("y", 1, 100)))
    with pytest.raises(ValueError, match="cannot be sold"):
        receipt.adding_up_to(total)
