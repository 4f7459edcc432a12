"""Money, shares and days in a language besides Russian and English are written as that language does."""

from datetime import date

import pytest

from mailroom.actors.kit.speech.dates import format_day
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent


@pytest.mark.parametrize(
    ("amount_minor", "currency", "language", "words"),
    [
        (149_000, "RUB", "de", "1.490 ₽"),
        (149_050, "EUR", "de", "1.490,50 €"),
        (-9_900, "EUR", "de", "−99 €"),
        (1_500, "JPY", "de", "1.500 ¥"),
        (1_250, "KWD", "de", "1,250 KWD"),
        (149_050, "USD", "pt-BR", "$ 1.490,50"),
        (0, "UAH", "uk", "0 ₴"),
        (149_000, "RUB", "no language", "₽1,490"),
    ],
)
def test_a_sum_is_written_as_the_language_does(amount_minor, currency, language, words):
    assert format_money(amount_minor, currency, language).replace("\u00a0", " ") == words


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "31. Dezember 2026"), ("pt-BR", "31 de dezembro de 2026"), ("no language", "31 December 2026")],
)
def test_a_day_is_written_as_the_language_does(language, words):
    assert format_day(date(2026, 12, 31), language) == words


@pytest.mark.parametrize(("language", "words"), [("de", "−10 %"), ("tr", "−%10"), ("no language", "−10%")])
def test_a_share_is_written_as_the_language_does(language, words):
    assert format_percent(-10, language).replace("\u00a0", " ") == words
