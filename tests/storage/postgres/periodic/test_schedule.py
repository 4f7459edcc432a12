"""When periodic work is due. The clock is given."""

from datetime import UTC, datetime

import pytest

from mailroom.storage.postgres.periodic.schedule import Schedule, ScheduleError


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


DUE = at("2026-03-01T12:00:00")


def test_an_interval_keeps_its_beat_however_late_a_run_is():
    schedule = Schedule(every_seconds=60)
    assert schedule.next(DUE, at("2026-03-01T12:00:00")) == at("2026-03-01T12:01:00")
    assert schedule.next(DUE, at("2026-03-01T12:00:59")) == at("2026-03-01T12:01:00")


def test_missed_runs_are_one_run():
    assert Schedule(every_seconds=60).next(DUE, at("2026-03-01T15:30:20")) == at("2026-03-01T15:31:00")
    assert Schedule(cron="0 3 * * *").next(DUE, at("2026-03-09T15:30:20")) == at("2026-03-10T03:00:00")


def test_a_clock_that_goes_back_does_not_bring_a_run_back():
    assert Schedule(every_seconds=60).next(DUE, at("2026-03-01T09:00:00")) == at("2026-03-01T12:01:00")
    assert Schedule(cron="0 * * * *").next(DUE, at("2026-03-01T09:00:00")) == at("2026-03-01T13:00:00")


def test_cron_goes_by_the_clock_of_its_zone():
    schedule = Schedule(cron="0 9 * * MON", zone="Europe/Moscow")
    assert schedule.first(DUE) == at("2026-03-02T06:00:00")
    assert str(schedule) == "0 9 * * MON Europe/Moscow"


def test_an_hour_that_a_zone_leaves_out_or_repeats_is_run_once():
    schedule = Schedule(cron="30 2 * * *", zone="Europe/Berlin")
    spring = schedule.first(at("2026-03-28T12:00:00"))
    assert spring == at("2026-03-29T01:00:00")  # 02:30 is not there, and it is 03:00 at once
    assert schedule.next(spring, spring) == at("2026-03-30T00:30:00")
    autumn = schedule.first(at("2026-10-24T12:00:00"))
    assert autumn == at("2026-10-25T00:30:00")
    assert schedule.next(autumn, autumn) == at("2026-10-26T01:30:00")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({}, "either every_seconds or cron"),
        ({"every_seconds": 5, "cron": "* * * * *"}, "either every_seconds or cron"),
        ({"every_seconds": 0.5}, "at least 1"),
        ({"every_seconds": float("nan")}, "at least 1"),
        ({"cron": "61 * * * *"}, "no cron expression: Bad minute"),
        ({"cron": "0 0 30 2 *"}, "cron"),
        ({"cron": "0 3 * * *", "zone": "Europe/Moskau"}, "no time zone 'Europe/Moskau'"),
    ],
)
def test_a_schedule_that_never_comes_is_refused_where_it_is_made(wrong, why):
    with pytest.raises(ScheduleError, match=why):
        Schedule(**wrong)
