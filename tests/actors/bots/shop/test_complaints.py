"""A customer has a problem with an order: what they write reaches the owners with the order, once."""

import pytest

from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX, WAITING_MESSAGES_MAX
from mailroom.actors.bots.shop.demo.goods import fill
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.runtime.bridge import aio
from tests.actors.bots.bot_harness import OWNER as DEMO_OWNER
from tests.actors.bots.bot_harness import run_scenario

OWNER, OTHER = 7_000_001, 7_000_002
BUYER = 100
BUTTON = "Problem with this order"
DELIVERED = "UPDATE shop.orders SET status = 'delivered', paid_at = now(), delivered_at = now() WHERE id = $1"


@pytest.fixture
def options():
    return Options(owners=frozenset({OWNER, OTHER}))


def has_bought(customer):
    """An order that was delivered, open in front of its customer; its number."""
    customer.adds("planer")
    customer.reaches_summary()
    customer.presses_data(next(data for data in customer.buttons().values() if data.startswith("ok:")))
    number = customer.orders()[-1]["id"]
    customer.sql(
        "UPDATE shop.stock_items SET sold_at = now(), reserved_until = NULL WHERE order_id = $1", number
    )
    customer.sql(DELIVERED, number)
    customer.presses_data(f"ord:{number}")
    return number


def messages(customer):
    return [row["text"] for row in customer.sql("SELECT text FROM shop.complaint_messages ORDER BY id")]


def told(customer):
    """Whom of the owners the jobs tell, in order."""
    jobs = customer.sql(
        "SELECT (payload::jsonb ->> 'chat')::bigint AS chat FROM mailroom.outbox_job"
        " WHERE payload::jsonb ->> 'name' = 'shop.complaint' ORDER BY id"
    )
    return [job["chat"] for job in jobs]


def test_what_is_wrong_is_written_down_and_every_owner_is_told(ann):
    has_bought(ann)
    ann.presses(BUTTON)
    assert "What is wrong with order" in ann.sees
    ann.writes("The key is not accepted.")
    assert "The owner of the shop has it." in ann.sees
    assert messages(ann) == ["The key is not accepted."]
    assert told(ann) == [OWNER, OTHER]
    assert "shop.notification" in ann.woken


def test_the_page_of_the_order_stays_where_the_button_was(ann):
    has_bought(ann)
    page = ann.newest
    ann.presses(BUTTON)
    assert ann.newest > page
    assert "delivered" in ann.telegram.messages[page].text


def test_more_messages_are_added_to_the_same_complaint(ann):
    number = has_bought(ann)
    ann.presses(BUTTON)
    ann.writes("one")
    ann.writes("two")
    assert f"Added to your message about order {number}" in ann.sees
    ann.presses("Done")
    ann.presses_data(f"cmp:{number}")
    assert "The shop knows about it" in ann.sees
    assert "You: two" in ann.sees
    ann.writes("three")
    assert messages(ann) == ["one", "two", "three"]
    assert len(ann.sql("SELECT 1 FROM shop.complaints")) == 1


def test_a_message_that_is_handled_again_after_a_crash_is_told_once(ann):
    has_bought(ann)
    ann.presses(BUTTON)
    ann.writes("The key is not accepted.")
    ann.repeats_after_crash()
    assert messages(ann) == ["The key is not accepted."]
    assert told(ann) == [OWNER, OTHER]


@pytest.mark.parametrize("way_out", ["/cancel", "button", "/help", "late", "another button"])
def test_whoever_has_left_writes_to_nobody(ann, way_out):
    number = has_bought(ann)
    ann.presses(BUTTON)
    if way_out == "button":
        ann.presses("Never mind")
    elif way_out == "another button":
        ann.presses_data(f"ord:{number}")
    elif way_out != "late":
        ann.writes(way_out)
    late = {"date": 4_000_000_000} if way_out == "late" else {}
    ann.sends(text="which editor is good?", **late)
    assert messages(ann) == []


def test_a_photo_is_taken_by_its_caption_and_asked_about_without_one(ann):
    has_bought(ann)
    ann.presses(BUTTON)
    photo = [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]
    ann.sends(photo=photo)
    assert "Please describe in words" in ann.sees
    ann.sends(photo=photo, caption="See the error")
    assert messages(ann) == ["See the error"]


