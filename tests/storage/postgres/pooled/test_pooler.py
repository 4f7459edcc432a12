"""Whether a pooler is seen, by itself and in a crowd."""

import asyncio

import asyncpg

from mailroom.storage.postgres.pooler import (
    DIRECT,
    IN_SESSION_MODE,
    IN_TRANSACTION_MODE,
    KEEPING_STATEMENTS,
    look,
)
from tests.storage.postgres.bouncer import SESSION, TRANSACTION, TRANSACTION_KEEPING

WAYS = {
    TRANSACTION_KEEPING: KEEPING_STATEMENTS,
    TRANSACTION: IN_TRANSACTION_MODE,
    SESSION: IN_SESSION_MODE,
}


def test_a_database_without_a_pooler_is_seen_as_that(direct_url):
    assert asyncio.run(look(direct_url)) == DIRECT


def test_a_pooler_is_seen_and_its_mode_too(bouncer, pooled_url):
    async def five_times():
        return {await look(pooled_url) for _ in range(5)}

    assert asyncio.run(five_times()) == {WAYS[bouncer.kind]}


def test_a_pooler_that_others_use_at_the_same_time_is_taken_for_what_it_is(bouncer, pooled_url):
    async def in_a_crowd():
        enough = asyncio.Event()

        async def other():
            connection = await asyncpg.connect(pooled_url, statement_cache_size=0)
            while not enough.is_set():
                await connection.fetchval("SELECT pg_sleep(0.001)")
            connection.terminate()

        others = [asyncio.create_task(other()) for _ in range(8)]
        found = {await look(pooled_url) for _ in range(5)}
        enough.set()
        await asyncio.gather(*others)
        return found

    found = asyncio.run(in_a_crowd())
    # Without proof the mode is assumed in which the least works: never more than there is.
    assert found <= {WAYS[bouncer.kind], IN_TRANSACTION_MODE}
    assert WAYS[bouncer.kind] in found
