"""Links into the console and sessions there, in a real Postgres."""

import asyncio

import asyncpg
import pytest

from mailroom.storage.postgres import console_people as people
from mailroom.storage.postgres.console_people import Proved
from mailroom.storage.postgres.migrate import apply_migrations

ANNA = Proved("telegram", "tg:7001", "anna", "Анна")
BEN = Proved("telegram", "tg:7002", None, "Ben")


@pytest.fixture
def on(clean_postgres_url):
    """`on(test)` runs a test with two connections to a database that has the tables."""
    asyncio.run(apply_migrations(clean_postgres_url))

    def run(test):
        async def main():
            one, two = [await asyncpg.connect(clean_postgres_url) for _ in range(2)]
            try:
                async with asyncio.timeout(20):
                    await test(one, two)
            finally:
                await one.close()
                await two.close()

        asyncio.run(main())

    return run


def test_a_link_is_used_once_however_many_press_it_at_the_same_time(on) -> None:
    async def test(one, two):
        await people.add_link(one, "a link", ANNA, 600)
        used = await asyncio.gather(people.use_link(one, "a link"), people.use_link(two, "a link"))
        assert sorted(used, key=bool) == [None, ANNA]
        assert await people.use_link(one, "a link") is None

    on(test)


def test_a_link_that_is_too_old_lets_nobody_in_and_goes(on) -> None:
    async def test(one, _):
        await people.add_link(one, "old", ANNA, 0)
        assert await people.use_link(one, "old") is None
        await people.add_link(one, "old", ANNA, 0)
        await people.add_link(one, "new", BEN, 600)
        assert await one.fetchval("SELECT count(*) FROM mailroom.console_link") == 1

    on(test)


def test_a_session_is_somebodys_until_it_ends(on) -> None:
    async def test(one, two):
        await people.open_session(one, "s1", ANNA, 600)
        await people.open_session(one, "s2", ANNA, 600)
        await people.open_session(one, "s3", BEN, 600)
        await people.open_session(one, "over", BEN, 0)
        assert await people.find_session(two, "s1") == ANNA
        assert await people.find_session(two, "over") is None
        assert await people.find_session(two, "s1\0") is None
        await people.end_session(one, "s1")
        assert await people.find_session(two, "s1") is None
        assert [(p.address, p.sessions) for p in await people.logged_in(one, 10)] == [
            ("tg:7002", 1), ("tg:7001", 1),
        ]  # fmt: skip
        await people.add_link(one, "link", ANNA, 600)
        assert await people.end_sessions_of(one, "tg:7001") == 1
        assert await people.find_session(two, "s2") is None
        assert await people.use_link(two, "link") is None
        assert await people.find_session(two, "s3") == BEN

    on(test)


def test_what_is_kept_opens_nothing(on) -> None:
    async def test(one, _):
        await people.add_link(one, "a link", ANNA, 600)
        await people.open_session(one, "a session", ANNA, 600)
        for table in ("console_link", "console_session"):
            kept = str(await one.fetch(f"SELECT * FROM mailroom.{table}"))
            assert "a link" not in kept
            assert "a session" not in kept

    on(test)
