"""Jobs go to one worker at a time, in order, and to another when that one is gone."""

import asyncio
import itertools
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from mailroom.storage.postgres.outbox import claim
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Priority
from mailroom.storage.postgres.outbox.low_water import BEGINNING, LowWater
from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
from mailroom.storage.postgres.outbox.seen import show
from tests.storage.postgres.outbox.box import connected, mail, story

NOW = datetime(2030, 1, 1, tzinfo=UTC)


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


@story
async def test_jobs_go_by_priority_and_then_by_age(box):
    await box.enqueue(
        mail("low", priority=Priority.LOW),
        mail("normal1"),
        mail("urgent", priority=Priority.URGENT),
        mail("normal2"),
        mail("high", priority=Priority.HIGH),
    )
    assert await box.names(most=3) == ["urgent", "high", "normal1"]
    assert await box.names() == ["normal2", "low"]


@story
async def test_two_who_claim_at_once_get_different_jobs(box):
    await box.enqueue(*(f"n{n}" for n in range(200)))
    batches = await asyncio.gather(*(box.names(f"w{n}", 50) for n in range(4)))
    assert sorted(itertools.chain(*batches)) == sorted(f"n{n}" for n in range(200))


@story
async def test_a_claimer_finds_what_comes_after_what_it_took(box):
    claimer = box.claimer()
    for n in range(20):
        await box.enqueue(f"a{n}", mail(f"b{n}", priority=Priority.HIGH))
        assert [job.name for job in await claimer.claim(10)] == [f"b{n}", f"a{n}"]


@story
async def test_a_backlog_is_claimed_without_a_sweep(box):
    await box.enqueue(*(f"n{n}" for n in range(500)))
    claimer = box.claimer()
    names = [job.name for job in await claimer.claim(100)]
    claimer._sweep_at = claimer._sweep_idle_at = time.monotonic() + 1_000
    while batch := await claimer.claim(100):
        names += [job.name for job in batch]
    assert names == [f"n{n}" for n in range(500)]


@story
async def test_a_job_that_is_committed_late_is_found_by_the_sweep(box):
    claimer = box.claimer()
    async with connected(box.url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await enqueue(connection, [mail("late")])
        await box.pool.execute("SELECT pg_sleep(0.2)")  # longer than what the mark stays behind
        await box.enqueue("early")
        assert [job.name for job in await claimer.claim(1)] == ["early"]
        await claimer.claim(1)
        await transaction.commit()
    claimer._sweep_at = claimer._sweep_idle_at = time.monotonic() + 1_000
    assert await claimer.claim(10) == []  # or the sweep would have nothing to prove
    claimer.start_over()
    assert [job.name for job in await claimer.claim(10)] == ["late"]


@story
async def test_an_idle_claimer_finds_a_late_job_soon(box):
    claimer = box.claimer()
    assert await claimer.claim(10) == []
    claimer._sweep_at = time.monotonic() + 1_000
    await box.enqueue("late")
    await box.pool.execute("UPDATE mailroom.outbox_job SET turn_at = turn_at - interval '1 h'")
    deadline = time.monotonic() + 30
    while not (jobs := await claimer.claim(10)):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
    assert [job.name for job in jobs] == ["late"]


@story
async def test_a_job_whose_worker_died_runs_again_and_the_attempt_counts(box):
    (id_,) = await box.enqueue("a")
    await box.claim("dead")
    assert await box.names("alive") == []
    await box.expire_leases()
    (job,) = await box.claim("alive")
    assert (job.id, job.attempt, job.claims) == (id_, 2, 2)
    assert await box.kinds(id_) == ["lost"]


@story
async def test_a_job_that_kills_its_workers_becomes_a_dead_letter_after_its_last_attempt(box):
    (id_,) = await box.enqueue(mail("killer", attempts_max=2))
    for attempt in (1, 2):
        (job,) = await box.claim(f"w{attempt}")
        assert (job.attempt, job.attempts_max) == (attempt, 2)
        await box.expire_leases()
    await box.enqueue("harmless")
    assert await box.names() == ["harmless"]
    dead = (await show(box.pool, id_)).job
    assert (dead.state, dead.attempts, dead.last_error) == ("dead", 2, claim.KILLED)
    assert await box.kinds(id_) == ["lost", "lost", "dead"]


@story
async def test_a_worker_that_is_killed_loses_nothing_but_time(box):
    ids = await box.enqueue(*(f"n{n}" for n in range(20)))
    script = (
        "import asyncio, os, signal\n"
        "from mailroom.storage.postgres.outbox import pools\n"
        "from mailroom.storage.postgres.outbox.claim import Claimer\n"
        "async def main():\n"
        f"    claims = await pools.connect_claims({box.url!r})\n"
        "    jobs = await Claimer(claims, 'mail', 'victim').claim(12)\n"
        "    assert len(jobs) == 12\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
        "asyncio.run(main())\n"
    )
    victim = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", script], timeout=30)
    assert victim.returncode == -signal.SIGKILL
    assert len(await box.end(*await box.claim("alive"), worker="alive")) == 8
    await box.expire_leases()
    again = await box.claim("alive")
    assert sorted(job.id for job in again) == ids[:12]
    assert {job.attempt for job in again} == {2}


@story
async def test_a_paused_queue_takes_jobs_and_gives_none_until_it_is_resumed(box):
    admin, claimer = OutboxAdmin(box.pool, box.notifier), box.claimer()
    await box.enqueue("before")
    assert await admin.pause("mail", "eve", "provider is down")
    assert not await admin.pause("mail", "bob", "me too")
    assert [(one.queue, one.by, one.why) for one in await admin.paused()] == [
        ("mail", "eve", "provider is down")
    ]
    await box.enqueue("during")
    for _ in range(3):
        assert await claimer.claim(10) == []
        assert await box.names() == []  # nor does a worker that has just started get any
    assert await admin.resume("mail")
    assert not await admin.resume("mail")
    assert [job.name for job in await claimer.claim(10)] == ["before", "during"]


@story
async def test_the_next_job_in_line_says_how_long_there_is_to_sleep(box):
    claimer = box.claimer()
    assert await claimer.next_due_seconds() is None
    await box.enqueue(mail("a", delay_seconds=50, priority=Priority.LOW), mail("b", delay_seconds=100))
    seconds = await claimer.next_due_seconds()
    assert 40 < seconds <= 50


def test_the_mark_stays_where_a_full_claim_ended():
    low = LowWater()
    low.took((2, ago(60)), full=True, now=NOW)
    assert low.marks() == [ago(0.1), ago(0.1), ago(60), BEGINNING]


def test_a_claim_that_was_not_filled_has_seen_everything():
    low = LowWater()
    low.took((1, ago(60)), full=False, now=NOW)
    assert low.marks() == [ago(0.1)] * 4


def test_the_mark_stays_behind_the_clock_and_never_goes_back():
    low = LowWater()
    low.took((0, ago(0.01)), full=True, now=NOW)
    low.took((0, ago(500)), full=True, now=NOW)
    assert low.marks() == [ago(0.1), BEGINNING, BEGINNING, BEGINNING]
    assert low.is_before(0, ago(1))
    assert not low.is_before(0, NOW)
