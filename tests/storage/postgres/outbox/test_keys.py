"""Jobs of one key: one at a time, in order, whatever happens to their workers."""

import asyncio
import itertools
import json
import random
import time

import asyncpg

from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox import pools
from mailroom.storage.postgres.outbox.claim import Claimer
from mailroom.storage.postgres.outbox.complete import complete, heartbeat
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Backoff, Priority
from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
from mailroom.storage.postgres.outbox.outcome import Done, Finished, Rejected, Retry, Snoozed
from mailroom.storage.postgres.outbox.prune import prune
from tests.storage.postgres.outbox.box import connected, mail, story, until


@story
async def test_jobs_of_a_key_run_one_at_a_time_and_in_order(box):
    await box.enqueue(
        mail("a1", key="a"), mail("a2", key="a"), mail("b1", key="b"), "free", mail("a3", key="a")
    )
    a1, b1, free = await box.claim()
    assert [a1.name, b1.name, free.name] == ["a1", "b1", "free"]
    assert await box.names("other") == []
    await box.end(b1, free)
    assert await box.names("other") == []
    await box.end(a1)
    (a2,) = await box.claim("other")
    assert a2.name == "a2"
    await box.end(a2, worker="other")
    assert await box.names() == ["a3"]


@story
async def test_a_key_of_one_queue_is_not_that_of_another(box):
    await box.enqueue(mail("a", key="k"))
    await enqueue(box.pool, [mail("x", key="k")])
    await box.pool.execute("UPDATE mailroom.outbox_job SET queue = 'other' WHERE name = 'x'")
    assert [len(await box.claim(queue=queue)) for queue in ("mail", "other")] == [1, 1]


@story
async def test_a_job_that_waits_for_another_attempt_holds_the_others_of_its_key_and_nobody_else(box):
    slow = Backoff(60.0, jitter=0.0)
    await box.enqueue(mail("a1", key="a", backoff=slow), mail("a2", key="a"), mail("b1", key="b"), "free")
    a1, b1, free = await box.claim()
    await box.end(a1, outcome=Retry("e"))
    await box.end(b1, free)
    assert await box.claim() == []
    await box.enqueue(mail("b2", key="b"))
    assert await box.names() == ["b2"]
    await box.pass_time(60)
    assert await box.names() == ["a1"]


@story
async def test_a_snoozed_job_holds_its_key_too(box):
    await box.enqueue(mail("a1", key="a"), mail("a2", key="a"))
    await box.end(*await box.claim(), outcome=Snoozed())
    assert await box.names() == ["a1"]


@story
async def test_a_job_whose_worker_died_holds_its_key_until_it_has_run_again(box):
    await box.enqueue(mail("a1", key="a"), mail("a2", key="a"))
    await box.claim("dead")
    await box.expire_leases()
    (a1,) = await box.claim("alive")
    assert (a1.name, a1.attempt) == ("a1", 2)
    assert await box.names() == []
    await box.end(a1, worker="alive")
    assert await box.names() == ["a2"]


@story
async def test_a_dead_letter_holds_nobody_and_goes_first_when_it_is_brought_back(box):
    await box.enqueue(*(mail(f"a{n}", key="a") for n in (1, 2, 3)))
    (a1,) = await box.claim()
    await box.end(a1, outcome=Rejected("no"))
    (a2,) = await box.claim()
    assert a2.name == "a2"
    await OutboxAdmin(box.pool, box.notifier).retry([a1.id])
    assert await box.names() == []
    await box.end(a2)
    assert await box.names() == ["a1"]


@story
async def test_a_job_that_is_thrown_away_lets_the_next_of_its_key_go(box):
    first, _ = await box.enqueue(mail("a1", key="a"), mail("a2", key="a"))
    await box.claim()
    assert await OutboxAdmin(box.pool, box.notifier).drop([first]) == [first]
    assert await box.names() == ["a2"]


@story
async def test_a_job_with_a_delay_joins_its_line_when_its_time_has_come(box):
    await box.enqueue(mail("later", key="a", delay_seconds=60), mail("now", key="a"))
    (now,) = await box.claim()
    assert now.name == "now"
    await box.pass_time(60)
    assert await box.names() == []
    await box.end(now)
    assert await box.names() == ["later"]


