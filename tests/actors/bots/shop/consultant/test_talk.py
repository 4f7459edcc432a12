"""A talk with the consultant: what is asked of the models, what is shown, what is remembered and paid for."""

import time

import pytest
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import EditMessageText, SendMessage

from mailroom.actors.bots.shop.consultant.context import SAID_MAX, TALK
from mailroom.actors.bots.shop.routes.talk import QUESTION_CHARS_MAX
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.texts.language import Language
from tests.actors.bots.shop.consultant.conftest import PATIENCE_SECONDS
from tests.actors.model_endpoint import (
    CUT,
    EMPTY,
    ERROR_BODY,
    HANG,
    HTML,
    Call,
    Fail,
    Say,
    status,
)

ENGLISH, RUSSIAN = TEXTS["en"].consultant, TEXTS["ru"].consultant

LOOK = Call(("find_products", {"query": "photo editor"}))
LUMEN = Say("Lumen: photo editor is made for RAW.")


def shows_the_menu(talker):
    return any("go:cats" in (data or "") for data in talker.buttons.values())


def test_an_answer_has_the_models_words_and_the_views_prices(ann):
    ann.endpoint.says(LOOK, LUMEN)
    text = ann.writes("What do you advise for photos?")
    assert text.startswith("Lumen: photo editor is made for RAW.")
    assert "Lumen: photo editor: ₽1,992 instead of ₽2,490, Photo week" in text
    assert "Lumen: photo editor" in ann.buttons
    assert ann.telegram.typing >= 1
    ann.expect_true_money()


