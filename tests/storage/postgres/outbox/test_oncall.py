"""What on-call sees, and what on-call does."""

from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob, Origin
from mailroom.storage.postgres.outbox.oncall import OutboxAdmin
from mailroom.storage.postgres.outbox.outcome import Done, Rejected, Retry
from mailroom.storage.postgres.outbox.seen import Wanted, counts, depths, find, show
from tests.storage.postgres.outbox.box import mail, story


async def names(box, **wanted):
    return [seen.name for seen in await find(box.pool, Wanted(**wanted), 100)]


@story
async def test_every_job_is_counted_in_one_state(box):
    await box.enqueue(*"abcd", mail("k1", key="k"), mail("k2", key="k"), mail("later", delay_seconds=60))
    a, b, c, *_ = await box.claim()
    await box.end(a, outcome=Retry("e", after_seconds=60))
    await box.end(b, outcome=Rejected("e"))
    await box.pool.execute("UPDATE mailroom.outbox_job SET lease_until = now() WHERE id = $1", c.id)
    await enqueue(box.pool, [NewJob("other", "waits")])
    assert await counts(box.pool) == {
        ("mail", "retrying"): 1,
        ("mail", "dead"): 1,
        ("mail", "lost"): 1,
        ("mail", "running"): 2,
        ("mail", "blocked"): 1,
        ("mail", "scheduled"): 1,
        ("other", "waiting"): 1,
    }


@story
async def test_depth_counts_what_is_due_and_says_since_when(box):
    await box.enqueue("a", "b")
    await box.pass_time(30)
    await box.enqueue(mail("later", delay_seconds=60))
    await OutboxAdmin(box.pool, box.notifier).pause("idle", "eve", "why")
    idle, depth = await depths(box.pool)
    assert (depth.queue, depth.jobs, depth.paused_by) == ("mail", 2, None)
    assert 30 <= depth.oldest_seconds < 60
    assert (idle.queue, idle.jobs, idle.paused_by) == ("idle", 0, "eve")


@story
async def test_jobs_are_found_by_what_is_known_of_them(box):
    origin = Origin("shop", "7", "effect")
    await box.enqueue("a", mail("b", origin=origin, trace="t"), mail("c", key="k", attempts_max=1))
    _, _, c = await box.claim()
    await box.end(c, outcome=Retry("Connection RESET by peer"))
    assert await names(box) == ["c", "b", "a"]
    assert await names(box, bot="shop", chat="7") == ["b"]
    assert await names(box, trace="t", queue="mail") == ["b"]
    assert await names(box, state="dead", error="reset BY") == ["c"]
    assert await names(box, key="k", name="b") == []
    assert await names(box, since=c.created_at.replace(year=2000), name="a") == ["a"]
    assert await names(box, until=c.created_at.replace(year=2000)) == []


@story
async def test_a_dead_letter_with_a_repaired_payload_runs_from_its_first_attempt(box):
    admin = OutboxAdmin(box.pool, box.notifier)
    (id_,) = await box.enqueue(mail("a", attempts_max=1, key="k", payload='{"bad": 1}'))
    await box.end(*await box.claim(), outcome=Retry("e"))
    assert await admin.edit(id_, '{"good": 1}')
    assert await admin.retry([id_]) == [id_]
    assert await admin.retry([id_]) == [id_]  # it waits: nothing is lost by asking again
    (job,) = await box.claim()
    assert (job.id, job.payload, job.attempt, job.last_error) == (id_, '{"good": 1}', 1, "e")
    await box.end(job)
    assert await box.kinds(id_) == ["dead", "edited", "requeued", "requeued", "done"]
    assert await admin.retry([id_]) == []
    assert not await admin.edit(id_, "{}")


