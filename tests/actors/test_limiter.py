"""Who must wait, and until when, by Telegram's limits. The clock is a number."""

import pytest

from mailroom.actors.limiter import (
    BULK_PER_SECOND,
    NAMES_MAX,
    PACED_CHATS_MAX,
    PACED_FOR_SECONDS,
    PARKED_MAX,
    CallClass,
    Limiter,
    classify,
    repeatable,
    target_of,
)

REPLY, FREE, BULK = CallClass.REPLY, CallClass.FREE, CallClass.BULK


@pytest.mark.parametrize(
    ("method", "call"),
    [
        ("sendMessage", REPLY),
        ("editMessageText", REPLY),
        ("deleteMessage", REPLY),
        ("answerCallbackQuery", FREE),
        ("answerPreCheckoutQuery", FREE),
        ("answerShippingQuery", FREE),
        ("sendChatAction", FREE),
        ("getChatMember", FREE),
    ],
)
def test_reply_r6_calls_are_classed(method, call):
    assert classify(method) is call


def test_reply_r2_reads_and_signs_of_life_may_be_repeated_and_nothing_else():
    assert [repeatable(name) for name in ("getMe", "sendChatAction")] == [True, True]
    assert [repeatable(name) for name in ("sendMessage", "answerCallbackQuery", "deleteMessage")] == [
        False
    ] * 3


def test_reply_r6_nothing_is_paced_before_the_first_429():
    limiter = Limiter()
    assert [limiter.wait_seconds(REPLY, 7, 0.0) for _ in range(100)] == [0.0] * 100


def test_reply_r4_a_refused_chat_waits_as_long_as_it_was_told_and_others_do_not():
    limiter = Limiter()
    assert limiter.refused(7, 3.0, now=10.0) is False
    assert limiter.wait_seconds(REPLY, 7, 10.5) == 2.5
    assert limiter.wait_seconds(REPLY, 8, 10.5) == 0.0


def test_reply_r6_free_calls_never_wait_not_even_when_all_is_parked():
    limiter = Limiter()
    limiter.refused(7, 60.0, now=0.0)
    limiter.refused(8, 60.0, now=0.1)
    assert limiter.wait_seconds(FREE, 7, 0.2) == 0.0


@pytest.mark.parametrize(("chat_id", "pace"), [(7, 1.0), (-100, 3.0)])
def test_reply_r6_after_a_429_replies_are_paced_for_a_minute(chat_id, pace):
    limiter = Limiter()
    limiter.refused(chat_id, 2.0, now=0.0)
    assert [limiter.wait_seconds(REPLY, chat_id, 2.0) for _ in range(3)] == [0.0, pace, 2 * pace]
    assert limiter.wait_seconds(REPLY, chat_id, 2.0 + PACED_FOR_SECONDS) == 0.0
    assert limiter.wait_seconds(REPLY, chat_id, 2.0 + PACED_FOR_SECONDS) == 0.0


def test_a_reply_that_does_not_wait_its_time_takes_no_place():
    # Seen: each turn that gave up on a long wait pushed the next one back, so that a chat never spoke again.
    limiter = Limiter()
    limiter.refused(7, 10.0, now=0.0)
    for _ in range(5):
        assert limiter.wait_seconds(REPLY, 7, 1.0, most=5.0) == 9.0
    assert limiter.wait_seconds(REPLY, 7, 10.0, most=5.0) == 0.0


def test_reply_r4_two_chats_refused_within_a_second_park_the_bot():
    limiter = Limiter()
    assert limiter.refused(7, 5.0, now=0.0) is False
    assert limiter.refused(8, 5.0, now=0.9) is True
    assert limiter.wait_seconds(REPLY, 9, 1.0) == pytest.approx(4.9)


@pytest.mark.parametrize(("second_chat", "later"), [(7, 0.1), (8, 1.1)])
def test_reply_r4_the_same_chat_twice_or_two_chats_far_apart_do_not(second_chat, later):
    limiter = Limiter()
    limiter.refused(7, 5.0, now=0.0)
    assert limiter.refused(second_chat, 5.0, now=later) is False
    assert limiter.wait_seconds(REPLY, 9, later) == 0.0


