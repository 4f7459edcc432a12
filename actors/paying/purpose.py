"""What payments are for: a bundled bot says what follows when one of its things is paid for.

    purposes = {"shop.order": Purpose(paid=..., mismatched=..., given_back=...)}

All three are called in the transaction that changes the payment, once for each payment whatever happens.
They may write rows of their own there, and return jobs to enqueue; what they raise undoes all of it, and it
is tried again.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from actors.providers.payments import Money
from storage.postgres.outbox.connection import Connection
from storage.postgres.outbox.job import NewJob
from storage.postgres.payments import Payment

Why = Literal["too_late", "twice", "mismatch", "owner"]
"""Why money goes back: what was to be had is gone, it was paid for already, something else was paid than was
asked for, or its owner says so.
"""


class NotPayableError(Exception):
    """The bot cannot say what a payment is for; the message says why. It becomes a dead letter at once: a
    person has to look.
    """


@dataclass(frozen=True, slots=True)
class Follows:
    """What follows from a payment."""

    jobs: Sequence[NewJob] = ()
    give_back: Literal["too_late", "twice"] | None = None
    """Why the payment is of no use. Its money goes back, and `given_back` is called when it has."""


@dataclass(frozen=True, slots=True)
class GivenBack:
    """How the giving back of a payment's money has ended."""

    why: Why
    money: Money
    """What was really paid."""
    to_payer: bool
    """False if the provider cannot give it back: then it is the bot that owes it."""
    words: str = ""
    """Why the provider cannot, in its own words."""


OnPaid = Callable[[Connection, Payment], Awaitable[Follows]]
"""The money that was asked for has come. Raises `NotPayableError`."""
OnMismatch = Callable[[Connection, Payment, Money], Awaitable[Sequence[NewJob]]]
"""Something else was paid than was asked for; it goes back. What is paid for is as unpaid as before."""
OnGivenBack = Callable[[Connection, Payment, GivenBack], Awaitable[Sequence[NewJob]]]
"""The money of a payment has gone back, or cannot."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """One kind of thing that is paid for."""

    paid: OnPaid
    mismatched: OnMismatch
    given_back: OnGivenBack


def carry(jobs: Sequence[NewJob], trace: str) -> list[NewJob]:
    """The same jobs, told apart in the log by the payment that they follow from."""
    return [job if job.trace is not None else replace(job, trace=trace) for job in jobs]
