"""A plan with few connections: what there is is used, and it is said."""

import asyncio

import asyncpg
import pytest

from mailroom.storage.postgres import opening
from mailroom.storage.postgres.opening import open_pool
from mailroom.storage.postgres.scarcity import shortage

FEW = 3


@pytest.fixture
def few_url(postgres_url):
    """The database for a role that may have three connections."""

    async def make():
        connection = await asyncpg.connect(postgres_url)
        await connection.execute(f"DROP ROLE IF EXISTS few; CREATE ROLE few LOGIN CONNECTION LIMIT {FEW}")
        await connection.close()

    asyncio.run(make())
    return postgres_url.replace("postgres@/", "few@/")


@pytest.fixture(autouse=True)
def nothing_was_refused(monkeypatch):
    monkeypatch.setattr(opening.refused, "at", None)


def test_whoever_finds_no_connection_left_waits_for_one_to_be_free(few_url):
    async def run():
        pool = await open_pool(few_url, most=10)
        found = await asyncio.gather(
            *(pool.fetchval("SELECT $1::int FROM pg_sleep(0.01)", n) for n in range(50))
        )
        said = await shortage(pool, few_url, 10)
        pool.terminate()
        return found, said

    found, said = asyncio.run(run())
    assert found == list(range(50))
    assert "was refused (too many connections for role" in said
    assert "this process may use 10" in said
    assert "MAILROOM_DATABASE_CONNECTIONS" in said


def test_a_plan_that_allows_fewer_than_the_process_may_use_is_told_before_any_is_refused(few_url):
    async def run():
        pool = await open_pool(few_url, most=2)
        said = await shortage(pool, few_url, 16), await shortage(pool, few_url, FEW)
        pool.terminate()
        return said

    too_few, enough = asyncio.run(run())
    assert too_few.startswith("Postgres allows 3 connections, and this process alone may use 16: ")
    assert enough == ""
