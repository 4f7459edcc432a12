"""Periodic work after the clock of the database was ahead, and whether it is noticed when it stands still."""

import pytest
from prometheus_client import REGISTRY

from mailroom.actors.jobs.every import Every
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.periodic.schedule import Schedule
from mailroom.storage.postgres.periodic.works import overdue
from mailroom.supervisors.periodic_gauges import measure_periodic, standing_still
from tests.supervisors.test_periodic import due, job, jobs, play, process, work

__all__ = ["play"]
AHEAD = "-1 year"
"""As `due` counts: in the future."""


@pytest.mark.parametrize("schedule", [{"every_seconds": 60}, {"cron": "*/5 * * * *"}], ids=str)
def test_a_next_run_a_year_away_because_the_clock_was_ahead_is_pulled_back_to_one_interval(schedule, play):
    async def scenario(pool):
        one = process(pool, Every("tidy", job(), **schedule))
        await aio(one.register, True)
        await due(pool, "tidy", AHEAD)
        await aio(pool.execute, "UPDATE mailroom.periodic_work SET known_at = now() + interval '1 year'")
        assert (await aio(overdue, pool))["tidy"] > 360 * 86_400
        await aio(one.register, False)  # as it does every twenty seconds
        now = await aio(pool.fetchval, "SELECT now()")
        assert 0 <= ((await work(pool, "tidy")).next_run - now).total_seconds() <= 300
        assert (await aio(overdue, pool))["tidy"] == 0

    play(scenario)


def test_a_run_that_is_due_earlier_stays_where_it_is(play):
    async def scenario(pool):
        one = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(one.register, True)
        await due(pool, "tidy", "-30 seconds")
        before = (await work(pool, "tidy")).next_run
        await aio(one.register, False)
        assert (await work(pool, "tidy")).next_run == before

    play(scenario)


def test_the_job_of_a_run_from_a_clock_that_was_ahead_is_no_years_obstacle_to_those_after_it(play):
    async def scenario(pool):
        one = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(one.register, True)
        await due(pool, "tidy")
        await aio(one.run_once)
        await aio(
            pool.execute,
            "UPDATE mailroom.outbox_job SET (created_at, run_at, turn_at, claimed_at, lease_until) ="
            " (SELECT at, at, at, at, at FROM (SELECT now() + interval '1 year') AS year (at)),"
            " claims = 1, worker = 'gone'",
        )
        await due(pool, "tidy")
        await aio(one.run_once)
        assert await jobs(pool) == ["tidy"]
        late = await aio(
            pool.fetchval,
            "SELECT extract(epoch FROM greatest(run_at, turn_at, lease_until) - now())::float8"
            " FROM mailroom.outbox_job",
        )
        assert late <= 60

    play(scenario)


def test_a_job_that_waits_for_its_next_attempt_is_left_alone(play):
    async def scenario(pool):
        one = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(one.register, True)
        await due(pool, "tidy")
        await aio(one.run_once)
        await aio(pool.execute, "UPDATE mailroom.outbox_job SET run_at = now() + interval '1 hour'")
        before = await aio(pool.fetchval, "SELECT run_at FROM mailroom.outbox_job")
        await due(pool, "tidy")
        await aio(one.run_once)
        assert await aio(pool.fetchval, "SELECT run_at FROM mailroom.outbox_job") == before

    play(scenario)


def test_a_name_of_a_program_that_is_gone_is_forgotten_though_the_clock_was_ahead(play):
    async def scenario(pool):
        await aio(process(pool, Every("gone", job(), every_seconds=60)).register, True)
        await aio(pool.execute, "UPDATE mailroom.periodic_work SET known_at = now() + interval '1 year'")
        await aio(process(pool, Every("tidy", job(), every_seconds=60)).register, True)
        assert list(await aio(overdue, pool)) == ["tidy"]

    play(scenario)


def gauge(name):
    return REGISTRY.get_sample_value("mailroom_periodic_overdue_seconds", {"work": name})


def test_periodic_work_that_nobody_runs_is_measured_and_warned_of(play):
    async def scenario(pool):
        await aio(process(pool, Every("tidy", job(), every_seconds=60)).register, True)
        await measure_periodic(pool)
        assert (gauge("tidy"), await aio(standing_still, pool)) == (0, {})
        await due(pool, "tidy", "400 seconds")
        await measure_periodic(pool)
        assert 400 <= gauge("tidy") < 420
        warning = (await aio(standing_still, pool))["warning_periodic_work"]
        assert warning.startswith("periodic work is not run as its schedule says: tidy by 40")

    play(scenario)


@pytest.mark.parametrize(
    "schedule",
    [Schedule(60), Schedule(0.5e8), Schedule(1.5), Schedule(cron="0 3 * * *", zone="Europe/Moscow")],
    ids=str,
)
def test_a_schedule_is_read_back_from_its_text(schedule):
    assert Schedule.parse(str(schedule)) == schedule
