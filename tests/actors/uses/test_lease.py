"""Leases of a room, in a real Postgres: one holder at a time, each with a larger fence."""

import asyncio
import time
from contextlib import suppress

import asyncpg
import pytest

from mailroom.actors.uses import lease as leasing
from mailroom.actors.uses.lease import LeaseHeldError, LeaseLostError, RoomLease
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.room_lease import RoomLeaseRows

DEADLINE_SECONDS = 20
ENDS = "SELECT expires_at FROM mailroom.room_lease"


@pytest.fixture
def leased(clean_postgres_url, monkeypatch):
    """`leased(test)` runs a test with the rows of a database, where leases may be short."""
    monkeypatch.setattr(leasing, "SECONDS_MIN", 0.1)
    monkeypatch.setattr(leasing, "LOOK_SECONDS", 0.02)
    asyncio.run(apply_migrations(clean_postgres_url))

    def run(test):
        async def main():
            async with asyncpg.create_pool(clean_postgres_url, min_size=0, max_size=5) as pool:
                async with asyncio.timeout(DEADLINE_SECONDS):
                    return await test(pool)

        return asyncio.run(main())

    return run


def test_one_holds_a_name_and_each_who_does_has_a_larger_fence(leased):
    async def test(pool):
        here, there = (RoomLease(RoomLeaseRows(pool), "mine") for _ in range(2))
        fences = []
        for one in (here, there, here):
            async with one.hold("list") as fence:
                fences.append(fence)
                with pytest.raises(LeaseHeldError, match="somebody else holds list"):
                    async with there.hold("list"):
                        fences.append("two hold it")
                async with there.hold("another-name"), RoomLease(RoomLeaseRows(pool), "other").hold("list"):
                    pass
        return fences

    fences = leased(test)
    assert fences == sorted(set(fences))


def test_work_that_takes_longer_than_its_lease_is_held_on_to(leased):
    async def test(pool):
        lease = RoomLease(RoomLeaseRows(pool), "mine")
        async with lease.hold("list", seconds=2):
            first = ends = await pool.fetchval(ENDS)
            while (ends - first).total_seconds() < 0.5:
                await asyncio.sleep(0.05)
                ends = await pool.fetchval(ENDS)
            with pytest.raises(LeaseHeldError):
                await lease.hold("list").__aenter__()

    leased(test)


def test_who_waits_has_it_when_the_holder_is_done_or_its_process_has_died(leased):
    async def test(pool):
        rows = RoomLeaseRows(pool)
        lease = RoomLease(rows, "mine")
        order = []

        async def waits():
            async with lease.hold("list", wait_seconds=10):
                order.append("waited")

        async with asyncio.TaskGroup() as group, lease.hold("list"):
            group.create_task(waits())
            await asyncio.sleep(0.1)
            order.append("done")
        began = time.monotonic()
        await rows.take("mine", "list", 0.2)  # by a process that died since
        await waits()
        return order, time.monotonic() - began

    order, seconds = leased(test)
    assert order == ["done", "waited", "waited"]
    assert seconds > 0.15


class Cut:
    """Rows that answer until they are cut off."""

    def __init__(self, rows):
        self._rows = rows
        self.away = False

    def __getattr__(self, name):
        async def asked(*args):
            if self.away:
                raise StoreUnavailable("gone")
            return await getattr(self._rows, name)(*args)

        return asked


async def never_ends(seen):
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        seen.append(time.monotonic())
        raise


def test_work_is_cut_before_anybody_else_can_have_its_lease(leased):
    async def test(pool):
        rows = Cut(RoomLeaseRows(pool))
        lease, cut = RoomLease(rows, "mine"), []

        async def work():
            async with lease.hold("list", seconds=0.5):
                rows.away = True
                await never_ends(cut)

        with pytest.raises(LeaseLostError, match="the lease of list was lost"):
            await work()
        rows.away = False
        with pytest.raises(LeaseHeldError):
            await lease.hold("list").__aenter__()
        async with lease.hold("list", wait_seconds=5):
            return time.monotonic() - cut[0]

    assert leased(test) > 0


def test_work_whose_lease_somebody_took_is_cut_though_it_passes_over_that(leased):
    async def test(pool):
        lease, cut = RoomLease(RoomLeaseRows(pool), "mine"), []

        async def work():
            async with lease.hold("list", seconds=0.3):
                await pool.execute("UPDATE mailroom.room_lease SET fence = fence + 1")
                with suppress(asyncio.CancelledError):
                    await never_ends(cut)

        with pytest.raises(LeaseLostError):
            await work()
        return len(cut)

    assert leased(test) == 1


def test_what_goes_wrong_in_the_block_comes_out_of_it_and_the_name_is_free(leased):
    async def test(pool):
        lease = RoomLease(RoomLeaseRows(pool), "mine")
        for error in (TimeoutError("the block's own"), KeyError("x")):
            with pytest.raises(type(error)):
                async with lease.hold("list"):
                    raise error
        task = asyncio.create_task(_held(lease))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with lease.hold("list"):
            return asyncio.current_task().cancelling()

    async def _held(lease):
        async with lease.hold("list"):
            await asyncio.Event().wait()

    assert leased(test) == 0


def test_a_fence_also_grows_where_the_table_was_restored_and_where_the_clock_went_back(leased):
    async def test(pool):
        lease = RoomLease(RoomLeaseRows(pool), "mine")
        async with lease.hold("list") as first:
            pass
        await pool.execute("DELETE FROM mailroom.room_lease")
        async with lease.hold("list") as restored:
            pass
        await pool.execute("UPDATE mailroom.room_lease SET fence = 1")
        async with lease.hold("list") as backup:
            pass
        assert restored < backup, "the last who held it when the backup was made is not the last"
        ahead = restored + 10**12
        await pool.execute("UPDATE mailroom.room_lease SET fence = $1", ahead)
        async with lease.hold("list") as later:
            return first < restored, later - ahead

    assert leased(test) == (True, 1)


def test_names_that_nobody_has_held_for_a_day_are_let_go_of(leased):
    async def test(pool):
        lease = RoomLease(RoomLeaseRows(pool), "mine")
        for name in ("old", "new"):
            async with lease.hold(name):
                pass
        await pool.execute(
            "UPDATE mailroom.room_lease SET expires_at = now() - interval '25 hours' WHERE name = 'old'"
        )
        async with lease.hold("another"):
            return [
                row["name"] for row in await pool.fetch("SELECT name FROM mailroom.room_lease ORDER BY 1")
            ]

    assert leased(test) == ["another", "new"]


def test_without_the_store_nothing_is_begun():
    async def main():
        rows = Cut(None)
        rows.away = True
        with pytest.raises(StoreUnavailable):
            async with RoomLease(rows, "mine").hold("list"):
                raise AssertionError("begun")

    asyncio.run(main())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"name": ""}, "no name of a lease"),
        ({"name": "a b"}, "no name of a lease"),
        ({"seconds": 0.5}, "a lease of 0.5 s"),
        ({"seconds": float("nan")}, "a lease of nan s"),
        ({"seconds": 3601}, "a lease of 3601 s"),
        ({"wait_seconds": -1}, "to be waited for -1 s"),
    ],
)
def test_what_cannot_be_held_is_refused_by_a_sentence(wrong, says):
    async def main():
        with pytest.raises(ValueError, match=says):
            await RoomLease(Cut(None), "mine").hold(**{"name": "list", **wrong}).__aenter__()

    asyncio.run(main())
