"""A room in a test: its chats, its jobs, its tables, and money that comes and is told of."""

from datetime import timedelta

import pytest

from mailroom import Money
from mailroom.testing import JobDiedError, NothingThereError


@pytest.fixture
def room(walk):
    return "tips"


def give(chat, payments):
    chat.send("/start")
    chat.tap("300 ₽")
    payments.pay()


THANKS = [
    "This is a tip jar, with 0 ₽ in it. Would you like to add something?",
    "Tip No. 1",
    "💛 Thank you! Your 300 ₽ is in the jar (tip No. 1), and makes it 300 ₽.",
]


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_room_is_paid_and_thanks_and_begins_anew_for_each_test(chat, payments, database, time):
    give(chat, payments)
    assert chat.texts == THANKS
    assert database.rows("SELECT id, status FROM {schema}.tips") == [(1, "paid")]
    assert payments.ids == ["p-1"]


def test_a_new_process_goes_on_where_the_other_was_killed(chat, payments, service):
    chat.send("/start")
    service.restart()
    chat.tap("300 ₽")
    service.kill()
    service.start()
    payments.pay()
    assert chat.texts == THANKS


def test_money_of_another_sum_goes_back(chat, payments):
    chat.send("/start")
    chat.tap("300 ₽")
    payments.pay(money=Money(50, "RUB"))
    assert chat.last.text.startswith("We have returned 0.50 ₽")


def test_the_rooms_clock_and_its_jobs_are_moved_with_the_tests(chat, service, clock, database):
    before = service.room.now()
    clock.advance(days=2)
    assert timedelta(days=2) <= service.room.now() - before < timedelta(days=2, minutes=1)
    assert database.value("SELECT {now}") - before >= timedelta(days=2)


def test_a_job_that_dies_fails_the_test(chat, payments, database):
    chat.send("/start")
    chat.tap("300 ₽")
    database.execute("DELETE FROM {schema}.tips")
    with pytest.raises(JobDiedError, match="is for tip 1, which is not there"):
        payments.pay()


def test_nobody_pays_what_nobody_asked_for(payments):
    with pytest.raises(NothingThereError, match="nobody was asked to pay"):
        payments.pay()
