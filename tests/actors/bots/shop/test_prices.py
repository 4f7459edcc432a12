"""What things cost in the chat: discounts, promo codes, the balance; and how many of them there are."""

import pytest


@pytest.fixture(autouse=True)
def no_demo_discounts(request):
    """Tests of prices begin without the discounts of the demo."""
    ann = request.getfixturevalue("ann")
    ann.sql("DELETE FROM shop.discounts")


def discount(ann, title, percent, slug=None, **columns):
    ann.sql(
        "INSERT INTO shop.discounts (title_ru, title_en, percent, product_id, promo_code, min_quantity,"
        " uses_max, uses, starts_at, ends_at) VALUES ($1, $1, $2,"
        " (SELECT id FROM shop.products WHERE slug = $3), $4, $5, $6, $7,"
        " now() + make_interval(days => $8), now() + make_interval(days => $9))",
        title,
        percent,
        slug,
        columns.get("promo_code"),
        columns.get("min_quantity", 1),
        columns.get("uses_max"),
        columns.get("uses", 0),
        columns.get("starts_days", -2),
        columns.get("ends_days", 2),
    )


def leave_in_stock(ann, slug, count):
    ann.sql(
        "UPDATE shop.stock_items SET withdrawn_at = now() WHERE product_id ="
        " (SELECT id FROM shop.products WHERE slug = $1) AND id NOT IN (SELECT id FROM shop.stock_items"
        " WHERE product_id = (SELECT id FROM shop.products WHERE slug = $1) ORDER BY id LIMIT $2)",
        slug,
        count,
    )


def give_balance(ann, amount_minor):
    ann.sql(
        "WITH earlier AS (INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact,"
        " total_minor, currency, status) VALUES ('earlier', 'shop', 1, 1, 'en', '', 1, 'RUB', 'delivered')"
        " RETURNING id) INSERT INTO shop.balance_entries (bot, user_id, kind, order_id, level, amount_minor,"
        " currency) SELECT 'shop', $1, 'bonus', id, 1, $2, 'RUB' FROM earlier",
        ann.id,
        amount_minor,
    )


def html(ann):
    return ann.telegram.messages[ann.newest].text


def card(ann, slug):
    product = ann.sql("SELECT id FROM shop.products WHERE slug = $1", slug)[0]["id"]
    if not ann.telegram.messages:
        ann.writes("/start")
    ann.presses_data(f"card:{product}:0")
    return product


def test_a_card_shows_the_price_before_and_after_a_discount_and_what_larger_quantities_cost(ann):
    discount(ann, "Spring", 10, "planer")
    discount(ann, "Three", 20, "planer", min_quantity=3)
    discount(ann, "Four for less than three", 15, "planer", min_quantity=4)
    discount(ann, "Secret", 50, "planer", promo_code="SECRET")
    discount(ann, "Secret pair", 55, "planer", promo_code="SECRET", min_quantity=2)
    discount(ann, "Too many", 60, "planer", min_quantity=50)
    card(ann, "planer")
    assert "Price: <s>₽1,490</s> <b>₽1,341</b>\n🏷 Spring, −10%" in html(ann)
    assert "3 or more: ₽1,192 each, −20%" in ann.sees
    for hidden in ("2 or more", "4 or more", "50 or more", "Secret", "−50%"):
        assert hidden not in ann.sees
    assert "⚡️ Buy now for ₽1,341" in ann.buttons()
    assert "In stock: 120" in ann.sees


def test_the_list_of_a_category_shows_todays_price_and_what_is_sold_out(ann):
    discount(ann, "Spring", 10, "planer")
    ann.writes("/catalog")
    ann.presses("Work tools")
    assert "Glider: tasks and calendar · ₽1,341" in ann.buttons()
    ann.writes("/catalog")
    ann.presses("Photo")
    ann.presses("Next")
    assert "Album: cloud for pictures · sold out" in ann.buttons()


def test_the_last_one_is_called_so(ann):
    leave_in_stock(ann, "orbit", 1)
    card(ann, "orbit")
    assert "Last one in stock" in ann.sees


def test_what_is_sold_out_has_no_buttons_to_buy_it(ann):
    product = card(ann, "album")
    assert "Sold out for now" in ann.sees
    assert not any(data.startswith(("add:", "buy:")) for data in ann.buttons().values())
    ann.presses_data(f"add:{product}:0")
    assert ann.popup == "This product is sold out."
    ann.writes("/cart")
    assert "Your cart is empty" in ann.sees


