"""What payments are for: a bundled bot says what follows when one of its things is paid for.

    purposes = {"shop.order": Purpose(paid=..., mismatched=..., given_back=...)}

All of them are given the transaction that changes the payment, the first three once for each payment whatever
happens. It finds the tables of their room: they may write rows of their own there, enqueue jobs, and tell
chats. What they raise undoes all of it, and it is tried again.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.paying.kinds import Why
from mailroom.actors.providers.payments import Money
from mailroom.storage.postgres.payments import Payment
from mailroom.storage.postgres.schemas import SchemaPool


class NotPayableError(Exception):
    """The bot cannot say what a payment is for; the message says why. It becomes a dead letter at once: a
    person has to look.
    """


@dataclass(frozen=True, slots=True)
class Follows:
    """What becomes of a payment's money."""

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


OnPaid = Callable[[Transaction, Payment], Awaitable[Follows]]
"""The money that was asked for has come. Raises `NotPayableError`."""
OnMismatch = Callable[[Transaction, Payment, Money], Awaitable[None]]
"""Something else was paid than was asked for; it goes back. What is paid for is as unpaid as before."""
OnGivenBack = Callable[[Transaction, Payment, GivenBack], Awaitable[None]]
"""The money of a payment has gone back, or cannot. Called a second time for a refund that came back."""
OnTrouble = Callable[[Transaction, Payment, Trouble], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Purpose:
    """One kind of thing that is paid for."""

    paid: OnPaid
    mismatched: OnMismatch
    given_back: OnGivenBack
    troubled: OnTrouble | None = None
    """Without it, on-call alone learns of disputes and of refunds that came back."""
    within: SchemaPool | None = None
    """The database of the room whose purpose it is, which the platform names; None where it has none."""


def of_payment(tx: Transaction, purpose: Purpose, payment: Payment, *, once: bool = True) -> Transaction:
    """The transaction as a purpose is given it: its room's, for the payment. What happens `once` to a payment
    has effects that are named by it alone; what may happen again, by the job that heard of it too.
    """

    def effect(name: str) -> str:
        return f"payment-{payment.ref}:{name if once else job.effect(name)}"

    job = tx.cause
    cause = replace(job, bot=payment.bot, who=f"payment {payment.ref}", effect=effect)
    return tx.of(cause, purpose.within)


Purposes = Mapping[tuple[str, str], Purpose]
"""All of them, by the bot that asks for the payment and by the kind of thing: two bots may both have an
order 1042.
"""
