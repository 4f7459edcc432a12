"""What may be done only so often, counted by a real Redis for everybody who asks it."""

import asyncio
from contextlib import asynccontextmanager

from mailroom.storage.redis.allowances import KEY, Allowances
from mailroom.storage.redis.batch import Line

MINUTE_MS = 60_000


@asynccontextmanager
async def counted(url, processes=1):
    """The same count as each of some processes sees it, and one line to look with."""
    lines = [Line(url) for _ in range(processes)]
    try:
        yield [Allowances(line) for line in lines], lines[0]
    finally:
        for line in lines:
            await line.close()


def test_so_many_at_once_are_taken_however_many_processes_are_asked_at_once(clean_redis_url):
    async def main():
        async with counted(clean_redis_url, processes=4) as (processes, _):
            return await asyncio.gather(*(one.take("k", 10, MINUTE_MS) for one in processes * 25))

    waits = asyncio.run(main())
    assert waits.count(0) == 10
    assert MINUTE_MS - 5_000 < min(wait for wait in waits if wait) <= max(waits) <= MINUTE_MS


def test_one_comes_back_after_each_interval_and_never_more_than_all(clean_redis_url):
    async def main():
        async with counted(clean_redis_url) as ((count,), line):
            assert [await count.take("k", 2, MINUTE_MS) > 0 for _ in range(3)] == [False, False, True]

            async def passes(ms):
                await line.command("SET", KEY + "k", int(await line.command("GET", KEY + "k")) - ms)

            await passes(MINUTE_MS)
            assert [await count.take("k", 2, MINUTE_MS) > 0 for _ in range(2)] == [False, True]
            await passes(100 * MINUTE_MS)
            assert [await count.take("k", 2, MINUTE_MS) > 0 for _ in range(3)] == [False, False, True]
            assert await count.take("another", 2, MINUTE_MS) == 0

    asyncio.run(main())


def test_a_look_takes_nothing_and_what_was_taken_is_forgotten_when_it_has_come_back(clean_redis_url):
    async def main():
        async with counted(clean_redis_url) as ((count,), line):
            assert [await count.look("k", 1, MINUTE_MS) for _ in range(3)] == [0, 0, 0]
            assert await line.command("EXISTS", KEY + "k") == 0
            assert await count.take("k", 1, MINUTE_MS) == 0
            assert await count.look("k", 1, MINUTE_MS) > 0
            assert 0 < await line.command("PTTL", KEY + "k") <= MINUTE_MS

    asyncio.run(main())
