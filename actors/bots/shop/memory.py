"""What the shop remembers of a chat between messages, and how handlers get it.

All of it is FSM data: it is committed together with the message that changed it. The keys are LANGUAGE
and CART, which stay, and CONTACT and COMMENT, which live as long as the order form.
"""

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from aiogram import BaseMiddleware
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import TelegramObject, User

from actors.bots.shop.cart import Cart
from actors.bots.shop.language import choose_language
from actors.bots.shop.texts import TEXTS

LANGUAGE = "language"
CART = "cart"
CONTACT = "contact"
COMMENT = "comment"


class OrderForm(StatesGroup):
    """Where in the order form a customer is; no state means no form."""

    contact = State()
    comment = State()
    confirm = State()


class Turn(Protocol):
    """What the shop needs to know about the message being handled; the host passes it as `turn`."""

    @property
    def bot(self) -> str:
        """The name of the bot in the configuration."""

    def effect_id(self, name: str) -> str:
        """A name for an effect of this message that is the same when the message is handled again."""


class Remember(BaseMiddleware):
    """Hands every handler the customer's `texts` and `cart`."""

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Read both once, before the handler."""
        state: FSMContext = data["state"]
        user: User | None = data.get("event_from_user")
        remembered = await state.get_data()
        language = choose_language(remembered.get(LANGUAGE), user.language_code if user else None)
        return await handler(
            event, data | {"texts": TEXTS[language], "cart": Cart.from_data(remembered.get(CART))}
        )


async def save_cart(state: FSMContext, cart: Cart) -> None:
    """Remember the cart."""
    await state.update_data({CART: cart.to_data()})


async def close_form(state: FSMContext) -> None:
    """Forget the order form, keep language and cart."""
    remembered = await state.get_data()
    await state.set_state(None)
    await state.set_data({key: remembered[key] for key in (LANGUAGE, CART) if key in remembered})
