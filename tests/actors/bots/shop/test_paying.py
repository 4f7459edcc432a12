"""From an order to a provider's payment page, and all that can be otherwise."""

from dataclasses import replace

import pytest
from aiogram.methods import SendMessage

from mailroom.actors.bots.shop.options import Options
from mailroom.actors.providers.payments import ProviderUnavailableError
from mailroom.actors.providers.sums import Sums


def order_glider(customer):
    customer.adds("planer")
    customer.reaches_summary()
    customer.presses_data(next(data for data in customer.buttons().values() if data.startswith("ok:")))
    return customer.orders()[-1]["id"]


def time_passes(customer):
    """The reservations of all orders run out."""
    customer.sql("UPDATE shop.orders SET reserved_until = now() - interval '1 second'")
    customer.sql(
        "UPDATE shop.stock_items SET reserved_until = now() - interval '1 second' WHERE order_id IS NOT NULL"
    )


def pays(customer, number, status="paid"):
    """What the payment's job does, in short."""
    customer.sql(
        "UPDATE shop.stock_items SET sold_at = now(), reserved_until = NULL WHERE order_id = $1", number
    )
    customer.sql("UPDATE shop.orders SET status = $2, paid_at = now() WHERE id = $1", number, status)


def jobs(customer, name):
    return customer.sql("SELECT * FROM mailroom.outbox_job WHERE name = $1", name)


def buy_button(customer, slug="planer"):
    product = customer.sql("SELECT id FROM shop.products WHERE slug = $1", slug)[0]["id"]
    if not customer.telegram.messages:
        customer.writes("/start")
    customer.presses_data(f"card:{product}:0")
    return next(data for data in customer.buttons().values() if data.startswith("buy:"))


def test_a_placed_order_says_what_how_much_until_when_and_how_to_pay(ann):
    number = order_glider(ann)
    assert f"Order {number} received" in ann.sees
    assert "1 × ₽1,490 = ₽1,490" in ann.sees
    assert "reserved for you for 15 minutes" in ann.sees
    assert list(ann.buttons())[:3] == ["💳 YooKassa", "💳 AAIO", "✖️ Cancel the order"]
    [item] = ann.sql("SELECT * FROM shop.stock_items WHERE order_id = $1", number)
    assert item["sold_at"] is None
    assert ann.woken == ["shop.delivery"]


def test_a_fourth_order_has_to_wait_until_one_of_three_is_paid_or_cancelled(ann):
    numbers = [order_glider(ann) for _ in range(3)]
    assert order_glider(ann) == numbers[-1], "no new one"
    assert ann.popup.startswith("Three of your orders are awaiting payment.")
    ann.presses_data(buy_button(ann, "pdf"))
    assert ann.popup.startswith("Three of your orders are awaiting payment.")
    ann.presses_data(f"ordx:{numbers[0]}")
    ann.presses_data(buy_button(ann, "pdf"))
    assert ann.orders()[-1]["id"] > numbers[-1]


def test_the_payment_page_opens_by_a_button_in_place(boris, payments):
    number = order_glider(boris)
    messages = len(boris.telegram.messages)
    boris.presses("ЮKassa")
    assert len(boris.telegram.messages) == messages
    label = "💳 Оплатить 1 490 ₽ через ЮKassa".replace("1 490 ₽", "1\u00a0490\u00a0₽")
    [(shown, link)] = boris.links().items()
    [asked] = payments["yookassa"].orders
    assert (shown, link) == (label, f"https://pay.example/yookassa/{asked.reference}")
    assert "отложены для вас ещё на 15 минут" in boris.sees
    assert "деньги не спишутся" in boris.sees
    assert (asked.money.amount_minor, asked.language) == (149_000, "ru")
    boris.presses("Другой способ")
    boris.presses("AAIO")
    [asked] = payments["aaio"].orders
    assert list(boris.links().values()) == [f"https://pay.example/aaio/{asked.reference}"]
    boris.presses_data(f"pay:{number}:yookassa")
    boris.repeats_after_crash()
    assert len(payments["yookassa"].orders) == 1


