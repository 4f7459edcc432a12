"""Who may start, when ids arrive out of order: the watermark and what one chat makes of it."""

import pytest

from mailroom.actors.order import (
    AHEAD_MAX,
    FORGET_MS,
    HOLD_MAX_MS,
    HOLD_MS,
    SINGLE_QUEUE_MS,
    ChatOrder,
    Watermark,
)


def seen(*ids: int, first: int = 1) -> Watermark:
    watermark = Watermark()
    watermark.saw(first - 1, 0, in_order=True)
    for update_id in ids:
        watermark.saw(update_id, 0)
    return watermark


def test_consecutive_ids_move_the_watermark():
    watermark = seen(1, 2, 3)
    assert watermark.passed(3)
    assert not watermark.passed(4)


def test_a_gap_holds_it_until_it_is_filled():
    watermark = seen(1, 3, 4)
    assert not watermark.passed(3)
    watermark.saw(2, 0)
    assert watermark.passed(4)


def test_ids_may_arrive_in_any_order():
    watermark = seen(5, 4, 3, 2, 1)
    assert watermark.passed(5)


def test_an_old_id_seen_again_moves_nothing():
    watermark = seen(1, 2, 3)
    watermark.saw(1, 0)
    assert watermark.value == 3


def test_what_get_updates_gave_has_nothing_before_it():
    watermark = seen(1)
    watermark.saw(10, 0, in_order=True)
    assert watermark.passed(10)


def test_ids_given_up_on_are_counted_and_those_seen_meanwhile_are_not():
    watermark = seen(1, 4)
    watermark.give_up_below(5, 0)
    assert watermark.passed(5)
    assert watermark.skipped == 3, "2, 3 and 5 were never seen; 4 was"


def test_the_watermark_never_goes_back():
    watermark = seen(1, 2, 3)
    watermark.give_up_below(2, 0)
    assert watermark.value == 3
    watermark.saw(2, 0, in_order=True)
    assert watermark.value == 3, "getUpdates gives again what was not confirmed"


def test_a_bell_rings_when_its_id_is_passed_and_not_before():
    watermark, called = seen(1), []
    watermark.when_passed(3, lambda: called.append(3))
    watermark.saw(2, 0)
    assert called == []
    watermark.saw(3, 0)
    assert called == [3]


def test_when_the_backlog_is_in_whoever_waited_for_it_looks_again():
    watermark, called = seen(1), []
    watermark.catching_up = True
    watermark.when_passed(3, lambda: called.append(3))
    assert ChatOrder(watermark, fast=True).wait_ms(3, accepted_ms=0, now_ms=10 * HOLD_MS) == HOLD_MS
    watermark.caught_up()
    assert called == [3]
    assert ChatOrder(watermark, fast=True).wait_ms(3, accepted_ms=0, now_ms=10 * HOLD_MS) == 0


def test_the_next_id_would_pass_at_once_and_the_one_after_it_would_not():
    watermark = seen(1, 2)
    assert watermark.is_next(3)
    assert not watermark.is_next(4)


def test_after_a_day_without_news_a_new_and_smaller_numbering_is_accepted():
    watermark = seen(900_000_000, first=900_000_000)
    watermark.saw(5, FORGET_MS + 1)
    watermark.give_up_below(5, FORGET_MS + 1)
    assert watermark.passed(5)
    assert not watermark.passed(6)


def test_ids_of_the_old_numbering_say_nothing_of_the_new_one():
    watermark = seen(7, first=5)  # 5 is missing, and never comes
    watermark.saw(6, FORGET_MS + 1)
    watermark.give_up_below(6, FORGET_MS + 1)
    assert watermark.passed(6)
    assert not watermark.passed(7), "the new 7 has not come yet"


def test_what_is_remembered_above_a_gap_is_bounded():
    watermark = Watermark()
    watermark.saw(0, 0, in_order=True)
    for update_id in range(2, AHEAD_MAX + 100):
        watermark.saw(update_id, 0)
    assert len(watermark._ahead) == AHEAD_MAX


def test_a_message_starts_at_once_when_every_smaller_id_was_seen():
    assert ChatOrder(seen(1, 2), fast=False).wait_ms(2, accepted_ms=0, now_ms=0) == 0