@story
async def test_priority_does_not_break_the_order_of_a_key(box):
    await box.enqueue(
        mail("a1", key="a", priority=Priority.LOW), mail("a2", key="a", priority=Priority.URGENT)
    )
    (a1,) = await box.claim()
    assert a1.name == "a1"
    await box.end(a1)
    assert await box.names() == ["a2"]


@story
async def test_a_job_with_a_smaller_id_that_is_committed_late_does_not_run_beside_one_that_has_started(box):
    async with connected(box.url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await enqueue(connection, [mail("late", key="a")])
        await box.enqueue(mail("early", key="a"))
        (early,) = await box.claim()
        await transaction.commit()
    assert early.name == "early"
    assert await box.names() == []
    await box.end(early)
    assert await box.names() == ["late"]


@story
async def test_a_job_that_has_started_goes_before_one_with_a_smaller_id_that_was_committed_late(box):
    async with connected(box.url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await enqueue(connection, [mail("late", key="a")])
        await box.enqueue(mail("early", key="a"))
        (early,) = await box.claim()
        await transaction.commit()
    await box.end(early, outcome=Retry("e"))
    (early,) = await box.claim()
    assert (early.name, early.attempt) == ("early", 2)
    await box.end(early)
    assert await box.names() == ["late"]


@story
async def test_of_two_claims_that_see_different_heads_one_takes_the_key(box):
    """The second claim's snapshot has a job that the first's had not: what decides is the key's row."""
    await box.enqueue(mail("early", key="a"))
    async with connected(box.url) as slow:
        transaction = slow.transaction()
        await transaction.start()
        await slow.execute(
            "INSERT INTO mailroom.outbox_key VALUES ('mail', 'a', (SELECT id FROM mailroom.outbox_job))"
        )
        claim = asyncio.create_task(box.names("quick"))

        async def waits_to_see_who_gets_the_key():
            return await box.pool.fetchval(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )

        await until(waits_to_see_who_gets_the_key)
        await transaction.commit()
        assert await claim == []


@story
async def test_the_next_of_a_key_is_found_without_a_sweep(box):
    await box.enqueue(*(mail(f"a{n}", key="a") for n in range(5)), *(f"free{n}" for n in range(50)))
    claimer = box.claimer()
    jobs = await claimer.claim(100)
    claimer._sweep_at = claimer._sweep_idle_at = time.monotonic() + 1_000
    names = []
    while jobs:
        names += await box.end(*jobs)
        jobs = await claimer.claim(100)
    assert [name for name in names if name.startswith("a")] == [f"a{n}" for n in range(5)]
    assert await box.pool.fetchval("SELECT count(*) FROM mailroom.outbox_key") == 0


@story
async def test_a_blocked_key_is_passed_over_once_and_then_costs_the_claims_nothing(box):
    await box.enqueue(mail("head", key="a"), *(mail(f"a{n}", key="a") for n in range(2_000)))
    claimer = box.claimer()
    await claimer.claim(1)
    await claimer.claim(10)
    await box.pool.execute("SELECT pg_sleep(0.15)")
    await claimer.sweep(10)  # from here on the marks are behind all of them
    assert await visited(box, claimer._low_water.marks()) < 20
    assert await visited(box, [claimer._low_water.marks()[0].replace(year=2000)] * 4) >= 2_000


async def visited(box, marks):
    """Rows of the jobs' index that a claim looks at."""
    from mailroom.storage.postgres.outbox.claim import SQL

    async with box.claims.acquire() as connection:
        text = await connection.fetchval(
            f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {SQL['claim']}",
            "mail",
            [0, 1, 2, 3],
            marks,
            10,
            "looker",
            1.0,
            None,
        )
    total = 0

    def walk(node):
        nonlocal total
        if node.get("Index Name") == "outbox_job_by_turn":
            total += node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
        for child in node.get("Plans", []):
            walk(child)

    walk(json.loads(text)[0]["Plan"])
    return total


@story
async def test_a_key_whose_job_was_deleted_by_hand_is_let_go(box):
    await box.enqueue(mail("a1", key="a"), mail("a2", key="a"))
    (a1,) = await box.claim()
    await box.pool.execute("DELETE FROM mailroom.outbox_job WHERE id = $1", a1.id)
    assert await box.names() == []
    assert (await prune(box.pool)).keys == 1
    assert await box.names() == ["a2"]


KEYS, OF_EACH, FREE, WORKERS = 25, 8, 100, 4
LEASE_SECONDS = 1.0


class Worker:
    """One that takes jobs, ends them at random, is killed at random and has its connections cut."""

    def __init__(self, box, number, chance):
        self.box, self.number, self.chance = box, number, chance
        self.lives = 0

    async def run(self, over):
        claims = await pools.connect_claims(self.box.url)
        while not over.is_set():
            self.lives += 1
            await self.live(over, claims, f"w{self.number}.{self.lives}")
        claims.terminate()

    async def live(self, over, claims, name):
        claimer = Claimer(claims, "mail", name, lease_seconds=LEASE_SECONDS)
        while not over.is_set():
            try:
                jobs = await claimer.claim(self.chance.choice([1, 5, 50]))
                if jobs and self.chance.random() < 0.04:
                    return  # killed, with everything it held
                await asyncio.sleep(self.chance.random() * 0.005)
                await heartbeat(self.box.completions, name, jobs, LEASE_SECONDS)
            except StoreUnavailable:
                continue
            await self.end(name, jobs)

    async def end(self, name, jobs):
        finished = [Finished(job, self.chance.choices(OUTCOMES, WEIGHTS)[0]) for job in jobs]
        while finished:
            try:
                await complete(self.box.completions, name, finished)
            except StoreUnavailable:
                continue
            return


OUTCOMES = (Done(), Retry("e", after_seconds=0.01), Snoozed())
WEIGHTS = (80, 15, 5)
CUT = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%outbox_job%'
    ORDER BY random() LIMIT 1
"""


@story
async def test_every_job_is_done_once_and_in_the_order_of_its_key_under_crowding_kills_and_cut_connections(
    box,
):
    chance = random.Random(4)
    jobs = [mail(f"{n}", key=f"k{key}", attempts_max=1_000) for n in range(OF_EACH) for key in range(KEYS)]
    jobs += [mail(f"free{n}", attempts_max=1_000) for n in range(FREE)]
    over = asyncio.Event()
    workers = [Worker(box, number, random.Random(number)) for number in range(WORKERS)]
    tasks = [asyncio.create_task(worker.run(over)) for worker in workers]
    for start in range(0, len(jobs), 30):
        await box.enqueue(*jobs[start : start + 30])
        await asyncio.sleep(0.005)
    async with connected(box.url) as chaos:
        deadline = time.monotonic() + 60
        cuts = 0
        while await chaos.fetchval("SELECT count(*) FROM mailroom.outbox_job"):
            assert time.monotonic() < deadline, await chaos.fetch(
                "SELECT * FROM mailroom.outbox_seen LIMIT 5"
            )
            if cuts < 25:
                cuts += len(await chaos.fetch(CUT))
            await asyncio.sleep(0.02 * chance.random())
        over.set()
        await asyncio.gather(*tasks)
        done = await chaos.fetch(
            "SELECT job_id, count(*) FROM mailroom.outbox_event WHERE kind = 'done' GROUP BY 1"
        )
        assert [row["count"] for row in done] == [1] * len(jobs)
        assert await chaos.fetchval("SELECT count(*) FROM mailroom.outbox_key") == 0
        assert cuts
        assert sum(worker.lives for worker in workers) > WORKERS
        await assert_one_at_a_time(chaos, KEYS, OF_EACH)


async def assert_one_at_a_time(connection: asyncpg.Connection, keys, of_each):
    """By the database's own clock: who held a job of a key let go before the next one took hold.

    Keys are not in the events; the ids of a key's jobs are `keys` apart.
    """
    first = await connection.fetchval("SELECT min(job_id) FROM mailroom.outbox_event")
    rows = await connection.fetch(
        "SELECT (job_id - $1) % $2 AS key, (job_id - $1) / $2 AS n, kind,"
        " at - make_interval(secs => seconds) AS began, at AS ended FROM mailroom.outbox_event"
        " WHERE seconds IS NOT NULL AND job_id - $1 < $2 * $3::int ORDER BY 1, ended",
        first,
        keys,
        of_each,
    )
    for before, after in itertools.pairwise(rows):
        if before["key"] == after["key"]:
            # `seconds` is kept as a real: microseconds are lost in it.
            assert (after["began"] - before["ended"]).total_seconds() > -0.0005, (before, after)
            assert after["n"] == before["n"] + (before["kind"] == "done"), (before, after)
