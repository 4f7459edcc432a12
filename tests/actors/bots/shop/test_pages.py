"""The message that shows an order turns by itself: paid, delivered, expired, cancelled, refunded."""

import json
from functools import partial

import pytest
from aiogram.methods import EditMessageText

from mailroom.actors.bots.shop.checkout import begin_refund, finish_refund
from mailroom.actors.bots.shop.demo.goods import fill
from mailroom.actors.bots.shop.orders import expire
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.bots.bot_harness import run_scenario
from tests.actors.bots.shop.conftest import plain
from tests.rooms import transaction_on
from tests.shop_tables import SCHEMA

ANN = 100


def places_an_order(customer):
    """By the form; the number, and the message that shows it."""
    customer.adds("planer")
    customer.reaches_summary()
    customer.presses_data(next(data for data in customer.buttons().values() if data.startswith("ok:")))
    return customer.orders()[-1]["id"], customer.newest


def becomes(customer, number, status):
    """The order stands so from now on, and its event comes; how many messages were edited for it."""
    customer.sql("UPDATE shop.orders SET status = $2 WHERE id = $1", number, status)
    return learns(customer, number)


def learns(customer, number):
    edits = [call for call in customer.telegram.calls if isinstance(call, EditMessageText)]
    customer.learns("shop.turned", json.dumps({"order": number}))
    return sum(isinstance(call, EditMessageText) for call in customer.telegram.calls) - len(edits)


def says(customer, message_id):
    return plain(customer.telegram.messages[message_id].text)


def test_it_turns_with_every_step_of_the_order(ann):
    number, page = places_an_order(ann)
    for status, words in [
        ("paid", "Paid, thank you!"),
        ("delivered", "Your goods have been delivered."),
        ("refunding", "on its way back"),
        ("refunded", "has been returned"),
    ]:
        assert becomes(ann, number, status) == 1
        assert words in says(ann, page)


@pytest.mark.parametrize("status", ["expired", "canceled"])
def test_it_turns_when_nothing_comes_of_the_order_and_its_pay_button_goes(ann, status):
    number, page = places_an_order(ann)
    becomes(ann, number, status)
    assert not any(data.startswith("pay:") for data in ann.buttons(page).values())


def test_the_way_to_the_payment_page_turns_too(ann):
    number, page = places_an_order(ann)
    ann.presses_data(f"pay:{number}:yookassa")
    assert ann.links(page)
    becomes(ann, number, "delivered")
    assert not ann.links(page)
    assert any("Show my goods" in label for label in ann.buttons(page))


def test_it_turns_with_the_receipt_which_comes_after_the_goods(ann):
    number, page = places_an_order(ann)
    ann.sql("UPDATE shop.orders SET status = 'delivered', paid_at = now() WHERE id = $1", number)
    ann.learns("shop.receipt", json.dumps({"order": number, "payment": None}))
    assert "Your goods have been delivered." in says(ann, page)


def test_a_screen_that_somebody_went_to_meanwhile_is_left_alone(ann):
    number, page = places_an_order(ann)
    ann.presses("Catalogue", page)
    assert becomes(ann, number, "paid") == 0
    assert "Choose a category" in says(ann, page)
    ann.presses_data(f"ord:{number}", page)
    assert becomes(ann, number, "delivered") == 1


@pytest.mark.parametrize(
    "refusal", ["message to edit not found", "message can't be edited", "MESSAGE_ID_INVALID"]
)
def test_a_message_that_is_gone_is_no_failure_and_not_tried_again(ann, refusal):
    number, _ = places_an_order(ann)
    ann.telegram.refusals[EditMessageText] = f"Bad Request: {refusal}"
    assert becomes(ann, number, "paid") == 1
    assert becomes(ann, number, "delivered") == 0


def test_it_speaks_the_language_of_the_chat(boris):
    number, page = places_an_order(boris)
    boris.writes("/language")
    becomes(boris, number, "paid")
    assert "Paid, thank you!" in says(boris, page)


@pytest.fixture
def play(clean_postgres_url, clean_redis_url):
    def play(scenario, **options):
        run_scenario("shop", scenario, clean_postgres_url, clean_redis_url, **options)

    return play


async def buys(harness):
    await aio(fill, harness.database, harness.services.vault)
    await harness.write(ANN, "/catalog")
    for label in ("Work", "Glider", "Buy now", "💳"):
        await harness.tap(ANN, label)
    await harness.pay()


def test_a_payment_turns_the_message_to_delivered_without_a_press(play):
    async def scenario(harness):
        await buys(harness)
        edits = [
            args["text"]
            for name, args in harness.telegram.calls
            if (name, args.get("chat_id")) == ("editMessageText", ANN)
        ]
        assert "Order 1001" in edits[-1]
        assert "Your goods have been delivered." in edits[-1]

    play(scenario)


def test_every_change_of_how_an_order_stands_has_its_event_in_the_same_transaction(ann):
    def turned():
        rows = ann.sql(
            "SELECT (payload::jsonb ->> 'data')::jsonb ->> 'order' AS number FROM mailroom.outbox_job"
            " WHERE payload::jsonb ->> 'name' = 'shop.turned' AND payload::jsonb ->> 'chat' = $1 ORDER BY id",
            str(ann.id),
        )
        return [int(row["number"]) for row in rows]

    async def refunds(act, number):
        async with transaction_on(SchemaPool(ann.database, SCHEMA, Clock())) as tx:
            await act(tx, number)

    canceled, _ = places_an_order(ann)
    assert turned() == []
    ann.presses_data(f"ordx:{canceled}")
    assert turned() == [canceled]
    number, _ = places_an_order(ann)
    ann.sql("UPDATE shop.orders SET status = 'delivered', delivered_at = now() WHERE id = $1", number)
    ann.run(refunds(partial(begin_refund, why="owner", goods_back=False), number))
    ann.run(refunds(finish_refund, number))
    assert turned() == [canceled, number, number]
    expired, _ = places_an_order(ann)
    ann.sql("UPDATE shop.orders SET reserved_until = now() - interval '1 second' WHERE id = $1", expired)
    ann.run(refunds(expire, expired))
    assert turned() == [canceled, number, number, expired]
