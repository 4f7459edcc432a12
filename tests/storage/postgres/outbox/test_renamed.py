"""Jobs by the name that a queue had when all bots shared it, while the version before still runs."""

import json

from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
from mailroom.storage.postgres.outbox.outcome import Rejected
from mailroom.storage.postgres.outbox.renamed import move
from mailroom.storage.postgres.outbox.seen import Wanted, depths, find
from tests.storage.postgres.outbox.box import story

NEW = ["shop.delivery", "second.delivery"]


async def whose(_connection, _old, job):
    return f"{json.loads(job.payload)['bot']}.delivery"


def of(bot, name="deliver", queue="delivery", **options):
    return NewJob(queue, name, json.dumps({"bot": bot}), **options)


async def moved(box):
    more = True
    while more:
        _, more = await move(box.pool, "delivery", NEW, whose)


async def queues(box):
    return {seen.id: seen.queue for seen in await find(box.pool, Wanted(), 1000)}


def before(box, worker="old"):
    """A worker of the version before."""
    return box.claimer(worker, "delivery")


def now(box, worker="new", queue="shop.delivery"):
    return box.claimer(worker, queue, former="delivery")


@story
async def test_what_waits_is_in_hand_or_has_died_goes_to_its_bot(box):
    dead, held, waits, later = await box.enqueue(
        of("shop"), of("second"), of("shop"), of("second", delay_seconds=3600)
    )
    first, second = await before(box).claim(2)
    await box.end(first, outcome=Rejected("no street"), worker="old")
    await moved(box)
    assert await queues(box) == {
        dead: "shop.delivery",
        held: "second.delivery",
        waits: "shop.delivery",
        later: "second.delivery",
    }
    assert [job.id for job in await now(box).claim(10)] == [waits]
    assert await now(box, queue="second.delivery").claim(10) == []
    assert await box.end(second, worker="old") == ["deliver"], "whoever holds it ends it, though it moved"


@story
async def test_nobody_claims_by_the_old_name_any_more_and_what_is_enqueued_by_it_moves_too(box):
    await moved(box)
    (late,) = await box.enqueue(of("shop"))
    assert await before(box).claim(10) == []
    await moved(box)
    assert [job.id for job in await now(box).claim(10)] == [late]


@story
async def test_of_one_key_all_is_done_one_at_a_time_and_in_order_whichever_name_it_was_enqueued_by(box):
    (one,) = await box.enqueue(of("shop", key="order:7"))
    (first,) = await before(box).claim(10)
    (two,) = await box.enqueue(of("shop", queue="shop.delivery", key="order:7"))
    assert await now(box).claim(10) == [], "the one before it is in hand by the old name"
    await moved(box)
    (three,) = await box.enqueue(of("shop", key="order:7"))
    assert await now(box).claim(10) == [], "and it still is after it has moved"
    await box.end(first, worker="old")
    assert await now(box).claim(10) == [], "something of the key is left by the old name"
    await moved(box)
    claimer = now(box)
    for expected in (two, three):
        (job,) = await claimer.sweep(10)
        assert job.id == expected
        await box.end(job, worker="new")
    assert one < two < three


@story
async def test_of_two_jobs_with_one_deduplication_key_one_is_done(box):
    (one,) = await box.enqueue(of("shop", queue="shop.delivery", dedup_key="d"))
    (twin,) = await box.enqueue(of("shop", dedup_key="d"))
    await moved(box)
    assert [job.id for job in await now(box).claim(10)] == [one]
    assert await box.kinds(twin) == ["dropped"]
    (again,) = await box.enqueue(of("shop", queue="shop.delivery", dedup_key="d"))
    assert again == one


@story
async def test_a_job_that_was_done_by_the_old_name_is_not_enqueued_again_by_the_new_one(box):
    (done,) = await box.enqueue(of("shop", dedup_key="d"))
    await box.end(*await before(box).claim(1), worker="old")
    await moved(box)
    assert await box.enqueue(of("shop", queue="shop.delivery", dedup_key="d")) == [done]


@story
async def test_whoever_had_paused_the_old_name_has_paused_those_that_took_over_and_each_is_resumed_alone(box):
    admin = OutboxAdmin(box.pool, box.notifier)
    await box.enqueue(of("shop"), of("second"))
    await admin.pause("delivery", "ann", "the supplier is away")
    await moved(box)
    told = [(one.queue, one.by, one.why) for one in await admin.paused()]
    assert told == [(queue, "ann", "the supplier is away") for queue in sorted(NEW)]
    assert [depth.queue for depth in await depths(box.pool)] == sorted(NEW)
    await admin.resume("shop.delivery")
    await moved(box)
    assert [one.queue for one in await admin.paused()] == ["second.delivery"]
    assert len(await now(box).claim(10)) == 1
    assert await now(box, queue="second.delivery").claim(10) == []
