"""What becomes of a job, whatever its handler does."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client import REGISTRY
from pydantic import BaseModel

from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.runtime.bridge import aio
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.outcome import Done, Rejected, Retry, Snoozed
from mailroom.storage.postgres.schemas import SchemaPool
from tests.actors.jobs.queue_harness import MAIL, LetterHandlers


def count_of(outcome, queue="mail"):
    return REGISTRY.get_sample_value("mailroom_jobs_total", {"queue": queue, "outcome": outcome}) or 0.0


@pytest.mark.parametrize("answer", [None, Done()])
def test_a_handler_that_returns_has_done_the_job(play, answer):
    letters = LetterHandlers()
    letters.answers["a"] = answer

    async def scenario(queues):
        assert await queues.run_all(letters.handlers, letters.new("a")) == [["done"]]
        assert await queues.states() == {}

    play(scenario)
    assert letters.ended == ["a"]


def test_a_handler_that_raises_is_run_again_with_its_error_kept(play):
    letters = LetterHandlers()

    async def fails_twice(context):
        return ValueError(f"number {context.attempt}") if context.attempt < 3 else None

    letters.answers["a"] = fails_twice

    async def scenario(queues):
        assert await queues.run_all(letters.handlers, letters.new("a")) == [["retry", "retry", "done"]]

    play(scenario)
    assert [context.job.last_error for context in letters.contexts] == [
        None,
        "ValueError: number 1",
        "ValueError: number 2",
    ]


def test_the_last_attempt_that_fails_leaves_a_dead_letter_with_its_traceback(play):
    letters = LetterHandlers(attempts_max=2)
    letters.answers["a"] = KeyError("gone")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        dead = await queues.seen(id_)
        assert (dead.state, dead.attempts, dead.last_error) == ("dead", 2, "KeyError: 'gone'")
        assert "in read" in dead.traceback

    was = count_of("dead")
    play(scenario)
    assert count_of("dead") == was + 1


def test_what_is_rejected_is_not_tried_again(play):
    letters = LetterHandlers()
    letters.answers["a"] = Rejected("no such order")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        dead = await queues.seen(id_)
        assert (dead.state, dead.attempts, dead.last_error) == ("dead", 1, "no such order")

    play(scenario)


def test_a_job_put_off_waits_for_its_time_and_that_was_no_attempt(play):
    letters = LetterHandlers()
    until = datetime.now(UTC) + timedelta(hours=1)
    letters.answers["a"] = Snoozed(until, "not yet")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.until_true(lambda: scheduled(queues, id_))
        seen = await queues.seen(id_)
        assert (seen.attempts, seen.run_at, seen.last_error) == (0, until, "not yet")

    async def scheduled(queues, id_):
        return (await queues.states())[id_] == "retrying"

    play(scenario)


def test_a_job_of_a_room_is_put_off_until_it_is_that_time_for_the_room(play):
    """Which in a test or a demo is a day before it is so in the world outside."""
    letters = LetterHandlers()
    day = timedelta(days=1)
    real = datetime.now(UTC) + timedelta(hours=1)

    async def scenario(queues):
        room = SchemaPool(queues.pool, "mail", Clock(day))
        its = Handlers(letters.handlers._room_queue, within=room)
        its.job(letters.kind)(letters.read)
        letters.answers["a"] = Snoozed(real + day, "not yet")
        [(a, _)] = await aio(enqueue, room, [letters.new("a")])
        [(b, _)] = await aio(enqueue, room, [letters.new("b", run_at=real + day)])
        await queues.start(its)
        await queues.until_true(lambda: scheduled(queues, a))
        assert [(await queues.seen(one)).run_at for one in (a, b)] == [real, real]

    async def scheduled(queues, id_):
        return (await queues.states())[id_] == "retrying"

    play(scenario)


def test_an_error_that_says_when_to_come_back_is_obeyed(play):
    class BusyError(Exception):
        retry_after = 3600

    letters = LetterHandlers()
    letters.answers["a"] = BusyError("later")
    letters.answers["b"] = Retry("later", after_seconds=7200)

    async def scenario(queues):
        ids = await queues.enqueue(letters.new("a"), letters.new("b"))
        await queues.start(letters.handlers)
        await queues.quiet()
        now = datetime.now(UTC)
        waits = [(await queues.seen(id_)).run_at - now for id_ in ids]
        assert [round(wait / timedelta(hours=1)) for wait in waits] == [1, 2]

    play(scenario)


def test_a_job_that_takes_too_long_is_cut_off_and_tried_again(play):
    letters = LetterHandlers(timeout_seconds=0.05, attempts_max=2)
    letters.hold("a")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        dead = await queues.seen(id_)
        assert (dead.state, dead.attempts) == ("dead", 2)
        assert dead.last_error == "the handler took longer than 0.05 s"
        assert "held.wait" in dead.traceback  # where it stood

    play(scenario)


def test_each_attempt_has_a_deadline_of_its_own_though_they_share_a_timer(play):
    letters = LetterHandlers(attempts_max=1)
    limits_seconds = {"slow": 60, "quick": 0.05, "later": 0.2}
    for text in limits_seconds:
        letters.hold(text)

    async def scenario(queues):
        slow, *others = await queues.enqueue(
            *(replace(letters.new(text), timeout_seconds=limit) for text, limit in limits_seconds.items())
        )
        await queues.start(letters.handlers)

        async def others_are_dead():
            return [(await queues.seen(id_)).state for id_ in others] == ["dead", "dead"]

        await queues.until_true(others_are_dead, "both to be cut off")
        assert (await queues.seen(slow)).state == "running"
        letters.let_go("slow")
        await queues.quiet()
        assert await queues.story(slow) == ["done"]

    play(scenario)


def test_a_timeout_of_the_handlers_own_is_an_error_like_others(play):
    letters = LetterHandlers(attempts_max=1)
    letters.answers["a"] = TimeoutError("the provider is slow")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        assert (await queues.seen(id_)).last_error == "TimeoutError: the provider is slow"

    play(scenario)


def test_an_unknown_name_becomes_a_dead_letter_that_says_so(play):
    letters = LetterHandlers()

    async def scenario(queues):
        (id_, good) = await queues.enqueue(NewJob("mail", "lettre"), letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        dead = await queues.seen(id_)
        assert dead.last_error == "the queue mail has no job called 'lettre' here; known are: letter"
        assert await queues.story(good) == ["done"]

    play(scenario)


def test_a_payload_of_another_shape_becomes_a_dead_letter_that_names_what_is_missing(play):
    class Order(BaseModel):
        number: int
        lines: list[str]

    handlers = Handlers(MAIL)

    @handlers.job(Kind("order", Order, queue=MAIL))
    async def deliver(order, context):
        raise AssertionError("it must not get here")

    async def scenario(queues):
        ids = await queues.enqueue(
            NewJob("mail", "order", '{"number": "many"}'), NewJob("mail", "order", "no json")
        )
        await queues.start(handlers)
        await queues.quiet()
        shape, garbage = [(await queues.seen(id_)).last_error for id_ in ids]
        assert shape == (
            "the payload does not fit the job (any more): number: must be a whole number, and is 'many';"
            " lines: is missing"
        )
        assert garbage == "the payload does not fit the job (any more): must be JSON"

    play(scenario)


def test_what_a_handler_reads_and_does_not_fit_is_one_plain_sentence_in_its_dead_letter(play):
    class Answer(BaseModel):
        amount: int
        currency: str

    handlers = Handlers(MAIL)

    wanted = Kind("ask", Answer, Patience(attempts_max=1), queue=MAIL)

    @handlers.job(wanted)
    async def ask(answer, context):
        Answer.model_validate({"amount": "much"})

    async def scenario(queues):
        (id_,) = await queues.enqueue(wanted(Answer(amount=1, currency="RUB")))
        await queues.start(handlers)
        await queues.quiet()
        said = (await queues.seen(id_)).last_error
        assert said == (
            "no valid Answer: amount: must be a whole number, and is 'much'; currency: is missing"
        )

    play(scenario)


def test_a_job_from_before_a_release_is_run_after_it(play):
    class Order(BaseModel):
        number: int
        gift: bool = False  # new

    handlers, seen = Handlers(MAIL), []

    @handlers.job(Kind("order", Order, queue=MAIL))
    async def deliver(order, context):
        seen.append(order)

    async def scenario(queues):
        old = NewJob("mail", "order", '{"number": 7, "dropped_since": 1}')
        assert await queues.run_all(handlers, old) == [["done"]]

    play(scenario)
    assert seen == [Order(number=7, gift=False)]


def test_what_is_no_outcome_becomes_a_dead_letter_and_stops_nobody(play):
    letters = LetterHandlers()
    letters.answers |= {
        "number": 5,
        "soon": Retry("x", after_seconds=float("nan")),
        "naive": Snoozed(datetime(2030, 1, 1)),  # noqa: DTZ001 - that is the mistake
    }

    async def scenario(queues):
        jobs = [letters.new(text) for text in [*letters.answers, "good"]]
        assert await queues.run_all(letters.handlers, *jobs) == [["dead"], ["dead"], ["dead"], ["done"]]

    play(scenario)


def test_no_error_of_a_handler_gets_past_its_own_job(play):
    async def cancels_itself(context):
        future = asyncio.get_running_loop().create_future()
        future.cancel()
        await future

    class Strange(BaseException):
        pass

    letters = LetterHandlers(attempts_max=1)
    letters.answers |= {"exit": SystemExit(3), "strange": Strange(), "cancelled": cancels_itself}

    async def scenario(queues):
        ids = await queues.enqueue(*(letters.new(text) for text in letters.answers))
        life = await queues.start(letters.handlers)
        await queues.quiet()
        errors = [(await queues.seen(id_)).last_error for id_ in ids]
        assert errors[:2] == ["SystemExit: 3", "Strange: "]
        assert "cancelled from inside" in errors[2]
        assert not life.over.is_set()

    play(scenario)


class Mute(Exception):  # noqa: N818 - an error of somebody else's
    """Refuses to be told, and asks for a retry in its own way."""

    retry_after = 10**400

    def __str__(self):
        raise RuntimeError("not my text")

    __repr__ = __str__


def test_errors_that_cannot_be_told_or_kept_cost_the_queue_no_slot(play):
    letters = LetterHandlers(attempts_max=1)
    letters.answers |= {
        "mute": Mute(),
        "half": ValueError("cut \ud83d off"),
        "nul": ValueError("a\0b"),
        "mute outcome": None,
        "odd retry": Retry("why", after_seconds="soon"),
        "mute retry": Retry(Mute()),
        "half rejected": Rejected("cut \ud83d off"),
        "odd snooze": Snoozed(5),
    }

    class Odd:
        __repr__ = Mute.__repr__

    async def returns(context):
        return Odd()

    letters.answers["mute outcome"] = returns

    async def scenario(queues):
        ids = await queues.enqueue(*(letters.new(text) for text in letters.answers), letters.new("fine"))
        life = await queues.start(letters.handlers, limits=Limits(concurrency=1))
        await queues.quiet()
        errors = [(await queues.seen(id_)).last_error for id_ in ids[:-1]]
        assert errors[0] == "Mute: <Mute whose text cannot be had: RuntimeError>"
        assert errors[1:3] == ["ValueError: cut \ufffd off", "ValueError: a\ufffdb"]
        assert [error for error in errors[3:6] if "no outcome that can be kept" not in error] == []
        assert errors[6] == "cut \ufffd off"
        assert letters.ended[-1] == "fine"
        assert not life.over.is_set()

    play(scenario)


def test_a_payload_with_half_a_character_reaches_its_handler_as_it_was(play):
    letters = LetterHandlers()

    async def scenario(queues):
        assert await queues.run_all(letters.handlers, letters.new("cut \ud83d off"), letters.new("\0")) == [
            ["done"],
            ["done"],
        ]

    play(scenario)
    assert letters.ended == ["cut \ud83d off", "\0"]


def test_a_job_whose_worker_died_in_its_last_attempt_is_not_run_again(play):
    letters = LetterHandlers(attempts_max=3)

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.execute(
            "UPDATE mailroom.outbox_job SET claims = 3, worker = 'dead', lease_until = now() - interval '1 s'"
        )
        await queues.start(letters.handlers)
        await queues.quiet()
        assert "died or hung in the last" in (await queues.seen(id_)).last_error

    play(scenario)
    assert letters.began == []


# Effects at most once


def test_an_effect_in_the_database_and_the_end_of_its_job_are_one(play):
    letters = LetterHandlers()

    async def writes(context):
        async with context.ending() as tx:
            await tx.connection.execute("INSERT INTO effect VALUES ($1)", context.id)
        raise RuntimeError("too late to matter")

    letters.answers["a"] = writes

    async def scenario(queues):
        await queues.execute("CREATE TABLE effect (job_id bigint)")
        assert await queues.run_all(letters.handlers, letters.new("a")) == [["done"]]
        assert await queues.fetch("SELECT count(*) FROM effect") == 1

    play(scenario)
    assert letters.began == ["a"]


def test_an_ending_that_fails_leaves_nothing_and_is_tried_again(play):
    letters = LetterHandlers()

    async def writes(context):
        async with context.ending() as tx:
            await tx.connection.execute("INSERT INTO effect VALUES ($1)", context.attempt)
            if context.attempt == 1:
                raise RuntimeError("in the middle")

    letters.answers["a"] = writes

    async def scenario(queues):
        await queues.execute("CREATE TABLE effect (attempt bigint)")
        assert await queues.run_all(letters.handlers, letters.new("a")) == [["retry", "done"]]
        assert await queues.fetch("SELECT array_agg(attempt) FROM effect") == [2]

    play(scenario)


def test_the_effect_of_a_job_that_is_not_ours_any_more_is_undone(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def writes(context):
        async with context.ending() as tx:
            await tx.connection.execute("INSERT INTO effect VALUES ($1)", context.id)

    letters.answers["a"] = writes

    async def scenario(queues):
        await queues.execute("CREATE TABLE effect (job_id bigint)")
        ids = await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers)
        await queues.until(lambda: letters.began)
        assert await aio(queues.on_call().drop, ids) == ids
        letters.let_go("a")
        await queues.until(lambda: life.details()["ended"] == 1)
        assert await queues.fetch("SELECT count(*) FROM effect") == 0
        assert await queues.story(ids[0]) == ["dropped"]

    was = count_of("lost")
    play(scenario)
    assert count_of("lost") == was + 1


def test_what_a_job_that_is_not_ours_any_more_enqueues_and_notes_is_undone_and_wakes_nobody(play):
    letters, other, woken = LetterHandlers(), LetterHandlers("other"), []
    letters.hold("a")

    async def writes(context):
        context.services.listener.wake = woken.append
        async with context.ending() as tx:
            await tx.enqueue(other.new("b"))
            await tx.note("a", "b")

    letters.answers["a"] = writes

    async def scenario(queues):
        ids = await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers)
        await queues.until(lambda: letters.began)
        assert await aio(queues.on_call().drop, ids) == ids
        letters.let_go("a")
        await queues.until(lambda: life.details()["ended"] == 1)
        assert list(await queues.states()) == []
        assert await queues.fetch("SELECT count(*) FROM mailroom.deed") == 0

    play(scenario)
    assert "other" not in woken


def test_what_follows_is_enqueued_with_the_end_and_run_at_once(play):
    letters = LetterHandlers()

    async def leads_on(context):
        async with context.ending() as tx:
            await tx.enqueue(letters.new("b"))

    letters.answers["a"] = leads_on

    async def scenario(queues):
        await queues.run_all(letters.handlers, letters.new("a"))

    play(scenario)
    assert letters.ended == ["a", "b"]


def test_every_attempt_has_the_same_idempotency_key(play):
    letters = LetterHandlers(attempts_max=3)
    letters.answers["a"] = RuntimeError("again")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        made = await queues.fetch(
            "SELECT (extract(epoch FROM created_at) * 1000000)::bigint FROM mailroom.outbox_dead"
        )
        mine = await queues.fetch("SELECT value FROM mailroom.installation WHERE key = 'id'")
        assert [context.idempotency_key for context in letters.contexts] == [f"job-{mine}-{id_}-{made}"] * 3
        assert [context.is_last_attempt for context in letters.contexts] == [False, False, True]

    play(scenario)


def test_a_job_of_the_version_before_keeps_the_key_that_somebody_may_know(play):
    letters = LetterHandlers()

    async def scenario(queues):
        await queues.execute(
            "UPDATE mailroom.installation SET value = (now() + interval '1 hour')::text WHERE key LIKE 'job%'"
        )
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.run_all(letters.handlers)
        assert [context.idempotency_key for context in letters.contexts] == [f"job-{id_}"]

    play(scenario)


def test_a_job_that_on_call_brings_back_from_the_dead_keeps_its_key(play):
    letters = LetterHandlers(attempts_max=1)
    letters.answers["a"] = RuntimeError("again")

    async def scenario(queues):
        (id_,) = await queues.enqueue(letters.new("a"))
        await queues.start(letters.handlers)
        await queues.quiet()
        assert await aio(queues.on_call().retry, [id_]) == [id_]
        await queues.quiet()
        first, second = [context.idempotency_key for context in letters.contexts]
        assert first == second

    play(scenario)


# Metrics


def test_every_outcome_is_counted_and_timed(play):
    letters = LetterHandlers(attempts_max=1)
    letters.answers |= {"b": Rejected("no"), "c": ValueError("x")}

    async def scenario(queues):
        await queues.run_all(letters.handlers, *(letters.new(text) for text in "abc"))

    before = {word: count_of(word) for word in ("done", "rejected", "dead")}
    timed = {name: sample(name) for name in ("mailroom_job_seconds", "mailroom_job_wait_seconds")}
    play(scenario)
    assert {word: count_of(word) - was for word, was in before.items()} == {
        "done": 1,
        "rejected": 1,
        "dead": 1,
    }
    assert all(sample(name) == was + 3 for name, was in timed.items())


def sample(name, queue="mail"):
    return REGISTRY.get_sample_value(f"{name}_count", {"queue": queue}) or 0.0


def test_attempts_in_progress_are_shown(play):
    letters = LetterHandlers()
    letters.hold("a")

    async def scenario(queues):
        await queues.enqueue(letters.new("a"))
        life = await queues.start(letters.handlers)
        await queues.until(lambda: letters.began)
        assert REGISTRY.get_sample_value("mailroom_jobs_running", {"queue": "mail"}) == 1
        assert life.details()["running"] == 1
        letters.let_go("a")
        await queues.until(lambda: life.details()["running"] == 0)

    play(scenario)
