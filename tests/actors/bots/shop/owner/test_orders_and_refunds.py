"""Orders as owners look for them, and money that they give back."""

import json

from mailroom.actors.bots.shop.routes.owner.callbacks import DoRefund
from tests.shop_tables import shop_pool, shop_room


def jobs(person, name):
    return person.sql("SELECT * FROM mailroom.outbox_job WHERE name = $1 ORDER BY id", name)


def status(person, number):
    return person.sql("SELECT status FROM shop.orders WHERE id = $1", number)[0]["status"]


def in_stock(person, slug):
    return person.sql("SELECT available FROM shop.available_stock_with_discounts WHERE slug = $1", slug)[0][
        "available"
    ]


def test_the_latest_orders_are_a_list_of_buttons(olga, sells):
    first, second = sells(), sells("orbit", user_id=56, name="Bob", pays=False)
    olga.writes("/admin")
    olga.presses("Orders")
    labels = [label for label in olga.buttons() if label.startswith("Order ")]
    assert labels == [
        f"Order {second} · awaiting payment · ₽699", f"Order {first} · paid · ₽899"
    ]  # fmt: skip


def test_an_order_tells_who_what_how_it_was_paid_and_what_is_still_to_be_done(olga, sells):
    number = sells("lighthouse", 2)
    olga.sql(
        "INSERT INTO mailroom.outbox_dead SELECT dead.* FROM mailroom.outbox_job AS job,"
        " jsonb_populate_record(NULL::mailroom.outbox_dead, to_jsonb(job) || jsonb_build_object("
        "'died_at', now(), 'error', 'no chat', 'traceback', 'Traceback', 'history', '[]'::jsonb)) AS dead"
        " WHERE job.name = 'shop.expire'"
    )
    olga.writes(f"/order {number}")
    text = olga.sees
    assert f"Order {number}: paid" in text
    assert "Anna\nContact: anna@example.com · id 55" in text
    assert "The Lighthouse Keeper: 2 × ₽899" in text
    assert "Total: ₽1,798" in text
    assert "Comment: soon" in text
    assert "yookassa: ₽1,798, paid" in text
    assert "shop.expire: scheduled (attempts: 0)\nshop.expire: failed (attempts: 0)" in text


def test_orders_are_found_by_number_customer_name_and_contact(olga, oleg, sells):
    number, other = sells(), sells(user_id=56, name="Bob 50% _x")
    sells(user_id=56, name="Bob 50% _x")
    for text in (str(number), f"№ {number}", "55", "anna"):
        olga.writes(f"/order {text}")
        if text == "anna":  # all of them left that address
            assert len([label for label in olga.buttons() if label.startswith("Order ")]) == 3
        else:
            assert f"Order {number}: paid" in olga.sees, text
    for text in ("56", "bob", "50% _"):
        olga.writes(f"/order {text}")
        assert olga.sees.startswith(f"Results for: {text}")
        assert len([label for label in olga.buttons() if label.startswith("Order ")]) == 2
    for text in ("%", "9" * 30, "1 OR 1=1", "\x00"):
        olga.writes(f"/order {text}")
        assert status(olga, other) == "paid"
    oleg.writes("/order никого")
    assert oleg.sees == "Таких заказов нет."


def test_orders_of_another_bot_are_none_of_this_shop(olga, sells):
    number = sells()
    olga.sql("UPDATE shop.orders SET bot = 'elsewhere'")
    olga.writes(f"/order {number}")
    assert olga.sees == "There are no such orders."
    olga.writes(f"/refund {number}")
    assert f"There is no order {number}" in olga.sees
    olga.presses_data(DoRefund(order=number, goods=False).pack())
    assert status(olga, number) == "paid"


