"""What jobs put into the chat: goods, receipts, bonuses, bad news."""

import json

import pytest
from aiogram.methods import SendDocument, SendMessage

from mailroom.actors.bots.shop.parcels import File, parcels
from mailroom.actors.bots.shop.stock import Goods
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.texts.language import Language

MONEY = {"amount_minor": 149_000, "currency": "RUB"}


def orders(customer, *slugs, status="paid"):
    """An order of these, paid."""
    for slug in slugs:
        customer.adds(slug)
    customer.reaches_summary()
    customer.presses_data(next(data for data in customer.buttons().values() if data.startswith("ok:")))
    number = customer.orders()[-1]["id"]
    customer.sql(
        "UPDATE shop.stock_items SET sold_at = now(), reserved_until = NULL WHERE order_id = $1", number
    )
    customer.sql("UPDATE shop.orders SET status = $2, paid_at = now() WHERE id = $1", number, status)
    return number


def learns(customer, name, **data):
    """An event; what was said because of it."""
    since = len(customer.telegram.calls)
    customer.learns(name, json.dumps(data))
    return customer.told(since)


def test_codes_and_links_arrive_as_text_and_files_as_files_in_the_language_of_the_order(boris):
    number = orders(boris, "planer", "sound-pack", "presets-city")
    boris.writes("/language")  # he speaks English now, but this was ordered in Russian
    [text] = learns(boris, "shop.delivered", order=number)
    assert f"Заказ № {number} оплачен. Вот ваши покупки:" in text
    assert "DEMO-PLANER-0001" in text
    assert "https://example.com/demo/sound-pack/" in text
    assert "<code>DEMO-PLANER-0001</code>" in boris.telegram.messages[boris.newest].text
    [document] = boris.telegram.documents
    assert document.document.filename == "DEMO-PRESETS-CITY-0001.txt"
    assert b"DEMO-PRESETS-CITY-0001" in document.document.data
    assert document.caption == "Пресеты «Большой город»"


def test_nothing_is_delivered_of_an_order_that_is_not_paid(ann):
    number = orders(ann, "planer")
    ann.sql("UPDATE shop.orders SET status = 'refunding'")
    assert learns(ann, "shop.delivered", order=number) == []
    assert learns(ann, "shop.delivered", order=999_999) == []


def test_goods_are_not_shown_to_whom_an_order_of_that_number_belonged_before_a_restore(ann, boris):
    """His event waited in Redis; Postgres is as it was last night, and the number is hers now."""
    number = orders(ann, "planer")
    orders(boris, "planer")
    assert learns(boris, "shop.delivered", order=number) == []
    assert learns(boris, "shop.receipt", order=number) == []
    assert len(learns(ann, "shop.delivered", order=number)) == 1


def test_an_event_leaves_the_form_where_it_is(ann):
    number = orders(ann, "planer")
    ann.adds("fonts")
    ann.presses_data("order")
    learns(ann, "shop.delivered", order=number)
    ann.writes("ann@example.com")
    assert "step 2 of 3" in ann.sees


def test_an_expired_order_is_told_unless_it_was_paid_meanwhile(ann):
    number = orders(ann, "planer", status="expired")
    [text] = learns(ann, "shop.expired", order=number)
    assert f"The time to pay for order {number} is over" in text
    ann.sql("UPDATE shop.orders SET status = 'delivered'")
    assert learns(ann, "shop.expired", order=number) == []


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("too_late", "somebody else had bought the goods"),
        ("twice", "was paid for twice"),
        ("mismatch", "is not what it costs"),
        ("owner", "We have cancelled your order"),
    ],
)
def test_money_that_goes_back_is_explained_with_an_apology(ann, why, words):
    number = orders(ann, "planer")
    [text] = learns(ann, "shop.refunding", order=number, why=why, **MONEY)
    assert words in text
    assert "We are returning ₽1,490" in text
    [text] = learns(ann, "shop.refunded", order=number, why=why, to_balance=False, **MONEY)
    assert words in text
    assert "sorry" in text.lower()
    assert "We have returned ₽1,490" in text
    [text] = learns(ann, "shop.refunded", order=number, why=why, to_balance=True, **MONEY)
    assert "₽1,490 has been added to your balance" in text


def test_a_receipt_says_what_was_paid_where_and_when(ann, today):
    number = orders(ann, "planer")
    ann.sql(
        "INSERT INTO mailroom.payment"
        " (bot, provider, provider_id, ref, purpose, reference, amount_minor, currency, status)"
        " VALUES ('shop', 'yookassa', 'x', 'x', 'shop.order', $1, 149000, 'RUB', 'paid')",
        str(number),
    )
    payment = ann.sql("SELECT id FROM mailroom.payment")[0]["id"]
    [text] = learns(ann, "shop.receipt", order=number, payment=payment)
    assert f"Receipt for order {number}" in text
    assert f"Paid on {today}: ₽1,490, YooKassa" in text
    [text] = learns(ann, "shop.receipt", order=number, payment=None)
    assert "Paid on" not in text


def test_a_bonus_names_the_friend_by_what_others_may_see_of_a_name(boris):
    boris.writes("/start")
    friend = {"friend": "Анна Петровна Смирнова", "amount_minor": 7_450, "currency": "RUB", "order": 1}
    [text] = learns(boris, "shop.bonus", level=1, **friend)
    assert "Бонус 74,50\u00a0₽ уже на вашем балансе." in text
    assert "за покупку вашего друга: Анна С." in text
    assert "Петровна" not in text
    [text] = learns(boris, "shop.bonus", level=2, **friend)
    assert "которого пригласил ваш друг (Анна С.)" in text


def test_a_bonus_speaks_the_language_of_the_chat(ann):
    ann.writes("/language")
    [text] = learns(
        ann, "shop.bonus", order=1, level=1, amount_minor=100, currency="RUB", friend="<b>Eve</b>"
    )
    assert "за покупку вашего друга: <b>Eve</b>" in text


def test_an_event_that_is_handled_again_says_the_same(ann):
    number = orders(ann, "planer", "presets-city")
    sent = []
    for _ in range(2):
        since = len(ann.telegram.calls)
        learns(ann, "shop.delivered", order=number)
        calls = ann.telegram.calls[since:]
        assert [type(call) for call in calls] == [SendMessage, SendDocument]
        sent.append([getattr(call, "text", None) or call.caption for call in calls])
    assert sent[0] == sent[1]


def test_many_goods_are_many_messages_and_none_is_too_long_or_lost():
    codes = [f"CODE-{number:04d}-{'🎁<&>' * 20}" for number in range(100)]
    goods = [Goods("Long title", "code", code.encode(), None) for code in codes]
    messages = parcels(TEXTS[Language("en")], 1, "heading", goods)
    assert len(messages) > 2
    assert all(len(message.encode("utf-16-le")) // 2 <= 4096 for message in messages)
    together = "\n".join(messages)
    assert [together.count(f"CODE-{number:04d}") for number in range(100)] == [1] * 100
    assert all(message.count("<code>") == message.count("</code>") for message in messages)


@pytest.mark.parametrize("content", [b"x" * 10_000, b"\xff\xfe", b" "], ids=["long", "binary", "blank"])
def test_a_code_that_makes_no_line_comes_as_a_file(content):
    [text, file] = parcels(TEXTS[Language("en")], 7, "heading", [Goods("A & B", "code", content, None)])
    assert file == File("7-1.txt", content, "A &amp; B")
    assert "in the file 7-1.txt" in text
