"""Every statement in a file says where its tables are: none depends on a search path."""

import asyncio
from pathlib import Path

import pytest

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.queries import load
from mailroom.storage.postgres.schemas import _with_time, in_place
from tests.shop_tables import tables_of
from tests.storage.postgres.outbox.box import connected

ROOT = Path(__file__).parents[3]
FILES = [
    file
    for folder in ("storage", "actors")
    for file in sorted((ROOT / folder).rglob("*.sql"))
    if file.parent.name not in {"migrations", "before_schemas"}
]


@pytest.fixture(scope="module", name="url")
def url_fixture(postgres_url):
    """A database with the platform's tables and a shop's, which is not called as its room."""
    url = postgres_url.replace("@/mailroom?", "@/statements?")

    async def make():
        async with connected(postgres_url) as connection:
            await connection.execute("CREATE DATABASE statements")
        await apply_migrations(url, [tables_of("shop", "my-store")])

    asyncio.run(make())
    return url


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_statement_is_found_its_tables_without_a_search_path(url, file):
    async def main():
        async with connected(url) as connection:
            await connection.execute("SET search_path = ''")
            for name, statement in load(file).items():
                try:
                    await connection.prepare(in_place(_with_time(statement)[0], "my-store"))
                except Exception as error:
                    raise AssertionError(f"{file.name}: {name}: {error}") from error

    asyncio.run(main())
