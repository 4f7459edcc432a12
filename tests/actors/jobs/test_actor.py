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
from mailroom.storage.postgres.outbox.listen import Ears
from mailroom.storage.postgres.outbox.outcome import Retry
from mailroom.storage.postgres.outbox.pools import connect_shared
from tests.actors.jobs.stand import Post

SOON = Limits(finish_seconds=0.05)


def test_jobs_are_run_beside_each_other(play):
    post = Post()
    for text in "abc":
        post.hold(text)

    async def scenario(stand):
        await stand.enqueue(*(post.new(text) for text in "abc"))
        await stand.start(post.handlers)
        await stand.until(lambda: sorted(post.began) == ["a", "b", "c"])
        for text in "cab":
            post.let_go(text)
        await stand.quiet()

    play(scenario)


def test_no_more_are_run_at_once_than_the_limit_says(play):
    post, most = Post(), []

    async def scenario(stand):
        async def watched(context):
            most.append(life.details()["running"])
            await asyncio.sleep(0.002)

        post.answers = dict.fromkeys("abcdefghij", watched)
        life = await stand.start(post.handlers, limits=Limits(concurrency=3))
        await stand.enqueue(*(post.new(text) for text in post.answers))
        await stand.quiet()

    play(scenario)
    assert len(post.ended) == 10
    assert max(most) == 3


def test_a_stop_finishes_what_is_in_progress_and_begins_nothing(play):
    post = Post()
    post.hold("a")

    async def scenario(stand):
        (a,) = await stand.enqueue(post.new("a"))
        life = await stand.start(post.handlers, limits=Limits(concurrency=1))
        await stand.until(lambda: post.began)
        (b,) = await stand.enqueue(post.new("b"))
        life.stopping.set()
        await trio.testing.wait_all_tasks_blocked()
        post.let_go("a")
        await life.over.wait()
        assert life.error is None
        assert await stand.story(a) == ["done"]
        assert (await stand.seen(b)).state == "waiting"

    play(scenario)
    assert post.ended == ["a"]


def test_a_stop_gives_back_what_takes_too_long_and_that_is_no_attempt(play):
    post = Post()
    post.hold("a")

    async def scenario(stand):
        (id_,) = await stand.enqueue(post.new("a"))
        life = await stand.start(post.handlers, limits=SOON)
        await stand.until(lambda: post.began)
        await life.stop()
        assert life.error is None
        assert (await stand.seen(id_)).attempts == 0
        assert await stand.story(id_) == ["snoozed"]
        post.let_go("a")
        await stand.start(post.handlers)
        await stand.quiet()
        assert await stand.story(id_) == ["snoozed", "done"]

    play(scenario)


def test_an_actor_that_is_cancelled_gives_its_jobs_back_at_once(play):
    post = Post()
    post.hold("a")

    async def scenario(stand):
        (id_,) = await stand.enqueue(post.new("a"))
        life = await stand.start(post.handlers)
        await stand.until(lambda: post.began)
        await life.cancel()
        assert await stand.story(id_) == ["snoozed"]

    play(scenario)


def test_a_killed_process_loses_nothing_and_another_runs_its_jobs(play):
    post, rows = Post(), []
    post.hold("a")

    async def scenario(stand):
        await stand.execute("CREATE TABLE effect (job_id bigint)")

        async def writes(context):
            async with context.ending() as tx:
                await tx.connection.execute("INSERT INTO effect VALUES ($1)", context.id)

        post.answers["a"] = writes
        (id_,) = await stand.enqueue(post.new("a"))
        first = await stand.start(post.handlers, lease_seconds=1.0)
        await stand.until(lambda: post.began)
        # It neither renews the lease nor gives the job back: for Postgres it is dead.
        await stand.execute("UPDATE mailroom.outbox_job SET worker = worker || ' (dead)'")
        await stand.cut_connections()
        await first.cancel()
        post.let_go("a")
        await stand.start(post.handlers, lease_seconds=1.0)
        await stand.quiet()
        assert await stand.story(id_) == ["lost", "done"]
        rows.append(await stand.fetch("SELECT count(*) FROM effect"))

    play(scenario)
    assert rows == [1]
    assert [context.attempt for context in post.contexts] == [1, 2]


def test_a_lost_connection_is_waited_out(play):
    post = Post()

    async def scenario(stand):
        life = await stand.start(post.handlers)
        for number in range(20):
            await stand.enqueue(post.new(str(number)))
            if number % 5 == 0:
                await stand.cut_connections()
        await stand.quiet()
        assert not life.over.is_set()

    play(scenario)
    assert set(post.ended) == {str(number) for number in range(20)}


def test_an_outcome_that_could_not_be_written_is_written_later(play):
    post = Post()
    post.hold("a")

    async def scenario(stand):
        (id_,) = await stand.enqueue(post.new("a"))
        await stand.start(post.handlers)
        await stand.until(lambda: post.began)
        await stand.cut_connections()
        post.let_go("a")
        await stand.quiet()
        assert await stand.story(id_) == ["done"]

    play(scenario)
    assert post.began == ["a"]


