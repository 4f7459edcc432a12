"""Nobody takes from a shared pool what another is always to have."""

import asyncio
import contextlib

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailroom.storage.postgres.opening import open_pool
from mailroom.storage.postgres.shares import Share, Turnstile

USERS = ("payment", "delivery", "notification")


@given(
    st.integers(1, 8),
    st.lists(st.tuples(st.sampled_from(USERS), st.sampled_from(("enter", "leave", "give up")))),
)
def test_whoever_has_none_gets_one_whatever_the_others_do(most, steps):
    async def run():
        turnstile = Turnstile(most, USERS)
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
                waiting[user].append(asyncio.create_task(turnstile.enter(user)))
            elif step == "leave" and inside[user]:
                inside[user] -= 1
                turnstile.leave(user)
            elif step == "give up" and waiting[user]:
                waiting[user][0].cancel()
            await settle()
            assert sum(inside.values()) <= most
            for one in USERS:
                starved = waiting[one] and not inside[one]
                assert not starved or most < len(USERS)
            if any(waiting.values()):
                free = most - sum(inside.values())
                kept = sum(not inside[one] for one in USERS) if most >= len(USERS) else 0
                assert free <= kept, "what nobody is owed is not left lying"
        for tasks in waiting.values():
            for task in tasks:
                task.cancel()

    asyncio.run(run())


@pytest.fixture
def shares(postgres_url):
    """Runs a story with the shares of three users in a pool of four."""

    def play(tell):
        async def run():
            async with asyncio.timeout(30):
                pool = await open_pool(postgres_url, most=4)
                turnstile = Turnstile(4, USERS)
                try:
                    await tell([Share(pool, turnstile, user) for user in USERS])
                finally:
                    pool.terminate()

        asyncio.run(run())

    return play


def test_a_queue_that_hangs_on_its_connections_leaves_another_its_own(shares):
    async def tell(users):
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
    async def tell(users):
        for _ in range(6):
            for user in users:
                with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError):
                    await user.fetchval("SELECT pg_terminate_backend(pg_backend_pid())")
        assert [await user.fetchval("SELECT 1") for user in users] == [1, 1, 1]

    shares(tell)
