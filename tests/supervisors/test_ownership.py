"""The right to work the chats: taken, held, doubted, lost (conformance B, Own; D, H1, H7, H8, H11c), over the
real stores.
"""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import asyncpg
import pytest
import trio

from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.postgres.lease import Leases, _beat
from mailroom.storage.postgres.migrate import migrate
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import PARTITIONS
from mailroom.storage.redis.mailbox import Mailboxes
from mailroom.supervisors.ownership import MARGIN_SECONDS, TTL_SECONDS, Ownership
from mailroom.supervisors.stalls import Stall

PATIENCE_SECONDS = 30.0
"""Far beyond what any of this takes: a busy machine is no fault."""


class Clock:
    """Monotonic time, as the test says."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats, and tries of those who stand by, come in quick succession."""
    for name in ("heartbeat.HEARTBEAT_SECONDS", "heartbeat.RETRY_SECONDS", "ownership.TRY_SECONDS"):
        monkeypatch.setattr(f"mailroom.supervisors.{name}", 0.02)


@pytest.fixture
def own(clean_postgres_url: str, clean_redis_url: str) -> Callable[..., Any]:
    """Run a scenario that may make as many owners as it likes."""
    migrate(clean_postgres_url)

    def own(scenario: Callable[..., Awaitable[Any]]) -> Any:
        async def main() -> Any:
            line = Line(clean_redis_url)
            names, made = iter("abcdef"), []

            def owner(**options: Any) -> Ownership:
                leases = Leases(clean_postgres_url)
                one = Ownership(leases, Mailboxes(line, line), **options)
                one.owner = f"elsewhere:{next(names)}"
                made.append((one, leases))
                return one

            try:
                with trio.fail_after(20):
                    return await scenario(owner, line)
            finally:
                for one, leases in made:
                    await one.release()
                    await aio(leases.close)
                await aio(line.close)

        return host.run(main)

    return own


def test_mbx_o1_an_owner_has_every_partition_and_its_fence(own):
    async def scenario(owner, line):
        one = owner()
        await one.acquire()
        fences = [await aio(line.command, "GET", f"mailroom:{{{n}}}:fence") for n in range(PARTITIONS)]
        return one.partitions, one.epoch, fences

    partitions, epoch, fences = own(scenario)
    assert partitions == tuple(range(PARTITIONS))
    assert set(fences) == {f"{epoch} -".encode()}


def pass_seconds(seconds: float) -> Callable[[asyncpg.Connection], Awaitable[None]]:
    """Have time pass in the database, in which nobody is heard."""

    async def age(connection: asyncpg.Connection) -> None:
        for field in (
            "mailroom.ownership_beat SET beaten_at = beaten_at",
            "mailroom.partition_lease SET expires_at = expires_at",
        ):
            await connection.execute(f"UPDATE {field} - make_interval(secs => {seconds})")

    return age


async def beaten(one: Ownership) -> None:
    """Wait until the heartbeat has renewed once more."""
    before = one._holding.proved_at
    while one._holding.proved_at == before:  # noqa: ASYNC110 - a thread does it, and has no event for us
        await trio.sleep(0.01)


def test_shr_h11c_an_owner_past_its_time_is_in_doubt_and_goes_on(own):
    clock = Clock()

    async def scenario(owner, line):
        one = owner(clock=clock)
        await one.acquire()
        clock.now += TTL_SECONDS - MARGIN_SECONDS - 0.01
        before = one.in_doubt
        clock.now += 0.02
        return before, one.in_doubt, one.held, one.epoch > 0

    assert own(scenario) == (False, True, True, True)


def test_shr_h11f_the_tree_shows_the_doubt_and_the_last_stall(own):
    clock = Clock()

    async def scenario(owner, line):
        one = owner(clock=clock)
        await one.acquire()
        quiet = one.details()
        clock.now += TTL_SECONDS
        one._heartbeat.last_stall = Stall("shop", "shop:7", 4711, "/srv/bot.py:12 in draw", 8.04)
        return quiet, one.details()

    quiet, shown = own(scenario)
    assert set(quiet) == {"epoch", "owner"}
    assert shown["in_doubt"]
    assert shown["last_stall"] == "8.0 s, /srv/bot.py:12 in draw (shop:7, update 4711)"