def test_nothing_is_claimed_while_what_is_done_cannot_be_written(play, monkeypatch):
    """Its lease may run out meanwhile, and the claim would bring it back."""
    post, away, failed, claimed, claim = Post(), [True], [], [], Claimer.claim

    async def complete_when_it_is_back(pool, worker, finished):
        if away:
            failed.append(worker)
            raise StoreUnavailable("away")
        return await complete(pool, worker, finished)

    async def claim_and_tell(claimer, most):
        if away and failed:
            claimed.append(most)
        return await claim(claimer, most)

    monkeypatch.setattr("mailroom.actors.jobs.writer.complete", complete_when_it_is_back)
    monkeypatch.setattr("mailroom.actors.jobs.worker.Claimer.claim", claim_and_tell)

    async def scenario(stand):
        (id_,) = await stand.enqueue(post.new("a"))
        life = await stand.start(post.handlers)
        await stand.until(lambda: len(failed) >= 4)
        assert claimed == []
        away.clear()
        await stand.quiet()
        assert await stand.story(id_) == ["done"]
        assert not life.over.is_set()

    play(scenario)
    assert post.began == ["a"]


@pytest.mark.parametrize("where", ["writer.complete", "held.heartbeat", "worker.Claimer.claim"])
def test_an_actor_ends_when_it_is_cancelled_even_if_that_looked_like_an_outage(play, monkeypatch, where):
    """asyncpg, cancelled while its connection broke, raised an InterfaceError: the worker never ended."""
    post, asked = Post(), []

    async def swallows(*args):
        asked.append(args)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise StoreUnavailable("release() called on a free connection holder") from None

    monkeypatch.setattr(f"mailroom.actors.jobs.{where}", swallows)

    async def scenario(stand):
        await stand.enqueue(post.new("a"))
        if where == "held.heartbeat":
            post.hold("a")
        life = await stand.start(post.handlers, lease_seconds=0.2)
        await stand.until(lambda: asked)
        await life.cancel()

    play(scenario)


def test_an_outage_of_claims_is_waited_out(play, monkeypatch):
    post, tries, claim = Post(), [], Claimer.claim

    async def claim_when_it_is_back(claimer, most):
        tries.append(most)
        if len(tries) < 4:
            raise StoreUnavailable("away")
        return await claim(claimer, most)

    monkeypatch.setattr("mailroom.actors.jobs.worker.Claimer.claim", claim_when_it_is_back)

    async def scenario(stand):
        await stand.enqueue(post.new("a"))
        life = await stand.start(post.handlers)
        await stand.quiet()
        assert not life.over.is_set()

    play(scenario)
    assert post.ended == ["a"]


def test_an_actor_that_starts_while_postgres_is_away_waits_for_it(play, monkeypatch):
    post, tries = Post(), []

    async def connect_when_it_is_back(url, *division):
        tries.append(url)
        if len(tries) < 4:
            raise StoreUnavailable("away")
        return await connect_shared(url, *division)

    monkeypatch.setattr("mailroom.actors.jobs.worker.connect_shared", connect_when_it_is_back)

    async def scenario(stand):
        life = await stand.start(post.handlers)  # up, for those that are started after it
        assert len(tries) < 4
        await stand.enqueue(post.new("a"))
        await stand.quiet()
        assert not life.over.is_set()

    play(scenario)
    assert post.ended == ["a"]


def test_a_failure_of_one_queue_comes_out_of_its_life_and_no_other_notices(play):
    post, other = Post(), Post("other")

    async def scenario(stand):
        healthy = await stand.start(other.handlers)
        ill = await stand.start(post.handlers)
        # Something that no waiting cures, and that concerns one queue alone.
        await stand.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN IF new.queue = 'mail' THEN RAISE 'broken'; END IF; RETURN new; END $$"
        )
        await stand.execute(
            "CREATE TRIGGER broken BEFORE UPDATE ON mailroom.outbox_job FOR "
            "EACH ROW EXECUTE FUNCTION refuse()"
        )
        await stand.enqueue(post.new("a"), other.new("b"))
        await ill.over.wait()
        assert "broken" in repr(ill.error)
        await stand.until(lambda: other.ended == ["b"])
        await stand.enqueue(other.new("c"))
        await stand.until(lambda: other.ended == ["b", "c"])
        assert not healthy.over.is_set()
        assert (await stand.states()) != {}

    play(scenario)


def test_an_actor_that_cannot_start_says_why(jobs_url, play):
    post = Post()
    nowhere = jobs_url.replace("@/", "@/no_such_")

    async def scenario(stand):
        stand.services = Services(nowhere, Ears(nowhere))
        with pytest.raises(BaseExceptionGroup) as raised:
            await stand.start(post.handlers)
        assert "no_such_" in repr(raised.value)

    play(scenario)