def test_a_payer_comes_back_to_the_chat_where_no_browser_reaches_the_shops_page(ann, payments):
    served = ann.dispatcher.workflow_data
    served["room"] = replace(served["room"], public_url="")
    order_glider(ann)
    ann.presses("YooKassa")
    assert payments["yookassa"].orders[0].return_url == "https://t.me/mailroom_shop_bot"


def test_where_money_moves_nothing_is_said_of_a_test(ann, payments):
    payments["yookassa"].test = False
    order_glider(ann)
    ann.presses("YooKassa")
    assert "test payment" not in ann.sees


def test_a_provider_that_is_down_is_named_and_another_one_can_be_chosen(ann, payments):
    order_glider(ann)
    payments["yookassa"].down = ProviderUnavailableError("it does not answer")
    ann.presses("YooKassa")
    assert ann.popup.startswith("YooKassa is not taking payments right now.")
    assert "another way" in ann.popup
    assert ann.telegram.answers[-1].show_alert
    ann.presses("AAIO")
    [asked] = payments["aaio"].orders
    assert list(ann.links().values()) == [f"https://pay.example/aaio/{asked.reference}"]


@pytest.mark.parametrize("options", [Options(payments=("aaio",))], ids=["aaio only"])
def test_the_owner_says_which_providers_are_offered(ann, payments):
    number = order_glider(ann)
    assert [label for label in ann.buttons() if "💳" in label] == ["💳 AAIO"]
    payments["aaio"].down = ProviderUnavailableError("it does not answer")
    ann.presses("AAIO")
    assert ann.popup == "AAIO is not taking payments right now. Please try again in a minute."
    ann.presses_data(f"pay:{number}:nobody")
    assert ann.popup == "This order cannot be paid that way."


def test_without_a_provider_the_shop_writes_about_payment_and_holds_the_goods_for_days(ann, payments):
    payments.clear()
    number = order_glider(ann)
    assert "We will write to you about payment." in ann.sees
    assert not any("💳" in label for label in ann.buttons())
    [order] = ann.sql("SELECT reserved_until - created_at AS held FROM shop.orders WHERE id = $1", number)
    assert order["held"].days == 3
    ann.presses_data(f"ord:{number}")
    assert "We will write to you about payment." in ann.sees


def has(customer, amount_minor):
    """The customer has this on the balance."""
    customer.writes("/start")
    [order] = customer.sql(
        "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor, currency,"
        " status) VALUES ('friend', 'elsewhere', 1, 1, 'en', '', 1, 'RUB', 'canceled') RETURNING id"
    )
    customer.sql(
        "INSERT INTO shop.balance_entries (bot, user_id, kind, order_id, level, amount_minor, currency)"
        " VALUES ('shop', $1, 'bonus', $2, 1, $3, 'RUB')",
        customer.id,
        order["id"],
        amount_minor,
    )


def test_a_balance_that_left_too_small_a_rest_leaves_what_the_gateway_takes(ann, payments):
    has(ann, 148_950)  # of 1 490: what would remain is half a rouble
    payments["yookassa"].takes, payments["aaio"].takes = Sums(100, 10**8), Sums(41_000, 2_500_000)
    ann.adds("planer")
    ann.writes("/cart")
    ann.presses("Use ₽1,489 of my balance")
    assert "To pay: ₽1\n" in ann.sees
    assert "A payment below ₽1" in ann.sees
    ann.reaches_summary()
    ann.presses_data(next(data for data in ann.buttons().values() if data.startswith("ok:")))
    assert (ann.orders()[-1]["total_minor"], ann.orders()[-1]["balance_minor"]) == (149_000, 148_900)
    assert [label for label in ann.buttons() if "💳" in label] == ["💳 YooKassa"], "AAIO takes 410 at least"
    ann.presses("YooKassa")
    assert [one.money.amount_minor for one in payments["yookassa"].orders] == [100]


