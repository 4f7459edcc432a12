"""Calls to an outside account: so many in a time by all processes together, each waiting its turn."""

import asyncio
import math

import pytest
import redis

from mailroom.actors.uses import brief, limiter
from mailroom.actors.uses.limiter import LimitedError, Limiter, RoomLimiter
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.paces import KEY, Paces


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def slept(monkeypatch):
    """What is waited for a place; it takes no time."""
    waits = []

    async def sleep(seconds):
        waits.append(seconds)

    monkeypatch.setattr(limiter.asyncio, "sleep", sleep)
    return waits


async def waits_of(room, times, account="supplier", **how):
    """How long each of some calls would wait for its place, in seconds."""
    taken = []
    for _ in range(times):
        pace = {"most": 2, "seconds": 60, "cost": 1, "longest": 1000.0, **how}
        interval = pace["seconds"] / pace["most"]
        name = f"{room._bot}:{account}"
        taken.append(await room._limiter.take(name, pace["most"], interval, pace["cost"], pace["longest"]))
    return taken


def shared(url, scenario, count=2):
    """Play a scenario with the limiter of bot `mine` as each of some processes has it."""

    async def main():
        lines = [Line(url) for _ in range(count)]
        try:
            return await scenario(*(RoomLimiter(Limiter(Paces(line)), "mine") for line in lines))
        finally:
            for line in lines:
                await line.close()

    return asyncio.run(main())


def test_all_processes_together_call_no_oftener_than_one_may_and_in_their_order(clean_redis_url):
    async def scenario(*processes):
        waits = [wait for one in processes * 2 for wait in await waits_of(one, 1)]
        many = await asyncio.gather(*(waits_of(one, 5, "many", most=10, seconds=100) for one in processes))
        return waits, sorted(wait for several in many for wait in several)

    waits, many = shared(clean_redis_url, scenario, 4)
    assert waits[:2] == [0, 0]
    assert waits[2:] == pytest.approx([30, 60, 90, 120, 150, 180], abs=2)
    assert many[:10] == [0] * 10
    assert many[10:] == pytest.approx([10 * n for n in range(1, 11)], abs=4)
    with redis.Redis.from_url(clean_redis_url) as client:
        assert 0 < client.pttl(KEY + "mine:supplier") <= 240_000, "a pace ends by itself"


def test_a_pace_is_kept_to_less_than_a_millisecond(clean_redis_url):
    async def scenario(here, _):
        await waits_of(here, 1, most=10, seconds=600.001)

    shared(clean_redis_url, scenario)
    with redis.Redis.from_url(clean_redis_url) as client:
        whole = float(client.hget(KEY + "mine:supplier", "whole"))
    assert whole % 1 == pytest.approx(0.1, abs=0.01), "fast ones would have no pace else"


def test_who_would_wait_too_long_is_told_and_takes_no_place(clean_redis_url, slept):
    async def scenario(here, there):
        for _ in range(2):
            await here.take("supplier", most=2, seconds=60)
        for one in (here, there, here):
            with pytest.raises(LimitedError, match=r"supplier may be called again in \d+") as raised:
                await one.take("supplier", most=2, seconds=60, wait_seconds=20)
            assert 25 < raised.value.retry_seconds <= 30.001
        await there.take("supplier", most=2, seconds=60, wait_seconds=31)

    shared(clean_redis_url, scenario)
    assert slept == pytest.approx([30], abs=5)


def test_an_account_that_said_stop_is_called_by_nobody_until_then(clean_redis_url, slept):
    async def scenario(here, there):
        await here.pause("supplier", 20)
        await here.pause("supplier", 5)
        await there.take("supplier", most=2, seconds=60)
        with pytest.raises(LimitedError) as raised:
            await there.take("supplier", most=2, seconds=60, wait_seconds=10)
        await there.take("another", most=2, seconds=60)
        await RoomLimiter(there._limiter, "other").take("supplier", most=2, seconds=60)
        return raised.value.retry_seconds

    assert shared(clean_redis_url, scenario) == pytest.approx(20, abs=2)
    assert slept == pytest.approx([20], abs=2), "another account and another bot have their own"


class Shared:
    """A pace of all processes that says what it is told to."""

    def __init__(self):
        self.answer = 0
        self.asked = 0

    async def take(self, *_):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await asyncio.Event().wait()
        return self.answer

    pause = take


@pytest.mark.parametrize("away", [StoreUnavailable("gone"), None])
def test_without_the_shared_pace_each_process_goes_on_with_its_own_from_where_it_was(monkeypatch, away):
    monkeypatch.setattr(brief, "ANSWER_SECONDS", 0.05)

    async def main():
        paces, clock = Shared(), Clock()
        room = RoomLimiter(Limiter(paces, clock), "mine")
        assert await waits_of(room, 1) == [0]
        paces.answer = away
        assert await waits_of(room, 3) == [0, 30, 60]
        assert paces.asked == 2, "nobody waits for it again at once"
        assert await waits_of(room, 1, longest=50) == [-90]
        clock.now += 60
        paces.answer = 7_000
        assert await waits_of(room, 1) == [7]
        paces.answer = away
        await room.pause("supplier", 300)
        assert await waits_of(room, 2) == [300, 300]

    asyncio.run(main())


def test_the_number_of_accounts_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(limiter, "REMEMBERED_MAX", 2)

    async def main():
        room = RoomLimiter(Limiter(now=Clock()), "mine")
        for account in ("ann", "bob", "eve"):
            await waits_of(room, 2, account)
        return [await waits_of(room, 1, account, longest=0) for account in ("bob", "eve", "ann")]

    assert asyncio.run(main()) == [[-30], [-30], [0]]


def test_what_is_no_account_and_no_pace_is_refused_by_a_sentence():
    async def main():
        room = RoomLimiter(Limiter(), "mine")
        with pytest.raises(ValueError, match="no name of an account"):
            await room.take("a b", most=1, seconds=1)
        with pytest.raises(ValueError, match="a pause of -1 s"):
            await room.pause("a", -1)
        for wrong in (
            {"cost": 0},
            {"cost": 3},
            {"most": 0},
            {"seconds": 0},
            {"seconds": math.inf},
            {"seconds": math.nan},
            {"wait_seconds": -1},
        ):
            with pytest.raises(ValueError, match="no pace"):
                await room.take("a", **{"most": 2, "seconds": 1, **wrong})

    asyncio.run(main())
