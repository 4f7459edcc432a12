"""What is refused when jobs are put together, and how many may begin when: without a database."""

import pytest
from pydantic import BaseModel

from mailroom.actors.jobs.handlers import Handlers, HandlersError
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.limits import Limits, Throttle
from mailroom.actors.jobs.run import checked, failed
from mailroom.storage.postgres.outbox.outcome import Rejected, Retry
from tests.actors.jobs.queue_harness import MAIL, OTHER


class Order(BaseModel):
    number: int


async def nothing(payload, context):
    """A handler."""


ORDER = Kind("order", Order, queue=MAIL)


def test_two_jobs_of_one_name_are_refused():
    handlers, more = Handlers(MAIL), Handlers(MAIL)
    handlers.job(ORDER)(nothing)
    more.job(ORDER)(nothing)
    with pytest.raises(HandlersError, match="two jobs of the queue mail are called 'order'"):
        handlers.include([more])


def test_jobs_of_another_queue_are_refused():
    with pytest.raises(HandlersError, match="jobs of the queue other cannot be run in mail"):
        Handlers(MAIL).include([Handlers(OTHER)])


def test_a_kind_of_another_queue_is_refused_where_its_handler_is_written():
    with pytest.raises(HandlersError, match="order are enqueued in mail, and cannot be run in other"):
        Handlers(OTHER).job(ORDER)(nothing)


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