def test_no_more_goes_into_the_cart_than_there_are(ann):
    product = ann.adds("orbit", times=2)
    ann.presses_data(f"add:{product}:0")
    assert ann.popup == "In stock: 2. That is all we have."
    ann.writes("/cart")
    ann.presses("➕")
    assert ann.popup == "In stock: 2. That is all we have."
    assert "2 × " in ann.sees


def test_a_cart_says_what_has_become_short_and_can_be_cut_to_what_there_is(ann):
    ann.adds("orbit", times=2)
    ann.adds("upscale")
    ann.adds("planer")
    leave_in_stock(ann, "orbit", 1)
    leave_in_stock(ann, "upscale", 0)
    ann.writes("/cart")
    assert "We do not have that many." in ann.sees
    assert "⚠️ Only 1 in stock" in ann.sees
    assert "⚠️ Sold out" in ann.sees
    assert not any("Place the order" in label for label in ann.buttons())
    ann.presses_data("order")
    assert "We do not have that many." in ann.sees
    ann.presses("Take what is left")
    assert "⚠️" not in ann.sees
    assert "1. Orbit Nine" in ann.sees
    assert "2. Glider" in ann.sees
    ann.presses("Place the order")
    assert "step 1 of 3" in ann.sees


def test_goods_that_sell_out_during_the_form_send_one_back_to_the_cart(ann):
    ann.adds("orbit", times=2)
    ann.reaches_summary()
    leave_in_stock(ann, "orbit", 1)
    ann.presses("Confirm")
    assert ann.popup == "We do not have that many. Take what is left, or remove some."
    assert "⚠️ Only 1 in stock" in ann.sees
    assert ann.orders() == []
    ann.writes("hm")
    assert "I understand buttons" in ann.sees


def test_a_line_of_the_cart_shows_its_discount(ann):
    discount(ann, "Pair", 20, "planer", min_quantity=2)
    ann.adds("planer")
    ann.writes("/cart")
    assert "1 × ₽1,490 = ₽1,490" in ann.sees
    ann.presses("➕")
    assert "2 × <s>₽1,490</s> ₽1,192 = ₽2,384\n🏷 Pair, −20%" in html(ann)
    assert "Total: <s>₽2,980</s> <b>₽2,384</b>" in html(ann)


def test_a_promo_code_is_typed_applied_kept_through_the_order_and_then_forgotten(ann):
    discount(ann, "Welcome", 10, promo_code="WELCOME10", uses_max=5)
    ann.adds("planer")
    ann.writes("/cart")
    ann.presses("Enter a promo code")
    ann.writes("welcome10")
    assert "The promo code WELCOME10 is applied." in ann.sees
    assert "Total: ₽1,490 ₽1,341" in ann.sees
    ann.presses("Place the order")
    ann.presses("Use @ann_smith")
    ann.presses("Skip")
    assert "WELCOME10" in ann.sees
    ann.presses("Confirm")
    assert "Promo code: WELCOME10" in ann.sees
    [order] = ann.orders()
    assert (order["total_minor"], order["promo_code"]) == (134_100, "WELCOME10")
    ann.adds("planer")
    ann.writes("/cart")
    assert "WELCOME10" not in ann.sees


@pytest.mark.parametrize(
    ("columns", "typed", "complaint"),
    [
        ({}, "SUMMER!", "does not look like a promo code"),
        ({}, "WINTER", "There is no promo code WINTER"),
        ({"ends_days": -1}, "SUMMER", "has expired"),
        ({"starts_days": 1}, "SUMMER", "not valid yet"),
        ({"uses_max": 3, "uses": 3}, "SUMMER", "has been used up"),
    ],
    ids=["malformed", "unknown", "expired", "early", "used up"],
)
def test_a_promo_code_that_does_not_work_says_why_and_another_one_may_be_sent(ann, columns, typed, complaint):
    discount(ann, "Summer", 10, promo_code="SUMMER", **columns)
    discount(ann, "Autumn", 10, promo_code="AUTUMN")
    ann.adds("planer")
    ann.writes("/cart")
    ann.presses("Enter a promo code")
    ann.writes(typed)
    assert complaint in ann.sees
    ann.writes("AUTUMN")
    assert "AUTUMN is applied" in ann.sees


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"slug": "fonts"}, "is valid, but for other goods"),
        ({"min_quantity": 4}, "works if you buy 4 or more of one product"),
        ({"percent": 5}, "your discount is already as good"),
    ],
    ids=["other goods", "more needed", "better already"],
)
def test_a_promo_code_that_changes_nothing_says_so(ann, columns, words):
    discount(ann, "Spring", 10, "planer")
    discount(ann, "Code", **({"percent": 30, "promo_code": "CODE"} | columns))
    ann.adds("planer")
    ann.writes("/cart")
    ann.presses("Enter a promo code")
    ann.writes("CODE")
    assert words in ann.sees
    assert "Total: ₽1,490 ₽1,341" in ann.sees
    ann.presses("Without CODE")
    assert "CODE" not in ann.sees


