"""A queue's actor from its start to its end: in order, cancelled, crashed, cut off from Postgres."""

import asyncio
import contextlib

import pytest
import trio
import trio.testing
from pykka import ActorRegistry

from mailroom.actors.jobs.actor import JobActor
from mailroom.actors.jobs.context import Services
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.outbox.claim import Claimer
from mailroom.storage.postgres.outbox.complete import complete
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.postgres.outbox.outcome import Retry
from mailroom.storage.postgres.outbox.pools import connect_shared
from tests.actors.jobs.queue_harness import LetterHandlers

SOON = Limits(finish_seconds=0.05)
LEASE_SECONDS = 3.0
"""Renewed four times in it: a busy machine may miss some."""


def test_jobs_are_run_beside_each_other(play):
    letters = LetterHandlers()
    for text in "abc":
        letters.hold(text)

    async def scenario(queues):
        await queues.enqueue(*(letters.new(text) for text in "abc"))
        await queues.start(letters.handlers)
        await queues.until(lambda: sorted(letters.began) == ["a", "b", "c"])
        for text in "cab":
            letters.let_go(text)
        await queues.quiet()

    play(scenario)


def test_no_more_are_run_at_once_than_the_limit_says(play):
    letters, most = LetterHandlers(), []

    async def scenario(queues):
        async def watched(context):
            most.append(life.details()["running"])
            await asyncio.sleep(0.002)

        letters.answers = dict.fromkeys("abcdefghij", watched)
        life = await queues.start(letters.handlers, limits=Limits(concurrency=3))
        await queues.enqueue(*(letters.new(text) for text in letters.answers))
        await queues.quiet()

    play(scenario)
    assert len(letters.ended) == 10
    assert max(most) == 3


def test_a_stop_finishes_what_is_in_progress_and_begins_nothing(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def scenario(queues):
        (a,) = await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers, limits=Limits(concurrency=1))
        await queues.until(lambda: letters.began)
        (b,) = await queues.enqueue(letters.new("b"))
        life.stopping.set()
        await trio.testing.wait_all_tasks_blocked()
        letters.let_go("a")
        await life.over.wait()
        assert life.error is None
        assert await queues.story(a) == ["done"]
        assert (await queues.seen(b)).state == "waiting"

    play(scenario)
    assert letters.ended == ["a"]


def test_a_stop_gives_back_what_takes_too_long_and_that_is_no_attempt(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers, limits=SOON)
        await queues.until(lambda: letters.began)
        await life.stop()
        assert life.error is None
        assert (await queues.seen(id_)).attempts == 0
        assert await queues.story(id_) == ["snoozed"]
        letters.let_go("a")
        await queues.start(letters.handlers)
        await queues.quiet()
        assert await queues.story(id_) == ["snoozed", "done"]

    play(scenario)


def test_an_actor_that_is_cancelled_gives_its_jobs_back_at_once(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers)
        await queues.until(lambda: letters.began)
        await life.cancel()
        assert await queues.story(id_) == ["snoozed"]

    play(scenario)


def test_a_killed_process_loses_nothing_and_another_runs_its_jobs(play):
    letters, rows = LetterHandlers(), []
    letters.hold("a")

    async def scenario(queues):
        await queues.execute("CREATE TABLE effect (job_id bigint)")

        async def writes(context):
            async with context.ending() as tx:
                await tx.connection.execute("INSERT INTO effect VALUES ($1)", context.id)

        letters.answers["a"] = writes
        (id_,) = await queues.enqueue(letters.new("a"))
        first = await queues.start(letters.handlers, lease_seconds=1.0)
        await queues.until(lambda: letters.began)
        # It neither renews the lease nor gives the job back: for Postgres it is dead.
        await queues.execute("UPDATE mailroom.outbox_job SET worker = worker || ' (dead)'")
        await queues.cut_connections()
        await first.cancel()
        letters.let_go("a")
        await queues.start(letters.handlers, lease_seconds=1.0)
        await queues.quiet()
        assert await queues.story(id_) == ["lost", "done"]
        rows.append(await queues.fetch("SELECT count(*) FROM effect"))

    play(scenario)
    assert rows == [1]
    assert [context.attempt for context in letters.contexts] == [1, 2]


