"""A room's cache, in a real Redis: bounded, of its bot alone, and never missed."""

import asyncio
import time

import pytest
import redis
from prometheus_client import REGISTRY

from mailroom.actors.uses import brief, cache
from mailroom.actors.uses.cache import Cache, RoomCache
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.caches import Caches

DEADLINE_SECONDS = 5.0


def looks(outcome, bot="mine"):
    return REGISTRY.get_sample_value("mailroom_cache_looks_total", {"bot": bot, "outcome": outcome}) or 0


def kept(url, scenario):
    """Play a scenario with the cache of bot `mine` as two processes have it."""

    async def main():
        lines = [Line(url) for _ in range(2)]
        try:
            return await scenario(*(RoomCache(Cache(Caches(line)), "mine") for line in lines))
        finally:
            for line in lines:
                await line.close()

    return asyncio.run(main())


async def over(room, key):
    """Wait until a value's time is over."""
    async with asyncio.timeout(DEADLINE_SECONDS):
        while await room.get(key) is not None:  # noqa: ASYNC110 - nobody tells of its end
            await asyncio.sleep(0.01)


def test_what_one_process_keeps_another_finds_until_its_time_is_over_or_it_is_dropped(clean_redis_url):
    async def scenario(here, there):
        before = looks("hit"), looks("miss")
        assert await there.get("rate") is None
        await here.put("rate", b"\x00\xff", seconds=60)
        assert await there.get("rate") == b"\x00\xff"
        await here.put("rate", b"new", seconds=0.05)
        assert await there.get("rate") == b"new"
        await over(there, "rate")
        await here.put("rate", b"newer", seconds=60)
        await there.drop("rate")
        assert await here.get("rate") is None
        return looks("hit") - before[0], looks("miss") - before[1]

    hits, misses = kept(clean_redis_url, scenario)
    assert hits >= 2
    assert misses >= 3
    with redis.Redis.from_url(clean_redis_url) as client:
        assert client.keys() == [], "nothing is left of what was dropped"


def test_two_bots_do_not_meet_under_one_key(clean_redis_url):
    async def scenario(here, _):
        other = RoomCache(Cache(here._kept), "other")
        await here.put("rate", b"mine", seconds=60)
        assert await other.get("rate") is None
        await other.put("rate", b"other", seconds=60)
        await other.drop("rate")
        return await here.get("rate")

    assert kept(clean_redis_url, scenario) == b"mine"


def test_a_bot_keeps_so_many_bytes_and_what_ends_first_goes_first(clean_redis_url, monkeypatch):
    monkeypatch.setattr(cache, "BOT_BYTES_MAX", 4_000)

    async def scenario(here, there):
        other = RoomCache(Cache(here._kept), "other")
        await other.put("a", b"another bot's", seconds=1)
        for key, seconds in (("a", 100), ("b", 300), ("c", 200), ("b", 400)):
            await here.put(key, bytes(1_000), seconds=seconds)
        assert [await there.get(key) is not None for key in "abc"] == [True] * 3, "b is there once"
        await here.put("d", bytes(1_000), seconds=50)
        assert [await there.get(key) is not None for key in "abcd"] == [False, True, True, True]
        await here.put("e", bytes(3_000), seconds=10)
        assert [await there.get(key) is not None for key in "bcde"] == [False, False, False, True]
        assert await other.get("a") == b"another bot's"

    kept(clean_redis_url, scenario)


def test_what_has_ended_is_forgotten_by_itself_and_when_something_comes(clean_redis_url):
    async def scenario(here, _):
        await here.put("stays", b"", seconds=60)
        await here.put("goes", b"", seconds=0.02)
        await over(here, "goes")
        await here.put("comes", b"", seconds=0.02)
        known = await here._kept._line.command("ZCARD", "mailroom:{cache:mine}:ends")
        await here.put("stays", b"", seconds=0.02)
        return known

    assert kept(clean_redis_url, scenario) == 2
    ends = time.monotonic() + DEADLINE_SECONDS
    with redis.Redis.from_url(clean_redis_url) as client:
        while client.keys() and time.monotonic() < ends:
            time.sleep(0.01)
        assert client.keys() == []


class Away:
    def __init__(self):
        self.asked = 0

    async def get(self, *_):
        self.asked += 1
        raise StoreUnavailable("gone")

    put = drop = get


class Silent(Away):
    async def get(self, *_):
        self.asked += 1
        await asyncio.Event().wait()

    put = drop = get


@pytest.mark.parametrize("store", [Away, Silent])
def test_without_the_store_there_is_nothing_and_nobody_waits_for_it_again_at_once(monkeypatch, store):
    monkeypatch.setattr(brief, "ANSWER_SECONDS", 0.05)

    async def main():
        away, before = store(), looks("away")
        room = RoomCache(Cache(away), "mine")
        await room.put("rate", b"1", seconds=60)
        assert [await room.get("rate") for _ in range(3)] == [None] * 3
        await room.drop("rate")
        return away.asked, looks("away") - before

    assert asyncio.run(main()) == (1, 3)


def test_what_is_too_large_is_refused_by_a_sentence():
    async def main():
        room = RoomCache(Cache(), "mine")
        with pytest.raises(ValueError, match="a key of 201 bytes"):
            await room.get("x" * 201)
        with pytest.raises(ValueError, match="a key of 0 bytes"):
            await room.drop("")
        with pytest.raises(ValueError, match="a value of 262145 bytes"):
            await room.put("x", bytes(256 * 1024 + 1), seconds=1)
        for seconds in (0, -1, 24 * 3600 + 1, float("nan"), float("inf")):
            with pytest.raises(ValueError, match="a day at most"):
                await room.put("x", b"", seconds=seconds)

    asyncio.run(main())