@pytest.mark.parametrize(
    ("chat_id", "target"),
    [
        (7, 7),
        (-100, -100),
        ("7", 7),
        ("-100", -100),
        ("@News", "@news"),
        (" @news ", "@news"),
        (None, "setMyCommands"),
    ],
)
def test_reply_r4_a_call_is_for_a_chat_a_name_or_else_its_method(chat_id, target):
    assert target_of(chat_id, "setMyCommands") == target


def test_reply_r4_a_channel_posted_to_by_two_chats_is_one_target_and_parks_no_bot():
    # Seen: two chats that posted to @news made a third one wait for 20 s.
    limiter = Limiter()
    assert limiter.refused("@news", 20.0, now=0.0) is False
    assert limiter.refused("@news", 20.0, now=0.1) is False
    assert limiter.wait_seconds(REPLY, "@news", 0.2) == pytest.approx(19.9)
    assert limiter.wait_seconds(REPLY, 7, 0.2) == 0.0


def test_reply_r4_a_call_without_a_chat_parks_its_method_and_no_chat():
    limiter = Limiter()
    assert limiter.refused("setMyCommands", 20.0, now=0.0) is False
    assert limiter.refused(7, 5.0, now=0.1) is False, "that was one chat"
    assert limiter.wait_seconds(REPLY, "setMyCommands", 1.0) == 19.0
    assert limiter.wait_seconds(REPLY, 8, 1.0) == 0.0
    assert [limiter.wait_seconds(REPLY, "setMyCommands", 20.0) for _ in range(2)] == [0.0, 0.0]


def test_reply_r4_a_name_and_its_id_are_one_once_an_answer_has_said_so():
    limiter = Limiter()
    limiter.refused("@news", 20.0, now=0.0)
    limiter.learn("News", -100)
    assert limiter.wait_seconds(REPLY, -100, 1.0) == 19.0
    assert limiter.refused(-100, 30.0, now=1.0) is False
    assert limiter.refused("@news", 30.0, now=1.5) is False
    assert limiter.wait_seconds(REPLY, "@news", 1.5, most=5.0) >= 30.0
    limiter.learn("news", -200)
    assert limiter.wait_seconds(REPLY, "@news", 1.5) == 0.0, "the name has moved to another channel"


@pytest.mark.parametrize(
    ("first", "second", "whole_bot"),
    [
        ("@news", "@sport", True),
        ("@news", 7, True),
        (7, "@news", True),
        (-100, "@news", False),
        ("@news", -100, False),
    ],
)
def test_reply_r4_only_what_surely_are_two_chats_park_the_bot(first, second, whole_bot):
    limiter = Limiter()
    limiter.refused(first, 5.0, now=0.0)
    assert limiter.refused(second, 5.0, now=0.5) is whole_bot


def test_reply_r4_waits_left_by_an_earlier_process_are_kept():
    limiter = Limiter()
    limiter.restore({7: 10.0, "@news": 8.0}, bot_parked_until=3.0)
    assert limiter.wait_seconds(REPLY, "@news", 0.0) == 8.0
    assert (limiter.wait_seconds(REPLY, 7, 0.0), limiter.wait_seconds(REPLY, 8, 0.0)) == (10.0, 3.0)


def test_reply_r6_bulk_goes_through_the_token_bucket():
    limiter = Limiter()
    waits = [limiter.wait_seconds(BULK, chat, 1.0) for chat in range(1, int(BULK_PER_SECOND) + 3)]
    assert waits[: int(BULK_PER_SECOND)] == [0.0] * int(BULK_PER_SECOND)
    assert waits[-1] == pytest.approx(2 / BULK_PER_SECOND)


def test_what_the_limiter_remembers_is_bounded():
    limiter = Limiter()
    for chat in range(PACED_CHATS_MAX + 10):
        limiter.refused(chat, 100_000.0, now=float(chat * 2))
    assert len(limiter._paced) == PACED_CHATS_MAX
    assert len(limiter._parked) <= PARKED_MAX
    for number in range(NAMES_MAX + 10):
        limiter.learn(f"channel{number}", -number)
    assert len(limiter._ids) == NAMES_MAX


def test_a_wait_that_still_runs_is_forgotten_last():
    limiter = Limiter()
    limiter.refused(-1, 3600.0, now=0.0)
    for chat in range(PARKED_MAX + 10):
        limiter.refused(chat + 1, 1.0, now=float(chat))
    assert limiter.wait_seconds(REPLY, -1, float(PARKED_MAX) / 3, most=5.0) > 5.0
