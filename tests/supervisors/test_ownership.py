"""The right to work the chats: taken, held, lost in time (conformance B, Own), over the real stores."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio

from actors.runtime import host
from actors.runtime.bridge import aio
from storage.errors import Fenced
from storage.postgres.database import connect
from storage.postgres.lease import Leases
from storage.postgres.migrate import migrate
from storage.redis.batch import Line
from storage.redis.entry import PARTITIONS
from storage.redis.mailbox import Mailboxes
from supervisors.ownership import MARGIN_SECONDS, TTL_SECONDS, Ownership


class Clock:
    """Monotonic time, as the test says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def own(clean_postgres_url: str, clean_redis_url: str) -> Callable[..., Any]:
    """Run a scenario that may make as many owners as it likes."""
    migrate(clean_postgres_url)

    def own(scenario: Callable[..., Awaitable[Any]]) -> Any:
        async def main() -> Any:
            pool = await aio(connect, clean_postgres_url)
            line = Line(clean_redis_url)
            names = iter("abcdef")

            def owner(*, sole: bool = False, clock: Callable[[], float] | None = None) -> Ownership:
                options = {"clock": clock} if clock else {}
                one = Ownership(Leases(pool), Mailboxes(line, line), sole=sole, **options)
                one.owner = f"elsewhere:{next(names)}"
                return one

            try:
                with trio.fail_after(20):
                    return await scenario(owner, line)
            finally:
                await aio(line.close)
                await aio(pool.close)

        return host.run(main)

    return own


def test_mbx_o1_an_owner_has_every_partition_and_its_fence(own):
    async def scenario(owner, line):
        one = owner()
        await one.acquire()
        fences = [await aio(line.command, "GET", f"mailroom:{{{n}}}:fence") for n in range(PARTITIONS)]
        return one, fences

    one, fences = own(scenario)
    assert one.held
    assert one.partitions == tuple(range(PARTITIONS))
    assert set(fences) == {str(one.epoch).encode()}


def test_mbx_o2_an_owner_stops_by_its_own_clock_before_its_lease_runs_out(own):
    clock = Clock()

    async def scenario(owner, line):
        one = owner(clock=clock)
        await one.acquire()
        return one

    one = own(scenario)
    clock.now += TTL_SECONDS - MARGIN_SECONDS - 0.01
    assert one.held
    clock.now += 0.02
    assert not one.held
    with pytest.raises(Fenced):
        _ = one.epoch


def test_mbx_o2_an_owner_that_slept_through_its_lease_notices_at_its_next_heartbeat(own, monkeypatch):
    monkeypatch.setattr("supervisors.ownership.HEARTBEAT_SECONDS", 0.02)
    clock = Clock()

    async def scenario(owner, line):
        one = owner(clock=clock)
        await one.acquire()
        clock.now += 2 * TTL_SECONDS
        await one.keep()
        return one

    assert not own(scenario).held


def test_mbx_o3_after_redis_lost_its_data_the_next_epoch_is_larger_all_the_same(own):
    async def scenario(owner, line):
        first = owner(sole=True)
        await first.acquire()
        before = first.epoch
        await aio(line.command, "FLUSHALL")
        second = owner(sole=True)
        await second.acquire()
        return before, second.epoch

    before, after = own(scenario)
    assert after > before


def test_mbx_o3_after_postgres_lost_its_data_the_epoch_passes_the_one_that_stands_in_redis(own):
    async def scenario(owner, line):
        await aio(line.command, "SET", "mailroom:{17}:fence", 40)
        one = owner()
        await one.acquire()
        return one.epoch

    assert own(scenario) > 40


def test_two_who_start_as_the_only_one_do_not_take_the_chats_from_each_other_for_ever(own, monkeypatch):
    # Seen: each took by force whenever it had lost, and so did the other.
    monkeypatch.setattr("supervisors.ownership.HEARTBEAT_SECONDS", 0.05)

    async def scenario(owner, line):
        older, newer = owner(sole=True), owner(sole=True)
        await older.acquire()
        await newer.acquire()
        await older.keep()
        with trio.move_on_after(0.5):
            await older.acquire()
        return older.held, newer.held, await aio(newer._leases.renew, newer.owner, newer.epoch, TTL_SECONDS)

    older, newer, kept = own(scenario)
    assert (older, newer, len(kept)) == (False, True, PARTITIONS)


def test_the_one_who_waits_gets_the_chats_as_soon_as_they_are_released(own):
    async def scenario(owner, line):
        first, second = owner(), owner()
        await first.acquire()
        epoch = first.epoch
        await first.release()
        with trio.fail_after(2):
            await second.acquire()
        return epoch, second.epoch

    first, second = own(scenario)
    assert second > first
