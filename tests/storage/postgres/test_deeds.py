"""What was done to a bot is written down whatever it is told as, and is never too long."""

import asyncio
import math

import asyncpg
import pytest

from mailroom.storage.postgres import deeds as module
from mailroom.storage.postgres.deeds import deeds, note
from mailroom.storage.postgres.migrate import apply_migrations


@pytest.fixture
def database(clean_postgres_url):
    asyncio.run(apply_migrations(clean_postgres_url))

    def run(test):
        async def main():
            connection = await asyncpg.connect(clean_postgres_url)
            try:
                async with asyncio.timeout(20):
                    await test(connection)
            finally:
                await connection.close()

        asyncio.run(main())

    return run


async def done(connection, outcome=None, bot="shop", **what):
    given = dict.fromkeys(("who", "action", "target", "why", "trace"), "") | what
    await note(connection, bot=bot, outcome=outcome, **given)


def test_whatever_came_of_it_can_be_read_again(database):
    outcomes = [
        None, "words", {"amount_minor": 1_490, "currency": "RUB"}, ["NaN", math.nan, math.inf],
        {"nul": "a\0b"}, "half \ud83d", object, 10**400, {"long": "x" * 100_000},
    ]  # fmt: skip

    async def test(connection):
        for outcome in outcomes:
            await done(connection, outcome)
        read = [deed.outcome for deed in reversed(await deeds(connection, "shop"))]
        assert read[:3] == outcomes[:3]
        assert read[3] == ["NaN", "NaN", "Infinity"]
        assert [read[4]["nul"][0], read[5][:4]] == ["a", "half"]
        assert len(read[-1]) <= module.OUTCOME_CHARS_MAX

    database(test)


def test_long_texts_lose_their_middle_and_what_no_store_keeps(database):
    async def test(connection):
        long = "\0a" * 3_000
        await done(connection, who=long, action=long, target=long, why=long, trace=long)
        (deed,) = await deeds(connection, "shop")
        assert " … " in deed.why
        assert "\0" not in deed.why

    database(test)


def test_they_are_read_of_one_bot_newest_first_and_on_from_where_one_was(database):
    async def test(connection):
        for number in range(5):
            await done(connection, action=f"act {number}")
            await done(connection, bot="tea")
        first = await deeds(connection, "shop", 2)
        assert [deed.action for deed in first] == ["act 4", "act 3"]
        assert [deed.action for deed in await deeds(connection, "shop", 9, first[-1].id)] == [
            "act 2", "act 1", "act 0",
        ]  # fmt: skip

    database(test)
