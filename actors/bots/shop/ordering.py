"""Ordering, whichever way somebody came: by the form in the chat, by one press there, or on the page.

A route says who orders what, and what they have seen of it; what comes of it is decided here, so the routes
cannot differ. They only show it.
"""

from dataclasses import dataclass
from typing import Literal

from mailroom.actors.bots.shop import catalog
from mailroom.actors.bots.shop.balance import balance
from mailroom.actors.bots.shop.domain.bill import Bill
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.order import Order
from mailroom.actors.bots.shop.domain.reservation import reserve_minutes
from mailroom.actors.bots.shop.funnel import tell
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.order import find_order, find_order_of
from mailroom.actors.bots.shop.orders import PLACED, Buyer, QuoteChanged, SoldOut, TooManyWaiting, place_order
from mailroom.actors.bots.shop.promo_refusal import why_refused
from mailroom.actors.bots.shop.waiting import waiting_for
from mailroom.actors.cause import Begins
from mailroom.actors.hosting.room import Room
from mailroom.actors.paying.ways import Ways
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.schemas import SchemaPool

Why = Literal["gone", "changed", "sold_out", "too_many_waiting"]
"""`gone`: nothing of it is sold any more; `changed`: it is not what was agreed to, in goods, prices or what
is to be paid; `sold_out`: there are fewer; `too_many_waiting`: others of theirs wait for their payment.
"""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to order, and what they have seen of it."""

    cart: Cart
    quote: str
    """The fingerprint of the quote that was seen."""
    to_pay_minor: int | None = None
    """What of it was to be paid beside the balance; None where that was not said."""
    promo_code: str | None = None
    use_balance: bool = False
    once: bool = False
    """Whether an order of the very same that waits for its payment is what is wanted."""


@dataclass(frozen=True, slots=True)
class Placed:
    """The order, just written or found."""

    order: Order
    waited: bool = False
    """It was there: see `Wish.once`."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written. The bill is that of this moment, to be shown and agreed to."""

    why: Why
    bill: Bill


@dataclass(frozen=True, slots=True)
class Ordering:
    """Where a shop's customers are told what something costs, and order it."""

    room: Room[Options]
    ways: Ways
    """Who can be paid here."""

    @property
    def database(self) -> SchemaPool:
        """Where the shop's tables are."""
        return self.room.database

    async def bill(
        self,
        user_id: int,
        language: Language,
        cart: Cart,
        promo_code: str | None = None,
        *,
        use_balance: bool = False,
    ) -> Bill:
        """What a cart costs somebody now."""
        quote = await catalog.quote_cart(self.database, language, cart, promo_code, self.ways.least)
        refused, has_minor = None, 0
        if promo_code and not quote.used_promo_code:
            refused = await why_refused(self.database, promo_code)
        if quote.lines:
            has_minor = max(0, await balance(self.database, self.room.bot, user_id, quote.currency))
        return Bill(quote, has_minor, use_balance and has_minor > 0, refused, ways=self.ways)

    async def order(self, of: Begins, buyer: Buyer, wish: Wish) -> Placed | Refused:
        """Place the order of this message or question, or find it placed: what was agreed and written stays,
        whatever has changed since.
        """
        effect_id = of.cause.effect(PLACED)
        order = await find_order_of(self.database, effect_id)
        if order is not None:
            return Placed(order)
        outcome = await self._place(of, buyer, wish)
        if isinstance(outcome, Placed):
            if not outcome.waited:
                _tell(self.room, outcome.order)
            return outcome
        # Perhaps because this very effect, sent twice, has just been placed.
        order = await find_order_of(self.database, effect_id)
        return Placed(order) if order is not None else outcome

    def payable_at(self, order: Order) -> dict[str, str]:
        """Who takes what is to be paid for an order (`Ways.offered`); nobody where that is done by hand."""
        return self.ways.offered(order.to_pay_minor, order.currency)

    async def _place(self, of: Begins, buyer: Buyer, wish: Wish) -> Placed | Refused:
        bill = await self._bill(buyer, wish)
        quote = bill.quote
        if not quote.lines:
            return Refused("gone", bill)
        if quote.missing or quote.fingerprint != wish.quote:
            return Refused("changed", bill)
        if wish.once and (number := await waiting_for(self.database, self.room.bot, buyer.user_id, quote)):
            waiting = await find_order(self.database, number)
            if waiting is not None:
                return Placed(waiting, waited=True)
        try:
            order = await place_order(
                self.room,
                of,
                buyer,
                quote,
                reserve_minutes=reserve_minutes(bill, self.room.options.reserve_minutes),
                use_balance=bill.use_balance,
                ways=self.ways,
                to_pay_minor=wish.to_pay_minor,
            )
        except TooManyWaiting:
            return Refused("too_many_waiting", bill)
        except QuoteChanged:
            return Refused("changed", await self._bill(buyer, wish))
        except SoldOut:
            return Refused("sold_out", await self._bill(buyer, wish))
        return Placed(order)

    async def _bill(self, buyer: Buyer, wish: Wish) -> Bill:
        return await self.bill(
            buyer.user_id, buyer.language, wish.cart, wish.promo_code, use_balance=wish.use_balance
        )


def _tell(room: Room[Options], order: Order) -> None:
    sold = {"items": order.items, "total_minor": order.total_minor, "currency": order.currency}
    tell(room, "order", order.user_id, **sold)
