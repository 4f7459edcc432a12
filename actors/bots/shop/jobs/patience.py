"""The shop's jobs, and how patient each is.

An order's goods, bonuses and books wait for our own stores alone: an outage of a day is waited out. Suppliers
are called at their own addresses, and what they miss is for the owner to see.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import BaseModel

from mailroom.actors.bots.shop.erasure import ERASE, ERASE_USAGE
from mailroom.actors.bots.shop.orders import (
    APOLOGISE,
    BONUS,
    DELIVER,
    EXPIRE,
    EXPIRE_ATTEMPTS_MAX,
    QUEUE,
    RANK,
    RECEIPT,
    TAKE_BACK,
    TELL_SUPPLIER,
    key_of,
)
from mailroom.actors.bots.shop.telling import ATTEMPTS_MAX
from mailroom.storage.postgres.outbox.job import Backoff, NewJob

SUPPLIER_SECONDS = 20.0
"""Longer than a supplier may take for an answer, so that we see what it was."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long an attempt may take, and how many there are."""

    timeout_seconds: float = 30.0
    attempts_max: int = ATTEMPTS_MAX
    backoff: Backoff = field(default=Backoff())


PATIENCE: Mapping[str, Patience] = {
    **dict.fromkeys((DELIVER, RECEIPT, BONUS, RANK, APOLOGISE, TAKE_BACK, ERASE, ERASE_USAGE), Patience()),
    TELL_SUPPLIER: Patience(timeout_seconds=SUPPLIER_SECONDS),
    EXPIRE: Patience(attempts_max=EXPIRE_ATTEMPTS_MAX),
}


def new_job(
    name: str, payload: BaseModel, number: int, *, key: str | None = None, delay_seconds: float = 0.0
) -> NewJob:
    """A job of order `number`. Jobs of an order are run one at a time, in the order they were enqueued in."""
    patient = PATIENCE[name]
    return NewJob(
        QUEUE,
        name,
        payload.model_dump_json(),
        key=key or key_of(number),
        delay_seconds=delay_seconds,
        timeout_seconds=patient.timeout_seconds,
        attempts_max=patient.attempts_max,
        backoff=patient.backoff,
    )
