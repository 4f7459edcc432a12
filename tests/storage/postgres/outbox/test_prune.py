"""What is old is forgotten, without leaving holes."""

import pytest

from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.outcome import Rejected
from mailroom.storage.postgres.outbox.prune import prune, vacuum
from mailroom.storage.postgres.outbox.seen import Wanted, find
from tests.storage.postgres.outbox.box import connected, mail, story


@story
async def test_keys_and_dead_letters_are_forgotten_when_their_time_is_over(box):
    await box.enqueue(
        mail("alive", dedup_key="a"),
        mail("over", dedup_key="b", dedup_seconds=0),
        mail("dead", dedup_key="c"),
    )
    _, over, dead = await box.claim()
    await box.end(over)
    await box.end(dead, outcome=Rejected("e"))
    pruned = await prune(box.pool)
    assert (pruned.dedup, pruned.dead) == (1, 0)
    assert (await prune(box.pool, dead_seconds=0)).dead == 1
    assert [seen.name for seen in await find(box.pool, Wanted(), 10)] == ["alive"]
    again = await enqueue(box.pool, [mail("x", dedup_key=key) for key in "abc"])
    assert [answer.duplicate for answer in again] == [True, False, True]


TODAY = "((now() AT TIME ZONE 'UTC')::date - DATE '2000-01-01')"


async def days(box):
    """How long ago the events were that are still there."""
    rows = await box.pool.fetch(
        f"SELECT DISTINCT (16 + {TODAY} % 16 - slot) % 16 AS ago FROM mailroom.outbox_event ORDER BY 1"
    )
    return [row["ago"] for row in rows]


async def fill_every_day(box):
    await box.pool.execute(
        "INSERT INTO mailroom.outbox_event (slot, job_id, attempt, kind, queue, name)"
        " SELECT n, n, 1, 'done', 'mail', 'a' FROM generate_series(0, 15) AS n"
    )


@story
async def test_days_of_history_beyond_those_asked_for_are_emptied(box):
    await fill_every_day(box)
    assert (await prune(box.pool, history_days=3)).days == 13
    assert await days(box) == [0, 1, 2]
    assert (await prune(box.pool, history_days=3)).days == 0
    with pytest.raises(ValueError, match="14 days"):
        await prune(box.pool, history_days=15)


@story
async def test_a_day_that_somebody_reads_is_left_for_the_next_time(box):
    await fill_every_day(box)
    async with connected(box.url) as reader:
        transaction = reader.transaction()
        await transaction.start()
        slot = await reader.fetchval(f"SELECT ({TODAY} + 8) % 16")
        await reader.fetch(f"SELECT * FROM mailroom.outbox_event_{slot}")
        assert (await prune(box.pool)).days == 8
        await transaction.rollback()
    assert (await prune(box.pool)).days == 1


@story
async def test_the_room_of_finished_jobs_is_used_again(box):
    size = "SELECT pg_relation_size('mailroom.outbox_job')"

    async def go_round():
        await box.enqueue(*("n" for _ in range(1_000)))
        await box.end(*await box.claim(most=1_000))
        async with box.pool.acquire() as connection:
            assert await vacuum(connection, dead_tuples=0)

    await go_round()
    await go_round()
    before = await box.pool.fetchval(size)
    for _ in range(5):
        await go_round()
    assert await box.pool.fetchval(size) == before
