"""What the shop remembers of a chat between messages.

All of it is FSM data: it is committed together with the message that changed it. LANGUAGE stays, and KNOWN,
which says what the table of customers knows. CART, PROMO and USE_BALANCE live until they are ordered, CONTACT
and COMMENT as long as the order form, COMPLAINT while somebody tells what is wrong with an order. The
consultant and the pages of orders keep keys of their own.
"""

from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup

from mailroom.actors.bots.shop.domain.cart import Cart

LANGUAGE = "language"
KNOWN = "known"
CART = "cart"
PROMO = "promo"
USE_BALANCE = "use_balance"
CONTACT = "contact"
COMMENT = "comment"
COMPLAINT = "complaint"


class OrderForm(StatesGroup):
    """Where in the order form a customer is; no state means no form."""

    contact = State()
    comment = State()
    confirm = State()


class PromoForm(StatesGroup):
    """The step where one types a promo code. Any button leaves it: who presses has stopped typing."""

    code = State()


class ComplaintForm(StatesGroup):
    """The step where one tells what is wrong with an order. Any button leaves it, too."""

    text = State()


async def save_cart(state: FSMContext, cart: Cart) -> None:
    """Remember the cart."""
    await state.update_data({CART: cart.to_data()})


async def forget(state: FSMContext, *keys: str) -> None:
    """Remember these no longer."""
    remembered = await state.get_data()
    await state.set_data({key: value for key, value in remembered.items() if key not in keys})


async def close_form(state: FSMContext) -> None:
    """Forget the order form, keep the rest."""
    await state.set_state(None)
    await forget(state, CONTACT, COMMENT)
