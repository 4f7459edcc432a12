"""Jobs are written with the fact they follow from, and once."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from mailroom.storage.errors import Fenced
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import Backoff, JobError, NewJob, Origin, Priority
from mailroom.storage.postgres.outbox.outcome import Rejected
from tests.storage.postgres.outbox.box import connected, mail, story

ORIGIN = Origin("shop", "7", "shop:7:10:1:receipt", update_id=10, partition=3, epoch=5)


async def own(box, epoch, partition=3):
    await box.pool.execute(
        "INSERT INTO mailroom.partition_lease VALUES ($1, 'me', $2, now())", partition, epoch
    )


@story
async def test_a_job_exists_if_and_only_if_its_transaction_commits(box):
    async with connected(box.url) as connection:
        transaction = connection.transaction()
        await transaction.start()
        await enqueue(connection, [mail("lost")])
        assert await box.names() == []
        await transaction.rollback()
        async with connection.transaction():
            await enqueue(connection, [mail("kept")])
    assert await box.names() == ["kept"]


@story
async def test_a_worker_gets_what_was_enqueued(box):
    new = NewJob(
        "mail",
        "receipt",
        '{"to": "Ю"}',
        key="k",
        priority=Priority.HIGH,
        timeout_seconds=4.5,
        attempts_max=3,
        backoff=Backoff(1.0, 3.0, 60.0, 0.5),
        trace="t-1",
        origin=ORIGIN,
    )
    (id_,) = await box.enqueue(new)
    (job,) = await box.claim()
    assert (job.id, job.queue, job.name, job.payload) == (id_, "mail", "receipt", '{"to": "Ю"}')
    assert (job.key, job.priority, job.timeout_seconds, job.trace) == ("k", 1, 4.5, "t-1")
    assert (job.attempt, job.attempts_max, job.backoff) == (1, 3, new.backoff)
    assert (job.bot, job.chat, job.update_id, job.effect) == ("shop", "7", 10, ORIGIN.effect)
    assert job.data() == {"to": "Ю"}


@story
async def test_jobs_of_several_kinds_written_together_keep_their_own_patience(box):
    kinds = [NewJob("mail", f"kind-{n % 3}", f'"{n}"', timeout_seconds=1 + n % 3, attempts_max=1 + n % 2,
                    priority=Priority(n % 2), backoff=Backoff(1.0 + n)) for n in range(12)]  # fmt: skip
    await box.enqueue(*kinds)
    claimed = sorted(await box.claim(), key=lambda job: job.id)

    def patience(job):
        return job.name, job.payload, job.timeout_seconds, job.attempts_max, job.priority, job.backoff

    assert [patience(job) for job in claimed] == [patience(job) for job in kinds]


@story
async def test_jobs_keep_the_order_they_were_given_in_over_several_statements(box):
    ids = await box.enqueue(*(f"n{n}" for n in range(2_300)))
    assert ids == sorted(ids)
    assert [job.id for job in await box.claim(most=1_000)] == ids[:1_000]


@story
async def test_a_deduplication_key_is_taken_while_its_job_lives_and_for_a_time_after(box):
    (first,) = await box.enqueue(mail("a", dedup_key="k", dedup_seconds=50))
    answers = await enqueue(box.pool, [mail("b", dedup_key="k"), mail("c", dedup_key="other")])
    assert [answer.duplicate for answer in answers] == [True, False]
    assert answers[0].id == first
    a, c = await box.claim()
    assert (a.name, c.name) == ("a", "c")
    await box.end(a)
    assert (await enqueue(box.pool, [mail("d", dedup_key="k")]))[0].duplicate
    await box.pool.execute("UPDATE mailroom.outbox_dedup SET expires_at = now() WHERE key = 'k'")
    assert not (await enqueue(box.pool, [mail("e", dedup_key="k")]))[0].duplicate
    assert await box.names() == ["e"]


@story
async def test_the_same_deduplication_key_means_nothing_in_another_queue(box):
    answers = await enqueue(box.pool, [mail("a", dedup_key="k"), NewJob("other", "b", dedup_key="k")])
    assert [answer.duplicate for answer in answers] == [False, False]


@story
async def test_of_one_batch_with_the_same_key_the_first_is_written(box):
    answers = await enqueue(box.pool, [mail("a", dedup_key="k"), mail("b", dedup_key="k"), mail("c")])
    assert [answer.duplicate for answer in answers] == [False, True, False]
    assert answers[0].id == answers[1].id
    assert await box.names() == ["a", "c"]


@story
async def test_of_transactions_that_enqueue_the_same_key_at_once_one_does(box):
    async def one(n):
        async with box.pool.acquire() as connection, connection.transaction():
            return (await enqueue(connection, [mail(f"n{n}", dedup_key="k")]))[0]

    answers = await asyncio.gather(*(one(n) for n in range(10)))
    assert sorted(answer.duplicate for answer in answers) == [False] + [True] * 9
    assert len({answer.id for answer in answers}) == 1


@story
async def test_a_replayed_handler_enqueues_nothing_twice_even_after_the_job_is_over(box):
    (first,) = await box.enqueue(mail("a", origin=ORIGIN))
    again = await enqueue(box.pool, [mail("a", origin=ORIGIN)])
    assert (again[0].id, again[0].duplicate) == (first, True)
    await box.end(*await box.claim())
    again = await enqueue(box.pool, [mail("a", origin=ORIGIN)])
    assert (again[0].id, again[0].duplicate) == (first, True)
    assert await box.names() == []


@story
async def test_a_replay_of_an_effect_whose_key_was_taken_finds_the_job_that_had_it(box):
    (holder,) = await box.enqueue(mail("a", dedup_key="k", dedup_seconds=0))
    for _ in range(2):
        answers = await enqueue(box.pool, [mail("b", dedup_key="k", origin=ORIGIN)])
        assert (answers[0].id, answers[0].duplicate) == (holder, True)
        await box.end(*await box.claim())  # the key is free by the second time, and the effect is not


@story
async def test_a_key_that_has_expired_does_not_make_an_effect_its_own_replay(box):
    await box.enqueue(mail("a", dedup_key="k", dedup_seconds=0))
    await box.end(*await box.claim())
    answers = await enqueue(box.pool, [mail("b", dedup_key="k", origin=ORIGIN)])
    (job,) = await box.claim()
    assert not answers[0].duplicate
    assert (job.id, job.name) == (answers[0].id, "b")


@story
async def test_a_transaction_of_a_fenced_epoch_is_refused(box):
    await own(box, epoch=6)
    async with connected(box.url) as connection:
        with pytest.raises(Fenced):
            async with connection.transaction():
                await enqueue(connection, [mail("a"), mail("b", origin=ORIGIN)])
    assert await box.names() == []
    assert await box.pool.fetchval("SELECT count(*) FROM mailroom.outbox_dedup") == 0


@story
async def test_the_owner_of_a_partition_may_enqueue(box):
    await own(box, epoch=5)
    await box.enqueue(mail("a", origin=ORIGIN))
    assert await box.names() == ["a"]


@story
async def test_a_job_may_be_dead_and_its_key_is_taken_for_its_time_all_the_same(box):
    await box.enqueue(mail("a", dedup_key="k"))
    await box.end(*await box.claim(), outcome=Rejected("no"))
    assert (await enqueue(box.pool, [mail("b", dedup_key="k")]))[0].duplicate


@story
async def test_a_job_waits_for_its_time(box):
    soon = datetime.now(UTC) + timedelta(seconds=30)
    await box.enqueue(mail("at", run_at=soon), mail("delayed", delay_seconds=20), "now")
    assert await box.names() == ["now"]
    await box.pass_time(25)
    assert await box.names() == ["delayed"]
    await box.pass_time(10)
    assert await box.names() == ["at"]


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"queue": "a b"}, "queue"),
        ({"name": ""}, "name"),
        ({"key": "x" * 501}, "key"),
        ({"dedup_key": ""}, "dedup_key"),
        ({"payload": "a\0"}, "NUL"),
        ({"key": "a\0"}, "the key 'a.x00' has NUL"),
        ({"dedup_key": "cut \ud83d"}, "half a character"),
        ({"payload": "\ud800"}, "surrogate"),
        ({"payload": "x" * (1 << 20) + "x"}, "bytes"),
        ({"attempts_max": 0}, "attempt"),
        ({"run_at": datetime(2030, 1, 1)}, "time zone"),  # noqa: DTZ001 - that is the point
    ],
)
def test_a_job_that_cannot_be_kept_is_refused_by_name(options, complaint):
    with pytest.raises(JobError, match=complaint):
        NewJob(**{"queue": "q", "name": "n", **options})
