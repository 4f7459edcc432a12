"""Owners read what is wrong with an order, answer into the customer's chat, and see who still waits."""

import asyncio
import json

import pytest

from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX, complain
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import find_order
from tests.actors.bots.shop.owner.conftest import OWNER, STAFF
from tests.rooms import named
from tests.shop_tables import shop_pool, shop_room

ANNA = 55


@pytest.fixture
def complains(shop_database):
    """A customer writes what is wrong with an order; the event that the owner is told with."""

    async def write(number, text, effect):
        async with shop_pool(shop_database, 2) as pool:
            order = await find_order(pool, number)
            room = shop_room(pool, options=Options(owners={OWNER}))
            assert await complain(room, named(effect or f"{number}:{text}"), order, text) == "taken"
            message = await pool.fetchval("SELECT max(id) FROM shop.complaint_messages")
        return json.dumps({"order": number, "message": message})

    return lambda number, text="It does not work.", effect=None: asyncio.run(write(number, text, effect))


def deeds(person):
    return person.sql("SELECT who, action, target, why, outcome::text FROM shop.owner_log ORDER BY id")


def events(person, name):
    rows = person.sql(
        (
            "SELECT payload::jsonb AS job FROM mailroom.outbox_job WHERE "
            "payload::jsonb ->> 'name' = $1 ORDER BY id"
        ),
        name,
    )
    return [json.loads(row["job"]) for row in rows]


def test_the_owner_reads_it_with_the_order_and_what_can_be_done(olga, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number, "The <key> is dead"))
    assert f"A problem with order {number} (delivered)" in olga.sees
    assert "Anna · anna@example.com · id 55" in olga.sees
    assert "The Lighthouse Keeper × 1" in olga.sees
    assert "Customer: The <key> is dead" in olga.sees
    assert "The customer is waiting for an answer." in olga.sees
    labels = " ".join(olga.buttons())
    for label in ("Answer", "Replace: The Lighthouse Keeper", "Refund", "Close", "The order"):
        assert label in labels


