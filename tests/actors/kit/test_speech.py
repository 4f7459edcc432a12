"""One form of money, shares and days in each language."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from mailroom.actors.kit.speech.dates import format_date, format_day, format_moment, last_day
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent

NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("amount", "currency", "russian", "english"),
    [
        (129_000, "RUB", "1 290 ₽", "₽1,290"), (149_050, "RUB", "1 490,50 ₽", "₽1,490.50"),
        (1_290, "USD", "12,90 $", "$12.90"), (-500, "RUB", "−5 ₽", "−₽5"), (900, "JPY", "900 ¥", "¥900"),
        (500, "AED", "5 AED", "AED 5"), (0, "EUR", "0 €", "€0"),
    ],
)  # fmt: skip
def test_money_has_one_form_in_each_language(amount, currency, russian, english):
    assert format_money(amount, currency, "ru").replace("\u00a0", " ") == russian
    assert format_money(amount, currency, "en").replace("\u00a0", " ") == english


def test_a_share_has_one_form_in_each_language():
    assert [format_percent(10, "ru"), format_percent(-10, "ru")] == ["10\u00a0%", "−10\u00a0%"]
    assert [format_percent(10, "en"), format_percent(-10, "en")] == ["10%", "−10%"]


def test_a_day_and_a_moment_have_one_form_in_each_language():
    moment = datetime(2026, 12, 1, 14, 5, tzinfo=UTC)
    assert [format_day(date(2026, 12, 1), "ru"), format_moment(moment, "ru")] == [
        "01.12.2026",
        "01.12.2026, 14:05",
    ]
    assert [format_date(moment, "en"), format_moment(moment, "en")] == [
        "1 December 2026",
        "1 December 2026, 14:05",
    ]


@pytest.mark.parametrize("hours", [-11, 0, 3, 14])
def test_the_last_day_is_the_day_that_was_said_in_whatever_zone_it_is_read(hours):
    end = NEW_YEAR.astimezone(timezone(timedelta(hours=hours)))
    assert format_day(last_day(end), "ru") == "31.12.2026"
    assert format_date(NEW_YEAR - timedelta(seconds=1), "en") == "31 December 2026"
