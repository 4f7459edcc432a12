"""One press from a product, or from an offer of the consultant, to an order that waits for its payment."""

from aiogram import Router
from aiogram.types import CallbackQuery
from asyncpg import Pool

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.callbacks import BuyNow
from mailroom.actors.bots.shop.customers import find_customer
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.contact import usual_contact
from mailroom.actors.bots.shop.ordering import Ordering, Refused, Wish
from mailroom.actors.bots.shop.orders import Buyer
from mailroom.actors.bots.shop.routes.basket import too_few
from mailroom.actors.bots.shop.routes.card import card_of
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import chat_of, popup, send_below
from mailroom.actors.kit.turn import Turn


async def buy(
    callback: CallbackQuery,
    callback_data: BuyNow,
    database: Pool,
    turn: Turn,
    ordering: Ordering,
    texts: Texts,
    cart: Cart,
) -> None:
    """Place the order at the price on the button, or say what has changed. The cart is left alone.

    Pressed twice it is one order: a customer who wants more says so by the quantity.
    """
    wanted = Cart(((callback_data.product, callback_data.quantity),))
    buyer = await _buyer(callback, database, turn, texts)
    wish = Wish(wanted, callback_data.quote, once=True)
    outcome = await ordering.order(turn, buyer, wish)
    if isinstance(outcome, Refused):
        await _say_why(callback, turn, texts, ordering, cart, outcome)
        return
    notice = texts.orders.already_waiting_popup if outcome.waited else ""
    await send_below(
        callback, screens.order_placed(texts, outcome.order, ordering.payable_at(outcome.order)), notice
    )


async def _say_why(
    callback: CallbackQuery, turn: Turn, texts: Texts, ordering: Ordering, cart: Cart, refused: Refused
) -> None:
    """Why there is no order, with the product as it is now."""
    if refused.why == "too_many_waiting":
        await popup(callback, texts.orders.too_many_waiting_popup, alert=True)
        return
    quote = refused.bill.quote
    if not quote.lines:
        await popup(callback, texts.catalogue.gone_popup, alert=True)
        return
    why = texts.catalogue.price_changed
    if refused.why == "sold_out":
        why = too_few(
            texts, dict(quote.short).get(quote.lines[0].product.id, quote.lines[0].product.available)
        )
    card = await card_of(turn, texts, ordering, quote.lines[0].product, cart)
    await send_below(callback, card, why, alert=True)


async def _buyer(callback: CallbackQuery, database: Pool, turn: Turn, texts: Texts) -> Buyer:
    """Nothing is asked: the contact is the one we know, or the @username, or none."""
    user = callback.from_user
    known = await find_customer(database, turn.bot, user.id)
    return Buyer(
        bot=turn.bot,
        chat_id=chat_of(callback),
        user_id=user.id,
        language=texts.language,
        contact=usual_contact(known.contact if known else "", user.username),
        comment="",
    )


def build() -> Router:
    """The router of buying at once."""
    router = Router(name="shop.buy")
    router.callback_query.register(buy, BuyNow.filter())
    return router
