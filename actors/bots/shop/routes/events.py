"""What jobs put into a customer's chat, in order with the dialogue: goods, receipts, bonuses, bad news.

The language is that of the order; for a friend's bonus, that of the chat.
"""

from collections.abc import Mapping

from aiogram import Bot, Router
from aiogram.fsm.context import FSMContext
from asyncpg import Pool
from structlog import get_logger

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.complaints import find_message, is_outdone
from mailroom.actors.bots.shop.customers import find_customer
from mailroom.actors.bots.shop.domain.order import STEPS, Order
from mailroom.actors.bots.shop.events import (
    ANSWERED,
    BONUS,
    COMPLAINT,
    DELIVERED,
    EXPIRED,
    RECEIPT,
    REFUNDED,
    REFUNDING,
    REPLACED,
    TURNED,
    AboutOrder,
)
from mailroom.actors.bots.shop.memory import LANGUAGE
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import find_order
from mailroom.actors.bots.shop.owner_orders import open_order
from mailroom.actors.bots.shop.routes.owner.screens import complaints as owner_screens
from mailroom.actors.bots.shop.sending import send_goods
from mailroom.actors.bots.shop.stock import goods_of
from mailroom.actors.bots.shop.texts import TEXTS, Texts
from mailroom.actors.bots.shop.texts.owner import OWNER_TEXTS
from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.kit.screens.replies import tell
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.screens.shown import Shows
from mailroom.actors.kit.screens.turning import turn_shown
from mailroom.actors.kit.turn import Turn
from mailroom.actors.paying.ways import Ways
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.storage.postgres.payments import find_payment
from mailroom.storage.vault import Vault

log = get_logger("mailroom.shop")


async def delivered(event: ChatEvent, bot: Bot, database: Pool, vault: Vault) -> None:
    """The goods of an order that was paid. If its money has gone back meanwhile there are none."""
    order = await _order(database, event, DELIVERED.read(event.data))
    goods = await goods_of(database, vault, order.number) if order else []
    if order is None or not goods:
        log.warning("nothing_to_deliver", chat_id=event.chat_id, data=event.data)
        return
    texts = TEXTS[order.language]
    heading = texts.news.delivered(number=order.number)
    await send_goods(bot, event.chat_id, texts, order.number, heading, goods)


async def expired(event: ChatEvent, bot: Bot, database: Pool) -> None:
    """The time to pay is over. Whoever has paid all the same is told by the other events."""
    order = await _order(database, event, EXPIRED.read(event.data))
    if order is not None and order.status == "expired":
        await tell(bot, event.chat_id, screens.expired(TEXTS[order.language], order))


async def refunding(event: ChatEvent, bot: Bot, database: Pool) -> None:
    """Why money goes back."""
    about = REFUNDING.read(event.data)
    order = await _order(database, event, about)
    if order is not None:
        sums = (about.amount_minor, about.currency)
        screen = screens.refunding(TEXTS[order.language], order.number, about.why, *sums)
        await tell(bot, event.chat_id, screen)


async def refunded(event: ChatEvent, bot: Bot, database: Pool) -> None:
    """Why money went back, and where to."""
    about = REFUNDED.read(event.data)
    order = await _order(database, event, about)
    if order is not None:
        texts, sums = TEXTS[order.language], (about.amount_minor, about.currency)
        screen = screens.refunded(texts, order.number, about.why, *sums, to_balance=about.to_balance)
        await tell(bot, event.chat_id, screen)


async def receipt(
    event: ChatEvent,
    bot: Bot,
    state: FSMContext,
    database: Pool,
    turn: Turn,
    payments: Mapping[str, PaymentProvider],
) -> None:
    """What was paid. It comes after the goods: the messages that show the order turn with it."""
    about = RECEIPT.read(event.data)
    order = await _order(database, event, about)
    if order is None:
        return
    payment = await find_payment(database, about.payment) if about.payment is not None else None
    kind = Ways(payments).kind(payment.provider) if payment is not None else None
    await tell(bot, event.chat_id, screens.receipt(TEXTS[order.language], order, kind))
    await _turn_pages(order, event, bot, state, database, turn)


async def order_turned(event: ChatEvent, bot: Bot, state: FSMContext, database: Pool, turn: Turn) -> None:
    """An order has moved on: so do the messages that show it as it was. One that is gone is no fault."""
    order = await _order(database, event, TURNED.read(event.data))
    if order is not None:
        await _turn_pages(order, event, bot, state, database, turn)


