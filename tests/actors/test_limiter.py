"""Who must wait, and until when, by Telegram's limits. The clock is a number."""

import pytest

from actors.limiter import (
    BULK_PER_SECOND,
    PACED_CHATS_MAX,
    PACED_FOR_SECONDS,
    CallClass,
    Limiter,
    classify,
    repeatable,
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


def test_reply_r4_waits_left_by_an_earlier_process_are_kept():
    limiter = Limiter()
    limiter.restore({7: 10.0}, bot_parked_until=3.0)
    assert (limiter.wait_seconds(REPLY, 7, 0.0), limiter.wait_seconds(REPLY, 8, 0.0)) == (10.0, 3.0)


def test_reply_r6_bulk_goes_through_the_token_bucket():
    limiter = Limiter()
    waits = [limiter.wait_seconds(BULK, chat, 1.0) for chat in range(1, int(BULK_PER_SECOND) + 3)]
    assert waits[: int(BULK_PER_SECOND)] == [0.0] * int(BULK_PER_SECOND)
    assert waits[-1] == pytest.approx(2 / BULK_PER_SECOND)


def test_what_the_limiter_remembers_is_bounded():
    limiter = Limiter()
    for chat in range(PACED_CHATS_MAX + 10):
        limiter.refused(chat, 1.0, now=float(chat * 2))
    assert len(limiter._paced) == PACED_CHATS_MAX
