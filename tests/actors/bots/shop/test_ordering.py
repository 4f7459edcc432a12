"""From /start to an order, and everything that can get in between."""

import pytest

MONEY = "1 490 ₽".replace(" ", "\u00a0")


def test_an_english_customer_walks_through_an_order(ann, today):
    ann.writes("/start")
    assert "Hello, Ann!" in ann.sees
    ann.presses("Catalogue")
    ann.presses("Work tools (6)")
    assert "6 items in total" in ann.sees
    ann.presses("Glider")
    assert "Price: ₽1,490" in ann.sees
    ann.presses("Add to cart")
    assert ann.popup == "Added: Glider: tasks and calendar. In your cart: 1"
    ann.presses("Cart (1)")
    ann.presses("➕")
    assert "2 × ₽1,490 = ₽2,980" in ann.sees
    ann.presses("Place the order")
    ann.presses("Use @ann_smith")
    ann.writes("Please, <b>after</b> six & not later")
    assert "Contact: @ann_smith\nComment: Please, <b>after</b> six & not later" in ann.sees
    ann.presses("Confirm")
    [order] = ann.orders()
    assert f"Order {order['id']} received" in ann.sees
    assert (order["status"], order["contact"], order["language"]) == ("awaiting_payment", "@ann_smith", "en")
    assert (order["total_minor"], order["currency"], order["bot"]) == (298_000, "RUB", "shop")
    assert (order["chat_id"], order["comment"]) == (ann.chat_id, "Please, <b>after</b> six & not later")
    [line] = ann.sql("SELECT * FROM shop.order_lines WHERE order_id = $1", order["id"])
    assert (line["title"], line["quantity"], line["price_minor"]) == (
        "Glider: tasks and calendar",
        2,
        149_000,
    )
    ann.writes("/cart")
    assert "Your cart is empty" in ann.sees
    ann.writes("/orders")
    assert f"Order {order['id']}, {today}: awaiting payment\n2 items for ₽2,980" in ann.sees


def test_a_russian_customer_walks_through_an_order(boris):
    boris.writes("/start")
    assert "Здравствуйте, Борис <b>!" in boris.sees
    boris.presses("Каталог")
    boris.presses("Программы для работы")
    boris.presses("Планёр")
    assert f"Цена: {MONEY}" in boris.sees
    boris.presses("В корзину")
    boris.presses("Корзина (1)")
    boris.presses("Оформить заказ")
    assert list(boris.buttons()) == ["✖️ Отменить"]
    boris.writes("+7 912 345-67-89")
    boris.presses("Пропустить")
    assert "Контакт: +79123456789\nКомментарий: нет" in boris.sees
    boris.presses("Подтвердить")
    [order] = boris.orders()
    assert f"Заказ № {order['id']} принят" in boris.sees
    assert (order["language"], order["comment"]) == ("ru", "")
    boris.presses_data("go:orders")
    assert f"ждёт оплаты\n1 товар на {MONEY}" in boris.sees


def test_the_handler_that_confirms_may_run_again_and_makes_one_order(ann):
    ann.adds("planer")
    ann.reaches_summary()
    ann.presses("Confirm")
    receipt = ann.sees
    ann.repeats_after_crash()
    assert len(ann.orders()) == 1
    assert len(ann.sql("SELECT * FROM shop.order_lines")) == 1
    assert ann.sees == receipt


def test_a_repeat_keeps_what_was_agreed_though_the_price_has_changed(ann):
    ann.adds("planer")
    ann.reaches_summary()
    ann.presses("Confirm")
    ann.sql("UPDATE shop.products SET price_minor = 1, title_en = 'Renamed'")
    ann.repeats_after_crash()
    [order] = ann.orders()
    assert order["total_minor"] == 149_000
    assert "Glider" in ann.sees


def test_two_orders_are_two_messages(ann):
    for _ in range(2):
        ann.adds("planer")
        ann.reaches_summary()
        ann.presses("Confirm")
    assert len(ann.orders()) == 2


def test_pressing_confirm_twice_makes_one_order(ann):
    ann.adds("planer")
    ann.reaches_summary()
    data = ann.buttons()["✅ Confirm"]
    ann.presses_data(data)
    ann.presses_data(data)
    assert "already closed" in ann.popup
    assert len(ann.orders()) == 1


def test_a_price_that_changed_is_shown_before_it_is_agreed_to(ann):
    ann.adds("planer")
    ann.reaches_summary()
    ann.sql("UPDATE shop.products SET price_minor = 200000 WHERE slug = 'planer'")
    ann.presses("Confirm")
    assert "has changed" in ann.popup
    assert "₽2,000" in ann.sees
    assert ann.orders() == []
    ann.presses("Confirm")
    assert ann.orders()[0]["total_minor"] == 200_000


def test_a_summary_from_before_the_cart_changed_confirms_nothing(ann):
    ann.adds("planer")
    ann.reaches_summary()
    confirm = ann.buttons()["✅ Confirm"]
    ann.adds("fonts")
    ann.presses_data(confirm)
    assert ann.orders() == []
    assert "Font set" in ann.sees


def test_a_product_withdrawn_during_the_form_leaves_the_order_and_the_customer_is_told(ann):
    ann.adds("planer")
    ann.adds("fonts")
    ann.reaches_summary()
    ann.sql("UPDATE shop.products SET active = false WHERE slug = 'planer'")
    ann.presses("Confirm")
    assert "has changed" in ann.popup
    assert "1 product is no longer sold" in ann.sees
    ann.presses("Confirm")
    assert ann.orders()[0]["total_minor"] == 159_000


