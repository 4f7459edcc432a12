"""Who is next, and when. The clock is a number."""

import pytest

from mailroom.actors.broadcast.turns import HALT_GROUP_SECONDS, OUTAGE_SECONDS_MAX, Pace, in_turn, turns
from mailroom.actors.limiter import BULK_PER_SECOND

GAP = 1 / BULK_PER_SECOND


def test_broadcasts_take_turns():
    assert turns([7, 3, 5], None, 7) == [3, 5, 7, 3, 5, 7, 3]


def test_turns_go_on_where_the_last_batch_ended():
    assert turns([3, 5, 7], 3, 4) == [5, 7, 3, 5]
    assert turns([3, 5, 7], 7, 2) == [3, 5]
    assert turns([3, 7], 5, 2) == [7, 3]  # 5 is over by now


def test_every_broadcast_gets_as_many_turns_however_small_the_batches_are():
    last, seen = None, []
    for _ in range(30):
        batch = turns([1, 2, 3, 4], last, 3)
        seen += batch
        last = batch[-1]
    assert {one: seen.count(one) for one in (1, 2, 3, 4)} == {1: 23, 2: 23, 3: 22, 4: 22}


def test_nothing_runs_and_nobody_is_next():
    assert turns([], None, 10) == []
    assert turns([1], 1, 0) == []


def test_recipients_go_in_the_order_of_the_turns_and_a_broadcast_that_is_short_is_passed_over():
    assert list(in_turn([1, 2, 1, 2], {1: [10, 11], 2: [20]})) == [(1, 10), (2, 20), (1, 11)]
    assert list(in_turn([1, 2], {})) == []


def test_they_are_told_evenly_and_without_a_burst_after_a_rest():
    pace = Pace()
    assert [pace.take(100.0) for _ in range(4)] == pytest.approx([100 + GAP * n for n in range(4)])
    assert [pace.take(500.0) for _ in range(2)] == pytest.approx([500, 500 + GAP])


def test_no_second_has_more_than_the_rate_however_they_come():
    pace, now, times = Pace(), 0.0, []
    for number in range(300):
        now = max(now + (0.3 if number % 17 == 0 else 0.001), pace.take(now))
        times.append(now)
    for start in times:
        assert sum(start <= one < start + 1 for one in times) <= BULK_PER_SECOND + 1


def test_a_429_for_one_person_halts_all_for_as_long_as_it_says():
    pace = Pace()
    pace.take(10.0)
    pace.refused(7, 30.0, 10.0)
    assert pace.take(10.5) == 40.0
    assert pace.take(10.5) == pytest.approx(40.0 + GAP)


def test_a_429_for_a_group_is_the_groups_own():
    pace = Pace()
    pace.refused(-7, 3600.0, 10.0)
    assert pace.take(10.0) == 10.0 + HALT_GROUP_SECONDS


def test_an_outage_is_waited_out_longer_each_time_and_calls_under_way_count_once():
    pace, now, waits = Pace(), 0.0, []
    for _ in range(8):
        for _ in range(20):
            pace.failed(now)
        waits.append(pace.halted_until - now)
        now = pace.halted_until
    assert waits == [1, 2, 4, 8, 16, 32, OUTAGE_SECONDS_MAX, OUTAGE_SECONDS_MAX]
    pace.answered()
    pace.failed(now)
    assert pace.halted_until - now == 1
