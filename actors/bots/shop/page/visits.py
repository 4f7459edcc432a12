"""Where the page's visitors are served: what all their questions have in common."""

from dataclasses import replace

from structlog import get_logger

from mailroom.actors.bots.shop.complaints import find_complaint
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.orders import PLACED
from mailroom.actors.bots.shop.page.shown import Json, shown_order
from mailroom.actors.bots.shop.stock import Goods, goods_of
from mailroom.actors.bots.shop.waiting import own_order
from mailroom.actors.cause import Cause
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Visit
from mailroom.actors.paying.ways import Ways
from mailroom.actors.texts.language import Language
from mailroom.storage.vault import VaultError

log = get_logger("mailroom.mini_app")

ORDER_NUMBER_MAX = 2**63 - 1
"""What Postgres keeps it in."""


def ordering(room: Room[Options]) -> Ordering:
    """Where visitors order."""
    return Ordering(room, Ways(room.payments))


def user_of(visit: Visit) -> int:
    """Telegram's number of the visitor; also that of their private chat with the bot."""
    if (user_id := visit.telegram_id) is None:
        raise Problem("not_signed", "unknown")
    return user_id


def language_of(visit: Visit) -> Language:
    """The language in which the visitor is served."""
    return Language(visit.language)


def keyed(visit: Visit) -> Cause:
    """What a visitor does, by the name that it has always had: an order that is sent before a release and
    again after it is one.
    """
    user_id = user_of(visit)

    def effect(name: str) -> str:
        return f"app:{visit.bot}:{user_id}:{'' if name == PLACED else f'{name}:'}{visit.key}"

    return replace(visit.cause, effect=effect)


async def own(room: Room[Options], visit: Visit, number: int) -> Order:
    """An order of the visitor's. Raises `Problem`."""
    known = 0 <= number <= ORDER_NUMBER_MAX
    order = await own_order(room.database, room.bot, user_of(visit), number) if known else None
    if order is None:
        raise Problem("no_order", "absent")
    return order


async def show(room: Room[Options], visit: Visit, order: Order) -> Json:
    """An order as its customer sees it now."""
    # Only a countdown is made of it; what counts is what the database says when somebody pays.
    offered = ordering(room).payable_at(order)
    complaint = await find_complaint(room.database, order.number)
    goods = await goods_in(room, order)
    return shown_order(order, room.now(), goods, list(offered), complaint, language_of(visit))


async def goods_in(room: Room[Options], order: Order) -> list[Goods] | None:
    """What was delivered. Not before: what is given back undelivered is sold again."""
    if order.status != "delivered":
        return None
    try:
        return await goods_of(room.database, room.vault, order.number)
    except VaultError as error:
        log.error("mini_app_goods", order=order.number, why=str(error))
        return None
