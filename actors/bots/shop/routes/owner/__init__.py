"""The owner's side of the shop, in the chat: for the people named in its options, and for nobody else.

    access.py     who may, and what they are told            orders.py      orders and refunds
    complaints.py what is wrong with them                    replace.py     what does not work
    forms.py      what is asked for, and how one leaves      products.py    products and prices, pictures.py
    home.py       menu, figures, log                         stock.py       levels, upload, withdrawal
    screens/, keyboards/   what they see, a file a theme     discounts.py   discounts

Roles, files that come and go, and broadcasts are the kit's: `actors/kit/owners/`; so are terms and privacy.

Whatever changes something goes through `kit.owners.deeds.once`: it is written down, and done once.
"""

from aiogram import Router

from mailroom.actors.bots.shop.audience import AUDIENCE
from mailroom.actors.bots.shop.policies import POLICIES
from mailroom.actors.bots.shop.routes.owner import (
    complaints,
    discounts,
    forms,
    home,
    orders,
    pictures,
    products,
    replace,
    stock,
)
from mailroom.actors.bots.shop.routes.owner.access import is_owner, is_staff, owners_side
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    Admin,
    AdminPlace,
    AskPicture,
    AskPrice,
    AskRefund,
    AskWithdraw,
    DoRefund,
    DoWithdraw,
    DropPicture,
    ReplaceItem,
    SetOnSale,
    ShowItems,
    SwitchOff,
)
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.kit.owners.broadcasts.callbacks import DropDraft, MoveBroadcast, SendDraft, ShowBroadcast
from mailroom.actors.kit.owners.broadcasts.routes import BroadcastRoutes
from mailroom.actors.kit.owners.broadcasts.screens import Places
from mailroom.actors.kit.owners.forms import needing_text
from mailroom.actors.kit.owners.withheld import withheld
from mailroom.actors.kit.policies.callbacks import AskPolicy, DropPolicy, ShowPolicy
from mailroom.actors.kit.policies.routes import PolicyRoutes

PLACES = Places(
    home=Admin(place=AdminPlace.HOME),
    broadcasts=Admin(place=AdminPlace.BROADCASTS),
    new=Admin(place=AdminPlace.NEW_BROADCAST),
)

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


def build() -> Router:
    """The routers of the owner's side; they come before all others of a private chat."""
    side = Router(name="shop.owner")
    for observer in (side.message, side.callback_query):
        observer.filter(is_staff)
        observer.middleware(owners_side())
    side.include_routers(
        forms.build(),
        home.build(),
        orders.build(),
        complaints.build(),
        replace.build(),
        products.build(),
        pictures.build(),
        PolicyRoutes(
            POLICIES,
            TEXTS.languages,
            Admin(place=AdminPlace.POLICIES),
            Admin(place=AdminPlace.HOME),
            forms.OwnerForm.policy,
            is_owner,
            name="shop.owner.policies",
        ).router(),
        stock.build(),
        discounts.build(),
        BroadcastRoutes(
            AUDIENCE, PLACES, forms.OwnerForm.broadcast, is_owner, name="shop.owner.broadcast"
        ).router(),
        needing_text("shop.owner.forms.rest", forms.OwnerForm),
        withheld("shop.owner.refusals", OWNERS_COMMANDS, OWNERS_BUTTONS),
    )
    return side
