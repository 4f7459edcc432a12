"""The hall over a database, and people in its chats."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg
import pytest
from aiogram import Router

from mailroom.actors.hosting.room import Room
from mailroom.ops.testing.chat import Chat
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.kit.owners import hall

Scenario = Callable[[Room[Any]], Awaitable[Any]]


@pytest.fixture
def hall_url(clean_postgres_url: str) -> str:
    """A database with the tables of the platform and of the hall."""

    async def make() -> None:
        await apply_migrations(clean_postgres_url)
        connection = await asyncpg.connect(clean_postgres_url)
        await connection.execute(hall.TABLES)
        await connection.close()

    asyncio.run(make())
    return clean_postgres_url


@pytest.fixture
def in_the_hall(hall_url: str) -> Iterator[Callable[[Scenario], Any]]:
    """Run something with the room of the hall."""

    async def run(scenario: Scenario) -> Any:
        async with asyncpg.create_pool(hall_url, min_size=1, max_size=3) as connections:
            return await scenario(hall.room(SchemaPool(connections, "hall", Clock())))

    return lambda scenario: asyncio.run(run(scenario))


@pytest.fixture
def rows(hall_url: str) -> Callable[..., list[dict[str, Any]]]:
    """What a statement finds."""

    async def fetch(statement: str, *args: Any) -> list[dict[str, Any]]:
        connection = await asyncpg.connect(hall_url)
        found = [dict(row) for row in await connection.fetch(statement, *args)]
        await connection.close()
        return found

    return lambda statement, *args: asyncio.run(fetch(statement, *args))


@pytest.fixture
def router(hall_url: str) -> Callable[[], Router]:
    """The hall in a chat."""
    return lambda: hall.build(hall_url)


@pytest.fixture
def olga(people: Callable[..., Chat]) -> Chat:
    """Who owns it."""
    return people("Olga", id=hall.OLGA)
