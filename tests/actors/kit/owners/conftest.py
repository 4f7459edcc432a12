"""A small room of its own: a hall whose owners sell seats, with a table for each thing it keeps."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg
import pytest

from mailroom.actors.hosting.room import Room
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.schemas import SchemaPool
from tests.rooms import room_of

TABLES = """
CREATE SCHEMA hall;
CREATE TABLE hall.owner_log (
    id        bigint      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    bot       text        NOT NULL,
    effect_id text        NOT NULL UNIQUE,
    who       text        NOT NULL,
    action    text        NOT NULL,
    target    text        NOT NULL,
    why       text        NOT NULL DEFAULT '',
    outcome   jsonb       NOT NULL DEFAULT '{}'
);
CREATE TABLE hall.seats (number integer PRIMARY KEY);
"""

Scenario = Callable[[Room[Any]], Awaitable[Any]]


@pytest.fixture
def in_the_hall(clean_postgres_url: str) -> Iterator[Callable[[Scenario], Any]]:
    """Run something with the room of the hall."""

    async def run(scenario: Scenario) -> Any:
        async with asyncpg.create_pool(clean_postgres_url, min_size=1, max_size=3) as connections:
            await connections.execute(TABLES)
            pool = SchemaPool(connections, "hall", Clock())
            return await scenario(room_of(bot="hall", database=pool, sharing=frozenset({"hall"})))

    return lambda scenario: asyncio.run(run(scenario))
