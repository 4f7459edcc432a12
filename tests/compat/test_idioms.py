"""The shapes that public bots have, one small bot for each idiom, equal to stock aiogram call by call."""

from pathlib import Path

BOTS = Path(__file__).with_name("bots") / "idioms"
ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}


def test_a_session_of_a_database_for_each_update(on_both):
    with on_both(BOTS / "sessions.py") as visitors:
        visitors.says("/notes")
        visitors.says("/note")
        visitors.says("/note milk")
        visitors.says("/note bad", calls=2)
        visitors.says("/notes")
        visitors.says("/notes", chat=8)


def test_administrators_by_filter_and_a_group_that_is_looked_after(on_both):
    with on_both(BOTS / "admins.py") as visitors:
        visitors.says("/stats")
        visitors.says("/stats", chat=8)
        visitors.says("/ban", chat=-100, user=7, calls=3)
        visitors.says("buy spam", chat=-100, user=8, calls=2)
        visitors.says(chat=-100, user=8, new_chat_members=[ANN])
        group = {"id": -100, "type": "group", "title": "Ours"}
        me = {"id": 1, "is_bot": True, "first_name": "me"}
        visitors.happens(
            "my_chat_member",
            chat=group,
            date=1,
            **{"from": ANN},
            old_chat_member={"status": "left", "user": me},
            new_chat_member={"status": "member", "user": me},
        )


def test_throttling_by_a_flag(on_both):
    with on_both(BOTS / "throttled.py") as visitors:
        for words in ("/spin", "/spin", "/roll", "/roll", "hello", "/spin"):
            visitors.says(words)
        visitors.says("/spin", chat=8)


def test_inline_mode(on_both):
    with on_both(BOTS / "inline.py") as visitors:
        for query, offset in (("", ""), ("word", ""), ("word", "3"), ("word", "6")):
            visitors.happens("inline_query", query=query, offset=offset, **{"from": ANN})
        visitors.happens("chosen_inline_result", result_id="4", query="word", **{"from": ANN})
        tap = {"inline_message_id": "abc", "data": "like:0", "chat_instance": "1"}
        visitors.happens("callback_query", calls=2, **tap, **{"from": ANN})


def test_payments_and_deep_links(on_both):
    with on_both(BOTS / "paid.py") as visitors:
        visitors.says("/start")
        visitors.says("/start ZnJpZW5kOjg")
        visitors.says("/buy")
        visitors.pays(calls=2)
        visitors.says("/refund", calls=2)
        visitors.says("/buy 9")
        visitors.pays(calls=1)
        visitors.says("encode friend:9")


def test_a_scheduler_beside_the_handlers(on_both):
    with on_both(BOTS / "scheduled.py") as visitors:
        visitors.expect(3)
        visitors.says("/remind the milk", calls=2)
        visitors.says("/never")


def test_routers_inside_of_routers_and_their_errors(on_both):
    with on_both(BOTS / "nested.py") as visitors:
        for words in ("a", "a b", "a b c", "a d", "/pay", "/value", "/other"):
            visitors.says(words)
        visitors.says("/edit", calls=3)


def test_pages_on_buttons_and_answers_by_middlewares(on_both):
    with on_both(BOTS / "catalogue.py") as visitors:
        visitors.says("/shop")
        visitors.taps(">", calls=2)
        visitors.taps(">", calls=2)
        visitors.taps("<", calls=2)
        visitors.taps("item 2", calls=2)
        visitors.says("/pictures")
        visitors.says("/report", calls=2)


def test_a_feedback_bot_and_its_broadcast(on_both):
    with on_both(BOTS / "support.py") as visitors:
        visitors.says("we are here", chat=-500, user=9, calls=0)
        visitors.says("help", chat=7, calls=3)
        visitors.says("me too", chat=8, calls=3)
        for variant in visitors.variants:
            variant.telegram.ask("POST", "block", token=variant.token, chat_id=8)
        visitors.says("/all news", chat=-500, user=9, calls=4)


def test_a_chat_with_a_model(on_both):
    with on_both(BOTS / "assistant.py") as visitors:
        visitors.says("hello")
        visitors.says("/new")
        visitors.says("how are you", calls=7)
        visitors.says("fine", calls=5)
        visitors.says("/new")
        visitors.says("again", calls=5)