def test_a_balance_of_which_nothing_can_be_used_is_not_offered(ann, payments):
    has(ann, 50_000)
    for one in payments.values():
        one.takes = Sums(149_000, 10**8)
    ann.adds("planer")
    ann.writes("/cart")
    assert not any("balance" in label for label in ann.buttons())


def test_a_provider_that_does_not_take_the_sum_is_neither_offered_nor_asked(ann, payments):
    payments["aaio"].takes = Sums(1, 148_999)
    number = order_glider(ann)
    assert [label for label in ann.buttons() if "💳" in label] == ["💳 YooKassa"]
    ann.presses_data(f"pay:{number}:aaio")
    assert ann.popup == "This order cannot be paid that way."
    assert payments["aaio"].orders == []


def test_a_sum_that_no_provider_takes_is_paid_by_hand(ann, payments):
    for one in payments.values():
        one.takes = Sums(149_001, 10**8)
    number = order_glider(ann)
    assert "We will write to you about payment." in ann.sees
    [order] = ann.sql("SELECT reserved_until - created_at AS held FROM shop.orders WHERE id = $1", number)
    assert order["held"].days == 3


def test_an_order_whose_time_is_over_is_shown_so_instead_of_paid_for(ann, payments):
    number = order_glider(ann)
    time_passes(ann)
    ann.presses("YooKassa")
    assert ann.popup == "This order is no longer awaiting payment."
    assert "not paid in time" in ann.sees
    assert payments["yookassa"].orders == []
    assert ann.orders()[0]["id"] == number


def test_a_canceled_order_frees_its_goods_and_cannot_be_paid(ann):
    number = order_glider(ann)
    ann.presses("Cancel the order")
    assert ann.popup == "The order is cancelled."
    assert "cancelled" in ann.sees
    assert ann.sql("SELECT * FROM shop.stock_items WHERE order_id = $1", number) == []
    ann.repeats_after_crash()
    assert ann.popup == "The order is cancelled."
    ann.presses_data(f"pay:{number}:yookassa")
    assert ann.popup == "This order is no longer awaiting payment."


def test_a_paid_order_cannot_be_canceled(ann):
    number = order_glider(ann)
    pays(ann, number)
    ann.presses("Cancel the order")
    assert ann.popup == "This order can no longer be cancelled."
    assert "Paid, thank you!" in ann.sees


def test_i_have_paid_has_the_provider_asked_once_for_each_press(ann):
    number = order_glider(ann)
    ann.presses_data(f"paid:{number}")
    assert "choose how to pay first" in ann.popup
    ann.presses("YooKassa")
    ann.presses("I have paid")
    assert "We are checking with YooKassa." in ann.popup
    ann.repeats_after_crash()
    [job] = jobs(ann, "payment.confirm")
    assert job["queue"] == "shop.payment"
    assert "shop.payment" in ann.woken


def test_i_have_paid_shows_an_order_that_is_paid(ann):
    number = order_glider(ann)
    ann.presses("YooKassa")
    pays(ann, number)
    ann.presses("I have paid")
    assert "Paid, thank you!" in ann.sees
    assert jobs(ann, "payment.confirm") == []


@pytest.mark.parametrize("data", ["ord:{}", "pay:{}:yookassa", "paid:{}", "ordx:{}", "goods:{}"])
def test_the_orders_of_others_do_not_exist(new_customer, data, payments):
    ann, eve = new_customer(), new_customer()
    number = order_glider(ann)
    pays(ann, number, "delivered") if data.startswith("goods") else None
    eve.writes("/start")
    eve.presses_data(data.format(number))
    assert eve.popup in (
        "You have no such order.",
        "There is nothing to show for this order at the moment.",
    )
    assert "DEMO" not in eve.sees
    assert len(eve.telegram.messages) == 1
    assert payments["yookassa"].orders == []
    assert ann.orders()[0]["status"] in ("awaiting_payment", "delivered")
    assert jobs(ann, "payment.confirm") == []


