"""What payments are for: a bundled bot says what follows when one of its things is paid for.

    purposes = {"shop.order": Purpose(paid=..., mismatched=..., given_back=...)}

All of them are called in the transaction that changes the payment, the first three once for each payment
whatever happens. They may write rows of their own there, and return jobs to enqueue; what they raise undoes
all of it, and it is tried again.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mailroom.actors.paying.kinds import Why
from mailroom.actors.providers.payments import Money
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.payments import Payment


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
    """What goes back: of what was really paid, all that had not gone back before."""
    to_payer: bool
    """False if the provider cannot give it back: then it is the bot that owes it."""
    words: str = ""
    """Why the provider cannot, in its own words."""


What = Literal[
    "refund_waits", "refund_lost", "back_twice", "dispute", "inquiry", "dispute_won", "dispute_lost"
]
"""`refund_waits`: the provider refuses for now, and is asked again for days. `refund_lost`: a refund came
back. `back_twice`: more has gone back, or is on a balance, than was paid. `dispute`: the payer's bank takes
the money back, `inquiry`: it asks whether it should; then the dispute is won, or lost.
"""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something about a payment that the owner of the bot has to know."""

    what: What
    money: Money
    words: str = ""
    """Why, in the provider's words."""
    answer_until: datetime | None = None
    """By when a dispute can be answered in the provider's cabinet."""
    all_gone: bool = False
    """Whether all that was paid is gone by it: what was sold is sold no more."""


OnPaid = Callable[[Connection, Payment], Awaitable[Follows]]
"""The money that was asked for has come. Raises `NotPayableError`."""
OnMismatch = Callable[[Connection, Payment, Money], Awaitable[Sequence[NewJob]]]
"""Something else was paid than was asked for; it goes back. What is paid for is as unpaid as before."""
OnGivenBack = Callable[[Connection, Payment, GivenBack], Awaitable[Sequence[NewJob]]]
"""The money of a payment has gone back, or cannot. Called a second time for a refund that came back."""
OnTrouble = Callable[[Connection, Payment, Trouble], Awaitable[Sequence[NewJob]]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """One kind of thing that is paid for."""

    paid: OnPaid
    mismatched: OnMismatch
    given_back: OnGivenBack
    troubled: OnTrouble | None = None
    """Without it, on-call alone learns of disputes and of refunds that came back."""


Purposes = Mapping[tuple[str, str], Purpose]
"""All of them, by the bot that asks for the payment and by the kind of thing: two bots may both have an
order 1042.
"""