def test_shr_h11c_a_renewal_that_still_finds_the_epoch_ends_the_doubt(own, quick):
    clock = Clock()

    async def scenario(owner, line):
        one = owner(clock=clock)
        await one.acquire()
        clock.now += 10 * TTL_SECONDS
        doubted = one.in_doubt
        await beaten(one)
        return doubted, one.in_doubt, one.held

    assert own(scenario) == (True, False, True)


def test_mbx_o2_an_owner_whose_rows_are_anothers_is_over_by_its_next_heartbeat(own, quick):
    async def scenario(owner, line):
        one = owner()
        await one.acquire()
        other = owner()
        taken = await aio(
            partial(other._leases.acquire, "b", range(PARTITIONS), TTL_SECONDS, gone=[one.owner])
        )
        await one.keep()
        with pytest.raises(Fenced):
            _ = one.epoch
        return one.held, one.in_doubt, len(taken.partitions)

    assert own(scenario) == (False, True, PARTITIONS)


def test_mbx_o3_after_redis_lost_its_data_the_next_epoch_is_larger_all_the_same(own):
    async def scenario(owner, line):
        first = owner()
        await first.acquire()
        before = first.epoch
        await aio(line.command, "FLUSHALL")
        await first.release()
        second = owner()
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


def test_two_ups_on_the_same_stores_do_not_take_the_chats_from_each_other(own, quick):
    # Seen: whoever was started as `up` took by force, also from one that was at work.
    async def scenario(owner, line):
        older, newer = owner(), owner()
        await older.acquire()
        epoch = older.epoch
        with trio.move_on_after(0.5) as waited:
            await newer.acquire()
        return waited.cancelled_caught, older.held, older.epoch == epoch, newer.held

    assert own(scenario) == (True, True, True, False)


def test_the_one_who_waits_gets_the_chats_as_soon_as_they_are_released(own):
    async def scenario(owner, line):
        first, second = owner(), owner()
        await first.acquire()
        epoch = first.epoch
        await first.release()
        with trio.fail_after(PATIENCE_SECONDS):
            await second.acquire()
        return epoch, second.epoch

    first, second = own(scenario)
    assert second > first


def test_shr_h8_a_take_whose_answer_was_lost_is_taken_again(own):
    # Seen: the rows named a process that did not know it, and it waited for itself until they ran out.
    async def scenario(owner, line):
        one = owner()
        lost = await aio(one._leases.acquire, one.owner, range(PARTITIONS), 3600)
        with trio.fail_after(PATIENCE_SECONDS):
            await one.acquire()
        return lost.epoch, one.epoch

    lost, epoch = own(scenario)
    assert epoch > lost


def test_shr_h7_fenced_said_to_a_past_ownership_does_not_end_the_present_one(own):
    async def scenario(owner, line):
        one = owner()
        await one.acquire()
        past = one.epoch
        await one.release()
        await one.acquire()
        one.give_up(past)
        after_the_past = one.held
        one.give_up(one.epoch)
        with trio.fail_after(PATIENCE_SECONDS):
            await one.keep()
        return after_the_past, one.held

    assert own(scenario) == (True, False)


def test_shr_h8_after_postgres_was_away_a_standby_does_not_win_the_race(own, clean_postgres_url):
    async def scenario(owner, line):
        one, other = owner(), Leases(clean_postgres_url)
        await one.acquire()
        holding, one._holding = one._holding, None  # while Postgres is away, its heartbeat cannot be heard

        await aio(other._ask, pass_seconds(10))
        first = await aio(other.acquire, "standby", range(PARTITIONS), TTL_SECONDS)
        second = await aio(other.acquire, "standby", range(PARTITIONS), TTL_SECONDS)
        kept = await aio(other.renew, one.owner, holding.epoch, TTL_SECONDS)
        await aio(other.close)
        return len(first.partitions), len(second.partitions), len(kept)

    assert own(scenario) == (0, 0, PARTITIONS)


