"""The catalogue, the cart, the language, and buttons that have grown old."""

import pytest
from aiogram.methods import AnswerCallbackQuery, EditMessageText, SendMessage

from mailroom.actors.bots.shop.catalog import PAGE_PRODUCTS_MAX
from mailroom.actors.bots.shop.texts import TEXTS

STICKER = {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1}
OTHER_CONTENT = [
    {"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]},
    {"sticker": STICKER | {"is_animated": False, "is_video": False}},
    {"voice": {"file_id": "v", "file_unique_id": "v", "duration": 1}},
    {"location": {"latitude": 0.0, "longitude": 0.0}},
]


def products_on_screen(customer):
    return [data for data in customer.buttons().values() if data.startswith("card:")]


def test_all_products_of_a_category_are_found_page_by_page(ann):
    ann.writes("/catalog")
    ann.presses("Photo and video (8)")
    assert "Page 1 of 2." in ann.sees
    assert not any("Previous" in label for label in ann.buttons())
    first = products_on_screen(ann)
    ann.presses("Next")
    assert "Page 2 of 2." in ann.sees
    assert not any("Next" in label for label in ann.buttons())
    second = products_on_screen(ann)
    assert (len(first), len(second)) == (PAGE_PRODUCTS_MAX, 3)
    assert len({data.split(":")[1] for data in first + second}) == 8
    ann.presses("Previous")
    assert products_on_screen(ann) == first


def test_back_from_a_card_leads_to_the_page_one_came_from(ann):
    ann.writes("/catalog")
    ann.presses("Photo and video")
    ann.presses("Next")
    ann.presses("Keen")
    ann.presses("Add to cart")
    ann.presses("Back")
    assert "Page 2 of 2." in ann.sees


def test_browsing_happens_in_one_message(ann):
    ann.writes("/start")
    ann.presses("Catalogue")
    ann.presses("Games")
    ann.presses("Next")
    ann.presses("Orbit Nine")
    assert len(ann.telegram.messages) == 1


def test_every_button_of_every_screen_leads_somewhere(ann):
    """Presses each button once, the order form first; `presses_data` checks that each press is answered."""
    ann.adds("trams")
    ann.writes("/cart")
    waiting = ["order", *ann.buttons().values()]
    seen = set()
    while waiting:
        data = waiting.pop(0)
        if data in seen or data.startswith("ok:"):
            continue
        seen.add(data)
        ann.presses_data(data)
        assert ann.popup not in {texts.menu.old_button_popup for texts in TEXTS}, data
        waiting += ann.buttons().values()
    kinds = {data.split(":")[0] for data in seen}
    assert kinds == {
        "go", "lang", "cat", "card", "add", "line", "clear", "order", "form",
        "promo", "buy", "pay", "paid", "ord", "ordx", "news", "era", "erax",
    }  # fmt: skip
    assert len([data for data in seen if data.startswith("card:")]) == 27
    # What is sold out has no button to buy it; of two products there are none.
    assert len([data for data in seen if data.startswith("add:")]) == 25


def test_a_page_that_no_longer_exists_shows_the_last_one(ann):
    category = ann.sql("SELECT id FROM shop.categories WHERE slug = 'photo'")[0]["id"]
    ann.writes("/start")
    ann.presses_data(f"cat:{category}:9")
    assert "Page 2 of 2." in ann.sees
    ann.sql("UPDATE shop.products SET active = false WHERE category_id = $1", category)
    ann.presses_data(f"cat:{category}:1")
    assert "nothing in this category" in ann.sees
    ann.presses("Categories")
    assert not any("Photo" in label for label in ann.buttons())


def test_a_category_that_is_gone_leads_to_those_that_remain(ann):
    ann.writes("/start")
    ann.presses_data("cat:9999:0")
    assert "out of date" in ann.popup
    assert any("Games" in label for label in ann.buttons())


def test_an_empty_catalogue_says_so(ann):
    ann.sql("UPDATE shop.products SET active = false")
    ann.writes("/catalog")
    assert "The catalogue is empty for now" in ann.sees


@pytest.mark.parametrize("button", ["card", "add"])
def test_a_product_that_is_gone_is_not_shown_and_not_sold(ann, button):
    product = ann.adds("fonts")
    ann.sql("UPDATE shop.products SET active = false WHERE slug = 'fonts'")
    ann.presses_data(f"{button}:{product}:0")
    assert ann.popup == "This product is no longer sold."
    assert ann.telegram.answers[-1].show_alert
    ann.writes("/cart")
    assert "1 product is no longer sold and was removed from your cart." in ann.sees
    ann.writes("/cart")
    assert "no longer sold" not in ann.sees


def test_the_cart_changes_by_its_buttons(ann):
    first, second = ann.adds("trams", times=2), ann.adds("fonts")
    ann.writes("/cart")
    assert "1. Tram Depot\n2 × ₽1,199 = ₽2,398\n2. Font set" in ann.sees
    assert "Total: ₽3,988" in ann.sees
    ann.presses_data(f"line:more:{second}")
    assert "2 × ₽1,590 = ₽3,180" in ann.sees
    ann.presses_data(f"line:less:{first}")
    ann.presses_data(f"line:less:{first}")
    assert ann.popup == "Removed from the cart."
    assert "Tram Depot" not in ann.sees
    ann.presses_data(f"line:more:{first}")
    assert "no longer in your cart" in ann.popup
    ann.presses_data(f"line:drop:{second}")
    assert "Your cart is empty" in ann.sees


def test_the_cart_can_be_cleared_and_cleared_again(ann):
    ann.adds("trams")
    ann.writes("/cart")
    ann.presses("Clear")
    ann.presses_data("clear")
    assert "Your cart is empty" in ann.sees


def test_cents_appear_where_there_are_any(boris):
    boris.adds("voice", times=2)
    boris.writes("/cart")
    assert "2 × 1 290,50 ₽ = 2 581 ₽".replace(" ", "\u00a0") in boris.sees.replace(" ", "\u00a0")


def test_limits_are_explained(ann):
    product = ann.adds("trams", times=11)
    assert ann.popup == "At most 10 of one product per order."
    others = [
        row["product_id"]
        for row in ann.sql(
            "SELECT product_id FROM shop.available_stock_with_discounts WHERE product_id <> $1"
            " AND available > 0",
            product,
        )
    ]
    for other in others[:10]:
        ann.presses_data(f"add:{other}:0")
    assert ann.popup == "A cart holds at most 10 different products."
    ann.writes("/cart")
    assert "10. " in ann.sees
    assert "11. " not in ann.sees
    ann.presses_data(f"line:more:{product}")
    assert ann.popup == "At most 10 of one product per order."


def test_goods_of_two_currencies_do_not_share_an_order(ann):
    ann.sql("UPDATE shop.products SET currency = 'USD' WHERE slug = 'fonts'")
    ann.adds("trams")
    ann.adds("fonts")
    assert "another currency" in ann.popup
    ann.writes("/cart")
    assert "Font set" not in ann.sees


def test_the_shop_shows_titles_as_they_are_written(ann):
    ann.sql("UPDATE shop.products SET title_en = '<i>1 & 2</i> {x}', description_en = '</b> %s'")
    product = ann.adds("fonts")
    assert "<i>1 & 2</i> {x}" in ann.popup
    ann.presses_data(f"card:{product}:0")
    assert "<i>1 & 2</i> {x}\n\n</b> %s" in ann.sees
    ann.reaches_summary()
    ann.presses("Confirm")
    assert "1. <i>1 & 2</i> {x}" in ann.sees


def test_the_language_follows_telegram_until_the_customer_chooses(ann):
    ann.writes("/start")
    ann.presses("Русский")
    assert "Главное меню" in ann.sees
    ann.presses_data("lang:ru")
    assert "Главное меню" in ann.sees
    ann.presses("Каталог")
    assert any("Игры" in label for label in ann.buttons())
    ann.writes("/language")
    assert "The shop speaks English now." in ann.sees


def test_the_choice_of_language_outlives_an_order(ann):
    ann.writes("/language")
    ann.adds("fonts")
    ann.reaches_summary()
    ann.presses("Подтвердить")
    assert ann.orders()[0]["language"] == "ru"
    ann.writes("/help")
    assert "Как это работает" in ann.sees


@pytest.mark.parametrize(
    "text", ["hello", "/buy", "/start@other_bot x", "<b>", "🙂", "x" * 4096, "cart", "/", "{name}", "\ud83d"]
)
def test_any_text_gets_an_answer(ann, text):
    ann.writes(text)
    assert ann.sees


@pytest.mark.parametrize("content", OTHER_CONTENT, ids=lambda content: next(iter(content)))
def test_other_content_gets_the_menu(ann, content):
    ann.sends(**content)
    assert "I can only read text" in ann.sees
    assert "🛍 Catalogue" in ann.buttons()


@pytest.mark.parametrize(
    "data",
    [
        "x",
        "go:nowhere",
        "cat:1",
        "cat:x:0",
        "card:99999999999:0",
        "card:-1:0",
        "line:eat:1",
        "lang:tlh",
        "::",
    ],
)
def test_buttons_nobody_made_are_answered(ann, data):
    ann.writes("/start")
    ann.presses_data(data)
    assert "out of date" in ann.popup


def test_pressing_twice_is_no_error(ann):
    ann.writes("/start")
    ann.presses_data("go:home")
    ann.presses_data("go:home")
    assert isinstance(ann.telegram.calls[-2], EditMessageText)


@pytest.mark.parametrize("reason", ["message can't be edited", "message to edit not found"])
def test_a_message_that_cannot_be_edited_is_sent_anew(ann, reason):
    ann.writes("/start")
    ann.telegram.refusals[EditMessageText] = f"Bad Request: {reason}"
    ann.presses("Catalogue")
    assert isinstance(ann.telegram.messages[ann.newest], SendMessage)
    assert "Choose a category" in ann.sees


def test_a_button_of_a_message_telegram_has_forgotten_is_answered_with_a_new_one(ann):
    ann.writes("/start")
    ann.presses_data("go:cats", date=0)  # what Telegram sends for such a message: id, chat and this date
    assert isinstance(ann.telegram.messages[ann.newest], SendMessage)
    assert "Choose a category" in ann.sees


def test_a_press_that_waited_too_long_still_does_its_work(ann):
    ann.writes("/start")
    ann.telegram.refusals[AnswerCallbackQuery] = (
        "Bad Request: query is too old and response timeout expired or query ID is invalid"
    )
    ann.telegram.answers.clear()
    ann.presses("Catalogue")
    assert ann.telegram.answers == []
    assert "Choose a category" in ann.sees


def test_the_shop_keeps_out_of_groups(new_customer):
    member = new_customer(chat_id=-100)
    member.sends(text="hello everybody")
    assert member.telegram.calls == []
    member.writes("/start")
    assert "private messages" in member.sees
    member.presses_data("go:cats")
    assert "out of date" in member.popup
