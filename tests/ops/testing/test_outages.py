"""Outages, each as one line: a bot that keeps the rules comes through all of them."""

import pytest

from mailroom.testing import NothingThereError, OutageNeverStruckError


@pytest.fixture
def router(walk):
    return "hello_bot:router"


ONE_LINE = {
    "a 502": lambda telegram, outage: telegram.answers_502(),
    "a 429 that is waited for": lambda telegram, outage: telegram.answers_429(retry_after=3),
    "a 429 that ends the turn": lambda telegram, outage: telegram.answers_429(retry_after=30),
    "no connection": lambda telegram, outage: telegram.times_out(),
    "Redis away before the commit": lambda telegram, outage: outage.redis_before_commit(),
    "Redis away after the commit": lambda telegram, outage: outage.redis_after_commit(),
    "killed before the commit": lambda telegram, outage: outage.killed_before_commit(),
}


@pytest.mark.parametrize("what", ONE_LINE)
def test_a_bot_that_keeps_its_state_where_it_belongs_answers_once_and_counts_once(
    chat, telegram, outage, what
):
    chat.send("2")
    with ONE_LINE[what](telegram, outage):
        chat.send("3")
    assert chat.texts == ["That makes 2.", "That makes 5."]
    assert chat.send("4").text == "That makes 9."


def test_a_call_whose_answer_was_lost_after_it_took_effect_is_made_again(chat, telegram):
    with telegram.times_out_after_sending():
        chat.send("3")
    assert chat.texts == ["That makes 3."] * 2
    assert chat.data == {"total": 3}


def test_what_comes_twice_under_another_id_is_handled_twice(chat, telegram):
    with telegram.delivers_twice():
        chat.send("3")
    assert chat.texts == ["That makes 3.", "That makes 6."]


def test_while_an_outage_lasts_nothing_is_waited_for(chat, telegram):
    with telegram.answers_502():
        assert chat.send("3") == ()
        assert chat.send("4") == ()
    assert chat.texts == ["That makes 3.", "That makes 7."]


def test_an_outage_of_one_method_leaves_the_others_alone(chat, telegram):
    never = pytest.raises(OutageNeverStruckError, match="a 502 of Telegram's touched nothing")
    with never, telegram.answers_502("sendPhoto"):
        assert chat.send("3").text == "That makes 3."


def test_an_outage_that_touches_nothing_shows_nothing_and_fails(chat, outage, telegram):
    with (
        pytest.raises(OutageNeverStruckError, match="a kill before the commit"),
        outage.killed_before_commit(),
    ):
        pass
    with pytest.raises(NothingThereError, match="which has no Postgres"), outage.postgres_away():
        pass
