"""What becomes of a job, and who may say so."""

from datetime import UTC, datetime, timedelta

from mailroom.storage.postgres.outbox.complete import complete, complete_within, heartbeat
from mailroom.storage.postgres.outbox.job import Backoff
from mailroom.storage.postgres.outbox.outcome import (
    Again,
    Dead,
    Done,
    Finished,
    Rejected,
    Retry,
    Snoozed,
    verdict,
)
from mailroom.storage.postgres.outbox.seen import Wanted, find, show
from tests.storage.postgres.outbox.box import mail, story


@story
async def test_a_job_that_is_done_is_gone_and_leaves_an_event(box):
    (id_,) = await box.enqueue("a")
    assert await box.end(*await box.claim()) == ["a"]
    shown = await show(box.pool, id_)
    assert shown.job is None
    assert [(event.kind, event.attempt, event.worker) for event in shown.history] == [("done", 1, "one")]
    assert 0 <= shown.history[0].seconds < 60


@story
async def test_a_batch_may_end_in_every_way_at_once(box):
    ids = await box.enqueue(*"abcd")
    a, b, c, d = await box.claim()
    later = datetime.now(UTC) + timedelta(hours=1)
    endings = [(a, Done()), (b, Retry("e", after_seconds=99)), (c, Rejected("no")), (d, Snoozed(later))]
    ours = await complete(box.completions, "one", [Finished(job, outcome) for job, outcome in endings])
    assert ours == set(ids)
    assert {seen.name: seen.state for seen in await find(box.pool, Wanted(), 10)} == {
        "b": "retrying",
        "c": "dead",
        "d": "retrying",
    }


@story
async def test_a_retry_comes_back_after_its_backoff_with_its_error(box):
    await box.enqueue(mail("a", backoff=Backoff(10.0, 3.0, 100.0, jitter=0.0)))
    for delay in (10, 30, 90, 100, 100):
        (job,) = await box.claim()
        await box.end(job, outcome=Retry(f"error {job.attempt}"))
        await box.pass_time(delay - 2)
        assert await box.claim() == []
        await box.pass_time(2)
    (job,) = await box.claim()
    assert (job.attempt, job.last_error) == (6, "error 5")
    assert await box.kinds(job.id) == ["retry"] * 5


@story
async def test_what_the_other_side_asked_for_counts_more_than_the_backoff(box):
    await box.enqueue(mail("a", backoff=Backoff(1000.0)))
    await box.end(*await box.claim(), outcome=Retry("429", after_seconds=5))
    await box.pass_time(5)
    assert await box.names() == ["a"]


@story
async def test_the_last_attempt_makes_a_dead_letter_with_everything_about_it(box):
    (id_,) = await box.enqueue(mail("a", payload='{"n": 1}', attempts_max=2))
    await box.end(*await box.claim(), outcome=Retry("first"))
    await box.end(*await box.claim(), outcome=Retry("second", "Traceback…"))
    assert await box.claim() == []
    shown = await show(box.pool, id_)
    dead = shown.job
    assert (dead.state, dead.payload, dead.attempts, dead.last_error) == ("dead", '{"n": 1}', 2, "second")
    assert dead.traceback == "Traceback…"
    assert [(event.kind, event.error) for event in shown.history] == [("retry", "first"), ("dead", "second")]
    await box.pool.execute("TRUNCATE mailroom.outbox_event")
    assert (await show(box.pool, id_)).history == shown.history  # it keeps what the events forget


@story
async def test_a_rejected_job_dies_at_once(box):
    await box.enqueue(mail("a", attempts_max=9))
    await box.end(*await box.claim(), outcome=Rejected("card is stolen"))
    (dead,) = await find(box.pool, Wanted(state="dead"), 10)
    assert (dead.attempts, dead.last_error) == (1, "card is stolen")


@story
async def test_a_snooze_is_not_an_attempt(box):
    await box.enqueue(mail("a", attempts_max=1))
    for _ in range(3):
        (job,) = await box.claim()
        assert job.attempt == 1
        await box.end(job, outcome=Snoozed(datetime.now(UTC) + timedelta(minutes=1), "shop is closed"))
        assert await box.claim() == []
        await box.pass_time(60)
    (job,) = await box.claim()
    assert (job.attempt, job.claims) == (1, 4)
    await box.end(job, outcome=Snoozed())
    assert await box.names() == ["a"]


@story
async def test_a_late_word_about_a_lost_lease_changes_nothing(box):
    (id_,) = await box.enqueue("a")
    (late,) = await box.claim("slow")
    await box.expire_leases()
    (now,) = await box.claim("quick")
    for outcome in (Done(), Retry("e"), Rejected("e"), Snoozed()):
        assert await box.end(late, outcome=outcome, worker="slow") == []
    assert await box.kinds(id_) == ["lost"]
    assert await box.end(now, worker="quick") == ["a"]
    assert await box.end(now, worker="quick") == []
    assert await box.kinds(id_) == ["lost", "done"]


@story
async def test_a_late_word_of_the_same_worker_about_an_earlier_hold_changes_nothing(box):
    await box.enqueue("a")
    (first,) = await box.claim()
    await box.end(first, outcome=Snoozed())
    (second,) = await box.claim()
    assert first.attempt == second.attempt
    assert await box.end(first) == []
    assert await box.end(second) == ["a"]


@story
async def test_a_heartbeat_keeps_a_long_job_and_tells_of_a_lost_one(box):
    await box.enqueue("long", "lost")
    long, lost = await box.claimer(lease_seconds=0.0).claim(10)
    assert await heartbeat(box.completions, "one", [long], 60.0) == {long.id}
    assert await box.names("other") == ["lost"]
    assert await heartbeat(box.completions, "one", [long, lost], 60.0) == {long.id}


@story
async def test_an_effect_in_the_database_is_written_with_the_end_of_its_job_or_not_at_all(box):
    await box.enqueue("a")
    (job,) = await box.claim()
    async with box.completions.acquire() as connection:
        transaction = connection.transaction()
        await transaction.start()
        await connection.execute("INSERT INTO mailroom.installation VALUES ('effect', '1')")
        assert await complete_within(connection, "one", [Finished(job, Done())]) == {job.id}
        await transaction.rollback()
    assert await box.pool.fetchval("SELECT count(*) FROM mailroom.installation WHERE key = 'effect'") == 0
    assert await box.end(job) == ["a"]


@story
async def test_an_endless_error_is_cut_and_one_with_odd_characters_is_kept(box):
    await box.enqueue("a")
    await box.end(*await box.claim(), outcome=Rejected("\0\ud800" + "x" * 100_000, "y" * 100_000))
    (dead,) = await find(box.pool, Wanted(), 1)
    assert (len(dead.last_error), len(dead.traceback)) == (2_003, 20_003)


@story
async def test_the_delay_is_partly_left_to_chance(box):
    await box.enqueue(mail("a", backoff=Backoff(100.0, jitter=0.5)))
    (job,) = await box.claim()
    assert verdict(Finished(job, Retry("e")), 0.0) == Again(100.0, None, "e", forgiven=False)
    assert verdict(Finished(job, Retry("e")), 1.0) == Again(50.0, None, "e", forgiven=False)
    assert verdict(Finished(job, Rejected("e")), 1.0) == Dead("e", "")


def test_a_backoff_never_overflows():
    assert Backoff(1.0, 10.0, 60.0, 0.0).delay_seconds(5_000, 0.0) == 60.0