@story
async def test_a_job_that_waits_for_another_attempt_can_be_hurried(box):
    (id_,) = await box.enqueue("a")
    await box.end(*await box.claim(), outcome=Retry("e", after_seconds=3_600))
    assert await OutboxAdmin(box.pool, box.notifier).retry([id_]) == [id_]
    (job,) = await box.claim()
    assert job.attempt == 1


@story
async def test_a_running_job_is_neither_edited_nor_retried(box):
    admin = OutboxAdmin(box.pool, box.notifier)
    (id_,) = await box.enqueue("a")
    (job,) = await box.claim()
    assert not await admin.edit(id_, "{}")
    assert await admin.retry([id_]) == []
    assert await box.end(job) == ["a"]


@story
async def test_a_dropped_job_is_gone_and_what_its_worker_says_of_it_is_not_heard(box):
    admin = OutboxAdmin(box.pool, box.notifier)
    waiting, running, dead = await box.enqueue("waiting", "running", "dead")
    w, r, d = await box.claim()
    await box.end(w, outcome=Retry("e"))
    await box.end(d, outcome=Rejected("e"))
    assert await admin.drop([waiting, running, dead, 10**9]) == [waiting, running, dead]
    assert await box.end(r, outcome=Done()) == []
    assert await names(box) == []
    assert (await box.kinds(running))[-1] == "dropped"
    assert (await box.kinds(dead)) == ["dead", "dropped"]


@story
async def test_jobs_are_acted_on_by_description(box):
    admin = OutboxAdmin(box.pool, box.notifier)
    await box.enqueue(*(mail(f"n{n % 2}") for n in range(40)))
    await box.end(*await box.claim(), outcome=Rejected("provider is down"))
    assert len(await admin.retry(Wanted(state="dead", name="n1"))) == 20
    assert len(await admin.drop(Wanted(state="dead"))) == 20
    assert {job.name for job in await box.claim()} == {"n1"}


@story
async def test_dead_letters_come_back_in_their_order(box):
    ids = await box.enqueue(*(f"n{n}" for n in range(30)))
    await box.end(*await box.claim(), outcome=Rejected("e"))
    await OutboxAdmin(box.pool, box.notifier).retry(Wanted(state="dead"))
    assert [job.id for job in await box.claim()] == ids


@story
async def test_a_dead_letter_whose_deduplication_key_another_job_has_by_now_stays_dead(box):
    admin = OutboxAdmin(box.pool, box.notifier)
    (dead,) = await box.enqueue(mail("a", dedup_key="k", dedup_seconds=0))
    await box.end(*await box.claim(), outcome=Rejected("e"))
    (twin,) = await box.enqueue(mail("b", dedup_key="k", dedup_seconds=0))
    assert twin != dead
    assert await admin.retry([dead]) == []
    await box.end(*await box.claim())
    assert await admin.retry([dead]) == [dead]
    assert (await enqueue(box.pool, [mail("c", dedup_key="k")]))[0].duplicate  # it lives, and has its key


@story
async def test_the_history_of_a_job_tells_all_its_attempts(box):
    (id_,) = await box.enqueue("a")
    await box.end(*await box.claim(), outcome=Retry("timeout"))
    await box.claim("dead")
    await box.expire_leases()
    await box.end(*await box.claim())
    history = (await show(box.pool, id_)).history
    assert [(event.kind, event.attempt, event.worker) for event in history] == [
        ("retry", 1, "one"),
        ("lost", 2, "dead"),
        ("done", 3, "one"),
    ]


@story
async def test_what_no_text_of_postgres_holds_can_be_looked_for_all_the_same(box):
    (id_,) = await box.enqueue(mail("a", attempts_max=1))
    (job,) = await box.claim()
    await box.end(job, outcome=Retry("cut \ud83d off\0"))
    for part in ("\ud83d", "off\0", "cut \ufffd"):
        assert [seen.id for seen in await find(box.pool, Wanted(error=part), 10)] == [id_]
    assert await find(box.pool, Wanted(key="\0", trace="\udc00"), 10) == []
