"""Orders as those who run the shop look for them, and one of them with all that is known of it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailroom.actors.bots.shop.checkout import PURPOSE
from mailroom.actors.bots.shop.complaints import Complaint, find_complaint
from mailroom.actors.bots.shop.domain.order import Order, Status
from mailroom.actors.bots.shop.domain.owner_faults import Fault
from mailroom.actors.bots.shop.jobs.kinds import key_of
from mailroom.actors.bots.shop.order import find_order
from mailroom.actors.bots.shop.stock import SoldItem, sold_items
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.actors.paying.kinds import refund_key
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.outbox.seen import Seen, Wanted
from mailroom.storage.postgres.outbox.seen import find as find_jobs
from mailroom.storage.postgres.payments import Payment, payments_of
from mailroom.storage.postgres.queries import load
from mailroom.storage.postgres.refunds import PaymentRefund, refunds_of

SQL = load(Path(__file__).with_name("owner_orders.sql"))

ORDERS_SHOWN_MAX = 10
"""A row of buttons each, in the chat."""
JOBS_SHOWN_MAX = 20
"""An order has half a dozen; more is a fault that the first twenty show as well."""
SEARCH_CHARS_MAX = 100
NUMBER_MAX = 2**63 - 1


@dataclass(frozen=True)
class OrderRow:
    """An order in a list."""

    number: int
    status: Status
    user_id: int
    name: str
    contact: str
    items: int
    total_minor: int
    currency: str
    created_at: datetime


@dataclass(frozen=True)
class PaidHow:
    """A payment of an order, and what went back of it, the oldest first."""

    payment: Payment
    refunds: tuple[PaymentRefund, ...]


@dataclass(frozen=True)
class Dossier:
    """An order with all that is known of it."""

    order: Order
    name: str
    """The customer's."""
    payments: tuple[PaidHow, ...]
    jobs: tuple[Seen, ...]
    """What is still to be done for it, and what failed for good; the oldest first."""
    items: tuple[SoldItem, ...]
    """What was sold with it, also what did not work and what replaced it; never what is in them."""
    complaint: Complaint | None


async def find_orders(
    source: Source, bot: str, text: str = "", status: Status | None = None, most: int = ORDERS_SHOWN_MAX
) -> list[OrderRow]:
    """Orders of a number or a customer's id, or with a text in the customer's name or contact; the newest
    first. All of them without a text.
    """
    text = text.strip().replace("\0", "")[:SEARCH_CHARS_MAX].removeprefix("№").removeprefix("#").strip()
    number = int(text) if text.isascii() and text.isdecimal() and int(text) <= NUMBER_MAX else None
    rows = await source.fetch(SQL["find"], bot, number, text or None, status, most)
    return [OrderRow(*row) for row in rows]


async def open_order(source: Source, bot: str, number: int) -> Dossier:
    """One order of a bot's shop. Raises `OwnerError`."""
    order = await find_order(source, number) if 0 < number <= NUMBER_MAX else None
    if order is None or order.bot != bot:
        raise refuse(Fault.UNKNOWN_ORDER, number=number)
    payments = await payments_of(source, bot, PURPOSE, str(number))
    keys = [key_of(number), *(refund_key(payment.id) for payment in payments)]
    jobs = [job for key in keys for job in await find_jobs(source, Wanted(key=key), JOBS_SHOWN_MAX)]
    return Dossier(
        order=order,
        name=await source.fetchval(SQL["customer"], bot, order.user_id) or "",
        payments=tuple([PaidHow(one, tuple(await refunds_of(source, one.id))) for one in payments]),
        jobs=tuple(sorted(jobs, key=lambda job: job.id)[:JOBS_SHOWN_MAX]),
        items=tuple(await sold_items(source, number)),
        complaint=await find_complaint(source, number),
    )
