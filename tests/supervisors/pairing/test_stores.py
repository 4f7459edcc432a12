"""The pair over the real stores: the same calls as the simulation makes, and what they leave behind."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
import redis

from mailroom.storage.postgres.console_people import (
    Proved,
    add_link,
    find_session,
    open_session,
    use_link,
)
from mailroom.storage.postgres.leap import LEAP
from mailroom.storage.postgres.pair import InPostgres, PostgresPair
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.pair import PAIR, InRedis, RedisPair
from mailroom.supervisors.pairing.check import Pairing, StoresDoNotFitError

Scenario = Callable[[Pairing, PostgresPair, RedisPair, asyncpg.Pool], Awaitable[None]]


@pytest.fixture
def play(jobs_url: str, clean_redis_url: str) -> Callable[[Scenario], None]:
    def play(scenario: Scenario) -> None:
        async def main() -> None:
            line = Line(clean_redis_url)
            async with asyncpg.create_pool(jobs_url, min_size=2, max_size=2) as pool:
                postgres, redis_ = PostgresPair(pool), RedisPair(line)
                await scenario(Pairing(postgres, redis_), postgres, redis_, pool)
            await line.close()

        asyncio.run(main())

    return play


async def later(pool: asyncpg.Pool) -> None:
    """Two seconds pass."""
    await pool.execute("UPDATE mailroom.pair SET seen_at = seen_at - interval '2 s'")


async def beats(pairing: Pairing, pool: asyncpg.Pool, count: int) -> None:
    for _ in range(count):
        await later(pool)
        await pairing.check()


async def dump(postgres: PostgresPair, redis_: RedisPair) -> tuple[InPostgres, InRedis | None]:
    return await postgres.read(), await redis_.read()


async def restore(pool: asyncpg.Pool, row: InPostgres) -> None:
    await pool.execute(
        "UPDATE mailroom.pair SET mark = $1, redis = $2, seen_at = $3, held = NULL, lost = NULL",
        row.mark, row.redis, row.seen_at,
    )  # fmt: skip


def test_a_beat_sets_both_marks_and_each_store_remembers_the_other(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        assert (await pairing.check()).what == "new"
        await beats(pairing, pool, 3)
        ours, theirs = await dump(postgres, redis_)
        assert theirs is not None
        assert (
            theirs.id
            == ours.id
            == await pool.fetchval("SELECT value FROM mailroom.installation WHERE key = 'id'")
        )
        assert (ours.mark, theirs.postgres) == (4, 4)
        assert (ours.redis, theirs.own) == (5, 5)
        assert theirs.seen_ms == int(ours.seen_at.timestamp() * 1000)

    play(scenario)


def test_many_processes_make_one_beat_in_a_beats_time(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        await pairing.check()
        await later(pool)
        await asyncio.gather(*(Pairing(postgres, redis_).check() for _ in range(20)))
        assert (await postgres.read()).mark == 2
        assert (await postgres.read()).lost is None

    play(scenario)


def test_a_postgres_from_last_night_is_held_its_numbers_leap_once_and_go_ends_it(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        await beats(pairing, pool, 2)
        backup, _ = await dump(postgres, redis_)
        await beats(pairing, pool, 30)
        await restore(pool, backup)
        number = (
            "INSERT INTO shop.categories (slug, position, title_ru, title_en)"
            " VALUES (gen_random_uuid()::text, 1, 'a', 'a') RETURNING id"
        )
        first = await pool.fetchval(number)
        for _ in range(3):
            assert (await Pairing(postgres, redis_).check()).deed == "hold"
        assert (await pool.fetchval(number)) == first + LEAP + 1
        assert await pairing.go()
        await beats(pairing, pool, 2)
        assert pairing.held is None
        assert (await pool.fetchval(number)) == first + LEAP + 2

    play(scenario)


def test_whoever_had_logged_out_of_the_console_is_not_in_again_by_a_backup(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        anna = Proved("telegram", "tg:7001", None, "Anna")
        await beats(pairing, pool, 2)
        await open_session(pool, "her phone", anna, 600)
        await add_link(pool, "a link", anna, 600)
        backup, _ = await dump(postgres, redis_)
        await beats(pairing, pool, 30)
        assert await find_session(pool, "her phone") == anna
        await restore(pool, backup)
        assert (await Pairing(postgres, redis_).check()).deed == "hold"
        assert await find_session(pool, "her phone") is None
        assert await use_link(pool, "a link") is None
        await open_session(pool, "her phone again", anna, 600)
        assert (await Pairing(postgres, redis_).check()).deed == "hold"
        assert await find_session(pool, "her phone again") == anna, "they log in anew meanwhile"

    play(scenario)


def test_a_hold_that_was_judged_before_somebody_said_go_is_not_put_on(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        await beats(pairing, pool, 3)
        judged = (await postgres.read()).mark
        assert await postgres.hold('{"past": 9}', judged)
        assert await postgres.go(0)
        assert not await postgres.hold('{"past": 9}', judged)
        assert (await postgres.read()).mark == 10

    play(scenario)


def test_an_emptied_redis_is_told_of_for_an_hour_and_paired_anew(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        await beats(pairing, pool, 5)
        await redis_._line.command("FLUSHALL")
        await redis_._line.command("SET", "mailroom:{7}:fence", "1 me")  # written since, by ourselves
        assert (await pairing.check()).what == "emptied"
        assert "orders and jobs are complete" in str(pairing.lost)
        await beats(pairing, pool, 1)
        assert (await Pairing(postgres, redis_).check()).what == "fits"
        assert pairing.lost is not None
        await pool.execute("UPDATE mailroom.pair SET lost = jsonb_set(lost, '{found_ms}', '1')")
        await pairing.check()
        assert pairing.lost is None

    play(scenario)


def test_a_redis_that_lost_a_second_is_nothing_to_speak_of_and_one_that_lost_a_minute_is(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        await beats(pairing, pool, 40)
        _, now = await dump(postgres, redis_)
        assert now is not None
        await redis_._line.command("HSET", PAIR, "own", now.own - 1, "postgres", now.postgres - 1)
        await beats(pairing, pool, 1)
        assert pairing.lost is None
        await redis_._line.command("HSET", PAIR, "own", now.own - 30, "postgres", now.postgres - 30)
        await beats(pairing, pool, 1)
        assert "may be answered twice or not at all" in str(pairing.lost)
        assert (await Pairing(postgres, redis_).check()).what == "fits"

    play(scenario)


def test_a_redis_of_another_installation_is_refused_by_its_name(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        await redis_.advance("another", 5, 5)
        with pytest.raises(StoresDoNotFitError, match="belongs to installation another"):
            await pairing.check()
        assert (await postgres.read()).mark == 0

    play(scenario)


def test_chats_of_nobody_knows_whom_beside_a_used_database_are_refused(play: Any) -> None:
    async def scenario(
        pairing: Pairing, postgres: PostgresPair, redis_: RedisPair, pool: asyncpg.Pool
    ) -> None:
        await beats(pairing, pool, 2)
        await redis_._line.command("FLUSHALL")
        await redis_._line.command("HSET", "mailroom:bots", "shop", "{}")
        with pytest.raises(StoresDoNotFitError, match="nothing says whose they are"):
            await Pairing(postgres, redis_).check()

    play(scenario)


def test_the_made_up_redis_of_the_simulation_advances_as_the_real_one_does(clean_redis_url: str) -> None:
    from tests.supervisors.pairing.made_up import MadeUpRedis, Stores

    calls = [(1, 10, 0), (3, 5, 0), (2, 20, 0), (0, 0, 9), (4, 21, 3)]

    async def real() -> list[object]:
        line = Line(clean_redis_url)
        found: list[object] = []
        for mark, seen, floor in calls:
            found += [
                await RedisPair(line).advance("ours", mark, seen, floor=floor),
                await RedisPair(line).read(),
            ]
        await line.close()
        return found

    async def made_up() -> list[object]:
        one = MadeUpRedis(Stores())
        found: list[object] = []
        for mark, seen, floor in calls:
            found += [await one.advance("ours", mark, seen, floor=floor), await one.read()]
        return found

    assert asyncio.run(real()) == asyncio.run(made_up())


def test_a_redis_that_does_not_read_as_a_pair_is_named(clean_redis_url: str) -> None:
    from mailroom.storage.errors import StoreError

    with redis.Redis.from_url(clean_redis_url) as client:
        client.hset(PAIR, mapping={"id": "ours", "own": "many"})

    async def read() -> None:
        line = Line(clean_redis_url)
        try:
            await RedisPair(line).read()
        finally:
            await line.close()

    with pytest.raises(StoreError, match="unreadable in mailroom:pair"):
        asyncio.run(read())