def test_a_story_is_cut_and_its_writer_told(ann):
    has_bought(ann)
    ann.presses(BUTTON)
    ann.writes("x" * (COMPLAINT_CHARS_MAX + 1))
    assert messages(ann) == ["x" * COMPLAINT_CHARS_MAX]
    assert f"the first {COMPLAINT_CHARS_MAX} characters" in ann.sees


def test_who_writes_on_and_on_is_asked_to_wait(ann):
    has_bought(ann)
    ann.presses(BUTTON)
    for number in range(WAITING_MESSAGES_MAX + 2):
        ann.writes(f"message {number}")
    assert len(messages(ann)) == WAITING_MESSAGES_MAX
    assert "wait for the answer" in ann.sees


def test_orders_of_others_and_orders_that_nobody_paid_are_no_matter_of_complaint(ann, boris):
    number = has_bought(ann)
    boris.writes("/start")
    boris.presses_data(f"cmp:{number}")
    assert boris.popup == TEXTS["ru"].orders.unknown_popup
    ann.sql("UPDATE shop.orders SET status = 'expired'")
    ann.presses_data(f"ord:{number}")
    assert not any(BUTTON in label for label in ann.buttons())
    ann.presses_data(f"cmp:{number}")
    assert "has not been paid for" in ann.popup
    boris.writes("hello")
    assert messages(ann) == []


def test_what_was_complained_about_can_be_answered_to_after_its_refund(ann):
    number = has_bought(ann)
    ann.presses(BUTTON)
    ann.writes("It does not work")
    ann.sql("UPDATE shop.orders SET status = 'refunded'")
    ann.presses_data(f"cmp:{number}")
    ann.writes("Where is my money?")
    assert messages(ann)[-1] == "Where is my money?"


def test_who_chats_in_russian_is_served_in_russian(boris):
    has_bought(boris)
    boris.presses("Проблема с заказом")
    assert "Что не так с заказом" in boris.sees
    boris.writes("Ключ не подходит")
    assert "Передали владельцу магазина" in boris.sees


def test_a_message_of_a_state_without_its_form_goes_to_the_shop_as_ever(ann):
    has_bought(ann)
    ann.presses(BUTTON)
    [record] = ann.dispatcher.fsm.storage.storage.values()
    del record.data["complaint"]
    ann.writes("hello")
    assert messages(ann) == []


@pytest.fixture
def play(clean_postgres_url, clean_redis_url):
    def play(scenario):
        run_scenario("shop", scenario, clean_postgres_url, clean_redis_url)

    return play


async def buys(harness):
    await aio(fill, harness.database, harness.services.vault)
    await harness.write(BUYER, "/catalog")
    for label in ("Work", "Glider", "Buy now", "💳"):
        await harness.tap(BUYER, label)
    await harness.pay()


def test_from_the_dead_key_to_another_one_with_a_crash_at_every_answer(play):
    """Each handler ends after its rows were written, before anybody was told, and is run again."""

    async def scenario(harness):
        await buys(harness)
        await harness.tap(BUYER, BUTTON)
        harness.telegram.tell(RuntimeError("the handler ended here"), method="sendMessage", chat_id=BUYER)
        await harness.write(BUYER, "The key is dead")
        told = [text for text in harness.heard(DEMO_OWNER) if "A problem with order 1001" in text]
        assert len(told) == 1
        assert "The key is dead" in told[0]
        await harness.tap(DEMO_OWNER, "Answer")
        harness.telegram.tell(
            RuntimeError("the handler ended here"), method="sendMessage", chat_id=DEMO_OWNER
        )
        await harness.write(DEMO_OWNER, "One moment!")
        assert sum("One moment!" in text for text in harness.heard(BUYER)) == 1
        before = len(harness.heard(BUYER))
        harness.telegram.tell(
            RuntimeError("the handler ended here"), method="editMessageText", chat_id=DEMO_OWNER
        )
        await harness.tap(DEMO_OWNER, "Replace: Glider")
        (given,) = harness.heard(BUYER)[before:]
        assert "A replacement in order 1001" in given
        assert "DEMO-PLANER-0002" in given
        assert await harness.value("SELECT count(*) FROM shop.stock_items WHERE order_id = 1001") == 2
        assert await harness.dead() == []

    play(scenario)
