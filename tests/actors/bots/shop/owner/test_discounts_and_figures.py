"""Discounts in a line, the figures of the day, and who did what."""

from datetime import UTC, date, datetime

import pytest

from mailroom.actors.bots.shop.domain.offer_line import NewOffer, parse_offer
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.kit.owners.refusals import OwnerError

SLUGS = ("svetlitsa", "planer")
TODAY = date(2026, 3, 1)
OVER = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("-20%", {"percent": 20}),
        ("−5% everything", {"percent": 5}),
        ("5% всё", {"percent": 5}),
        ("-20% Svetlitsa", {"percent": 20, "slug": "svetlitsa"}),
        ("svetlitsa 3+ -20%", {"percent": 20, "slug": "svetlitsa", "min_quantity": 3}),
        ("-20% от 3", {"percent": 20, "min_quantity": 3}),
        ("-20% until 2026-12-31", {"percent": 20, "ends_at": OVER}),
        ("-20% до 31.12.2026", {"percent": 20, "ends_at": OVER}),
        ("-20% until 2026-03-01", {"percent": 20, "ends_at": datetime(2026, 3, 2, tzinfo=UTC)}),
        ("-20% code sale20 uses 100", {"percent": 20, "promo_code": "SALE20", "uses_max": 100}),
        (
            "-20% svetlitsa 3+ until 2026-12-31 code SALE20 uses 100",
            {"percent": 20, "slug": "svetlitsa", "min_quantity": 3, "ends_at": OVER, "promo_code": "SALE20",
             "uses_max": 100},
        ),
        (
            '-20% "Осень: до всех" "Autumn"',
            {"percent": 20, "title_ru": "Осень: до всех", "title_en": "Autumn"},
        ),
        ("«Осень» 20%", {"percent": 20, "title_ru": "Осень", "title_en": "Осень"}),
    ],
)  # fmt: skip
def test_a_line_is_read_in_either_language_and_in_any_order(line, wanted):
    percent = wanted["percent"]
    titles = {"title_ru": f"Скидка {percent}\u00a0%", "title_en": f"{percent}% off"}
    assert parse_offer(line, SLUGS, TODAY) == NewOffer(**(titles | wanted))


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("", Fault.NO_PERCENT),
        ("svetlitsa", Fault.NO_PERCENT),
        ("0%", Fault.BAD_PERCENT),
        ("-91%", Fault.BAD_PERCENT),
        ("-20% svetltsa", Fault.UNKNOWN_PRODUCT),
        ("-20% until", Fault.BAD_DATE),
        ("-20% until tomorrow", Fault.BAD_DATE),
        ("-20% until 2026-02-30", Fault.BAD_DATE),
        ("-20% until 2026-02-28", Fault.DATE_IS_OVER),
        ("-20% code !", Fault.BAD_CODE),
        ("-20% code", Fault.BAD_CODE),
        ("-20% uses 5", Fault.USES_WITHOUT_CODE),
        ("-20% code ABC uses many", Fault.BAD_USES),
        ("-20% code ABC uses 0", Fault.BAD_USES),
        ("-20% 0+", Fault.BAD_QUANTITY),
        ("-20% 1001+", Fault.BAD_QUANTITY),
        ("-20% -30%", Fault.SAID_TWICE),
        ("-20% svetlitsa planer", Fault.SAID_TWICE),
        ("-20% svetlitsa all", Fault.SAID_TWICE),
        ("-20% на Светлицу", Fault.UNKNOWN_WORD),
        ("-20% svetlitsa!", Fault.UNKNOWN_WORD),
    ],
)
def test_a_line_that_is_not_understood_becomes_no_discount(line, fault):
    with pytest.raises(OwnerError) as refused:
        parse_offer(line, SLUGS, TODAY)
    assert refused.value.wrong.fault is fault


def test_a_discount_is_added_in_force_at_once_and_switched_off(olga, ann):
    olga.writes("/discount -20% planer code SALE20 uses 3")
    (row,) = olga.sql("SELECT * FROM shop.discounts WHERE promo_code = 'SALE20'")
    assert olga.sees.startswith(f"Discount {row['id']} is in force.")
    assert f"{row['id']}. −20% 20% off\nplaner, code SALE20, used 0 of 3 · in force" in olga.sees
    olga.repeats_after_crash()
    assert len(olga.sql("SELECT * FROM shop.discounts WHERE promo_code = 'SALE20'")) == 1
    in_view = "SELECT discounts::text FROM shop.available_stock_with_discounts WHERE slug = 'planer'"
    assert "SALE20" in olga.sql(in_view)[0]["discounts"]
    olga.presses(f"Switch off {row['id']}")
    assert olga.popup == f"Discount {row['id']} is switched off."
    assert "used 0 of 3 · switched off" in olga.sees
    assert "SALE20" not in olga.sql(in_view)[0]["discounts"]


def test_a_discount_that_is_not_understood_is_explained(oleg):
    oleg.writes("/discount -20% planr")
    assert oleg.sees == "Не сделано. Нет товара «planr». Может быть, planer? Проверьте имя в списке товаров."
    oleg.writes("/discount")
    assert "Добавить одной строкой" in oleg.sees
    oleg.presses_data("admd:999")
    assert "Нет скидки № 999" in oleg.popup


def test_the_figures_of_a_day_and_of_more(olga, oleg, sells):
    sells("lighthouse", 2, delivered=True)
    sells("orbit", pays=False)
    olga.sql("UPDATE shop.orders SET created_at = created_at - interval '3 days' WHERE status <> 'delivered'")
    olga.sql(
        "INSERT INTO shop.model_usage (bot, user_id, model, purpose, prompt_tokens, completion_tokens, "
        "cost_micro_usd) VALUES ('shop', 1, 'm', 'answer', 1, 1, 120000), "
        "('shop', 1, 'm', 'intent', 1, 1, 5000)"
    )
    olga.writes("/figures")
    text = olga.sees
    assert text.startswith("Figures: today\n")
    assert "Orders: 1\nPaid: 1\nDelivered: 1\nRefunded: 0\nConversion: 100%\n\nRevenue: ₽1,798" in text
    assert "Best sellers\nThe Lighthouse Keeper: 2, ₽1,798" in text
    assert "Consultant: model calls 2, cost $0.12" in text
    olga.presses("7 days")
    assert "Orders: 2\nPaid: 1" in olga.sees
    assert "Conversion: 50%" in olga.sees
    assert "• 7 days •" in olga.buttons()
    olga.presses("yesterday")
    assert "Orders: 0" in olga.sees
    assert "Conversion: no orders\n\nNo revenue yet." in olga.sees
    oleg.writes("/figures 30")
    assert "Цифры: 30 дней" in oleg.sees
    assert "Выручка: 1\u00a0798\u00a0₽" in oleg.sees


def test_what_was_done_can_be_read(olga, oleg):
    olga.writes("/log")
    assert "Nobody has changed anything yet." in olga.sees
    olga.writes("/price svetlitsa 5")
    olga.writes("/discount -20% planer")
    oleg.writes("/log")
    (second, first) = oleg.sees.split("\n\n")[1:]
    assert first.endswith(f"Olga <b> (telegram {olga.id})\nизменил цену svetlitsa")
    assert second.endswith("добавил скидку: planer")
