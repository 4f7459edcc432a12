"""A store that is away from a job's handler uses up none of its attempts."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest
import redis.asyncio
from redis import exceptions as redis_errors

from mailroom.actors.judge import TIMES_MAX
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis import wire
from tests.actors.jobs.queue_harness import LetterHandlers

NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"


async def postgres_refuses_to_connect(context):
    await asyncpg.connect(NOBODY)


async def redis_refuses_to_connect(context):
    async with redis.asyncio.Redis.from_url("redis://127.0.0.1:1") as client:
        await client.ping()


async def redis_refuses_our_own_connection(context):
    await wire.connect("redis://127.0.0.1:1", None)


async def postgres_has_no_connection_left(context):
    raise asyncpg.TooManyConnectionsError("sorry, too many clients already")


async def postgres_ends_our_session(context):
    async with context.database.acquire() as connection:
        await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")


async def the_pool_is_closed(context):
    pool = await asyncpg.create_pool(context.services.database_url, min_size=1)
    await pool.close()
    await pool.fetchval("SELECT 1")


async def redis_has_failed_over(context):
    raise redis_errors.ReadOnlyError("You can't write against a read only replica.")


async def our_own_storage_says_so(context):
    raise StoreUnavailable("Redis does not answer")


async def two_at_once(context):
    async with asyncio.TaskGroup() as group:
        group.create_task(postgres_refuses_to_connect(context))
        group.create_task(redis_refuses_to_connect(context))


AWAY = (
    postgres_refuses_to_connect,
    redis_refuses_to_connect,
    redis_refuses_our_own_connection,
    postgres_has_no_connection_left,
    postgres_ends_our_session,
    the_pool_is_closed,
    redis_has_failed_over,
    our_own_storage_says_so,
    two_at_once,
)


@pytest.mark.parametrize("away", AWAY, ids=lambda one: one.__name__)
def test_no_attempt_is_used_up_where(away, play):
    letters = LetterHandlers(attempts_max=1)
    letters.answers["a"] = away

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)

        async def put_back():
            return await queues.story(id_) == ["snoozed"]

        await queues.until_true(put_back)
        seen = await queues.seen(id_)
        assert (seen.attempts, seen.state) == (0, "retrying")
        assert seen.last_error.startswith("a store is away: ")
        assert seen.run_at > datetime.now(UTC)
        letters.answers["a"] = None
        await queues.execute("UPDATE mailroom.outbox_job SET run_at = now(), turn_at = now()")
        await queues.quiet()
        assert await queues.states() == {}

    play(scenario)


async def a_file_is_missing(context):
    open("/no/such/file")  # noqa: ASYNC230, PTH123, SIM115 - a handler's mistake


async def a_statement_is_wrong(context):
    await context.database.fetchval("SELECT nothing")


async def a_statement_lacks_its_argument(context):
    await context.database.fetchval("SELECT $1::int")


async def another_system_is_away(context):
    await asyncio.open_connection("127.0.0.1", 1)


async def the_handler_waits_in_vain(context):
    async with asyncio.timeout(0.001):
        await asyncio.sleep(1)


MISTAKES = (
    a_file_is_missing,
    a_statement_is_wrong,
    a_statement_lacks_its_argument,
    another_system_is_away,
    the_handler_waits_in_vain,
)


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda one: one.__name__)
def test_an_attempt_is_an_attempt_where(mistake, play):
    letters = LetterHandlers(attempts_max=1)
    letters.answers["a"] = mistake

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        seen = await queues.seen(id_)
        assert (seen.attempts, seen.state) == (1, "dead")

    play(scenario)


def test_a_job_from_which_a_store_is_always_away_is_an_attempt_in_the_end(play):
    letters = LetterHandlers(attempts_max=1)
    letters.answers["a"] = StoreUnavailable("for ever")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.execute("UPDATE mailroom.outbox_job SET claims = $1, forgiven = $1", TIMES_MAX)
        await queues.start(letters.handlers)
        await queues.quiet()
        assert (await queues.seen(id_)).state == "dead"

    play(scenario)
