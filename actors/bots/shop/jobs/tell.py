"""Telling those who are no customers of an order: a notice past their mailbox, as a job that exists if and
only if what it tells of has happened.
"""

from collections.abc import Callable

from structlog import get_logger

from mailroom.actors.bots.shop.customers import find_customer
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.telling import TELL
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import notice
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.outbox.job import NewJob

log = get_logger("mailroom.shop")


def notice_job(bot: str, chat_id: int, text: str) -> NewJob:
    """A text to somebody who has no dialogue with the shop, such as a supplier."""
    return notice(bot, chat_id, text, kind=TELL)


async def tell_owners(
    room: Room[Options], tx: Transaction, order: Order, worded: Callable[[Language], str]
) -> None:
    """The same text to everybody who owns the shop of an order, each in their language."""
    owners = room.options.owners
    if not owners:
        log.error("nobody to tell", order=order.number, why="the bot has no owners")
    for owner in sorted(owners):
        known = await find_customer(tx.connection, order.bot, owner)
        await tx.enqueue(notice_job(order.bot, owner, worded(known.language if known else order.language)))