def test_a_message_waits_for_a_straggler_as_long_as_the_hold_and_no_longer():
    order = ChatOrder(seen(1, 3), fast=False)
    assert order.wait_ms(3, accepted_ms=0, now_ms=0) == HOLD_MS
    assert order.wait_ms(3, accepted_ms=0, now_ms=HOLD_MS - 1) == 1
    assert order.wait_ms(3, accepted_ms=0, now_ms=HOLD_MS) == 0


def test_the_hold_counts_from_the_accept_so_waiting_behind_a_busy_actor_is_free():
    assert ChatOrder(seen(1, 3), fast=False).wait_ms(3, accepted_ms=0, now_ms=10 * HOLD_MS) == 0


def test_whoever_waited_out_the_hold_spares_it_the_next_one():
    watermark = seen(1, 3)
    ChatOrder(watermark, fast=False).wait_ms(3, accepted_ms=0, now_ms=HOLD_MS)
    watermark.saw(4, HOLD_MS)
    assert ChatOrder(watermark, fast=False).wait_ms(4, accepted_ms=HOLD_MS, now_ms=HOLD_MS) == 0


def test_timers_and_events_never_wait():
    assert ChatOrder(Watermark(), fast=False).wait_ms(None, accepted_ms=0, now_ms=0) == 0


@pytest.mark.parametrize(
    ("queues", "waits"),
    [(["chat"], False), (["chat", "chat"], False), (["chat", "callback"], True)],
)
def test_in_fast_order_a_chat_with_one_queue_starts_at_once(queues, waits):
    order = ChatOrder(seen(1, 3), fast=True)
    for queue in queues:
        order.arrived(queue, now_ms=0)
    assert bool(order.wait_ms(3, accepted_ms=0, now_ms=0)) is waits


def test_in_fast_order_a_queue_is_forgotten_after_ten_seconds():
    order = ChatOrder(seen(1, 3), fast=True)
    order.arrived("callback", now_ms=0)
    order.arrived("chat", now_ms=SINGLE_QUEUE_MS)
    assert order.wait_ms(3, accepted_ms=SINGLE_QUEUE_MS, now_ms=SINGLE_QUEUE_MS) == 0


def test_in_strict_order_one_queue_is_no_reason_to_hurry():
    order = ChatOrder(seen(1, 3), fast=False)
    order.arrived("chat", now_ms=0)
    assert order.wait_ms(3, accepted_ms=0, now_ms=0) == HOLD_MS


def test_while_smaller_ids_keep_coming_a_message_waits_on_but_not_for_ever():
    """After an outage the texts of a chat come one by one, its taps beside them: a queue that is behind."""
    watermark = seen(1)
    watermark.saw(9, 0)
    order = ChatOrder(watermark, fast=False)
    watermark.saw(3, 400)
    assert order.wait_ms(9, accepted_ms=0, now_ms=HOLD_MS) == 400
    watermark.saw(5, 800)
    assert order.wait_ms(9, accepted_ms=0, now_ms=1000) == 800 + HOLD_MS - 1000
    for late, at_ms in zip((4, 6, 7), range(1000, HOLD_MAX_MS, 3000), strict=False):
        watermark.saw(late, at_ms)
    watermark.saw(8, HOLD_MAX_MS - 1)
    assert order.wait_ms(9, accepted_ms=0, now_ms=HOLD_MAX_MS) == 0
    assert not watermark.passed(9), "that this one may start says nothing about the others"


def test_what_comes_after_a_message_or_twice_does_not_make_it_wait():
    watermark = seen(1)
    watermark.saw(5, 0)
    watermark.saw(3, 100)
    watermark.saw(3, 300)
    watermark.saw(6, 400)
    assert ChatOrder(watermark, fast=False).wait_ms(5, accepted_ms=0, now_ms=500) == 100


def test_one_chat_that_gives_up_does_not_end_the_wait_of_another():
    """The watermark is the bot's: it moves only when no smaller id has come to anybody for the hold."""
    watermark = seen(1)
    watermark.saw(100, 0)
    watermark.saw(51, HOLD_MS - 10)
    assert ChatOrder(watermark, fast=False).wait_ms(100, accepted_ms=0, now_ms=HOLD_MS) > 0
    assert not watermark.passed(51)


def test_in_fast_order_nobody_waits_longer_than_the_hold():
    watermark = seen(1)
    watermark.saw(9, 0)
    order = ChatOrder(watermark, fast=True)
    for queue in ("chat", "callback"):
        order.arrived(queue, now_ms=0)
    watermark.saw(3, 400)
    assert order.wait_ms(9, accepted_ms=0, now_ms=HOLD_MS) == 0
