"""An answer to whatever no other router understood, so that a customer is never met with silence."""

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.screens import Front
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.replies import popup, send
from mailroom.actors.kit.screens.screen import Screen


async def unknown_text(message: Message, texts: Texts, cart: Cart, front: Front) -> None:
    """Words outside of any form, where no consultant reads them."""
    await send(message, screens.menu(texts, cart.items, texts.menu.unknown_text, front))


async def unknown_media(message: Message, texts: Texts, cart: Cart, front: Front) -> None:
    """A photo, a sticker, a voice message and the like."""
    await send(message, screens.menu(texts, cart.items, texts.menu.unknown_media, front))


async def unknown_button(callback: CallbackQuery, texts: Texts) -> None:
    """A button of an earlier version of the shop, or one we never made."""
    await popup(callback, texts.menu.old_button_popup, alert=True)


async def not_private(message: Message, texts: Texts) -> None:
    """A command in a group, where contacts must not be asked for."""
    await send(message, Screen(texts.menu.private_only))


def build() -> Router:
    """The last router of a private chat."""
    router = Router(name="shop.fallback")
    router.message.register(unknown_text, F.text)
    router.message.register(unknown_media)
    router.callback_query.register(unknown_button)
    return router


def build_for_groups() -> Router:
    """All the shop does outside private chats: it names the place to go, and only when it is addressed."""
    router = Router(name="shop.groups")
    router.message.register(not_private, Command("start", "help", "catalog", "cart", "orders"))
    router.callback_query.register(unknown_button)
    return router