async def complained(
    event: ChatEvent, bot: Bot, state: FSMContext, database: Pool, options: Options, turn: Turn
) -> None:
    """Something is wrong with an order, for an owner; if more was written since, it comes with that."""
    about = COMPLAINT.read(event.data)
    # After a restore there may be no such message: an event waits in Redis.
    written = await find_message(database, about.order, about.message)
    outdone = await is_outdone(database, about.order, about.message)
    if written is None or outdone or not options.is_owner(event.chat_id):
        return
    own = OWNER_TEXTS[(await _texts_of_chat(event, state, database, turn)).language]
    found = await open_order(database, turn.bot, about.order)
    await tell(bot, event.chat_id, owner_screens.complaint(own, found, owner=True))


async def answered(event: ChatEvent, bot: Bot, state: FSMContext, database: Pool, turn: Turn) -> None:
    """What the shop says to what was wrong with an order."""
    about = ANSWERED.read(event.data)
    order = await _order(database, event, about)
    text = await find_message(database, about.order, about.message) if order is not None else None
    if order is not None and text is not None:
        texts = await _texts_of_chat(event, state, database, turn)
        await tell(bot, event.chat_id, screens.answered(texts, order.number, text))


async def replaced(event: ChatEvent, bot: Bot, database: Pool, vault: Vault) -> None:
    """Another one of something that did not work. If the money has gone back meanwhile there is none."""
    about = REPLACED.read(event.data)
    order = await _order(database, event, about)
    goods = await goods_of(database, vault, order.number, about.item) if order else []
    if order is None or not goods:
        log.warning("nothing_to_deliver", chat_id=event.chat_id, data=event.data)
        return
    texts = TEXTS[order.language]
    heading = texts.complaints.replaced(number=order.number)
    await send_goods(bot, event.chat_id, texts, order.number, heading, goods)


async def bonus(event: ChatEvent, bot: Bot, state: FSMContext, database: Pool, turn: Turn) -> None:
    """What a friend's purchase has brought."""
    about = BONUS.read(event.data)
    texts = await _texts_of_chat(event, state, database, turn)
    screen = screens.bonus(texts, about.friend, about.level, about.amount_minor, about.currency)
    await tell(bot, event.chat_id, screen)


async def _turn_pages(
    order: Order, event: ChatEvent, bot: Bot, state: FSMContext, database: Pool, turn: Turn
) -> None:
    async def page() -> Screen:
        return screens.order_page(await _texts_of_chat(event, state, database, turn), order, {}, None)

    await turn_shown(bot, event.chat_id, state, Shows(order.number, order.status), STEPS, page)


async def _order(database: Pool, event: ChatEvent, about: AboutOrder) -> Order | None:
    order = await find_order(database, about.order)
    if order is None or not _of_chat(order, event.chat_id):
        log.error("event_about_no_order", name=event.name, chat_id=event.chat_id, order=about.order)
        return None
    return order


def _of_chat(order: Order, chat_id: int) -> bool:
    """Whether an order is that of the chat. Events wait in Redis: with a Postgres of before they may be about
    an order whose number somebody else has by now. Groups (below zero) change their ids, people do not.
    """
    return order.chat_id == chat_id or (order.chat_id < 0 and chat_id < 0)


async def _texts_of_chat(event: ChatEvent, state: FSMContext, database: Pool, turn: Turn) -> Texts:
    chosen = (await state.get_data()).get(LANGUAGE)
    if chosen in TEXTS.languages:
        return TEXTS[chosen]
    # In a private chat the customer has the chat's id.
    customer = await find_customer(database, turn.bot, event.chat_id)
    return TEXTS[customer.language if customer else None]


def build() -> Router:
    """The router of events."""
    router = Router(name="shop.events")
    chat_event(router, DELIVERED.name)(delivered)
    chat_event(router, EXPIRED.name)(expired)
    chat_event(router, REFUNDING.name)(refunding)
    chat_event(router, REFUNDED.name)(refunded)
    chat_event(router, RECEIPT.name)(receipt)
    chat_event(router, BONUS.name)(bonus)
    chat_event(router, TURNED.name)(order_turned)
    chat_event(router, COMPLAINT.name)(complained)
    chat_event(router, ANSWERED.name)(answered)
    chat_event(router, REPLACED.name)(replaced)
    return router