def test_nothing_of_what_is_for_sale_is_in_it(olga, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    assert "DEMO-" not in olga.sees


def test_of_several_messages_the_last_one_brings_all(olga, sells, complains):
    number = sells(delivered=True)
    first, second = complains(number, "one"), complains(number, "two")
    calls = len(olga.telegram.calls)
    olga.learns("shop.complaint", first)
    assert len(olga.telegram.calls) == calls
    olga.learns("shop.complaint", second)
    assert "Customer: one" in olga.sees
    assert "Customer: two" in olga.sees


def test_an_event_about_what_a_restore_has_undone_says_nothing(olga):
    calls = len(olga.telegram.calls)
    olga.learns("shop.complaint", json.dumps({"order": 999_999, "message": 7}))
    assert len(olga.telegram.calls) == calls


def test_an_event_of_a_chat_that_owns_nothing_says_nothing(stas, sells, complains):
    calls = len(stas.telegram.calls)
    stas.learns("shop.complaint", complains(sells(delivered=True)))
    assert len(stas.telegram.calls) == calls


def test_the_answer_reaches_the_customer_and_nobody_waits_any_more(olga, new_customer, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    olga.presses("Answer")
    assert f"the customer of order {number}" in olga.sees
    olga.writes("Try <this> one: KEY-2")
    assert "Your answer was sent" in olga.sees
    [event] = events(olga, "shop.answered")
    assert event["chat"] == ANNA
    anna = new_customer(id=ANNA, chat_id=ANNA)
    anna.learns("shop.answered", event["data"])
    assert f"The shop answers about order {number}\n\nTry <this> one: KEY-2" in anna.sees
    assert list(anna.buttons().values()) == [f"cmp:{number}", f"ord:{number}"]
    olga.writes("/problems")
    assert olga.sees == "Nobody is waiting for an answer."


def test_an_answer_is_in_the_log_without_its_words(olga, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    olga.presses("Answer")
    olga.writes("KEY-2")
    [deed] = deeds(olga)
    assert (deed["action"], deed["target"]) == ("answer", str(number))
    assert deed["who"] == f"Olga <b> (telegram {olga.id})"
    assert "KEY-2" not in deed["outcome"]
    olga.writes("/log")
    assert f"answered the customer of order {number}" in olga.sees


def test_an_answer_that_is_handled_again_after_a_crash_is_sent_once(olga, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    olga.presses("Answer")
    olga.writes("Sorry!")
    olga.repeats_after_crash()
    assert len(events(olga, "shop.answered")) == 1


def test_an_answer_that_is_too_long_may_be_written_again(olga, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    olga.presses("Answer")
    olga.writes("x" * (COMPLAINT_CHARS_MAX + 1))
    assert "characters" in olga.sees
    olga.writes("x")
    assert len(events(olga, "shop.answered")) == 1


@pytest.mark.parametrize("way_out", ["/cancel", "/orders", "button"])
def test_an_owner_who_has_left_answers_nobody(olga, sells, complains, way_out):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    olga.presses("Answer")
    if way_out == "button":
        olga.presses_data(f"admo:{number}")
    else:
        olga.writes(way_out)
    olga.writes("hello")
    assert events(olga, "shop.answered") == []


def test_who_waits_longest_comes_first_and_the_menu_counts_them(olga, sells, complains):
    first, second = sells(delivered=True), sells("orbit", user_id=56, name="Bob", delivered=True)
    complains(second, "late")
    complains(first, "first")
    olga.sql("UPDATE shop.complaints SET opened_at = now() - interval '1 hour' WHERE order_id = $1", second)
    olga.writes("/admin")
    olga.presses("Problems (2)")
    assert "Waiting for an answer: 2" in olga.sees
    labels = [label for label in olga.buttons() if label.startswith("Order ")]
    assert labels == [f"Order {second} · Bob · late", f"Order {first} · Anna · first"]
    olga.presses(f"Order {first}")
    olga.presses("Close without an answer")
    assert "closed without an answer" in olga.popup
    assert "Nobody is waiting" in olga.sees
    assert events(olga, "shop.answered") == []


def test_who_writes_again_waits_again(olga, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    olga.presses("Close without an answer")
    complains(number, "Still dead")
    olga.writes("/problems")
    assert "Waiting for an answer: 1" in olga.sees


def test_a_refund_ends_the_waiting(olga, sells, complains):
    number = sells(delivered=True)
    olga.learns("shop.complaint", complains(number))
    olga.presses("Refund")
    olga.presses("Yes")
    olga.writes("/problems")
    assert olga.sees == "Nobody is waiting for an answer."


def test_staff_may_answer_and_is_offered_neither_goods_nor_money(stas, sells, complains):
    number = sells(delivered=True)
    complains(number)
    stas.writes("/problems")
    stas.presses(f"Order {number}")
    labels = " ".join(stas.buttons())
    assert "Answer" in labels
    assert "Replace" not in labels
    assert "Refund" not in labels
    assert stas.id == STAFF


def test_complaints_of_another_bot_are_none_of_this_shop(olga, sells, complains):
    number = sells(delivered=True)
    complains(number)
    olga.sql("UPDATE shop.orders SET bot = 'elsewhere'")
    olga.sql("UPDATE shop.complaints SET bot = 'elsewhere'")
    olga.writes("/problems")
    assert olga.sees == "Nobody is waiting for an answer."
    for data in (f"admc:{number}", f"admca:{number}", f"admcx:{number}"):
        olga.presses_data(data)
        assert f"There is no order {number}" in olga.popup


def test_a_russian_owner_reads_russian(oleg, sells, complains):
    number = sells(delivered=True)
    oleg.writes("/admin")
    oleg.learns("shop.complaint", complains(number))
    assert f"Проблема с заказом № {number} (доставлен)" in oleg.sees
    oleg.presses("Ответить")
    oleg.writes("Проверим")
    assert "Ответ отправлен" in oleg.sees
