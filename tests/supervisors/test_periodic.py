"""Periodic work over a real Postgres: once over all processes, never twice, never forgotten."""

import asyncio
from functools import partial

import asyncpg
import pytest
import trio

from mailroom.actors.jobs.every import Every
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.periodic.schedule import ScheduleError
from mailroom.storage.postgres.periodic.works import all_works, once
from mailroom.supervisors.periodic import LOOK_SECONDS, Periodic, wait_seconds
from tests.actors.jobs.queue_harness import Life


@pytest.fixture
def play(clean_postgres_url):
    migrate(clean_postgres_url)

    def play(scenario):
        async def main():
            with trio.fail_after(20):
                pool = await aio(partial(asyncpg.create_pool, clean_postgres_url, min_size=1, max_size=12))
                try:
                    await scenario(pool)
                finally:
                    pool.terminate()

        host.run(main)

    return play


def job(name="tidy"):
    return lambda: NewJob("upkeep", name)


def process(pool, *works):
    return Periodic(pool, QueueNotifier(pool), works)


async def due(pool, name, ago="1 second"):
    await aio(
        pool.execute,
        f"UPDATE mailroom.periodic_work SET next_run = now() - interval '{ago}' WHERE name = $1",
        name,
    )


async def jobs(pool):
    return [row[0] for row in await aio(pool.fetch, "SELECT name FROM mailroom.outbox_job ORDER BY id")]


async def work(pool, name):
    return {one.name: one for one in await aio(all_works, pool)}[name]


def test_a_run_is_a_job_and_on_call_sees_both_times(play):
    async def scenario(pool):
        one = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(one.register, True)
        assert await aio(one.run_once) == []
        assert (await work(pool, "tidy")).last_run is None
        await due(pool, "tidy")
        before = await work(pool, "tidy")
        (ran,) = await aio(one.run_once)
        seen = await work(pool, "tidy")
        assert (await jobs(pool), seen.schedule) == (["tidy"], "every 60 s")
        assert (seen.last_job_id, seen.last_error) == (ran.job_id, None)
        assert (seen.next_run - before.next_run).total_seconds() == 60
        assert seen.last_run > before.next_run

    play(scenario)


def test_ten_processes_run_what_is_due_once(play):
    async def scenario(pool):
        names = [f"work-{number}" for number in range(5)]
        crowd = [
            process(pool, *(Every(name, job(name), every_seconds=60) for name in names)) for _ in range(10)
        ]
        for one in crowd:
            await aio(one.register, True)
        for name in names:
            await due(pool, name)

        async def all_at_once():
            return await asyncio.gather(*(one.run_once() for one in crowd))

        runs = [ran.name for some in await aio(all_at_once) for ran in some]
        assert sorted(runs) == names
        assert sorted(await jobs(pool)) == names

    play(scenario)


def test_a_day_of_missed_runs_is_one_run(play):
    async def scenario(pool):
        one = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(one.register, True)
        await due(pool, "tidy", ago="1 day")
        await aio(one.run_once)
        await aio(one.run_once)
        assert await jobs(pool) == ["tidy"]
        assert 0 < await aio(one._works.seconds_until_next) <= 60

    play(scenario)


def test_a_restart_keeps_the_next_run_and_a_changed_schedule_takes_effect(play):
    async def scenario(pool):
        await aio(process(pool, Every("tidy", job(), every_seconds=3600)).register, True)
        first = await work(pool, "tidy")
        await aio(process(pool, Every("tidy", job(), every_seconds=3600)).register, True)
        assert await work(pool, "tidy") == first
        await aio(process(pool, Every("tidy", job(), cron="0 3 * * *")).register, True)
        changed = await work(pool, "tidy")
        assert (changed.schedule, changed.next_run.hour, changed.next_run.minute) == ("0 3 * * * UTC", 3, 0)

    play(scenario)


