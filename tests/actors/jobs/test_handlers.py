"""What is refused when jobs are put together, and how many may begin when: without a database."""

import pytest
from pydantic import BaseModel

from mailroom.actors.jobs.handlers import Handlers, HandlersError
from mailroom.actors.jobs.limits import Limits, Throttle
from mailroom.actors.jobs.run import checked, failed
from mailroom.storage.postgres.outbox.job import Backoff
from mailroom.storage.postgres.outbox.outcome import Rejected, Retry


class Order(BaseModel):
    number: int


class Letter(BaseModel):
    text: str = ""


async def nothing(payload, context):
    """A handler."""


def test_a_new_job_has_the_patience_of_its_kind():
    handlers = Handlers("mail")
    patience = Backoff(1.0, 3.0)
    handlers.job("order", Order, timeout_seconds=5, attempts_max=3, backoff=patience)(nothing)
    job = handlers.new("order", Order(number=7), key="chat-1", dedup_key="order-7", delay_seconds=2)
    assert (job.queue, job.name, job.payload) == ("mail", "order", '{"number":7}')
    assert (job.timeout_seconds, job.attempts_max, job.backoff) == (5, 3, patience)
    assert (job.key, job.dedup_key, job.delay_seconds) == ("chat-1", "order-7", 2)


def test_what_nobody_could_run_is_not_enqueued():
    handlers = Handlers("mail")
    handlers.job("order", Order)(nothing)
    with pytest.raises(HandlersError, match="has no job called 'ordre'"):
        handlers.new("ordre", Order(number=7))
    with pytest.raises(HandlersError, match="takes a Order, not a Letter"):
        handlers.new("order", Letter())


def test_two_jobs_of_one_name_are_refused():
    handlers, more = Handlers("mail"), Handlers("mail")
    handlers.job("order", Order)(nothing)
    more.job("order", Order)(nothing)
    with pytest.raises(HandlersError, match="two jobs of the queue mail are called 'order'"):
        handlers.include([more])


def test_jobs_of_another_queue_are_refused():
    with pytest.raises(HandlersError, match="jobs of the queue other cannot be run in mail"):
        Handlers("mail").include([Handlers("other")])


@pytest.mark.parametrize("wrong", [{"timeout_seconds": 0}, {"attempts_max": 0}])
def test_a_job_without_patience_is_refused_where_it_is_written(wrong):
    with pytest.raises(HandlersError, match="job 'order'"):
        Handlers("mail").job("order", Order, **wrong)(nothing)


def test_limits_that_let_nothing_through_are_refused():
    for wrong in ({"concurrency": 0}, {"per_second": 0}, {"connections_max": 0}):
        with pytest.raises(ValueError, match="needs room"):
            Limits(**wrong)


def test_a_throttle_lets_its_rate_through_and_no_more():
    throttle, now, begun = Throttle(100.0, 0.0), 0.0, 0
    while now < 10.0:
        if throttle.room(now) >= 1:
            throttle.took(1)
            begun += 1
        else:
            now += throttle.wait_seconds()
    assert begun == pytest.approx(1000, abs=15)


def test_a_throttle_saves_up_a_tenth_of_a_second_and_no_more():
    assert int(Throttle(100.0, 0.0).room(3600.0)) == 10
    assert int(Throttle(0.1, 0.0).room(3600.0)) == 1


def test_without_a_rate_there_is_no_throttle():
    throttle = Throttle(Limits().per_second, 0.0)
    throttle.took(10**9)
    assert throttle.room(0.0) == float("inf")


@pytest.mark.parametrize(
    ("wanted", "after"), [(7, 7.0), (1e9, 30 * 86_400), (-1, None), ("soon", None), (float("nan"), None)]
)
def test_an_error_may_say_when_to_come_back_within_reason(wanted, after):
    error = RuntimeError("busy")
    error.retry_after = wanted
    assert failed(error).after_seconds == after


def test_an_outcome_that_cannot_be_written_is_a_rejection():
    assert isinstance(checked(Retry("x", after_seconds=float("inf"))), Rejected)
    assert checked(Retry("x", after_seconds=5)) == Retry("x", after_seconds=5)
