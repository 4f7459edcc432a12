"""Callers without a transaction share one, and nothing else."""

import asyncio

import pytest

from mailroom.storage.errors import Fenced, StoreUnavailable
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.job import Origin
from tests.storage.postgres.outbox.box import connected, mail, story, until


def origin(n, epoch):
    return Origin("shop", str(n), f"effect-{n}", partition=n, epoch=epoch)


@story
async def test_every_caller_gets_the_id_of_its_own_job(box):
    enqueuer = Enqueuer(box.pool, box.notifier)
    answers = await asyncio.gather(*(enqueuer.enqueue(mail(f"n{n}")) for n in range(300)))
    assert {job.id: job.name for job in await box.claim(most=1_000)} == {
        answer.id: f"n{n}" for n, answer in enumerate(answers)
    }


@story
async def test_callers_that_come_one_after_the_other_are_all_served(box):
    """Once the end of a flush was noticed a moment after it: who came in that moment waited for ever."""
    enqueuer = Enqueuer(box.pool, box.notifier)

    async def caller():
        for _ in range(50):
            await enqueuer.enqueue(mail("n"))

    await asyncio.gather(*(caller() for _ in range(5)))
    assert await box.pool.fetchval("SELECT count(*) FROM mailroom.outbox_job") == 250


@story
async def test_who_enqueues_what_cannot_be_kept_is_told_and_nobody_else(box):
    enqueuer = Enqueuer(box.pool, box.notifier)
    huge = mail("huge", origin=Origin("shop", "1", "e", update_id=1 << 70))
    jobs = [mail("a"), mail("nul", trace="\0"), mail("half", trace="\ud800"), huge, mail("b")]
    answers = await asyncio.gather(*map(enqueuer.enqueue, jobs), return_exceptions=True)
    assert [isinstance(answer, Exception) for answer in answers] == [False, True, True, True, False]
    assert not any(isinstance(answer, StoreUnavailable) for answer in answers)  # trying again will not help
    assert await box.names() == ["a", "b"]


@story
async def test_who_is_fenced_is_told_and_nobody_else(box):
    await box.pool.execute(
        "INSERT INTO mailroom.partition_lease VALUES (1, 'me', 5, now()), (2, 'me', 9, now())"
    )
    enqueuer = Enqueuer(box.pool, box.notifier)
    jobs = [mail("a", origin=origin(1, 5)), mail("b", origin=origin(2, 5)), mail("c")]
    answers = await asyncio.gather(*map(enqueuer.enqueue, jobs), return_exceptions=True)
    assert [type(answer) is Fenced for answer in answers] == [False, True, False]
    assert await box.names() == ["a", "c"]


@story
async def test_a_caller_that_is_cancelled_spoils_it_for_nobody(box):
    enqueuer = Enqueuer(box.pool, box.notifier)
    tasks = [asyncio.create_task(enqueuer.enqueue(mail(f"n{n}"))) for n in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(answers[1], asyncio.CancelledError)
    assert [job.name for job in await box.claim()] in (["n0", "n2"], ["n0", "n1", "n2"])


@story
async def test_a_connection_that_is_cut_is_told_to_those_who_waited_and_the_next_goes_through(box):
    enqueuer = Enqueuer(box.pool, box.notifier)
    async with connected(box.url) as blocker:
        transaction = blocker.transaction()
        await transaction.start()
        await blocker.execute("LOCK TABLE mailroom.outbox_job IN EXCLUSIVE MODE")
        waiting = [asyncio.create_task(enqueuer.enqueue(mail(f"n{n}"))) for n in range(3)]
        victims = (
            "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )

        async def somebody_waits():
            return await blocker.fetch(victims)

        await until(somebody_waits)
        await blocker.execute(f"SELECT pg_terminate_backend(pid) FROM ({victims}) AS victim")
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        await transaction.rollback()
    assert [type(answer) for answer in answers] == [StoreUnavailable] * 3
    await enqueuer.enqueue(mail("later"))
    assert await box.names() == ["later"]


@story
async def test_there_is_an_end_to_the_memory_that_waiting_jobs_may_take(box):
    enqueuer = Enqueuer(box.pool, box.notifier)
    enqueuer._waiting = [None] * 20_000
    with pytest.raises(StoreUnavailable):
        await enqueuer.enqueue(mail("a"))
