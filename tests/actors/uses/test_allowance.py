"""What may be done only so often: by the shared count, and without it by each process's own."""

import asyncio

import pytest

from mailroom.actors.uses import allowance as allowing
from mailroom.actors.uses import brief
from mailroom.actors.uses.allowance import Allowance, RoomAllowance
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.allowances import Allowances
from mailroom.storage.redis.batch import Line


class Shared:
    """A shared count that says what it is told to."""

    def __init__(self):
        self.answer = 0
        self.asked = 0

    async def take(self, key, most, interval_ms):
        self.asked += 1
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is None:
            await asyncio.Event().wait()
        return self.answer

    look = take


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


async def taken(allowance, times, key="ann"):
    return [await allowance.take("orders", key, most=2, seconds=60) for _ in range(times)]


def test_each_comes_back_with_time_and_nobody_has_anothers():
    async def main():
        clock = Clock()
        allowance = Allowance(now=clock)
        assert await taken(allowance, 3) == [0, 0, 30]
        assert await taken(allowance, 1, "bob") == [0]
        assert await allowance.look("calls", "ann", most=2, seconds=60) == 0
        clock.now += 20
        assert await allowance.look("orders", "ann", most=2, seconds=60) == 10
        clock.now += 10
        assert await taken(allowance, 2) == [0, 30]
        clock.now += 1_000
        assert await taken(allowance, 3) == [0, 0, 30]

    asyncio.run(main())


def test_two_processes_give_no_more_than_one(clean_redis_url):
    async def main():
        lines = [Line(clean_redis_url) for _ in range(2)]
        processes = [Allowance(Allowances(line)) for line in lines]
        waits = [wait for one in processes * 2 for wait in await taken(one, 1)]
        for line in lines:
            await line.close()
        return waits

    first, second, third, fourth = asyncio.run(main())
    assert (first, second) == (0, 0)
    assert 25 < third <= 30
    assert 25 < fourth <= 30


@pytest.mark.parametrize("away", [StoreUnavailable("gone"), None])
def test_without_the_shared_count_each_process_goes_by_its_own(monkeypatch, away):
    monkeypatch.setattr(brief, "ANSWER_SECONDS", 0.05)

    async def main():
        shared, clock = Shared(), Clock()
        allowance = Allowance(shared, clock)
        shared.answer = away
        assert await taken(allowance, 3) == [0, 0, 30]
        assert shared.asked == 1, "nobody waits for it again at once"
        shared.answer = 7_000
        clock.now += 60
        assert await taken(allowance, 1) == [7]

    asyncio.run(main())


def test_what_another_process_has_taken_costs_nothing_here():
    async def main():
        shared = Shared()
        allowance = Allowance(shared, Clock())
        shared.answer = 5_000
        assert await taken(allowance, 5) == [5] * 5
        shared.answer = 0
        assert await taken(allowance, 2) == [0, 0]

    asyncio.run(main())


def test_who_has_nothing_left_is_told_without_asking_anybody():
    async def main():
        shared = Shared()
        allowance = Allowance(shared, Clock())
        await taken(allowance, 500)
        return shared.asked

    assert asyncio.run(main()) == 2


def test_the_number_of_people_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr(allowing, "REMEMBERED_MAX", 2)

    async def main():
        allowance = Allowance(now=Clock())
        for key in ("ann", "bob", "eve"):
            await taken(allowance, 2, key)
        return [await allowance.look("orders", key, most=2, seconds=60) > 0 for key in ("ann", "bob", "eve")]

    assert asyncio.run(main()) == [False, True, True]


def test_what_a_room_allows_is_its_own_and_neither_another_bots_nor_the_platforms():
    async def main():
        allowance = Allowance(now=Clock())
        mine, other = (RoomAllowance(allowance, bot) for bot in ("mine", "other"))
        once = {"most": 1, "seconds": 60}
        assert await mine.take("calls", "ann", **once) == 0
        assert await mine.take("calls", "ann", **once) == 60
        assert await mine.look("calls", "ann", **once) == 60
        assert await other.look("calls", "ann", **once) == 0
        assert await other.take("calls", "ann", **once) == 0
        assert await allowance.take("calls", "mine:ann", **once) == 0

    asyncio.run(main())
