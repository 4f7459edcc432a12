"""The tables of before are moved behind a pooler, under programs that use it."""

import asyncio

import pytest

from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.old_chain import MOVED
from tests.shop_tables import SHOP_TABLES
from tests.storage.postgres.old_database import SINCE, contents, make_old
from tests.storage.postgres.old_program import OldProgram
from tests.storage.postgres.outbox.box import connected


@pytest.mark.parametrize("migrated", ["through it", "past it"])
def test_programs_of_before_behind_a_pooler_lose_nothing(bouncer, empty_url, migrated):
    async def main():
        async with connected(empty_url) as direct:
            await make_old(direct, filled=True)
            before = await contents(direct, "public")
        url = bouncer.url(empty_url)
        async with OldProgram(url, statements=100 if bouncer.kind.keeps else 0) as program:
            await program.does(30)
            moving = url if migrated == "through it" else empty_url
            assert await apply_migrations(moving, [SHOP_TABLES]) == [MOVED, *SINCE]
            await program.does(60)
            assert await apply_migrations(moving, [SHOP_TABLES]) == []
            await program.does(30)
        await program.check_the_books()
        async with connected(empty_url) as direct:
            after = await contents(direct, "mailroom")
        for table in ("payment", "outbox_dead", "outbox_queue", "partition_lease", "pair"):
            assert after[table] == before[table]

    asyncio.run(main())


def test_several_migrates_through_a_pooler_beside_a_program_of_before_are_one_move(bouncer, empty_url):
    async def main():
        async with connected(empty_url) as direct:
            await make_old(direct)
        url = bouncer.url(empty_url)
        async with OldProgram(url, statements=100 if bouncer.kind.keeps else 0) as program:
            await program.does(20)
            found = await asyncio.gather(*(apply_migrations(url, [SHOP_TABLES]) for _ in range(3)))
            await program.does(40)
        assert sorted(name for names in found for name in names) == sorted([MOVED, *SINCE])
        await program.check_the_books()

    asyncio.run(main())
