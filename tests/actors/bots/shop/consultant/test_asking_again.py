"""Where no model answered, a button asks the very question again: once for a press."""

import pytest

from mailroom.actors.bots.shop.consultant.unanswered import QUESTIONS_MAX
from mailroom.actors.bots.shop.texts import TEXTS
from tests.actors.bots.shop.conftest import plain, raw_message
from tests.actors.model_endpoint import Say, status

ENGLISH, RUSSIAN = TEXTS["en"].consultant, TEXTS["ru"].consultant

AGAIN = "Ask again"
QUESTION = "qqq zzz, for a friend?"


def goes_down(talker):
    talker.endpoint.intent = talker.endpoint.always = status(503)


def comes_back(talker, words="What exactly do you need?"):
    talker.endpoint.intent, talker.endpoint.always = Say('{"intent": "products"}'), Say(words)


def questions(talker):
    """What the model was asked for an answer to, without what was said before."""
    return [one["messages"][-1]["content"] for one in talker.endpoint.asked]


def test_the_same_question_is_asked_again_and_the_answer_takes_the_place_of_the_apology(ann):
    goes_down(ann)
    assert ann.writes(QUESTION) == ENGLISH.unavailable
    comes_back(ann)
    ann.endpoint.requests.clear()
    messages = len(ann.telegram.messages)
    ann.presses(AGAIN)
    assert ann.sees == "What exactly do you need?"
    assert questions(ann)[-1] == QUESTION
    assert len(ann.telegram.messages) == messages
    assert not any(AGAIN in label for label in ann.buttons)


def test_what_the_catalogue_found_meanwhile_is_there_with_the_button(ann):
    goes_down(ann)
    text = ann.writes("an editor for photos")
    assert text.startswith(ENGLISH.found_alone)
    assert any(AGAIN in label for label in ann.buttons)


def test_a_double_press_asks_once(ann):
    goes_down(ann)
    ann.writes(QUESTION)
    data = next(data for label, data in ann.buttons.items() if AGAIN in label)
    comes_back(ann)
    ann.presses(AGAIN)
    ann.endpoint.requests.clear()
    presses_data(ann, data)
    assert ann.endpoint.asked == []
    assert ann.telegram.answers[-1].text == ENGLISH.asked_already_popup


def test_a_double_press_during_the_outage_asks_once_and_leaves_one_button(ann):
    goes_down(ann)
    ann.writes(QUESTION)
    data = next(data for label, data in ann.buttons.items() if AGAIN in label)
    presses_data(ann, data)
    asked = len(ann.endpoint.asked)
    presses_data(ann, data)
    assert len(ann.endpoint.asked) == asked
    comes_back(ann)
    ann.presses(AGAIN)
    assert ann.sees == "What exactly do you need?"


def test_each_button_asks_its_own_question(ann):
    goes_down(ann)
    ann.writes("qqq one")
    first = max(ann.telegram.messages)
    ann.writes("qqq two")
    comes_back(ann)
    data = next(data for label, data in ann.telegram.messages[first][1].items() if AGAIN in label)
    presses_data(ann, data, first)
    assert questions(ann)[-1] == "qqq one"
    assert plain(ann.telegram.messages[first][0]) == "What exactly do you need?"
    ann.presses(AGAIN)
    assert questions(ann)[-1] == "qqq two"


def test_a_press_that_is_handled_again_after_a_crash_asks_the_same_again(ann):
    goes_down(ann)
    ann.writes(QUESTION)
    comes_back(ann)
    ann.presses(AGAIN)
    ann.repeats_after_crash()
    assert questions(ann)[-1] == QUESTION
    assert ann.sees == "What exactly do you need?"


def test_a_message_that_cannot_be_edited_any_more_is_answered_below(ann):
    goes_down(ann)
    ann.writes(QUESTION)
    data = next(data for label, data in ann.buttons.items() if AGAIN in label)
    comes_back(ann)
    ann.telegram.messages.clear()
    presses_data(ann, data, date=0)
    assert ann.sees == "What exactly do you need?"


def test_a_day_whose_budget_ended_meanwhile_is_told_as_that(new_talker):
    talker = new_talker("ru", user_day_cost_usd=0.0004)
    goes_down(talker)
    assert talker.writes("ъъъ") == RUSSIAN.unavailable
    comes_back(talker)
    talker.sql(
        "INSERT INTO shop.model_usage (bot, user_id, model, purpose, prompt_tokens, completion_tokens,"
        " cost_micro_usd) VALUES ('shop', $1, 'm', 'answer', 1, 1, 500)",
        talker.id,
    )
    talker.presses("Спросить ещё раз")
    assert talker.sees == RUSSIAN.used_up
    assert not any("ещё раз" in label for label in talker.buttons)


def test_a_useless_answer_is_an_answer(ann):
    comes_back(ann, "It costs ₽1 only.")
    assert ann.writes(QUESTION) == ENGLISH.nothing_found
    assert not any(AGAIN in label for label in ann.buttons)


def test_an_apology_is_no_part_of_the_talk(ann):
    goes_down(ann)
    ann.writes(QUESTION)
    comes_back(ann)
    ann.presses(AGAIN)
    said = [text for _, text in ann.data()["talk"]["said"]]
    assert said == [QUESTION, "What exactly do you need?"]


@pytest.mark.parametrize("kept", [None, "x", [["a"]], [[1, 2]], {"a": "b"}])
def test_whatever_stands_in_the_state_the_button_is_answered(ann, kept):
    goes_down(ann)
    ann.writes(QUESTION)
    ann.data()["unanswered"] = kept
    ann.presses(AGAIN)
    assert ann.telegram.answers[-1].text == ENGLISH.asked_already_popup


def test_a_long_outage_keeps_the_newest_questions(ann):
    goes_down(ann)
    for number in range(QUESTIONS_MAX + 3):
        ann.writes(f"qqq {number}")
    assert [question for _, question in ann.data()["unanswered"]] == [
        f"qqq {number}" for number in range(3, QUESTIONS_MAX + 3)
    ]


def presses_data(talker, data, message_id=None, date=1_760_000_000):
    message = raw_message(talker.id, message_id or max(talker.telegram.messages, default=1), text="…")
    message["date"] = date
    query = {"id": str(talker.id), "chat_instance": "1", "data": data, "from": talker._user()}
    talker._feed({"callback_query": query | {"message": message}})


def test_whoever_told_of_a_problem_and_writes_much_later_asks_the_consultant(ann):
    ann.writes("/start")
    (order,) = ann.sql(
        "INSERT INTO shop.orders (effect_id, bot, chat_id, user_id, language, contact, total_minor, currency,"
        " status) VALUES ('e', 'shop', $1, $1, 'en', '', 5, 'RUB', 'delivered') RETURNING id",
        ann.id,
    )
    presses_data(ann, f"cmp:{order['id']}")
    comes_back(ann)
    ann.writes(QUESTION, date=4_000_000_000)
    assert ann.sees == "What exactly do you need?"