def test_a_form_with_nothing_left_to_order_closes(boris):
    boris.adds("planer")
    boris.reaches_summary()
    boris.sql("UPDATE shop.categories SET active = false")
    boris.presses("Подтвердить")
    assert "1 товар больше не продаётся и убран из корзины" in boris.sees
    assert "Корзина пуста" in boris.sees
    boris.writes("ещё?")
    assert "Я понимаю кнопки" in boris.sees
    assert boris.orders() == []


def test_a_contact_that_is_none_is_asked_for_again(ann):
    ann.adds("planer")
    ann.presses_data("order")
    ann.writes("call me <maybe>")
    assert "does not look like a phone number" in ann.sees
    assert list(ann.buttons()) == ["Use @ann_smith", "✖️ Cancel"]
    ann.sends(contact={"phone_number": "447700900123", "first_name": "Ann"})
    assert "step 2 of 3" in ann.sees


def test_a_comment_that_is_too_long_is_asked_for_again(ann):
    ann.adds("planer")
    ann.presses_data("order")
    ann.writes("@ann_smith")
    ann.writes("x" * 501)
    assert "501 characters, the limit is 500" in ann.sees
    ann.writes("/skip")
    assert "Comment: none" in ann.sees


def test_a_comment_no_database_can_hold_is_cleaned(ann):
    ann.adds("planer")
    ann.reaches_summary(comment="zero\0byte and half an emoji \ud83d")
    ann.presses("Confirm")
    assert ann.orders()[0]["comment"] == "zerobyte and half an emoji"


def test_the_contact_can_be_changed_before_confirming(ann):
    ann.adds("planer")
    ann.reaches_summary(contact="old@example.com")
    ann.presses("Change")
    ann.writes("new@example.com")
    ann.presses("Skip")
    ann.presses("Confirm")
    assert ann.orders()[0]["contact"] == "new@example.com"


STEPS = {"contact": [], "comment": ["@ann_smith"], "confirm": ["@ann_smith", "soon"]}


@pytest.mark.parametrize("typed", STEPS.values(), ids=STEPS.keys())
@pytest.mark.parametrize("way", ["/cancel", "button"])
def test_cancel_leaves_the_form_from_every_step_and_keeps_the_cart(ann, typed, way):
    ann.adds("planer")
    ann.presses_data("order")
    for text in typed:
        ann.writes(text)
    if way == "button":
        ann.presses("Cancel")
    else:
        ann.writes("/cancel")
    assert "cancelled" in ann.sees
    assert "🛒 Cart (1)" in ann.buttons()
    ann.writes("@ann_smith")
    assert "I understand buttons" in ann.sees


@pytest.mark.parametrize("typed", STEPS.values(), ids=STEPS.keys())
def test_the_form_answers_what_it_cannot_take_and_stays_where_it_is(ann, typed):
    ann.adds("planer")
    ann.presses_data("order")
    for text in typed:
        ann.writes(text)
    state = ann.run(ann.dispatcher.fsm.get_context(ann.bot, ann.id, ann.id).get_state())
    ann.sends(
        sticker={
            "file_id": "s",
            "file_unique_id": "s",
            "type": "regular",
            "width": 1,
            "height": 1,
            "is_animated": False,
            "is_video": False,
        }
    )
    assert "here" in ann.sees or "button below" in ann.sees
    ann.writes("/nonsense")
    assert "no such command" in ann.sees
    ann.writes("/help")
    ann.writes("/orders")
    ann.presses_data("go:cats")
    assert state == ann.run(ann.dispatcher.fsm.get_context(ann.bot, ann.id, ann.id).get_state())


def test_words_at_the_last_step_bring_the_buttons_back(ann):
    ann.adds("planer")
    ann.reaches_summary()
    ann.writes("yes!")
    assert "Please confirm the order with the button below" in ann.sees
    ann.presses("Confirm")
    assert len(ann.orders()) == 1


def test_start_leaves_the_form_and_says_so(ann):
    ann.adds("planer")
    ann.reaches_summary()
    ann.writes("/start")
    assert "Checkout is interrupted, your cart is kept." in ann.sees


def test_cancel_without_a_form_says_there_is_nothing_to_cancel(ann):
    ann.writes("/cancel")
    assert "nothing to cancel" in ann.sees


def test_buttons_of_another_step_are_answered(ann):
    ann.adds("planer")
    for data in ("form:me", "form:skip", "form:change", "form:cancel", "ok:12345678"):
        ann.presses_data(data)
        assert "already closed" in ann.popup
    ann.presses_data("order")
    for data in ("form:skip", "form:change", "ok:12345678"):
        ann.presses_data(data)
        assert "already closed" in ann.popup


def test_a_username_that_was_removed_meanwhile_is_not_taken(ann):
    ann.adds("planer")
    ann.presses_data("order")
    ann.username = None
    ann.presses("Use @ann_smith")
    assert "no username" in ann.popup


def test_an_empty_cart_cannot_be_ordered(ann):
    ann.writes("/start")
    ann.presses_data("order")
    assert "Your cart is empty" in ann.sees


def test_nobody_sees_the_orders_of_others(new_customer):
    ann, eve = new_customer(), new_customer()
    ann.adds("planer")
    ann.reaches_summary()
    ann.presses("Confirm")
    eve.writes("/orders")
    assert "No orders yet." in eve.sees


def test_an_order_forgets_the_cart_and_nothing_that_is_not_its_own(ann):
    ann.adds("planer")
    state = ann.dispatcher.fsm.get_context(ann.bot, ann.id, ann.id)
    ann.run(state.update_data(talk={"summary": "likes cats"}, language="en"))
    ann.reaches_summary()
    ann.presses("Confirm")
    kept = ann.run(state.get_data())
    assert kept.keys() == {"talk", "language", "known", "pages"}
