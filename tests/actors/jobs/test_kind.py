"""What is refused where a job is made: without a database."""

from datetime import UTC, datetime

import pytest
from pydantic import BaseModel

from mailroom.actors.jobs.kind import Kind, KindError, Patience
from mailroom.actors.jobs.queue import Queue
from mailroom.storage.postgres.outbox.job import Backoff, JobError
from tests.actors.jobs.queue_harness import MAIL


class Order(BaseModel):
    number: int


class Letter(BaseModel):
    text: str = ""


PATIENCE = Patience(timeout_seconds=5, attempts_max=3, backoff=Backoff(1.0, 3.0))
ORDER = Kind("order", Order, PATIENCE, queue=MAIL)
OF_ORDER = Kind("order", Order, queue=MAIL, key_of=lambda order: f"order:{order.number}")
NOON = datetime(2027, 1, 1, 12, tzinfo=UTC)


def test_a_job_has_the_patience_of_its_kind():
    job = ORDER(Order(number=7), key="chat-1", dedup_key="order-7", delay_seconds=2)
    assert (job.queue, job.name, job.payload) == ("mail", "order", '{"number":7}')
    assert (job.timeout_seconds, job.attempts_max, job.backoff) == (5, 3, PATIENCE.backoff)
    assert (job.key, job.dedup_key, job.delay_seconds) == ("chat-1", "order-7", 2)


def test_the_same_kind_may_be_tried_otherwise():
    job = ORDER.with_patience(Patience(attempts_max=1))(Order(number=7))
    assert (job.name, job.attempts_max, ORDER(Order(number=7)).attempts_max) == ("order", 1, 3)


def test_a_job_that_carries_something_else_is_refused():
    with pytest.raises(KindError, match="a job order carries Order, and was given Letter"):
        ORDER(Letter())


def test_the_key_comes_from_what_the_job_carries_where_its_kind_says_so():
    assert OF_ORDER(Order(number=7)).key == "order:7"
    with pytest.raises(KindError, match="leave 'chat-1' out"):
        OF_ORDER(Order(number=7), key="chat-1")


@pytest.mark.parametrize("delay_seconds", [-1.0, float("nan"), float("inf")])
def test_a_delay_that_is_no_time_is_refused_where_the_job_is_made(delay_seconds):
    with pytest.raises(JobError, match="0 or more, and finite"):
        ORDER(Order(number=7), delay_seconds=delay_seconds)


def test_a_job_is_wanted_at_a_moment_or_after_a_delay():
    assert ORDER(Order(number=7), run_at=NOON).run_at == NOON
    with pytest.raises(KindError, match="not both"):
        ORDER(Order(number=7), run_at=NOON, delay_seconds=1)


@pytest.mark.parametrize("wrong", [{"timeout_seconds": 0}, {"attempts_max": 0}])
def test_a_kind_without_patience_is_refused_where_it_is_written(wrong):
    with pytest.raises(KindError, match="the kind 'order': a job needs an attempt"):
        Kind("order", Order, Patience(**wrong), queue=MAIL)


@pytest.mark.parametrize(("name", "queue"), [("", "mail"), ("an order", "mail"), ("order", "my mail")])
def test_a_kind_whose_name_or_queue_is_no_word_is_refused_where_it_is_written(name, queue):
    with pytest.raises(KindError, match="must be 1 to 100 of the characters"):
        Kind(name, Order, queue=Queue(queue, of_bots=False))