def test_a_dead_owner_is_replaced_though_postgres_is_so_slow_that_each_try_follows_a_silence(
    own, clean_postgres_url
):
    async def scenario(owner, line):
        leases = Leases(clean_postgres_url)
        await aio(leases.acquire, "dead", range(PARTITIONS), TTL_SECONDS)
        for _ in range(12):
            await aio(leases._ask, pass_seconds(4))
            held = await aio(leases.acquire, "standby", range(PARTITIONS), TTL_SECONDS)
            if held.partitions:
                break
        await aio(leases.close)
        return len(held.partitions)

    assert own(scenario) == PARTITIONS


def test_a_dead_owner_is_replaced_while_a_standby_is_heard(own, clean_postgres_url):
    async def scenario(owner, line):
        leases = Leases(clean_postgres_url)
        await aio(leases.acquire, "dead", range(PARTITIONS), 0.2)
        with trio.fail_after(PATIENCE_SECONDS):
            while not (held := await aio(leases.acquire, "standby", range(PARTITIONS), 0.2)).partitions:  # noqa: ASYNC110
                await trio.sleep(0.02)
        await aio(leases.close)
        return len(held.partitions)

    assert own(scenario) == PARTITIONS


def test_a_call_that_postgres_leaves_without_an_answer_costs_its_connection_alone(
    own, clean_postgres_url, monkeypatch
):
    monkeypatch.setattr("mailroom.storage.postgres.lease.ANSWER_SECONDS_MAX", 0.3)

    async def scenario(owner, line):
        leases = Leases(clean_postgres_url)
        await aio(leases.renew, "a", 1, TTL_SECONDS)
        blocker = await aio(asyncpg.connect, clean_postgres_url)
        await aio(blocker.execute, "BEGIN; LOCK TABLE mailroom.ownership_beat")
        with pytest.raises(StoreUnavailable), trio.fail_after(PATIENCE_SECONDS):
            await aio(leases.renew, "a", 1, TTL_SECONDS)
        await aio(blocker.close)
        kept = await aio(leases.renew, "a", 1, TTL_SECONDS)
        await aio(leases.close)
        return kept

    assert own(scenario) == ()


def test_a_process_that_is_stopped_in_the_middle_of_a_take_does_not_keep_the_others_waiting(
    own, clean_postgres_url
):
    async def scenario(owner, line):
        stopped = await aio(asyncpg.connect, clean_postgres_url)
        await aio(stopped.execute, "BEGIN")
        await aio(_beat, stopped, TTL_SECONDS)
        one = owner()
        await one.acquire()
        return one.held, stopped.is_closed()

    assert own(scenario) == (True, True)


def test_shr_h8_takes_renewals_and_releases_at_the_same_moment_do_not_lock_each_other_out(
    own, clean_postgres_url
):
    async def scenario(owner, line):
        outcomes = []

        async def live(name):
            leases = Leases(clean_postgres_url)
            # Rows are locked in the order they are found, and each take asks for them in its own.
            wanted = sorted(range(PARTITIONS), reverse=name % 2 == 1)
            for _ in range(20):
                held = await aio(leases.acquire, f"owner {name}", wanted, TTL_SECONDS)
                if held.partitions:
                    outcomes.append(held.epoch)
                    kept = await aio(leases.renew, f"owner {name}", held.epoch, TTL_SECONDS)
                    assert len(kept) == PARTITIONS
                await aio(leases.release, f"owner {name}", held.epoch)
            await aio(leases.close)

        async with trio.open_nursery() as nursery:
            for name in range(6):
                nursery.start_soon(live, name)
        return outcomes

    epochs = own(scenario)
    assert epochs
    assert epochs == sorted(set(epochs))
