"""Telling somebody of an order: an event in a chat's mailbox, or a notice past it, as jobs that exist if and
only if what they tell of has happened.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

from structlog import get_logger

from actors import notification
from actors.bots.shop.customers import find_customer
from actors.bots.shop.jobs.patience import ATTEMPTS_MAX
from actors.bots.shop.language import Language
from actors.bots.shop.options import Options
from actors.bots.shop.order import Order
from actors.hosting.services import BotServices
from storage.postgres.outbox.connection import Connection
from storage.postgres.outbox.job import NewJob

log = get_logger("mailroom.shop")


def data_of(told: Mapping[str, object]) -> str:
    """What an event carries, as its handlers read it."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def event_job(bot: str, chat_id: int, name: str, told: Mapping[str, object]) -> NewJob:
    """An event into a chat, handled in order with its messages."""
    return replace(notification.event(bot, chat_id, name, data_of(told)), attempts_max=ATTEMPTS_MAX)


def notice_job(bot: str, chat_id: int, text: str) -> NewJob:
    """A text to somebody who has no dialogue with the shop, such as a supplier."""
    return replace(notification.notice(bot, chat_id, text), attempts_max=ATTEMPTS_MAX)


async def owner_jobs(
    services: BotServices, connection: Connection, order: Order, worded: Callable[[Language], str]
) -> list[NewJob]:
    """The same text to everybody who owns the shop of an order, each in their language."""
    owners = cast(Options, services.options[order.bot]).owners
    if not owners:
        log.error("nobody to tell", order=order.number, why="the bot has no owners")
    jobs = []
    for owner in sorted(owners):
        known = await find_customer(connection, order.bot, owner)
        jobs.append(notice_job(order.bot, owner, worded(known.language if known else order.language)))
    return jobs