def test_orders_are_listed_with_a_button_each_and_goods_can_be_read_again(ann, today):
    number = order_glider(ann)
    pays(ann, number, "delivered")
    ann.writes("/orders")
    assert f"Order {number}, {today}: delivered\n1 item for ₽1,490" in ann.sees
    ann.presses(f"Order {number} · ₽1,490 · delivered")
    assert "You can see them again at any time" in ann.sees
    ann.presses("Show my goods")
    assert f"The goods of order {number}" in ann.sees
    assert "DEMO-PLANER-0001" in ann.sees


def test_buying_at_once_is_one_press_and_leaves_the_cart_alone(ann):
    ann.adds("fonts")
    ann.presses_data(buy_button(ann))
    [order] = ann.orders()
    assert f"Order {order['id']} received" in ann.sees
    assert (order["total_minor"], order["contact"], order["status"]) == (
        149_000,
        "@ann_smith",
        "awaiting_payment",
    )
    assert isinstance(ann.telegram.messages[ann.newest], SendMessage), "the card stays"
    ann.sql("UPDATE shop.products SET price_minor = 1")
    ann.repeats_after_crash()
    assert ann.popup == ""
    assert "₽1,490" in ann.sees
    assert len(ann.orders()) == 1
    ann.writes("/cart")
    assert "Font set" in ann.sees


def test_pressing_buy_twice_is_one_order_until_it_is_paid(ann):
    data = buy_button(ann)
    ann.presses_data(data)
    ann.presses_data(data)
    assert ann.popup == "This order is already awaiting payment."
    assert len(ann.orders()) == 1
    pays(ann, ann.orders()[0]["id"])
    ann.presses_data(data)
    assert len(ann.orders()) == 2


def test_buying_takes_the_quantity_that_was_offered(ann):
    product = ann.sql("SELECT id FROM shop.products WHERE slug = 'planer'")[0]["id"]
    ann.adds("planer", times=3)
    ann.reaches_summary()
    quote = next(data for data in ann.buttons().values() if data.startswith("ok:")).split(":")[1]
    ann.presses_data(f"buy:{product}:3:{quote.split('.')[0]}")
    assert [line["quantity"] for line in ann.sql("SELECT * FROM shop.order_lines")] == [3]


def test_a_price_that_has_changed_is_shown_and_not_bought_at(ann):
    data = buy_button(ann)
    ann.sql("UPDATE shop.products SET price_minor = 200000 WHERE slug = 'planer'")
    ann.presses_data(data)
    assert ann.popup == "The price has changed. Please check it."
    assert ann.orders() == []
    ann.presses("Buy now for ₽2,000")
    assert ann.orders()[0]["total_minor"] == 200_000


def test_what_is_sold_out_meanwhile_is_not_bought(ann):
    data = buy_button(ann)
    ann.sql("UPDATE shop.stock_items SET withdrawn_at = now()")
    ann.presses_data(data)
    assert ann.popup == "This product is sold out."
    assert "Sold out for now" in ann.sees
    assert ann.orders() == []
    ann.sql("UPDATE shop.products SET active = false")
    ann.presses_data(data)
    assert ann.popup == "This product is no longer sold."


def test_the_contact_is_asked_once_and_offered_from_then_on(ann):
    order_glider(ann)
    ann.adds("fonts")
    ann.writes("/cart")
    ann.presses_data("order")
    assert list(ann.buttons()) == ["Use ann@example.com", "Use @ann_smith", "✖️ Cancel"]
    ann.presses("Use ann@example.com")
    ann.presses("Skip")
    ann.presses("Confirm")
    assert [order["contact"] for order in ann.orders()] == ["ann@example.com", "ann@example.com"]
    ann.presses_data(buy_button(ann, "trams"))
    assert ann.orders()[-1]["contact"] == "ann@example.com"


def test_a_known_contact_that_was_forgotten_meanwhile_is_asked_for(ann):
    order_glider(ann)
    ann.adds("fonts")
    ann.presses_data("order")
    ann.sql("UPDATE shop.customers SET contact = ''")
    ann.presses("Use ann@example.com")
    assert "step 1 of 3" in ann.sees