def test_the_actor_is_one_of_pykkas(play):
    post = Post()

    async def scenario(stand):
        life = await stand.start(post.handlers)
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
    post = Post()
    post.hold("a")

    async def scenario(stand):
        (id_,) = await stand.enqueue(post.new("a"))
        await stand.start(post.handlers, lease_seconds=1.5)
        await stand.until(lambda: post.began)
        await stand.start(post.handlers, lease_seconds=1.5)
        lease = await stand.fetch("SELECT lease_until FROM mailroom.outbox_job")

        async def renewed_for_three_leases():
            return await stand.fetch(
                "SELECT lease_until > $1::timestamptz + interval '4.5 s' AND lease_until > clock_timestamp()"
                " FROM mailroom.outbox_job",
                lease,
            )

        await stand.until_true(renewed_for_three_leases)
        post.let_go("a")
        await stand.quiet()
        assert await stand.story(id_) == ["done"]

    play(scenario)
    assert post.began == ["a"]


def test_an_attempt_at_a_job_that_is_anothers_by_now_is_cut_off(play):
    post = Post()
    post.hold("a")

    async def scenario(stand):
        ids = await stand.enqueue(post.new("a"))
        life = await stand.start(post.handlers, lease_seconds=0.4)
        await stand.until(lambda: post.began)
        await aio(stand.on_call().drop, ids)
        await stand.until(lambda: life.details()["ended"] == 1)
        assert await stand.story(ids[0]) == ["dropped"]

    play(scenario)
    assert post.ended == []


def test_a_handler_that_does_not_let_itself_be_cancelled_loses_its_lease_in_the_end(play, monkeypatch):
    monkeypatch.setattr("mailroom.actors.jobs.held.OVERTIME_SECONDS", 0.05)
    post = Post(timeout_seconds=0.05, attempts_max=2)
    stubborn = []

    async def deaf(context):
        if context.attempt == 1:
            while len(stubborn) < 2:
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.sleep(60)
                stubborn.append(context.id)

    post.answers["a"] = deaf

    async def scenario(stand):
        (id_,) = await stand.enqueue(post.new("a"))
        await stand.start(post.handlers, lease_seconds=0.4)
        await stand.until(lambda: len(post.ended) >= 1)
        await stand.quiet()
        assert (await stand.story(id_))[-1] in ("done", "dead")

    play(scenario)
    assert len(stubborn) == 2  # its deadline, and once more when its overtime was up


# Queues beside each other


def test_a_queue_that_hangs_leaves_another_alone(play):
    hanging, other = Post(), Post("other")
    texts = [str(number) for number in range(50)]
    for text in texts:
        hanging.hold(text)

    async def hogs_the_database(context):
        async with context.ending() as tx:
            await tx.connection.execute("SELECT pg_sleep(60)")

    hanging.answers["sql"] = hogs_the_database

    async def scenario(stand):
        await stand.enqueue(*(hanging.new(text) for text in [*texts, *["sql"] * 10]))
        slow = await stand.start(hanging.handlers, limits=SOON)
        await stand.until(lambda: len(hanging.began) == 60)
        await stand.start(other.handlers)
        for _ in range(10):
            await stand.enqueue(*(other.new(str(number)) for number in range(200)))
        await stand.until(lambda: len(other.ended) == 2000)
        assert hanging.ended == []
        assert not slow.over.is_set()

    play(scenario)


def test_a_paused_queue_stands_still_and_goes_on_when_it_is_resumed(play):
    post = Post()

    async def scenario(stand):
        hands = stand.on_call()
        await aio(hands.pause, "mail", "ann", "the provider is ill")
        life = await stand.start(post.handlers)
        await stand.enqueue(*(post.new(text) for text in "abc"))
        for _ in range(3):  # looks that find nothing
            stand.ears.wake("mail")
            await stand.fetch("SELECT pg_sleep(0.05)")
        assert life.details()["running"] == life.details()["ended"] == 0
        await aio(hands.resume, "mail")
        await stand.until(lambda: sorted(post.ended) == ["a", "b", "c"])

    play(scenario)


def test_a_job_that_nobody_rang_for_is_found(play):
    post = Post()

    async def scenario(stand):
        await stand.start(post.handlers)
        stand.ears = Ears("")  # nobody listens to it
        await stand.enqueue(post.new("a"), post.new("later", delay_seconds=0.3))
        await stand.until(lambda: post.ended == ["a", "later"])

    play(scenario)


@pytest.mark.parametrize("workers", [1, 3])
def test_jobs_of_a_key_keep_their_order_whatever_fails(play, workers):
    """Several processes, handlers that fail at random, connections that break."""
    import random

    chance = random.Random(workers)
    post, done, running = Post(attempts_max=100), {key: [] for key in "abcde"}, set()

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

    async def scenario(stand):
        jobs = [(key, number) for number in range(30) for key in "abcde"]
        for key, number in jobs:
            post.answers[f"{key}-{number}"] = careless
        for _ in range(workers):
            await stand.start(post.handlers, limits=Limits(concurrency=10))
        for start in range(0, len(jobs), 50):
            await stand.enqueue(
                *(post.new(f"{key}-{number}", key=key) for key, number in jobs[start : start + 50])
            )
        await stand.quiet()

    play(scenario)
    assert done == {key: list(range(30)) for key in "abcde"}