def test_the_prompt_names_the_assortment_and_no_price_or_stock(ann):
    ann.endpoint.says(Say("What do you shoot with?"))
    ann.writes("photos")
    system = ann.endpoint.asked[0]["messages"][0]["content"]
    assert "svetlitsa | Lumen: photo editor | A photo editor for people who shoot RAW" in system
    assert len([line for line in system.splitlines() if line.count(" | ") == 2]) == 28
    for row in ann.sql("SELECT price_minor FROM shop.products"):
        assert str(row["price_minor"] // 100) not in system.replace(",", "")
    assert "WELCOME10" not in system


def test_the_tools_are_answered_by_the_view_at_that_moment(ann):
    def then(asked):
        ann.seen = asked["messages"][-1]["content"]
        return LUMEN

    ann.endpoint.says(Call(("get_products", {"slugs": ["svetlitsa", "album", "nothing"]})), then)
    ann.sql("UPDATE shop.products SET price_minor = 300000 WHERE slug = 'svetlitsa'")
    text = ann.writes("How much is Lumen?")
    assert '"price": "₽2,400"' in ann.seen
    assert '"available": 0' in ann.seen
    assert '"not_on_sale": ["nothing"]' in ann.seen
    assert "WELCOME10" not in ann.seen
    assert "₽2,400 instead of ₽3,000" in text


def test_a_card_with_a_pay_button_follows_an_offer(ann):
    ann.endpoint.says(
        Call(("offer_payment", {"slug": "lighthouse", "quantity": 3})), Say("Here it is. Enjoy the island!")
    )
    text = ann.writes("I take three Lighthouse Keepers")
    assert "🧾 The Lighthouse Keeper\n3 × ₽764.15 = ₽2,292.45" in text
    ((product, quantity),) = ann.offers()
    assert quantity == 3
    assert "💳 Buy for ₽2,292.45".replace("\u00a0", " ") in ann.buttons
    assert product == ann.sql("SELECT id FROM shop.products WHERE slug = 'lighthouse'")[0]["id"]
    ann.expect_true_money()


def test_the_pay_button_orders_what_the_card_says(ann):
    ann.endpoint.says(Call(("offer_payment", {"slug": "lighthouse", "quantity": 3})), Say("Here it is."))
    ann.writes("I take three Lighthouse Keepers")
    ann.presses("Buy for")
    (order,) = ann.sql("SELECT * FROM shop.orders WHERE user_id = $1", ann.id)
    assert (order["total_minor"], order["status"]) == (229245, "awaiting_payment")


def test_the_pay_button_of_a_changed_price_orders_nothing(ann):
    ann.endpoint.says(Call(("offer_payment", {"slug": "trams", "quantity": 1})), Say("Here it is."))
    ann.writes("I take Tram Depot")
    ann.sql("UPDATE shop.products SET price_minor = 150000 WHERE slug = 'trams'")
    ann.presses("Buy for")
    assert not ann.sql("SELECT * FROM shop.orders WHERE user_id = $1", ann.id)


def test_an_offer_is_priced_by_what_is_true_when_it_is_shown(ann):
    def then(asked):
        ann.sql_later = "UPDATE shop.products SET price_minor = 100000 WHERE slug = 'trams'"
        return Say("A quiet game.")

    ann.endpoint.says(Call(("offer_payment", {"slug": "trams", "quantity": 1})), _after(ann, then))
    text = ann.writes("I buy Tram Depot")
    assert "1 × ₽1,000 = ₽1,000" in text


def test_what_was_sold_while_the_model_was_writing_is_not_offered(ann):
    def then(asked):
        ann.sql_later = (
            "UPDATE shop.stock_items SET withdrawn_at = now() WHERE product_id ="
            " (SELECT id FROM shop.products WHERE slug = 'trams')"
        )
        return Say("A quiet game.")

    ann.endpoint.says(Call(("offer_payment", {"slug": "trams", "quantity": 1})), _after(ann, then))
    text = ann.writes("I buy Tram Depot")
    assert ENGLISH.offer_gone in text
    assert not ann.offers()


def _after(talker, then):
    """Change the catalogue while the endpoint answers."""

    def answer(asked):
        said = then(asked)
        talker.endpoint.before_answer = talker.database.execute(talker.sql_later)
        return said

    return answer


def test_the_cheap_model_sorts_and_the_stronger_answers(new_talker):
    talker = new_talker(model_intent="cheap", model_answer="strong")
    talker.endpoint.says(LOOK, LUMEN)
    talker.writes("photos?")
    assert [one["model"] for one in talker.endpoint.requests] == ["cheap", "strong", "strong"]
    assert "tools" not in talker.endpoint.requests[0]


@pytest.mark.parametrize("intent", ["orders", "cart", "help", "chat"])
def test_what_is_not_about_goods_costs_no_stronger_model(ann, intent):
    ann.endpoint.intent = intent
    assert ann.writes("Hm?") == getattr(ENGLISH, intent)
    assert shows_the_menu(ann)
    assert not ann.endpoint.asked


@pytest.mark.parametrize(
    "intent", [Say("I think it is about cats"), Say('{"intent": ["products"]}'), status(500), CUT]
)
def test_a_cheap_model_that_cannot_sort_is_done_without(ann, intent):
    ann.endpoint.intent = intent
    ann.endpoint.says(LOOK, LUMEN)
    assert ann.writes("photos?").startswith("Lumen: photo editor is made")


def test_an_answer_grows_in_one_message(ann, monkeypatch):
    monkeypatch.setattr("mailroom.actors.bots.shop.consultant.draft.EDIT_SECONDS", 0.05)
    words = "Lumen: photo editor is made for RAW. It works with light and colour. Batch work is there too."
    ann.endpoint.says(LOOK, Say(words, pieces=12, pause=0.03))
    ann.writes("photos?")
    kinds = [type(call) for call in ann.telegram.calls]
    assert kinds[0] is SendMessage
    assert set(kinds[1:]) == {EditMessageText}
    assert 2 <= len(kinds[1:]) <= 9
    texts = [text for text, _ in ann.telegram.shown]
    assert texts[0] == ENGLISH.thinking
    assert texts[1] == "Lumen: photo editor is made for RAW."
    assert all(not buttons for _, buttons in ann.telegram.shown[:-1])
    assert len(ann.telegram.messages) == 1


def test_edits_are_no_faster_than_telegram_takes_them(ann):
    ann.endpoint.says(LOOK, Say("One. Two. Three. Four. Five. Six.", pieces=30, pause=0.02))
    ann.writes("photos?")
    assert len(ann.telegram.calls) == 2, "the message and its final text"


def test_a_replay_finds_its_message_again(ann, monkeypatch):
    """The first call is the same whatever the model does, and only edits follow."""
    monkeypatch.setattr("mailroom.actors.bots.shop.consultant.draft.EDIT_SECONDS", 0.02)
    ann.endpoint.says(LOOK, Say("Lumen: photo editor is made for RAW. It is good.", pieces=8, pause=0.03))
    ann.writes("photos?")
    first = list(ann.telegram.calls)
    ann.telegram.calls.clear()
    ann.endpoint.says(LOOK, Say("Lumen: photo editor is a good choice. It works.", pieces=8, pause=0.03))
    ann.repeats_after_crash()
    again = ann.telegram.calls
    assert (again[0].text, type(again[0])) == (first[0].text, SendMessage)
    assert [type(call) for call in again[1:]] == [EditMessageText], "nothing grows twice"
    assert again[-1].reply_markup


@pytest.mark.parametrize(
    "prepare", [lambda talker: setattr(talker.endpoint, "intent", "chat"), lambda talker: None, "used_up"]
)
def test_the_first_call_is_the_same_whatever_follows(new_talker, prepare):
    talker = new_talker(user_day_cost_usd=0) if prepare == "used_up" else new_talker()
    if callable(prepare):
        prepare(talker)
    talker.writes("photos?")
    assert talker.telegram.calls[0].text == ENGLISH.thinking


def test_a_draft_that_was_deleted_is_answered_anew(ann):
    ann.endpoint.says(LOOK, LUMEN)
    ann.telegram.refusals[EditMessageText] = "Bad Request: message to edit not found"
    assert ann.writes("photos?").startswith("Lumen")
    assert len(ann.telegram.messages) == 2


def test_an_edit_that_fails_on_the_way_is_not_missed(ann, monkeypatch):
    monkeypatch.setattr("mailroom.actors.bots.shop.consultant.draft.EDIT_SECONDS", 0.02)
    ann.endpoint.says(LOOK, Say("Lumen: photo editor is made for RAW. It is good.", pieces=10, pause=0.03))
    ann.telegram.refusals[EditMessageText] = lambda method: TelegramNetworkError(method, "timeout")
    assert ann.writes("photos?").startswith("Lumen")


def test_without_a_model_the_menu_answers_as_ever(new_talker):
    talker = new_talker(models=False)
    assert talker.writes("What do you advise?") == TEXTS[Language("en")].menu.unknown_text
    assert shows_the_menu(talker)
    assert not talker.endpoint.requests


@pytest.mark.parametrize("text", ["/nonsense", "/cart"])
def test_commands_are_not_for_the_consultant(ann, text):
    ann.writes(text)
    assert not ann.endpoint.requests


def test_an_open_form_gets_its_text(ann):
    product = ann.sql("SELECT id FROM shop.products WHERE slug = 'trams'")[0]["id"]
    ann.writes("/start")
    ann.dispatcher.fsm.storage.storage.clear()
    from aiogram.fsm.storage.base import StorageKey

    from mailroom.actors.bots.shop.memory import OrderForm

    key = StorageKey(ann.bot.id, ann.id, ann.id)
    ann.run(ann.dispatcher.fsm.storage.set_state(key, OrderForm.contact))
    ann.writes("what do you advise?")
    assert product
    assert not ann.endpoint.requests


def test_groups_are_left_alone(ann):
    ann.chat_id = -100
    ann._feed({"message": ann._message(text="What do you advise?")})
    assert not ann.endpoint.requests
    assert not ann.telegram.calls


def test_a_story_is_cut_and_the_customer_told_so(ann):
    ann.endpoint.says(Say("What exactly do you need?"))
    text = ann.writes("p" * (QUESTION_CHARS_MAX + 500))
    assert text.startswith(ENGLISH.cut(limit=QUESTION_CHARS_MAX))
    assert len(ann.endpoint.asked[0]["messages"][-1]["content"]) == QUESTION_CHARS_MAX


@pytest.mark.parametrize("text", ["\ud83d", "\x00", "<b>&amp;", "{intent}", "%s", "😀" * 600])
def test_odd_texts_are_answered(ann, text):
    ann.endpoint.always = Say("What <b>exactly</b> & why?")
    assert ann.writes(text) == "What <b>exactly</b> & why?"


@pytest.mark.parametrize(
    "failure", [status(401), status(402), status(500), ERROR_BODY, EMPTY, HTML, CUT], ids=str
)
def test_whatever_the_endpoint_does_there_is_an_answer_and_buttons(ann, failure):
    ann.endpoint.intent = failure
    ann.endpoint.always = failure
    text = ann.writes("an editor for photos")
    assert text.startswith(ENGLISH.found_alone), "a search needs no model"
    assert "Lumen: photo editor: ₽1,992" in text
    assert shows_the_menu(ann)
    ann.expect_true_money()


def test_a_dead_endpoint_and_nothing_to_find(boris):
    boris.endpoint.intent = boris.endpoint.always = status(503)
    assert boris.writes("ъъъ") == RUSSIAN.unavailable
    assert shows_the_menu(boris)


@pytest.mark.parametrize("how", [HANG, Fail("stream_hang")], ids=str)
def test_a_hang_ends_within_the_time_out_and_the_buttons_answer(new_talker, how):
    talker = new_talker(model_timeout_seconds=1.2)
    talker.endpoint.intent = HANG
    talker.endpoint.always = how
    began = time.perf_counter()
    text = talker.writes("an editor for photos")
    assert time.perf_counter() - began < PATIENCE_SECONDS
    assert text.startswith(ENGLISH.found_alone)
    began = time.perf_counter()
    talker.presses("Menu")
    assert time.perf_counter() - began < PATIENCE_SECONDS
    assert "Main menu" in talker.sees


def test_the_talk_is_remembered_with_the_chat(ann):
    ann.endpoint.says(LOOK, LUMEN, Say("You said RAW."))
    ann.writes("photos?")
    ann.writes("Is it good?")
    said = [one["content"] for one in ann.endpoint.asked[-1]["messages"][1:]]
    assert said[0] == "photos?"
    assert said[1].startswith("Lumen: photo editor is made for RAW.\nLumen: photo editor")
    assert said[2] == "Is it good?"
    assert set(ann.data()[TALK]) == {"summary", "said"}


def test_a_long_talk_is_summed_up(ann):
    ann.endpoint.always = Say("Tell me more.")
    ann.endpoint.summary = Say("Likes games. Price was ₽1.")
    for number in range(SAID_MAX // 2 + 1):
        ann.writes(f"question {number}")
    ann.writes("and now?")
    messages = ann.endpoint.asked[-1]["messages"]
    assert "Likes games." in messages[1]["content"]
    assert not any(one["content"] == "question 0" for one in messages)
    rows = ann.sql("SELECT count(*) FROM shop.model_usage WHERE purpose = 'summary'")
    assert rows[0]["count"] == 1


def test_a_summary_that_fails_costs_only_the_oldest_words(ann):
    ann.endpoint.always = Say("Tell me more.")
    ann.endpoint.summary = status(500)
    for number in range(SAID_MAX):
        ann.writes(f"question {number}")
    assert len(ann.data()[TALK]["said"]) <= SAID_MAX


def test_every_call_is_recorded_with_its_cost(ann):
    ann.endpoint.says(LOOK, LUMEN)
    ann.writes("photos?")
    rows = ann.sql("SELECT * FROM shop.model_usage ORDER BY id")
    assert [row["purpose"] for row in rows] == ["intent", "answer", "answer"]
    assert {(row["bot"], row["user_id"], row["cost_micro_usd"]) for row in rows} == {("shop", ann.id, 500)}


def test_what_was_paid_stays_counted_when_the_handler_fails(ann):
    """Telegram is away when the answer is to be shown."""
    ann.endpoint.says(LOOK, LUMEN)
    ann.telegram.refusals[EditMessageText] = lambda method: TelegramNetworkError(method, "timeout")
    with pytest.raises(TelegramNetworkError):
        ann.writes("photos?")
    assert ann.sql("SELECT sum(cost_micro_usd) AS cost FROM shop.model_usage")[0]["cost"] == 1500


def test_failed_calls_count_too(ann):
    ann.endpoint.always = EMPTY
    ann.writes("photos?")
    rows = ann.sql("SELECT model, purpose FROM shop.model_usage WHERE purpose = 'answer'")
    assert len(rows) == 3, "the model and its two fallbacks"


def test_a_customer_has_a_limit_for_a_day(new_talker):
    ann, boris = new_talker(user_day_cost_usd=0.002), new_talker(user_day_cost_usd=0.002)
    ann.endpoint.always = Say("Tell me more.")
    ann.writes("one")
    ann.writes("two")
    asked = len(ann.endpoint.requests)
    assert ann.writes("three") == ENGLISH.used_up
    assert shows_the_menu(ann)
    assert len(ann.endpoint.requests) == asked
    assert boris.writes("one") == "Tell me more."
    ann.sql("UPDATE shop.model_usage SET at = at - interval '1 day'")
    assert ann.writes("four") == "Tell me more."


def test_all_customers_together_have_one_too(new_talker):
    ann, boris = new_talker(day_cost_usd=0.001), new_talker("ru", day_cost_usd=0.001)
    ann.endpoint.always = Say("Tell me more.")
    ann.writes("one")
    assert boris.writes("раз") == RUSSIAN.used_up


def test_another_bots_costs_are_not_ours(new_talker):
    ann = new_talker(day_cost_usd=0.001)
    ann.sql(
        "INSERT INTO shop.model_usage (bot, user_id, model, purpose, prompt_tokens, completion_tokens,"
        " cost_micro_usd) VALUES ('other', $1, 'm', 'answer', 1, 1, 9000000)",
        ann.id,
    )
    ann.endpoint.always = Say("Tell me more.")
    assert ann.writes("one") == "Tell me more."


def test_a_promo_code_counts_only_if_the_customer_wrote_it(ann):
    told = []

    def then(asked):
        told.append(asked["messages"][-1]["content"])
        return Say("Font set “Signboard” is a fine choice.")

    tries = Call(("get_products", {"slugs": ["fonts"], "promo_code": "WELCOME10"}))
    ann.endpoint.says(tries, then)
    text = ann.writes("Is there any promo code for fonts?")
    assert '"promo_code": "not valid"' in told[-1]
    assert "WELCOME10" not in text
    ann.endpoint.says(tries, then)
    text = ann.writes("I have welcome10, is it good?")
    assert '"price_of_one": "₽1,431"' in told[-1]
    assert "with the promo code WELCOME10: ₽1,431" in text
