"""The shop as one aiogram router.

It runs on any aiogram 3 dispatcher that passes two things by name: `database`, an asyncpg pool with the
shop's schema, and `turn`, the message being handled (see `memory.Turn`).
"""

from aiogram import Router
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Message

from actors.bots.shop.memory import Remember
from actors.bots.shop.routes import basket, browse, confirm, fallback, form, history, menu


async def in_private(event: Message | CallbackQuery) -> bool:
    """Whether a person talks to the bot alone; a button whose message is forgotten counts as that."""
    message = event if isinstance(event, Message) else event.message
    return message is None or message.chat.type == ChatType.PRIVATE


def build() -> Router:
    """Make a fresh router: aiogram attaches each router to one parent only."""
    private = Router(name="shop.private")
    private.message.filter(in_private)
    private.callback_query.filter(in_private)
    # Commands first, then the form, which takes any text, then the rest.
    private.include_routers(
        menu.build(),
        browse.build(),
        basket.build(),
        history.build(),
        form.build(),
        confirm.build(),
        fallback.build(),
    )
    shop = Router(name="shop")
    shop.message.middleware(Remember())
    shop.callback_query.middleware(Remember())
    shop.include_routers(private, fallback.build_for_groups())
    return shop
