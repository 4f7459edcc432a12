"""The shop's jobs: what each carries, its key, and how patient it is.

    deliver       the goods, into the buyer's chat           receipt    what was paid, into the same
    bonus         to those who brought the buyer             rank       the leaderboard
    supplier      those whose goods were sold                expire     a reservation that nobody paid for
    erase         a customer who wants to be forgotten, once their orders are over
    apologise     money of the buyer's goes back             take_back  and so does what others got for it

An order's goods, bonuses and books wait for our own stores alone: an outage of a day is waited out. Suppliers
are called at their own addresses, and what they miss is for the owner to see.
"""

from typing import Literal

from pydantic import BaseModel

from mailroom.actors.jobs.kind import Kind, Patience
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.jobs.queue import Queue
from mailroom.actors.kit.erasure.wish import Wish
from mailroom.actors.paying.kinds import Why

DELIVERY = Queue("delivery", Limits(concurrency=200, connections_max=8))
"""What a customer gets for their money, and what others are to be told of it."""

PATIENT = Patience(attempts_max=36)
"""With waits that double up to an hour: a day and some hours."""
EXPIRING = Patience(attempts_max=20)
"""The goods are free without this job, but only it gives the customer's balance back: it is patient."""
CALLING = Patience(timeout_seconds=20.0, attempts_max=36)
"""Longer than a supplier may take for an answer, so that we see what it was."""

About = Literal["sold", "returned", "replaced"]
"""What a supplier is told of."""


class OrderJob(BaseModel):
    """A job that needs to know nothing but the order."""

    order: int


class ReceiptJob(OrderJob):
    """The receipt of an order."""

    payment: int | None = None
    """None for an order that the balance has paid for."""


class TellSupplier(OrderJob):
    """Tell one supplier of what an order has of theirs."""

    supplier: int
    about: About = "sold"
    item: int | None = None
    """The one that was given instead, where it is about that."""


class Apology(OrderJob):
    """What the buyer is told."""

    payment: int | None
    """None for an order that the balance has paid for."""
    why: Why
    amount_minor: int
    currency: str
    over: bool
    to_balance: bool = False
    """The provider could not give it back: it is on the customer's balance."""


class UsageOf(BaseModel):
    """Whose costs are to be nobody's once the day is over."""

    bot: str
    user_id: int
    nobody: int


def key_of(number: int) -> str:
    """The key of all jobs of an order: one at a time, in order."""
    return f"order:{number}"


def _of_order(job: OrderJob) -> str:
    return key_of(job.order)


def _of_supplier(job: TellSupplier) -> str:
    """A supplier's outage holds up nobody but that supplier."""
    return f"{_of_order(job)}:supplier:{job.supplier}"


def _of_erasure(job: Wish) -> str:
    return f"erasure:{job.erasure}"


DELIVER = Kind("shop.deliver", OrderJob, PATIENT, queue=DELIVERY, key_of=_of_order)
RECEIPT = Kind("shop.receipt", ReceiptJob, PATIENT, queue=DELIVERY, key_of=_of_order)
BONUS = Kind("shop.bonus", OrderJob, PATIENT, queue=DELIVERY, key_of=_of_order)
RANK = Kind("shop.rank", OrderJob, PATIENT, queue=DELIVERY, key_of=_of_order)
TELL_SUPPLIER = Kind("shop.tell_supplier", TellSupplier, CALLING, queue=DELIVERY, key_of=_of_supplier)
EXPIRE = Kind("shop.expire", OrderJob, EXPIRING, queue=DELIVERY, key_of=_of_order)
APOLOGISE = Kind("shop.apologise", Apology, PATIENT, queue=DELIVERY, key_of=_of_order)
TAKE_BACK = Kind("shop.take_back", OrderJob, PATIENT, queue=DELIVERY, key_of=_of_order)
ERASE = Kind("shop.erase", Wish, PATIENT, queue=DELIVERY, key_of=_of_erasure)
ERASE_USAGE = Kind("shop.erase_usage", UsageOf, PATIENT, queue=DELIVERY, bot_of=lambda usage: usage.bot)
