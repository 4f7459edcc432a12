"""The beats of a process: it obeys a hold at once, ends beside stores of another, and outlives an outage."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.pair import PostgresPair
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.pair import RedisPair
from mailroom.supervisors.pairing.check import Pairing
from mailroom.supervisors.pairing.guard import HELD, Guard


class Process:
    """What the guard has of one."""

    def __init__(self, pool: asyncpg.Pool, line: Line) -> None:
        self.pool, self.line = pool, line
        self.agreed, self.refused = 0, list[str]()
        self.pairing = Pairing(PostgresPair(pool), RedisPair(line))
        self.guard = Guard(self.pairing, line, agree=self._agree, refuse=self.refused.append)

    async def _agree(self) -> None:
        self.agreed += 1


@pytest.fixture
def play(jobs_url: str, clean_redis_url: str) -> Callable[..., None]:

    def play(scenario: Callable[[Process], Awaitable[None]]) -> None:
        async def main() -> None:
            line = Line(clean_redis_url)
            pool = await aio(lambda: _pool(jobs_url))
            try:
                with trio.fail_after(30):
                    await scenario(Process(pool, line))
            finally:
                await aio(pool.close)
                await aio(line.close)

        host.run(main)

    return play


async def _pool(url: str) -> asyncpg.Pool:
    return await asyncpg.create_pool(url, min_size=1, max_size=2)


def test_a_hold_is_obeyed_by_the_process_with_the_beat_that_finds_it_and_so_is_its_end(play: Any) -> None:
    async def scenario(process: Process) -> None:
        await process.guard.run_once()
        assert process.agreed == 0
        row = await aio(PostgresPair(process.pool).read)
        await aio(RedisPair(process.line).advance, row.id, 99, 1)
        await process.guard.run_once()
        assert process.agreed == 1
        assert HELD._value.get() == 1
        assert "Postgres went back" in (await aio(process.guard.warnings))["warning_stores"]
        await process.guard.run_once()
        assert process.agreed == 1
        await aio(PostgresPair(process.pool).go, 99)  # on-call, somewhere else
        await process.guard.run_once()
        assert process.agreed == 2
        assert HELD._value.get() == 0
        assert await aio(process.guard.warnings) == {}

    play(scenario)


def test_a_redis_exchanged_for_another_ones_under_a_process_ends_it(play: Any) -> None:
    async def scenario(process: Process) -> None:
        await process.guard.run_once()
        await aio(process.line.command, "HSET", "mailroom:pair", "id", "another")
        await process.guard.run_once()
        assert "belongs to installation another" in process.refused[0]

    play(scenario)


def test_a_store_that_is_away_is_waited_for_and_nothing_is_held_for_it(play: Any) -> None:
    async def scenario(process: Process) -> None:
        await process.guard.run_once()

        async def away() -> None:
            raise StoreUnavailable("Redis does not answer")

        check, process.pairing.check = process.pairing.check, away  # type: ignore[assignment,method-assign]
        await process.guard.run_once()
        process.pairing.check = check  # type: ignore[method-assign]
        await process.guard.run_once()
        assert (process.agreed, process.refused, process.pairing.held) == (0, [], None)

    play(scenario)
