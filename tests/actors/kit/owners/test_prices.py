"""Prices as owners write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.actors.kit.owners.prices import parse_price
from mailroom.actors.kit.owners.refusals import OwnerError


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1490", "RUB", 149_000),
        ("1490.5", "RUB", 149_050),
        ("1490,05", "RUB", 149_005),
        ("1 490,50", "RUB", 149_050),
        ("1\u00a0234\u202f567", "RUB", 123_456_700),
        ("0.01", "USD", 1),
        ("1490", "JPY", 1_490),
        ("1,490", "KWD", 1_490),
        ("9999999999.99", "RUB", 999_999_999_999),
    ],
)
def test_a_price_is_read_exactly(text, currency, minor):
    assert parse_price(text, currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [("1,490", "RUB"), ("1.490,00", "RUB"), ("14 90", "RUB"), ("1490.", "RUB"), ("1e3", "RUB"), ("-5", "RUB"),
     ("1490 ₽", "RUB"), ("1.5", "JPY"), ("0.001", "RUB"), ("", "RUB"), ("١٤٩٠", "RUB"), ("1_490", "RUB")],
)  # fmt: skip
def test_a_price_that_would_have_to_be_guessed_or_rounded_is_refused(text, currency):
    with pytest.raises(OwnerError):
        parse_price(text, currency)


@given(st.integers(1, 10**12))
def test_every_price_comes_back_as_it_was_written(minor):
    assert parse_price(f"{minor // 100},{minor % 100:02d}", "RUB") == minor
