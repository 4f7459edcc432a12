"""What a cart costs a visitor, and ordering it."""

from structlog import get_logger

from mailroom.actors.bots.shop.customers import find_customer, set_contact
from mailroom.actors.bots.shop.domain.discounts import parse_promo_code
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.ordering import Refused, Wish
from mailroom.actors.bots.shop.orders import Buyer
from mailroom.actors.bots.shop.page.asked import Ordered, Quoted
from mailroom.actors.bots.shop.page.customer import contact_of, know
from mailroom.actors.bots.shop.page.shown import Json, shown_quote
from mailroom.actors.bots.shop.page.visits import keyed, language_of, ordering, show, user_of
from mailroom.actors.hosting.room import Room
from mailroom.actors.pages.answer import Problem
from mailroom.actors.pages.visit import Visit

log = get_logger("mailroom.mini_app")


async def quote(room: Room[Options], visit: Visit, asked: Quoted) -> Json:
    """Today's prices for a cart, and what the visitor has to pay with."""
    code = parse_promo_code(asked.promo_code or "")
    bill = await ordering(room).bill(user_of(visit), language_of(visit), asked.cart, code)
    if bill.quote.lines:
        tell(room, "cart", user_of(visit), door="page")
    return shown_quote(bill)


async def order(room: Room[Options], visit: Visit, asked: Ordered) -> Json:
    """Place an order, once for its key. Raises `Problem` with a new quote if it cannot be as agreed."""
    user_id = user_of(visit)
    customer = await find_customer(room.database, room.bot, user_id)
    buyer = Buyer(
        bot=room.bot,
        chat_id=user_id,
        user_id=user_id,
        language=language_of(visit),
        contact=contact_of(visit, asked.contact, customer),
        comment="",
    )
    # The shop knows its customers: only they have a balance, friends, and a chat that goods are sent to.
    await know(room, visit, customer)
    if asked.contact:
        await set_contact(room.database, room.bot, user_id, buyer.contact)
    wish = Wish(
        asked.cart,
        asked.quote,
        asked.to_pay_minor,
        parse_promo_code(asked.promo_code or ""),
        use_balance=asked.use_balance,
    )
    outcome = await ordering(room).order(keyed(visit), buyer, wish)
    if isinstance(outcome, Refused):
        if outcome.why == "too_many_waiting":
            raise Problem("too_many_waiting")
        code = "sold_out" if outcome.why == "sold_out" else "price_changed"
        raise Problem(code, quote=shown_quote(outcome.bill))
    placed = outcome.order
    log.info("mini_app_order", bot=room.bot, user=user_id, order=placed.number, status=placed.status)
    return await show(room, visit, placed)
