"""A timer is set for a delay or a moment; what could be meant in two ways is refused by name."""

import time
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from mailroom.actors.due import LAST_MS, due_ms_of
from mailroom.actors.journal import Journal
from mailroom.actors.turn import Turn
from mailroom.storage.clock import Clock
from mailroom.storage.redis.entry import Chat

NOW_MS = 1_796_000_000_123


@pytest.fixture
def turn(monkeypatch):
    monkeypatch.setattr(time, "time_ns", lambda: NOW_MS * 1_000_000)
    return Turn(Chat("shop", "7"), None, 1, 1, late=False, state={}, journal=Journal("shop", None))


def test_a_moment_is_one_of_the_rooms_clock_and_a_delay_is_as_long_for_everybody(turn):
    turn.clock = Clock(timedelta(days=1))
    moment = turn.clock.now() + timedelta(hours=2)
    real_ms = (moment - timedelta(days=1)).timestamp() * 1_000
    for name, when in (("at", moment), ("ms", int(moment.timestamp() * 1_000)), ("in", timedelta(minutes=3))):
        turn.set_timer(name, when)
    due = {name: due_ms for name, due_ms, _ in turn.changes.timers}
    assert [abs(due[name] - real_ms) < 2 for name in ("at", "ms")] == [True, True]
    assert due["in"] == NOW_MS + 180_000


@pytest.mark.parametrize(
    ("when", "due_ms"),
    [
        (timedelta(minutes=3), NOW_MS + 180_000),
        (timedelta(microseconds=1), NOW_MS + 1),
        (timedelta(milliseconds=1, microseconds=1), NOW_MS + 2),
        (timedelta(days=400), NOW_MS + 34_560_000_000),
        (datetime(2026, 12, 31, 18, 30, tzinfo=UTC), 1_798_741_800_000),
        (datetime(2026, 12, 31, 21, 30, tzinfo=timezone(timedelta(hours=3))), 1_798_741_800_000),
        (datetime(2026, 12, 31, 18, 30, 0, 1, tzinfo=UTC), 1_798_741_800_001),
        (datetime(1969, 1, 1, tzinfo=UTC), 0),
        (datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC), LAST_MS - 999),
        (1_798_741_800_000, 1_798_741_800_000),
        (-5, 0),
    ],
    ids=str,
)
def test_a_timer_takes_a_delay_a_moment_and_a_number_of_milliseconds(turn, when, due_ms):
    turn.set_timer("tea", when, "ready")
    assert turn.changes.timers == [("tea", due_ms, "ready")]


@pytest.mark.parametrize(
    ("when", "error", "words"),
    [
        (timedelta(0), ValueError, r"delay must be more than nothing, and is datetime\.timedelta\(0\)"),
        (timedelta(seconds=-3), ValueError, "delay must be more than nothing"),
        (timedelta.max, ValueError, "after the year 9999"),
        (10**20, ValueError, "after the year 9999"),
        (datetime(2026, 12, 31, 18, 30), ValueError, r"needs its zone, .* write datetime\.now\(UTC\)"),  # noqa: DTZ001
        (180.0, TypeError, r"a timedelta from now, a datetime with its zone, .* not for 180\.0"),
        (Decimal(3), TypeError, "not for Decimal"),
        ("3 minutes", TypeError, "not for '3 minutes'"),
        (None, TypeError, "not for None"),
        (True, TypeError, "not for True"),
    ],
    ids=str,
)
def test_what_is_no_moment_is_refused_by_name_and_sets_nothing(turn, when, error, words):
    turn.set_timer("tea", timedelta(minutes=3), "before")
    with pytest.raises(error, match=words):
        turn.set_timer("tea", when, "after")
    assert turn.changes.timers == [("tea", NOW_MS + 180_000, "before")]


def test_a_timer_never_comes_due_before_its_time():
    before_ms = time.time() * 1000
    assert due_ms_of(timedelta(milliseconds=250)) >= int(before_ms) + 250