@pytest.mark.parametrize("way", ["/cancel", "/cart", "button", "other button"])
def test_the_promo_step_is_left_without_a_code(ann, way):
    ann.adds("planer")
    ann.writes("/cart")
    ann.presses("Enter a promo code")
    ann.sends(location={"latitude": 0.0, "longitude": 0.0})
    assert "Plain text is needed here" in ann.sees
    ann.presses_data("promo")
    if way == "button":
        ann.presses("To the cart")
    elif way == "other button":
        ann.presses_data("go:cats")
    else:
        ann.writes(way)
    ann.writes("hello")
    assert "I understand buttons" in ann.sees
    ann.writes("/cart")
    assert "Total: ₽1,490" in ann.sees


def test_start_leaves_the_promo_step_and_speaks_of_no_order(ann):
    ann.adds("planer")
    ann.presses_data("promo")
    ann.writes("/start")
    assert "Checkout is interrupted" not in ann.sees
    ann.writes("hello")
    assert "I understand buttons" in ann.sees


def test_a_promo_code_that_runs_out_during_the_form_is_told_and_nothing_is_ordered_dearer(ann):
    discount(ann, "Welcome", 10, promo_code="WELCOME10")
    ann.adds("planer")
    ann.presses_data("promo")
    ann.writes("WELCOME10")
    ann.reaches_summary()
    ann.sql("UPDATE shop.discounts SET ends_at = now()")
    ann.presses("Confirm")
    assert ann.orders() == []
    assert "WELCOME10 is no longer valid" in ann.sees
    assert "Total: ₽1,490" in ann.sees
    ann.presses("Confirm")
    assert ann.orders()[0]["total_minor"] == 149_000


def test_the_balance_pays_as_far_as_it_goes_when_it_is_asked_to(ann):
    ann.adds("planer")
    give_balance(ann, 30_000)
    ann.writes("/cart")
    assert "From your balance" not in ann.sees
    ann.presses("⬜️ Use ₽300 of my balance")
    assert "From your balance: −₽300\nTo pay: ₽1,190" in ann.sees
    ann.presses("☑️ Use ₽300 of my balance")
    assert "From your balance" not in ann.sees
    ann.presses("⬜️ Use ₽300 of my balance")
    ann.reaches_summary()
    assert "To pay: ₽1,190" in ann.sees
    ann.presses("Confirm")
    assert "From your balance: −₽300\nTo pay: ₽1,190" in ann.sees
    [order] = ann.orders()
    assert (order["total_minor"], order["balance_minor"]) == (149_000, 30_000)
    ann.presses("YooKassa")
    assert "💳 Pay ₽1,190 with YooKassa" in ann.links()
    ann.adds("planer")
    ann.writes("/cart")
    assert not any("balance" in label for label in ann.buttons())


def test_an_order_that_the_balance_pays_for_wholly_is_paid(ann):
    ann.adds("planer")
    give_balance(ann, 500_000)
    ann.presses_data("bal:1")
    assert "☑️ Use ₽1,490 of my balance" in ann.buttons()
    ann.reaches_summary()
    ann.presses("Confirm")
    assert ann.orders()[0]["status"] == "paid"
    assert "Paid, thank you!" in ann.sees
    assert not any("YooKassa" in label for label in ann.buttons())
    assert "shop.delivery" in ann.woken
    receipt = ann.sees
    ann.repeats_after_crash()
    assert ann.sees == receipt
    [entry] = ann.sql("SELECT amount_minor FROM shop.balance_entries WHERE kind = 'spent'")
    assert entry["amount_minor"] == -149_000
