"""Files that rooms keep, in a real Postgres: each once, and as long as somebody uses it."""

import asyncio

import asyncpg
import pytest

from mailroom.actors.uses.files import Files
from mailroom.storage.postgres.files import drop, forget, get, put, put_of
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.schemas import in_schema

WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"


@pytest.fixture
def files(clean_postgres_url):
    """`files(test)` runs a test with two connections to a database that has the table."""
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


async def never():
    return False


def test_the_same_content_is_one_file_of_each_room(files):
    async def test(one, _):
        first = await Files(in_schema(one, "shop")).put(one, b"a picture", "image/png")
        assert await put(one, "shop", b"a picture", "image/png") == first
        await put(one, "other", b"a picture", "image/png")
        assert await one.fetchval("SELECT count(*) FROM mailroom.file") == 2
        await drop(one, "other", first, never)
        assert (await get(one, "shop", first)).content == b"a picture"
        assert await get(one, "other", first) is None
        with pytest.raises(TypeError, match="knows its schema"):
            Files(one)

    files(test)


def test_a_file_that_somebody_begins_to_use_is_not_let_go_of(files):
    """The last use ends and another begins at the same moment: what is used would be gone."""

    async def test(one, two):
        digest = await put(one, "shop", b"a picture", "image/png")
        await one.execute("CREATE TABLE uses (digest text)")
        beginning = two.transaction()
        await beginning.start()
        await put(two, "shop", b"a picture", "image/png")
        await two.execute("INSERT INTO uses VALUES ($1)", digest)

        async def is_used():
            return await one.fetchval("SELECT EXISTS (SELECT FROM uses WHERE digest = $1)", digest)

        async def ending():
            async with one.transaction():
                await drop(one, "shop", digest, is_used)

        letting_go = asyncio.ensure_future(ending())
        # Until it waits for the row, or has gone by.
        while not (letting_go.done() or await two.fetchval(WAITS)):  # noqa: ASYNC110 - Postgres tells nobody
            await asyncio.sleep(0.01)
        await beginning.commit()
        await letting_go
        assert await get(two, "shop", digest) is not None

    files(test)


async def kept_by(connection):
    rows = await connection.fetch("SELECT content FROM mailroom.file ORDER BY content")
    return [row["content"].decode() for row in rows]


def test_a_persons_files_go_with_the_last_person_whose_they_are_and_the_rooms_stay(files):
    async def test(one, two):
        for content, whose in (("ann's", ["ann"]), ("both's", ["ann", "bob"]), ("bob's", ["bob"])):
            for person in whose:
                await put_of(one, "shop", content.encode(), "text/plain", "mine", person)
        await put_of(one, "shop", b"the room's", "text/plain", "mine", "ann")
        await put(one, "shop", b"the room's", "text/plain")
        await put_of(one, "shop", b"another bot's", "text/plain", "other", "ann")
        await forget(one, "mine", "ann")
        assert await kept_by(one) == ["another bot's", "bob's", "both's", "the room's"]
        await forget(one, "mine", "bob")
        await forget(one, "mine", "bob")
        assert await kept_by(one) == ["another bot's", "the room's"]

    files(test)


def test_a_file_that_somebody_else_sends_while_the_first_is_forgotten_is_theirs(files):
    async def test(one, two):
        await put_of(one, "shop", b"a meme", "image/png", "mine", "ann")
        begun = two.transaction()
        await begun.start()
        await put_of(two, "shop", b"a meme", "image/png", "mine", "bob")
        async with one.transaction():
            forgetting = asyncio.create_task(forget(one, "mine", "ann"))
            # Until it waits for the row, or has gone by.
            while not (forgetting.done() or await two.fetchval(WAITS)):  # noqa: ASYNC110 - Postgres tells nobody
                await asyncio.sleep(0.01)
            await begun.commit()
            await forgetting
        assert await kept_by(two) == ["a meme"]
        assert await two.fetchval("SELECT person FROM mailroom.file_of") == "bob"

    files(test)
