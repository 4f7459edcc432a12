"""Nobody takes from a shared pool what another is always to have."""

import asyncio
import contextlib

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.storage.postgres.opening import open_pool
from mailroom.storage.postgres.shares import FairLimiter, Share, Use

USERS = ("payment", "delivery", "notification")


@given(
    st.integers(1, 8),
    st.lists(st.tuples(st.sampled_from(USERS), st.sampled_from(("enter", "leave", "give up")))),
)
def test_whoever_has_none_gets_one_whatever_the_others_do(most, steps):
    async def run():
        limiter = FairLimiter(most, USERS)
        inside = dict.fromkeys(USERS, 0)
        waiting = {user: [] for user in USERS}

        async def settle():
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            for user, tasks in waiting.items():
                for task in [one for one in tasks if one.done()]:
                    tasks.remove(task)
                    inside[user] += not task.cancelled()

        for user, step in steps:
            if step == "enter":
                waiting[user].append(asyncio.create_task(limiter.enter(Use(user))))
            elif step == "leave" and inside[user]:
                inside[user] -= 1
                limiter.leave(Use(user))
            elif step == "give up" and waiting[user]:
                waiting[user][0].cancel()
            await settle()
            assert sum(inside.values()) <= most
            free = most - sum(inside.values())
            for one in USERS:
                starved = waiting[one] and not inside[one]
                assert not starved or (most < len(USERS) and not free)
            if any(waiting.values()):
                without = sum(not inside[one] for one in USERS)
                kept = min(without, len(USERS) if most >= len(USERS) else most // 2)
                assert free <= kept, "what nobody is owed is not left lying"
        for tasks in waiting.values():
            for task in tasks:
                task.cancel()

    asyncio.run(run())


def test_what_becomes_free_goes_to_whoever_has_the_fewest_however_long_the_others_line_is():
    async def run():
        limiter = FairLimiter(4, ("flooded", "calm"))
        for _ in range(3):
            await limiter.enter(Use("flooded"))
        line = [asyncio.create_task(limiter.enter(Use("flooded"))) for _ in range(100)]
        await limiter.enter(Use("calm"))
        late = asyncio.create_task(limiter.enter(Use("calm")))
        await asyncio.sleep(0)
        limiter.leave(Use("flooded"))
        await asyncio.sleep(0)
        assert late.done()
        assert not any(one.done() for one in line)
        for one in line:
            one.cancel()

    asyncio.run(run())


@pytest.fixture
def shares(postgres_url):
    """Runs a story with the shares that users have in a pool, of four for three users as a rule."""

    def play(tell, most=4, users=USERS, **options):
        async def run():
            async with asyncio.timeout(30):
                pool = await open_pool(postgres_url, most=most)
                limiter = FairLimiter(most, users, **options)
                try:
                    await tell(
                        [Share(pool, limiter, user) for user in users],
                        [Share(pool, limiter, user, ends=True) for user in users],
                    )
                finally:
                    pool.terminate()

        asyncio.run(run())

    return play


def test_a_queue_that_hangs_on_its_connections_leaves_another_its_own(shares):
    async def tell(users, _ends):
        hanging, other, third = users
        async with contextlib.AsyncExitStack() as held:
            for _ in range(2):
                await held.enter_async_context(hanging.acquire())
            one_more = asyncio.create_task(hanging.fetchval("SELECT 1"))
            for n in range(20):
                assert await other.fetchval("SELECT $1::int", n) == n
                assert await third.fetchval("SELECT $1::int", n) == n
            assert not one_more.done()
        assert await one_more == 1

    shares(tell)


def test_a_connection_that_is_cut_is_given_back(shares):
    async def tell(users, _ends):
        for _ in range(6):
            for user in users:
                with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
                    await user.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
        assert [await user.fetchval("SELECT 1") for user in users] == [1, 1, 1]

    shares(tell)


def test_of_twelve_queues_on_four_connections_eleven_may_hang_and_the_last_goes_on(shares):
    async def hang(user):
        async with user.acquire() as connection:
            await connection.fetchval("SELECT 1")
            await asyncio.sleep(3600)

    async def tell(users, _ends):
        *hanging, last = users
        tasks = [asyncio.create_task(hang(user)) for user in hanging for _ in range(3)]
        for n in range(3):
            assert await last.fetchval("SELECT $1::int", n) == n
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert [await user.fetchval("SELECT 1") for user in users] == [1] * 12

    shares(tell, users=[str(n) for n in range(12)], patience_seconds=0.1)


def test_what_is_taken_back_is_undone_and_its_holder_learns_of_it_at_the_next_word(shares):
    async def tell(users, _ends):
        slow, other = users
        async with slow.acquire() as connection:
            await connection.execute("CREATE TEMP TABLE mine ()")
            assert await other.fetchval("SELECT 1") == 1
            with pytest.raises(asyncpg.InterfaceError):
                await connection.fetchval("SELECT 2")
        assert await slow.fetchval("SELECT to_regclass('mine') IS NULL")

    shares(tell, most=1, users=("slow", "other"), patience_seconds=0.1)


def test_whoever_holds_one_gets_another_to_end_with_and_does_not_wait_for_itself(shares):
    async def tell(users, ends):
        busy, other = users
        ending, _ = ends
        async with busy.acquire(), ending.acquire() as connection:
            assert await connection.fetchval("SELECT 1") == 1
        assert await other.fetchval("SELECT 1") == 1

    shares(tell, most=2, users=("busy", "other"), patience_seconds=3600.0)
