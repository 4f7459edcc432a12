"""A room's statements run in the schema of the bot that they are run for."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from mailroom.storage.clock import REAL_TIME, Clock
from mailroom.storage.postgres.schemas import NoClockError, SchemaPool, in_schema

ADD = "INSERT INTO {schema}.orders (title) VALUES ($1) RETURNING id"
COUNT = "SELECT count(*) FROM {schema}.orders"


@pytest.fixture(name="in_two_schemas")
def in_two_schemas_fixture(clean_postgres_url):
    """Plays a scenario over a database with the same table in two schemas, one of which has an odd name."""

    def play(scenario):
        async def main():
            async with asyncpg.create_pool(clean_postgres_url, min_size=1, max_size=1) as pool:
                for schema in ("left", 'r"-ight'):
                    name = schema.replace('"', '""')
                    await pool.execute(f'CREATE SCHEMA "{name}"')
                    await pool.execute(f'CREATE TABLE "{name}".orders (id serial PRIMARY KEY, title text)')
                await scenario(pool)

        asyncio.run(main())

    return play


def test_one_statement_runs_in_the_schema_of_each_over_the_same_connection(in_two_schemas):
    async def scenario(pool):
        left, right = SchemaPool(pool, "left"), SchemaPool(pool, 'r"-ight')
        for title in ("a", "b"):
            await left.fetchval(ADD, title)
        await right.executemany(ADD.partition(" RETURNING")[0], [("c",)])
        assert [await left.fetchval(COUNT), await right.fetchval(COUNT)] == [2, 1]
        assert await left.fetchval('SELECT title FROM "r""-ight".orders') == "c"

    in_two_schemas(scenario)


def test_a_transaction_of_another_can_be_gone_on_with_for_a_room(in_two_schemas):
    async def scenario(pool):
        async with SchemaPool(pool, "left").acquire() as connection, connection.transaction():
            await connection.execute(ADD, "a")
            other = in_schema(connection, 'r"-ight')
            assert other.is_in_transaction()
            assert await other.fetchval(COUNT) == 0
            assert (await other.fetchrow(ADD, "b"))["id"] == 1
            assert len(await other.fetch(COUNT)) == 1

    in_two_schemas(scenario)


def test_a_connection_that_knows_of_no_schema_refuses_a_rooms_statement(in_two_schemas):
    async def scenario(pool):
        with pytest.raises(asyncpg.PostgresSyntaxError):
            await pool.fetchval(COUNT)

    in_two_schemas(scenario)


NEAR = timedelta(minutes=1)
"""Of a clock that is read twice in a test."""


def test_a_statement_is_told_the_time_it_is_for_the_room_wherever_it_says_now(in_two_schemas):
    twice = "SELECT {now} = {now} AND $1 = 'a', {now}, {now} - $2::interval, count(*) FROM {schema}.orders"

    async def scenario(pool):
        for ahead in (timedelta(), timedelta(days=400), timedelta(days=-3)):
            room = SchemaPool(pool, "left", Clock(ahead))
            same, now, earlier, _ = await room.fetchrow(twice, "a", timedelta(hours=1))
            assert same
            assert now - earlier == timedelta(hours=1)
            assert abs(now - ahead - datetime.now(UTC)) < NEAR
            async with room.acquire() as connection, connection.transaction():
                assert await connection.fetchval("SELECT {now}") >= now
                before = await room.within(connection.connection).fetchval("SELECT {now}")
                assert await connection.fetchval("SELECT {now}") > before, "it goes on within a transaction"

    in_two_schemas(scenario)


def test_many_rows_are_written_at_one_time(in_two_schemas):
    async def scenario(pool):
        room = SchemaPool(pool, "left", REAL_TIME)
        await room.executemany(
            "INSERT INTO {schema}.orders (title) VALUES ($1 || {now})", [("a",), ("b",), ("c",)]
        )
        times = await room.fetch("SELECT DISTINCT substr(title, 2) FROM {schema}.orders")
        assert len(times) == 1

    in_two_schemas(scenario)


def test_a_statement_that_takes_the_time_is_refused_where_nobody_knows_it(in_two_schemas):
    async def scenario(pool):
        for place in (SchemaPool(pool, "left"), SchemaPool(pool, "left", REAL_TIME)):
            async with place.acquire() as connection:
                with pytest.raises(NoClockError, match=r"room\.within"):
                    await in_schema(connection, "left").fetchval("SELECT {now}")

    in_two_schemas(scenario)
