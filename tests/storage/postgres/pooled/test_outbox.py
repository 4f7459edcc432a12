"""The outbox, the leases and everything else that once relied on a session, through a pooler."""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from mailroom.storage.postgres.database import connect
from mailroom.storage.postgres.lease import Leases
from mailroom.storage.postgres.outbox import claim, complete, pools, seen
from mailroom.storage.postgres.outbox.listen import CannotListenError, QueueListener
from mailroom.storage.postgres.outbox.outcome import Done, Finished, Rejected, Retry
from mailroom.storage.postgres.outbox.pools import CLAIMS
from tests.storage.postgres.bouncer import SESSION
from tests.storage.postgres.outbox.box import Box, connected, mail, until


def told(url, tell):
    async def run():
        async with asyncio.timeout(60):
            await tell()

    asyncio.run(run())


class PooledBox(Box):
    """Its own pool is one of ours, too: asyncpg's would name its statements."""

    async def __aenter__(self):
        self.pool = await connect(self.url)
        self.claims = await pools.connect_claims(self.url)
        self.completions = await pools.connect_completions(self.url)
        self.notifier = None
        await self.empty()
        return self

    async def __aexit__(self, *error):
        for pool in (self.pool, self.claims, self.completions):
            pool.terminate()


def test_jobs_are_claimed_and_completed_through_a_pooler(pooled_url):
    async def tell():
        async with PooledBox(pooled_url) as box:
            await box.enqueue(*(mail(f"n{n}", key=f"k{n % 3}" if n % 2 else None) for n in range(40)))
            ended = set()
            claimer = box.claimer()
            while len(ended) < 40:
                jobs = await claimer.claim(10)
                ended |= set(await box.end(*jobs))
            assert ended == {f"n{n}" for n in range(40)}
            await box.enqueue("again", "buried", "effect")
            jobs = {job.name: job for job in await box.claim()}
            outcomes = {"again": Retry("not yet"), "buried": Rejected("never"), "effect": Done()}
            finished = [Finished(jobs[name], outcome) for name, outcome in outcomes.items()]
            assert len(await complete.complete(box.completions, "one", finished)) == 3
            assert [job.name for job in await seen.find(box.pool, seen.Wanted(state="dead"), most=9)] == [
                "buried"
            ]
            assert await box.kinds(jobs["again"].id) == ["retry"]

    told(pooled_url, tell)


def test_many_claimers_at_once_through_a_pooler_get_each_job_once(pooled_url):
    async def tell():
        async with PooledBox(pooled_url) as box:
            await box.enqueue(*(mail(f"n{n}") for n in range(300)))

            async def work(worker):
                names, claimer = [], box.claimer(worker)
                while jobs := await claimer.sweep(7):
                    names += await box.end(*jobs, worker=worker)
                return names

            found = await asyncio.gather(*(work(f"w{n}") for n in range(8)))
            assert sorted(name for names in found for name in names) == sorted(f"n{n}" for n in range(300))

    told(pooled_url, tell)


def test_plans_are_pinned_through_a_pooler_and_nobody_else_gets_the_pins(pooled_url):
    async def tell():
        async with PooledBox(pooled_url) as box:
            async with box.claims.acquire() as connection, connection.transaction():
                text = await planned(connection)
            assert "Index Scan using outbox_job_by_turn on outbox_job job" in text
            for setting, value in CLAIMS.items():
                assert await box.claims.fetchval(f"SHOW {setting}") == value
            for _ in range(20):
                assert await box.pool.fetchval("SHOW enable_seqscan") == "on"
                assert await box.pool.fetchval("SHOW synchronous_commit") == "on"

    async def planned(connection):
        arguments = ", ".join("NULL" for _ in set(re.findall(r"\$\d+", claim.SQL["claim"])))
        await connection.execute(f"PREPARE statement AS {claim.SQL['claim']}")
        rows = await connection.fetch(f"EXPLAIN EXECUTE statement ({arguments})")
        await connection.execute("DEALLOCATE statement")
        return "\n".join(row[0] for row in rows)

    told(pooled_url, tell)


def test_a_claim_that_fails_through_a_pooler_leaves_no_transaction_open(pooled_url):
    async def tell():
        async with PooledBox(pooled_url) as box:
            with pytest.raises(asyncpg.UndefinedTableError):
                await box.claims.fetch("SELECT FROM what_is_not_there")
            await box.enqueue("a")
            assert await box.names() == ["a"]

    told(pooled_url, tell)


def test_a_lease_is_taken_renewed_and_given_back_through_a_pooler(pooled_url):
    async def tell():
        leases = [Leases(pooled_url) for _ in range(3)]
        held = [await one.acquire(f"o{n}", [n], 10.0) for n, one in enumerate(leases)]
        for _ in range(5):
            kept = await asyncio.gather(
                *(one.renew(f"o{n}", held[n].epoch, 10.0) for n, one in enumerate(leases))
            )
            assert kept == [(0,), (1,), (2,)]
        for n, one in enumerate(leases):
            await one.release(f"o{n}", held[n].epoch)
        assert await leases[0].owners() == []
        for one in leases:
            await one.close()

    told(pooled_url, tell)


def test_who_would_listen_through_a_pooler_that_delivers_nothing_is_told(bouncer, pooled_url, direct_url):
    async def tell():
        if bouncer.kind != SESSION:
            with pytest.raises(CannotListenError):
                await QueueListener(pooled_url).run()
        listener = QueueListener(pooled_url if bouncer.kind == SESSION else direct_url)
        listening = asyncio.create_task(listener.run())
        async with connected(pooled_url) as other:

            async def heard():
                await other.execute("SELECT pg_notify('outbox', 'mail')")
                return await listener.wait("mail", 0.05)

            await until(heard)
        listening.cancel()

    told(pooled_url, tell)


def test_no_statement_leaves_its_columns_to_the_table():
    """A pooler keeps prepared statements; one of all columns breaks there when a migration adds any."""
    folder = Path(claim.__file__).parents[2]
    for file in [*folder.rglob("*.sql"), *(folder.parent / "actors").rglob("*.sql")]:
        if "migrations" not in file.parts:
            assert not re.search(r"^SELECT \* FROM", file.read_text(), re.MULTILINE | re.IGNORECASE), file
