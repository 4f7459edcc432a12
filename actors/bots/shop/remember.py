"""What every handler is given of the customer whom it serves."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import BaseMiddleware
from aiogram.enums import ChatType
from aiogram.fsm.context import FSMContext
from aiogram.types import CallbackQuery, Chat, Message, TelegramObject, User

from mailroom.actors.bots.shop.billing import Bills
from mailroom.actors.bots.shop.customers import remember
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.referral import referrer_in
from mailroom.actors.bots.shop.memory import CART, KNOWN, LANGUAGE, ComplaintForm, PromoForm
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.screens import Front
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.kit.screens.page import page_address
from mailroom.actors.paying.ways import Ways
from mailroom.actors.texts.language import Language

START = re.compile(r"/start(?:@\w+)?\s+(\S+)\s*", re.IGNORECASE)
"""What Telegram writes for somebody who has followed a link to the bot."""


LEFT_BY_ANY_BUTTON = (PromoForm.code.state, ComplaintForm.text.state)


class Remember(BaseMiddleware):
    """Hands every handler the customer's `texts`, `language`, `cart`, `bills`, `user_id` and `front`, and the
    `ordering` of the shop, and keeps the table of customers up to date.
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
        language = TEXTS.choose(remembered.get(LANGUAGE), user.language_code if user else None)
        if user is not None:
            await _meet(event, data, user, language, remembered.get(KNOWN))
        if isinstance(event, CallbackQuery) and await state.get_state() in LEFT_BY_ANY_BUTTON:
            await state.set_state(None)
        texts, user_id = TEXTS[language], user.id if user else 0
        ways = Ways(data.get("payments") or {})
        ordering = Ordering(data["room"], ways)
        own = {
            "texts": texts,
            "language": texts.language,
            "cart": Cart.from_data(remembered.get(CART)),
            "bills": Bills(ordering, state, texts.language, user_id),
            "user_id": user_id,
            "front": Front(consultant=data["room"].models is not None, app_url=page_address(data["room"])),
            "ordering": ordering,
        }
        return await handler(event, data | own)


async def _meet(
    event: TelegramObject, data: dict[str, Any], user: User, language: Language, known: Any
) -> None:
    """Write down who this is: at the first message, whatever it is, and when name or language change."""
    chat: Chat | None = data.get("event_chat")
    if chat is not None and chat.type != ChatType.PRIVATE:
        return
    now = [language, user.full_name]
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