def test_a_lost_connection_is_waited_out(play):
    letters = LetterHandlers()

    async def scenario(queues):
        life = await queues.start(letters.handlers)
        for number in range(20):
            await queues.enqueue(letters.new(str(number)))
            if number % 5 == 0:
                await queues.cut_connections()
        await queues.quiet()
        assert not life.over.is_set()

    play(scenario)
    assert set(letters.ended) == {str(number) for number in range(20)}


def test_an_outcome_that_could_not_be_written_is_written_later(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.until(lambda: letters.began)
        await queues.cut_connections()
        letters.let_go("a")
        await queues.quiet()
        assert await queues.story(id_) == ["done"]

    play(scenario)
    assert letters.began == ["a"]


def test_nothing_is_claimed_while_what_is_done_cannot_be_written(play, monkeypatch):
    """Its lease may run out meanwhile, and the claim would bring it back."""
    letters, away, failed, claimed, claim = LetterHandlers(), [True], [], [], Claimer.claim

    async def complete_when_it_is_back(pool, worker, finished, besides):
        if away:
            failed.append(worker)
            raise StoreUnavailable("away")
        return await complete(pool, worker, finished, besides)

    async def claim_and_tell(claimer, most):
        if away and failed:
            claimed.append(most)
        return await claim(claimer, most)

    monkeypatch.setattr("mailroom.actors.jobs.writer.complete", complete_when_it_is_back)
    monkeypatch.setattr("mailroom.actors.jobs.worker.Claimer.claim", claim_and_tell)

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers)
        await queues.until(lambda: len(failed) >= 4)
        assert claimed == []
        away.clear()
        await queues.quiet()
        assert await queues.story(id_) == ["done"]
        assert not life.over.is_set()

    play(scenario)
    assert letters.began == ["a"]


@pytest.mark.parametrize("where", ["writer.complete", "held.heartbeat", "worker.Claimer.claim"])
def test_an_actor_ends_when_it_is_cancelled_even_if_that_looked_like_an_outage(play, monkeypatch, where):
    """asyncpg, cancelled while its connection broke, raised an InterfaceError: the worker never ended."""
    letters, asked = LetterHandlers(), []

    async def swallows(*args):
        asked.append(args)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise StoreUnavailable("release() called on a free connection holder") from None

    monkeypatch.setattr(f"mailroom.actors.jobs.{where}", swallows)

    async def scenario(queues):
        await queues.enqueue(letters.new("a"))
        if where == "held.heartbeat":
            letters.hold("a")
        life = await queues.start(letters.handlers, lease_seconds=0.2)
        await queues.until(lambda: asked)
        await life.cancel()

    play(scenario)


def test_an_outage_of_claims_is_waited_out(play, monkeypatch):
    letters, tries, claim = LetterHandlers(), [], Claimer.claim

    async def claim_when_it_is_back(claimer, most):
        tries.append(most)
        if len(tries) < 4:
            raise StoreUnavailable("away")
        return await claim(claimer, most)

    monkeypatch.setattr("mailroom.actors.jobs.worker.Claimer.claim", claim_when_it_is_back)

    async def scenario(queues):
        await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers)
        await queues.quiet()
        assert not life.over.is_set()

    play(scenario)
    assert letters.ended == ["a"]


