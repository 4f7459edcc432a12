"""One press from a product, or from an offer of the consultant, to an order that waits for its payment."""

from aiogram import Router
from aiogram.types import CallbackQuery
from asyncpg import Pool

from mailroom.actors.bots.shop import catalog, screens
from mailroom.actors.bots.shop.bill import Bill
from mailroom.actors.bots.shop.callbacks import BuyNow
from mailroom.actors.bots.shop.cart import Cart
from mailroom.actors.bots.shop.customers import find_customer
from mailroom.actors.bots.shop.memory import Turn, Wake
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.orders import (
    Buyer,
    Order,
    QuoteChanged,
    SoldOut,
    TooManyWaiting,
    find_order,
    find_order_of,
    place_order,
)
from mailroom.actors.bots.shop.quote import Quote
from mailroom.actors.bots.shop.replies import chat_of, popup, send_below
from mailroom.actors.bots.shop.routes.basket import too_few
from mailroom.actors.bots.shop.routes.card import card_of
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.waiting import waiting_for
from mailroom.actors.bots.shop.ways import reserve_minutes
from mailroom.actors.paying.ways import Ways


async def buy(
    callback: CallbackQuery,
    callback_data: BuyNow,
    database: Pool,
    turn: Turn,
    ways: Ways,
    options: Options,
    wake: Wake,
    texts: Texts,
    cart: Cart,
) -> None:
    """Place the order at the price on the button, or say what has changed. The cart is left alone.

    Pressed twice it is one order: a customer who wants more says so by the quantity. The order is looked up
    first, because this handler may run again.
    """
    effect_id = turn.effect_id("order")
    notice = ""
    order = await find_order_of(database, effect_id)
    if order is None:
        wanted = Cart(((callback_data.product, callback_data.quantity),))
        quote = await catalog.quote_cart(database, texts.language, wanted, least=ways.least)
        if not quote.lines:
            await popup(callback, texts.catalogue.gone_popup, alert=True)
            return
        if quote.fingerprint != callback_data.quote:
            await _show_product(callback, database, turn, texts, quote, cart, texts.catalogue.price_changed)
            return
        order = await _same_order(database, turn, callback.from_user.id, quote)
        if order is not None:
            notice = texts.orders.already_waiting_popup
        else:
            try:
                order = await place_order(
                    database,
                    effect_id,
                    await _buyer(callback, database, turn, texts),
                    quote,
                    reserve_minutes=reserve_minutes(options, Bill(quote, ways=ways)),
                    use_balance=False,
                    origin=turn.origin("order"),
                )
            except TooManyWaiting:
                await popup(callback, texts.orders.too_many_waiting_popup, alert=True)
                return
            except (QuoteChanged, SoldOut) as changed:
                quote = await catalog.quote_cart(database, texts.language, wanted, least=ways.least)
                why = texts.catalogue.price_changed
                if isinstance(changed, SoldOut):
                    why = too_few(texts, changed.short[0][2])
                await _show_product(callback, database, turn, texts, quote, cart, why)
                return
    wake("delivery")
    await send_below(
        callback, screens.order_placed(texts, order, ways.offered(order.to_pay_minor, order.currency)), notice
    )


async def _same_order(database: Pool, turn: Turn, user_id: int, quote: Quote) -> Order | None:
    number = await waiting_for(database, turn.bot, user_id, quote)
    return await find_order(database, number) if number is not None else None


async def _show_product(
    callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts, quote: Quote, cart: Cart, why: str
) -> None:
    """The product as it is now."""
    if not quote.lines:
        await popup(callback, texts.catalogue.gone_popup, alert=True)
        return
    card = await card_of(database, turn, texts, quote.lines[0].product, cart)
    await send_below(callback, card, why, alert=True)


async def _buyer(callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts) -> Buyer:
    """Nothing is asked: the contact is the one we know, or the @username, or none."""
    user = callback.from_user
    known = await find_customer(database, turn.bot, user.id)
    username = f"@{user.username}" if user.username else ""
    return Buyer(
        bot=turn.bot,
        chat_id=chat_of(callback),
        user_id=user.id,
        language=texts.language,
        contact=(known.contact if known else "") or username,
        comment="",
    )


def build() -> Router:
    """The router of buying at once."""
    router = Router(name="shop.buy")
    router.callback_query.register(buy, BuyNow.filter())
    return router
