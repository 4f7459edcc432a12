"""`mailroom migrate` through a pooler."""

import asyncio

import pytest

from mailroom.storage.postgres.migrate import (
    LOCK_KEY,
    MigrationError,
    apply_migrations,
    belongs_to_others,
    pending,
)
from tests.storage.postgres.old_database import platform_names
from tests.storage.postgres.outbox.box import connected


def test_five_migrates_at_once_through_a_pooler_are_five_right_and_leave_no_lock(bouncer, empty_url):
    url = bouncer.url(empty_url)

    async def all_at_once():
        found = await asyncio.gather(*(apply_migrations(url) for _ in range(5)), return_exceptions=True)
        async with connected(empty_url) as direct:
            locks = await direct.fetchval("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'")
        return found, locks

    found, locks = asyncio.run(all_at_once())
    assert sorted(found, key=len) == [[], [], [], [], platform_names()]
    assert locks == 0
    assert pending(url) == []
    assert not asyncio.run(belongs_to_others(url))


def test_a_migrate_that_waits_for_another_says_so_and_does_not_hang(empty_url):
    async def beside_one_that_hangs():
        async with connected(empty_url) as other, other.transaction():
            await other.execute("SELECT pg_advisory_xact_lock($1)", LOCK_KEY)
            async with asyncio.timeout(20):
                await apply_migrations(empty_url, lock_seconds_max=1)

    with pytest.raises(
        MigrationError, match=r"held a lock on the database for 1 s.*run `mailroom migrate` again"
    ):
        asyncio.run(beside_one_that_hangs())
