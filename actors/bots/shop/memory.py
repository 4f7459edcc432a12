"""What the shop remembers of a chat between messages, and how handlers get it.

All of it is FSM data: it is committed together with the message that changed it. LANGUAGE stays, and KNOWN,
which says what the table of customers knows. CART, PROMO and USE_BALANCE live until they are ordered, CONTACT
and COMMENT as long as the order form. The consultant keeps its own key.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol
from urllib.parse import urlencode

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, User

from actors.bots.shop.cart import Cart
from actors.bots.shop.customers import referrer_in, remember
from actors.bots.shop.language import Language, choose_language
from actors.bots.shop.screens import Front
from actors.bots.shop.texts import TEXTS
from actors.bots.shop.ways import ways_of
from storage.postgres.outbox.job import Origin

LANGUAGE = "language"
KNOWN = "known"
CART = "cart"
PROMO = "promo"
USE_BALANCE = "use_balance"
CONTACT = "contact"
COMMENT = "comment"

START = re.compile(r"/start(?:@\w+)?\s+(\S+)\s*", re.IGNORECASE)
"""What Telegram writes for somebody who has followed a link to the bot."""

Wake = Callable[[str], None]
"""Tells the workers of a queue that a job was committed."""


class OrderForm(StatesGroup):
    """Where in the order form a customer is; no state means no form."""

    contact = State()
    comment = State()
    confirm = State()


class PromoForm(StatesGroup):
    """The step where one types a promo code. Any button leaves it: who presses has stopped typing."""

    code = State()


class Turn(Protocol):
    """What the shop needs to know about the message being handled; the host passes it as `turn`."""

    @property
    def bot(self) -> str:
        """The name of the bot in the configuration."""

    def effect_id(self, name: str) -> str:
        """A name for an effect of this message that is the same when the message is handled again."""

    def origin(self, name: str) -> Origin:
        """The same as the origin of a job: it is enqueued once, however often the message is handled."""


class Remember(BaseMiddleware):
    """Hands every handler the customer's `texts`, `cart`, `user_id` and `front`, and the `ways` to pay, and
    keeps the table of customers up to date.
    """

    async def __call__(
        self,
        handler: Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]],
        event: TelegramObject,
        data: dict[str, Any],
    ) -> Any:
        """Read all once, before the handler."""
        state: FSMContext = data["state"]
        user: User | None = data.get("event_from_user")
        remembered = await state.get_data()
        language = choose_language(remembered.get(LANGUAGE), user.language_code if user else None)
        if user is not None:
            await _meet(event, data, user, language, remembered.get(KNOWN))
        if isinstance(event, CallbackQuery) and await state.get_state() == PromoForm.code.state:
            await state.set_state(None)
        own = {
            "texts": TEXTS[language],
            "cart": Cart.from_data(remembered.get(CART)),
            "user_id": user.id if user else 0,
            "front": front_of(data),
            "ways": ways_of(data["options"], data.get("payments") or {}),
        }
        return await handler(event, data | own)


def front_of(data: Mapping[str, Any]) -> Front:
    """What the menu leads to, by what the host offers. Telegram takes no button with an address of this
    machine; a demo's Telegram does.
    """
    url = str(data.get("public_url") or "").rstrip("/")
    opens = url.startswith("https://") or (url and data.get("demo"))
    app_url = f"{url}/app/shop?{urlencode({'bot': data['turn'].bot})}" if opens else ""
    return Front(consultant=data.get("models") is not None, app_url=app_url)


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


async def _meet(
    event: TelegramObject, data: dict[str, Any], user: User, language: Language, known: Any
) -> None:
    """Write down who this is: at the first message, whatever it is, and when name or language change."""
    chat: Chat | None = data.get("event_chat")
    if chat is not None and chat.type != ChatType.PRIVATE:
        return
    now = [language.value, user.full_name]
    if known == now:
        return
    payload = START.fullmatch(event.text or "") if isinstance(event, Message) else None
    # Without the message, the private chat with the customer has the customer's own id.
    await remember(
        data["database"],
        data["turn"].bot,
        user,
        chat.id if chat else user.id,
        language,
        referrer_in(payload[1]) if payload else None,
    )
    await data["state"].update_data({KNOWN: now})
