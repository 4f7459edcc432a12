"""The bill of whoever is served: the cart as it is priced now, and what they mean to pay for it with."""

from dataclasses import dataclass, replace

from aiogram.fsm.context import FSMContext
from asyncpg import Pool

from mailroom.actors.bots.shop import catalog
from mailroom.actors.bots.shop.balance import balance
from mailroom.actors.bots.shop.bill import Bill
from mailroom.actors.bots.shop.cart import Cart
from mailroom.actors.bots.shop.language import Language
from mailroom.actors.bots.shop.memory import PROMO, USE_BALANCE, forget, save_cart
from mailroom.actors.bots.shop.promo_refusal import why_refused
from mailroom.actors.paying.ways import Ways


@dataclass(frozen=True, slots=True)
class Bills:
    """What is needed to make out a customer's bill."""

    database: Pool
    state: FSMContext
    bot: str
    ways: Ways
    language: Language
    user_id: int

    async def read(self, cart: Cart) -> Bill:
        """Price the cart, and drop from it what is no longer sold, and a promo code that is no longer valid;
        the bill tells what was dropped.
        """
        remembered = await self.state.get_data()
        code: str | None = remembered.get(PROMO)
        quote = await catalog.quote_cart(self.database, self.language, cart, code, self.ways.least)
        if quote.missing:
            await save_cart(self.state, cart.without(*quote.missing))
        gone = None
        if code and not quote.used_promo_code and await why_refused(self.database, code) is not None:
            await forget(self.state, PROMO)
            gone, quote = code, replace(quote, promo_code=None)
        has_minor = 0
        if quote.lines:
            has_minor = await balance(self.database, self.bot, self.user_id, quote.currency)
        return Bill(quote, has_minor, bool(remembered.get(USE_BALANCE)) and has_minor > 0, gone, self.ways)