def test_an_actor_that_starts_while_postgres_is_away_waits_for_it(play, monkeypatch):
    letters, tries = LetterHandlers(), []

    async def connect_when_it_is_back(url, *division):
        tries.append(url)
        if len(tries) < 4:
            raise StoreUnavailable("away")
        return await connect_shared(url, *division)

    monkeypatch.setattr("mailroom.actors.jobs.worker.connect_shared", connect_when_it_is_back)

    async def scenario(queues):
        life = await queues.start(letters.handlers)  # up, for those that are started after it
        assert len(tries) < 4
        await queues.enqueue(letters.new("a"))
        await queues.quiet()
        assert not life.over.is_set()

    play(scenario)
    assert letters.ended == ["a"]


def test_a_failure_of_one_queue_comes_out_of_its_life_and_no_other_notices(play):
    letters, other = LetterHandlers(), LetterHandlers("other")

    async def scenario(queues):
        healthy = await queues.start(other.handlers)
        ill = await queues.start(letters.handlers)
        # Something that no waiting cures, and that concerns one queue alone.
        await queues.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF new.queue = 'mail' THEN RAISE 'broken'; END IF; RETURN new; END $$"
        )
        await queues.execute(
            "CREATE TRIGGER broken BEFORE UPDATE ON mailroom.outbox_job FOR "
            "EACH ROW EXECUTE FUNCTION refuse()"
        )
        await queues.enqueue(letters.new("a"), other.new("b"))
        await ill.over.wait()
        assert "broken" in repr(ill.error)
        await queues.until(lambda: other.ended == ["b"])
        await queues.enqueue(other.new("c"))
        await queues.until(lambda: other.ended == ["b", "c"])
        assert not healthy.over.is_set()
        assert (await queues.states()) != {}

    play(scenario)


def test_an_actor_that_cannot_start_says_why(jobs_url, play):
    letters = LetterHandlers()
    nowhere = jobs_url.replace("@/", "@/no_such_")

    async def scenario(queues):
        queues.services = Services(nowhere, QueueListener(nowhere))
        with pytest.raises(BaseExceptionGroup) as raised:
            await queues.start(letters.handlers)
        assert "no_such_" in repr(raised.value)

    play(scenario)


def test_the_actor_is_one_of_pykkas(play):
    letters = LetterHandlers()

    async def scenario(queues):
        life = await queues.start(letters.handlers)
        (ref,) = ActorRegistry.get_by_class(JobActor)
        assert await ref.ask("look") == life.details()
        ref.tell("wake")
        await ref.stop()
        await life.over.wait()
        assert life.error is None
        assert ActorRegistry.get_by_class(JobActor) == []

    play(scenario)


# Leases


def test_a_job_that_takes_long_keeps_its_lease(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers, lease_seconds=LEASE_SECONDS)
        await queues.until(lambda: letters.began)
        await queues.start(letters.handlers, lease_seconds=LEASE_SECONDS)
        lease = await queues.fetch("SELECT lease_until FROM mailroom.outbox_job")

        async def renewed_past_the_first():
            return await queues.fetch(
                "SELECT lease_until > clock_timestamp() AND clock_timestamp() > $1::timestamptz"
                " FROM mailroom.outbox_job",
                lease,
            )

        await queues.until_true(renewed_past_the_first)
        letters.let_go("a")
        await queues.quiet()
        assert await queues.story(id_) == ["done"]

    play(scenario)
    assert letters.began == ["a"]


def test_an_attempt_at_a_job_that_is_anothers_by_now_is_cut_off(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def scenario(queues):
        ids = await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers, lease_seconds=LEASE_SECONDS)
        await queues.until(lambda: letters.began)
        await aio(queues.on_call().drop, ids)
        await queues.until(lambda: life.details()["ended"] == 1)
        assert await queues.story(ids[0]) == ["dropped"]

    play(scenario)
    assert letters.ended == []