def test_a_refund_is_asked_about_and_then_begun_once(olga, sells):
    number = sells("lighthouse", 2, delivered=True)
    stock = in_stock(olga, "lighthouse")
    olga.writes(f"/refund {number}")
    assert olga.sees == f"Refund ₽1,798 for order {number}? This cannot be undone."
    assert list(olga.buttons()) == ["Yes, refund ₽1,798", "No"]
    assert status(olga, number) == "delivered"
    question = olga.newest
    olga.presses("Yes")
    assert f"₽1,798 for order {number} is being refunded." in olga.sees
    assert status(olga, number) == "refunding"
    (job,) = jobs(olga, "payment.refund")
    (payment,) = olga.sql("SELECT * FROM mailroom.payment")
    assert json.loads(job["payload"]) == {"payment_id": payment["id"], "why": "owner"}
    assert (job["queue"], payment["status"], olga.woken[-1]) == ("shop.payment", "refunding", "shop.payment")
    olga.repeats_after_crash()
    olga.presses_data(DoRefund(order=number, goods=False).pack(), message_id=question)
    assert "cannot be refunded, its status: being refunded" in olga.popup
    assert len(jobs(olga, "payment.refund")) == 1
    assert len(olga.sql("SELECT * FROM mailroom.payment_refund")) == 1
    assert in_stock(olga, "lighthouse") == stock
    (deed,) = olga.sql("SELECT * FROM shop.owner_log")
    assert (deed["action"], deed["target"]) == ("refund", str(number))
    assert deed["who"] == f"Olga <b> (telegram {olga.id})"
    olga.writes(f"/order {number}")
    assert "yookassa: ₽1,798, being refunded; refund of ₽1,798: on its way" in olga.sees
    assert "payment.refund: waiting its turn" in olga.sees


def test_goods_that_nobody_has_seen_can_go_back_into_stock(olga, sells):
    number = sells("orbit", 2)
    assert in_stock(olga, "orbit") == 0
    olga.writes(f"/refund {number}")
    olga.presses("goods back into stock")
    assert status(olga, number) == "refunding"
    assert in_stock(olga, "orbit") == 2


def test_goods_that_were_delivered_are_never_sold_again(olga, sells):
    number = sells("orbit", 2, delivered=True)
    olga.writes("/admin")
    olga.presses_data(DoRefund(order=number, goods=True).pack())
    assert "cannot be sold again" in olga.popup
    assert (status(olga, number), in_stock(olga, "orbit")) == ("delivered", 0)
    assert jobs(olga, "payment.refund") == []
    assert olga.sql("SELECT * FROM shop.owner_log") == []


def test_an_order_that_the_balance_has_paid_for_is_given_back_to_the_balance(olga, sells):
    number = sells("lighthouse", 1, balance=100_000)
    assert status(olga, number) == "paid"
    spent = "SELECT sum(amount_minor) AS left FROM shop.balance_entries WHERE user_id = 55"
    assert olga.sql(spent)[0]["left"] == 10_100
    olga.writes(f"/refund {number}")
    olga.presses("Yes")
    assert olga.sees == f"₽899 for order {number} is back on the buyer's balance."
    assert status(olga, number) == "refunded"
    olga.repeats_after_crash()
    assert olga.sql(spent)[0]["left"] == 100_000
    assert len(jobs(olga, "shop.take_back")) == 1
    (told,) = jobs(olga, "shop.apologise")
    assert json.loads(told["payload"]) == {
        "order": number, "payment": None, "why": "owner", "amount_minor": 89_900, "currency": "RUB",
        "over": True, "to_balance": True,
    }  # fmt: skip
    assert olga.woken[0] == "shop.delivery"


def test_what_was_not_paid_cannot_be_refunded(olga, sells):
    number = sells(pays=False)
    for wish in (
        f"/refund {number}",
        "/refund",
        "/refund all",
        f"/refund {number + 1}",
        "/refund " + "9" * 40,
    ):
        olga.writes(wish)
    olga.presses_data(DoRefund(order=number, goods=False).pack())
    assert "cannot be refunded, its status: awaiting payment" in olga.popup
    assert jobs(olga, "payment.refund") == []


def test_of_two_owners_who_refund_at_once_one_does(shop_database, sells):
    import asyncio

    from mailroom.actors.bots.shop.domain.owner_faults import Fault
    from mailroom.actors.bots.shop.owner_refund import refund
    from mailroom.actors.kit.owners.deeds import By
    from mailroom.actors.kit.owners.refusals import OwnerError

    number = sells()

    async def both():
        async with shop_pool(shop_database, 8) as pool:
            one = [By("shop", "Olga", f"press-{place}") for place in range(6)]
            same = [By("shop", "Olga", "press-0")] * 2  # and one press is handled in two places
            return await asyncio.gather(
                *(refund(shop_room(pool), by, number) for by in [*one, *same]), return_exceptions=True
            ), await pool.fetch("SELECT * FROM mailroom.outbox_job WHERE name = 'payment.refund'")

    ended, made = asyncio.run(both())
    refused = [one for one in ended if isinstance(one, OwnerError)]
    assert {one.wrong.fault for one in refused} == {Fault.NOT_REFUNDABLE}
    assert len(refused) in (5, 7)  # the press that was handled three times did it, or another
    assert len(made) == 1