def test_an_old_version_neither_runs_nor_takes_back_what_a_new_one_has_changed(play):
    async def scenario(pool):
        old = process(pool, Every("tidy", job("old"), every_seconds=3600))
        new = process(pool, Every("tidy", job("new"), every_seconds=60))
        await aio(old.register, True)
        await aio(new.register, True)
        await aio(old.register, False)
        await due(pool, "tidy")
        assert await aio(old.run_once) == []
        await aio(new.run_once)
        assert await jobs(pool) == ["new"]

    play(scenario)


def test_a_schedule_that_only_a_dead_process_knew_is_taken_over(play):
    async def scenario(pool):
        new = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(new.register, True)
        await aio(process(pool, Every("tidy", job(), every_seconds=3600)).register, True)  # it ends now
        await aio(new.register, False)
        assert (await work(pool, "tidy")).schedule == "every 3600 s"
        await aio(pool.execute, "UPDATE mailroom.periodic_work SET known_at = now() - interval '2 min'")
        await aio(new.register, False)
        assert (await work(pool, "tidy")).schedule == "every 60 s"

    play(scenario)


def test_a_removed_name_is_forgotten_once_no_process_knows_it(play):
    async def scenario(pool):
        old = process(pool, Every("tidy", job(), every_seconds=60), Every("gone", job(), every_seconds=60))
        new = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(old.register, True)
        await aio(new.register, True)
        assert [one.name for one in await aio(all_works, pool)] == ["gone", "tidy"]
        await aio(pool.execute, "UPDATE mailroom.periodic_work SET known_at = now() - interval '2 min'")
        await aio(new.register, False)
        assert [one.name for one in await aio(all_works, pool)] == ["tidy"]

    play(scenario)


def test_work_that_cannot_make_its_job_is_seen_and_holds_up_nobody(play):
    def fails():
        raise RuntimeError("no tariff")

    async def scenario(pool):
        one = process(pool, Every("ill", fails, every_seconds=60), Every("well", job(), every_seconds=60))
        await aio(one.register, True)
        await due(pool, "ill", ago="1 minute")
        await due(pool, "well")
        assert [ran.job_id is None for ran in await aio(one.run_once)] == [True, False]
        ill = await work(pool, "ill")
        assert (ill.last_error, ill.last_run is not None) == ("RuntimeError: no tariff", True)
        assert await jobs(pool) == ["tidy"]

    play(scenario)


def test_a_queue_that_stands_still_does_not_fill_with_the_same_job(play):
    async def scenario(pool):
        one = process(pool, Every("tidy", job(), every_seconds=60))
        await aio(one.register, True)
        for _ in range(3):
            await due(pool, "tidy")
            await aio(one.run_once)
        assert await jobs(pool) == ["tidy"]

    play(scenario)


def test_a_job_with_a_rule_of_its_own_keeps_it():
    own = NewJob("upkeep", "tidy", dedup_key="mine", dedup_seconds=5)
    assert once("tidy", own) is own


def test_the_part_runs_what_becomes_due_and_outlives_a_cut_connection(play):
    async def scenario(pool):
        life = Life()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(life.run, process(pool, Every("tidy", job(), every_seconds=1)).live)
            await life.up.wait()
            while not await jobs(pool):  # noqa: ASYNC110 - the database has no event
                await trio.sleep(0.05)
            await aio(
                pool.fetch,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()",
            )
            await aio(pool.execute, "DELETE FROM mailroom.outbox_job")
            await aio(pool.execute, "DELETE FROM mailroom.outbox_dedup")
            while not await jobs(pool):  # noqa: ASYNC110
                await trio.sleep(0.05)
            assert life.details() == {"works": 1, "enqueued": life.details()["enqueued"]}
            await life.cancel()
        assert life.error is None

    play(scenario)


def test_how_long_to_sleep():
    assert wait_seconds(0.3, 10.0) == 0.3
    assert wait_seconds(30.0, 0.5) == 0.5
    assert wait_seconds(-5.0, 10.0) == 0.05
    assert wait_seconds(None, 100.0) == LOOK_SECONDS


def test_two_works_of_one_name_are_refused(play):
    async def scenario(pool):
        with pytest.raises(ScheduleError, match="one name"):
            process(pool, Every("tidy", job(), every_seconds=1), Every("tidy", job(), every_seconds=2))

    play(scenario)
