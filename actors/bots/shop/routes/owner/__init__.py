"""The owner's side of the shop, in the chat: for the people named in its options, and for nobody else.

    access.py     who may, and what handlers are given       orders.py      orders and refunds
    complaints.py what is wrong with them                    replace.py     what does not work
    forms.py      what is asked for, and how one leaves      products.py    products and prices, pictures.py
                                                             policies.py    terms and privacy
    home.py       menu, figures, log                         stock.py       levels, upload, withdrawal
    documents.py  files that come and go                     discounts.py, broadcast.py

Whatever changes something goes through `kit.owners.deeds.once`: it is written down, and done once.
"""

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from mailroom.actors.bots.shop.owner_texts import OwnerTexts
from mailroom.actors.bots.shop.routes.owner import (
    broadcast,
    complaints,
    discounts,
    forms,
    home,
    orders,
    pictures,
    policies,
    products,
    replace,
    stock,
)
from mailroom.actors.bots.shop.routes.owner.access import OwnersSide, is_staff
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    Admin,
    AskPicture,
    AskPolicy,
    AskPrice,
    AskRefund,
    AskWithdraw,
    DoRefund,
    DoWithdraw,
    DropDraft,
    DropPicture,
    DropPolicy,
    MoveBroadcast,
    ReplaceItem,
    SendDraft,
    SetOnSale,
    ShowBroadcast,
    ShowItems,
    ShowPolicy,
    SwitchOff,
)
from mailroom.actors.kit.screens.replies import popup, send
from mailroom.actors.kit.screens.screen import Screen

OWNERS_COMMANDS = (
    "price",
    "refund",
    "withdraw",
    "discounts",
    "discount",
    "broadcast",
    "log",
    "products",
    "picture",
)
OWNERS_BUTTONS = (
    Admin, AskPicture, AskPolicy, AskPrice, AskRefund, AskWithdraw, DoRefund, DoWithdraw, DropDraft,
    DropPicture, DropPolicy, MoveBroadcast, ReplaceItem, SendDraft, SetOnSale, ShowBroadcast, ShowItems,
    ShowPolicy, SwitchOff,
)  # fmt: skip
"""What staff may not; it is theirs only to be told so."""


async def only_owners(message: Message, own: OwnerTexts) -> None:
    """A command that staff may not use."""
    await send(message, Screen(own.only_owners))


async def only_owners_button(callback: CallbackQuery, own: OwnerTexts) -> None:
    """A button that staff may not press."""
    await popup(callback, own.only_owners, alert=True)


def build() -> Router:
    """The routers of the owner's side; they come before all others of a private chat."""
    side = Router(name="shop.owner")
    for observer in (side.message, side.callback_query):
        observer.filter(is_staff)
        observer.middleware(OwnersSide())
    side.include_routers(
        forms.build(),
        home.build(),
        orders.build(),
        complaints.build(),
        replace.build(),
        products.build(),
        pictures.build(),
        policies.build(),
        stock.build(),
        discounts.build(),
        broadcast.build(),
        forms.build_rest(),
        _refusals(),
    )
    return side


def _refusals() -> Router:
    router = Router(name="shop.owner.refusals")
    router.message.register(only_owners, Command(*OWNERS_COMMANDS, ignore_case=True))
    for button in OWNERS_BUTTONS:
        router.callback_query.register(only_owners_button, button.filter())
    return router
