"""The bill of whoever is served in a chat: the cart as it is priced now, and how they mean to pay for it."""

from dataclasses import dataclass, replace

from aiogram.fsm.context import FSMContext

from mailroom.actors.bots.shop.domain.bill import Bill
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.memory import PROMO, USE_BALANCE, forget, save_cart
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.texts.language import Language


@dataclass(frozen=True, slots=True)
class Bills:
    """What is needed to make out a customer's bill."""

    ordering: Ordering
    state: FSMContext
    language: Language
    user_id: int

    async def read(self, cart: Cart) -> Bill:
        """Price the cart, and drop from it what is no longer sold, and a promo code that is no longer valid;
        the bill tells what was dropped.
        """
        remembered = await self.state.get_data()
        bill = await self.ordering.bill(
            self.user_id,
            self.language,
            cart,
            remembered.get(PROMO),
            use_balance=bool(remembered.get(USE_BALANCE)),
        )
        if bill.quote.missing:
            await save_cart(self.state, cart.without(*bill.quote.missing))
        return await self._without_refused_code(bill)

    async def _without_refused_code(self, bill: Bill) -> Bill:
        if bill.promo_refused is None:
            return bill
        await forget(self.state, PROMO)
        quote = replace(bill.quote, promo_code=None)
        return replace(bill, quote=quote, promo_refused=None, promo_gone=bill.quote.promo_code)
