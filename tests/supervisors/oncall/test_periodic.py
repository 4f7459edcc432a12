"""Periodic work as on-call sees it: seen, and run now, once."""

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
from mailroom.storage.postgres.periodic import works
from mailroom.storage.redis.batch import Line
from mailroom.supervisors.oncall import periodic
from mailroom.supervisors.oncall.errors import UnknownTargetError
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.reports import By
from mailroom.supervisors.periodic import Periodic, wait_seconds
from tests.actors.jobs.queue_harness import Life

BY = By("ann", "the provider is back")


@pytest.fixture
def play(clean_postgres_url, clean_redis_url):
    migrate(clean_postgres_url)

    def play(scenario):
        async def main():
            with trio.fail_after(30):
                pool = await aio(partial(asyncpg.create_pool, clean_postgres_url, min_size=1, max_size=8))
                line = Line(clean_redis_url)
                try:
                    await scenario(OnCall.over(line, database=pool), pool)
                finally:
                    pool.terminate()
                    await aio(line.close)

        host.run(main)

    return play


def scheduler(pool, make=lambda: NewJob("upkeep", "tidy")):
    return Periodic(pool, QueueNotifier(pool), [Every("tidy", make, every_seconds=3600)])


async def runs(pool):
    return await aio(pool.fetchval, "SELECT count(*) FROM mailroom.outbox_job")


def test_a_work_is_run_now_once_however_often_that_is_asked_and_the_audit_says_by_whom(play):
    async def scenario(oncall, pool):
        async with trio.open_nursery() as nursery:
            life = Life()
            nursery.start_soon(scheduler(pool).live, life)
            while not await aio(oncall.periodic.works):  # noqa: ASYNC110
                await trio.sleep(0.02)
            (before,) = await aio(oncall.periodic.works)
            assert (before.last_ms, before.result, before.schedule) == (0, "", "every 3600 s")
            outcome = await aio(oncall.periodic.run, "tidy", BY)
            assert outcome.says.startswith("tidy runs: job:")
            (after,) = await aio(oncall.periodic.works)
            assert (after.result, after.overdue_seconds) == ("waiting", 0.0)
            assert after.next_ms > after.last_ms
            again = await aio(oncall.periodic.run, "tidy", BY)
            assert (again.done, "was not run twice" in again.says) == (0, True)
            assert await runs(pool) == 1
            audit = await aio(oncall.look.audit)
            assert [(one.action, one.target, one.who) for one in audit] == [("run", "tidy", "ann")] * 2
            nursery.cancel_scope.cancel()

    play(scenario)


def test_two_who_want_a_run_at_the_same_moment_get_one(play, monkeypatch):
    hasten, asked = works.hasten, []

    async def counted(*given):
        found = await hasten(*given)
        asked.append(found)
        return found

    monkeypatch.setattr(works, "hasten", counted)

    async def scenario(oncall, pool):
        one = scheduler(pool)
        await aio(one.register, True)

        async def both():
            asking = [asyncio.ensure_future(oncall.periodic.run("tidy", BY)) for _ in range(2)]
            while len(asked) < len(asking):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            assert await one.run_once()
            await asyncio.gather(*asking)
            return await one.run_once()

        assert await aio(both) == []
        assert await runs(pool) == 1

    play(scenario)


def test_where_no_process_knows_it_that_is_said_and_it_stays_due(play, monkeypatch):
    monkeypatch.setattr(periodic, "TAKEN_SECONDS", 0.3)

    async def scenario(oncall, pool):
        await aio(scheduler(pool).register, True)
        outcome = await aio(oncall.periodic.run, "tidy", BY)
        assert (outcome.unfinished, "no process took it" in outcome.says) == (1, True)
        assert (await aio(oncall.periodic.works))[0].overdue_seconds > 0
        with pytest.raises(UnknownTargetError, match="Did you mean tidy"):
            await aio(oncall.periodic.run, "tidi", BY)

    play(scenario)


def test_a_run_that_could_not_be_enqueued_says_why(play):
    def fails():
        raise ValueError("no such provider")

    async def scenario(oncall, pool):
        one = scheduler(pool, fails)
        await aio(one.register, True)

        async def ask():
            asking = asyncio.ensure_future(oncall.periodic.run("tidy", BY))
            while not await one.run_once():  # noqa: ASYNC110
                await asyncio.sleep(0.02)
            return await asking

        outcome = await aio(ask)
        assert (outcome.failed, "no such provider" in outcome.says) == (1, True)
        (concern,) = await aio(oncall.attention.concerns)
        assert (concern.kind, "no such provider" in concern.things[0].why) == ("periodic", True)

    play(scenario)


def test_on_call_never_waits_longer_than_a_second_for_a_scheduler_to_look():
    assert wait_seconds(None, 100.0) == wait_seconds(3000.0, 100.0) == 1.0
