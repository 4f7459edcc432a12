"""What the shop guarantees after a payment: jobs of the queue `delivery`, and what its payments are for.

    deliver       the goods, into the buyer's chat           receipt    what was paid, into the same
    bonus         to those who brought the buyer             rank       the leaderboard
    supplier      those whose goods were sold                expire     a reservation that nobody paid for
    erase         a customer who wants to be forgotten, once their orders are over
    apologise     money of the buyer's goes back             take_back  and so does what others got for it

Each may be run any number of times, and has its effect once. All of one order go one after another.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from pydantic import BaseModel

from mailroom.actors.bots.shop.checkout import PURPOSE
from mailroom.actors.bots.shop.erasure import ERASE, ERASE_USAGE, Erasure, UsageOf
from mailroom.actors.bots.shop.jobs.apologise import Apology, apologise
from mailroom.actors.bots.shop.jobs.bonus import pay_bonus
from mailroom.actors.bots.shop.jobs.deliver import deliver
from mailroom.actors.bots.shop.jobs.erase import erase, erase_usage
from mailroom.actors.bots.shop.jobs.expire import expire
from mailroom.actors.bots.shop.jobs.follow import after_paid
from mailroom.actors.bots.shop.jobs.patience import PATIENCE
from mailroom.actors.bots.shop.jobs.purpose import shop_purpose
from mailroom.actors.bots.shop.jobs.rank import rank
from mailroom.actors.bots.shop.jobs.receipt import ReceiptJob, send_receipt
from mailroom.actors.bots.shop.jobs.supplier import TellSupplier, tell_supplier
from mailroom.actors.bots.shop.jobs.take_back import take_back
from mailroom.actors.bots.shop.orders import (
    APOLOGISE,
    BONUS,
    DELIVER,
    EXPIRE,
    QUEUE,
    RANK,
    RECEIPT,
    TAKE_BACK,
    TELL_SUPPLIER,
    OrderJob,
)
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.jobs.handlers import Handler, Handlers
from mailroom.actors.paying.purpose import Purpose

__all__ = ["after_paid", "handlers", "purposes"]


def handlers(services: BotServices) -> Handlers:
    """The shop's jobs."""
    jobs = Handlers(QUEUE, schema=services.schema)
    table: list[tuple[str, type[BaseModel], Handler[Any]]] = [
        (DELIVER, OrderJob, deliver),
        (RECEIPT, ReceiptJob, send_receipt),
        (BONUS, OrderJob, partial(pay_bonus, services)),
        (RANK, OrderJob, rank),
        (TELL_SUPPLIER, TellSupplier, partial(tell_supplier, services)),
        (EXPIRE, OrderJob, expire),
        (APOLOGISE, Apology, apologise),
        (TAKE_BACK, OrderJob, take_back),
        (ERASE, Erasure, erase),
        (ERASE_USAGE, UsageOf, erase_usage),
    ]
    for name, model, run in table:
        patient = PATIENCE[name]
        jobs.job(
            name,
            model,
            timeout_seconds=patient.timeout_seconds,
            attempts_max=patient.attempts_max,
            backoff=patient.backoff,
        )(run)
    return jobs


def purposes(services: BotServices) -> Mapping[str, Purpose]:
    """What follows from payments of the shop, by their purpose."""
    return {PURPOSE: shop_purpose(services)}