def test_a_handler_that_does_not_let_itself_be_cancelled_loses_its_lease_in_the_end(play, monkeypatch):
    monkeypatch.setattr("mailroom.actors.jobs.held.OVERTIME_SECONDS", 0.05)
    letters = LetterHandlers(timeout_seconds=0.05, attempts_max=2)
    stubborn = []

    async def never_ends(context):
        if context.attempt == 1:
            while len(stubborn) < 2:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(60)
                stubborn.append(context.id)

    letters.answers["a"] = never_ends

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers, lease_seconds=0.4)
        await queues.until(lambda: len(letters.ended) >= 1)
        await queues.quiet()
        assert (await queues.story(id_))[-1] in ("done", "dead")

    play(scenario)
    assert len(stubborn) == 2  # its deadline, and once more when its overtime was up


# Queues beside each other


def test_a_queue_that_hangs_leaves_another_alone(play):
    hanging, other = LetterHandlers(), LetterHandlers("other")
    texts = [str(number) for number in range(50)]
    for text in texts:
        hanging.hold(text)

    async def hogs_the_database(context):
        async with context.ending() as tx:
            await tx.connection.execute("SELECT pg_sleep(60)")

    hanging.answers["sql"] = hogs_the_database

    async def scenario(queues):
        await queues.enqueue(*(hanging.new(text) for text in [*texts, *["sql"] * 10]))
        slow = await queues.start(hanging.handlers, limits=SOON)
        await queues.until(lambda: len(hanging.began) == 60)
        await queues.start(other.handlers)
        for _ in range(10):
            await queues.enqueue(*(other.new(str(number)) for number in range(200)))
        await queues.until(lambda: len(other.ended) == 2000)
        assert hanging.ended == []
        assert not slow.over.is_set()

    play(scenario)


def test_a_paused_queue_stands_still_and_goes_on_when_it_is_resumed(play):
    letters = LetterHandlers()

    async def scenario(queues):
        admin = queues.on_call()
        await aio(admin.pause, "mail", "ann", "the provider is ill")
        life = await queues.start(letters.handlers)
        await queues.enqueue(*(letters.new(text) for text in "abc"))
        for _ in range(3):  # looks that find nothing
            queues.listener.wake("mail")
            await queues.fetch("SELECT pg_sleep(0.05)")
        assert life.details()["running"] == life.details()["ended"] == 0
        await aio(admin.resume, "mail")
        await queues.until(lambda: sorted(letters.ended) == ["a", "b", "c"])

    play(scenario)


def test_a_job_that_nobody_rang_for_is_found(play):
    letters = LetterHandlers()

    async def scenario(queues):
        await queues.start(letters.handlers)
        queues.listener = QueueListener("")  # nobody listens to it
        await queues.enqueue(letters.new("a"), letters.new("later", delay_seconds=0.3))
        await queues.until(lambda: letters.ended == ["a", "later"])

    play(scenario)


@pytest.mark.parametrize("workers", [1, 3])
def test_jobs_of_a_key_keep_their_order_whatever_fails(play, workers):
    """Several processes, handlers that fail at random, connections that break."""
    import random

    chance = random.Random(workers)
    letters, done, running = LetterHandlers(attempts_max=100), {key: [] for key in "abcde"}, set()

    async def careless(context):
        key, _, number = context.job.payload.removeprefix('{"text":"').removesuffix('"}').partition("-")
        assert key not in running, "two of a key at once"
        running.add(key)
        try:
            await asyncio.sleep(chance.choice([0, 0, 0.001]))
            if chance.random() < 0.3:
                return chance.choice([Retry("not now", after_seconds=0), RuntimeError("careless")])
        finally:
            running.discard(key)
        done[key].append(int(number))
        return None

    async def scenario(queues):
        jobs = [(key, number) for number in range(30) for key in "abcde"]
        for key, number in jobs:
            letters.answers[f"{key}-{number}"] = careless
        for _ in range(workers):
            await queues.start(letters.handlers, limits=Limits(concurrency=10))
        for start in range(0, len(jobs), 50):
            await queues.enqueue(
                *(letters.new(f"{key}-{number}", key=key) for key, number in jobs[start : start + 50])
            )
        await queues.quiet()

    play(scenario)
    assert done == {key: list(range(30)) for key in "abcde"}
