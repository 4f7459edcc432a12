"""The card of a product, with its picture where it has one."""

from dataclasses import replace

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.domain.cart import Cart
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.ordering import Ordering
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.picture import picture_of
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.turn import Turn


async def card_of(
    turn: Turn, texts: Texts, ordering: Ordering, product: Product, cart: Cart, page: int = 0
) -> Screen:
    """The card; `page` is where its "back" leads."""
    card = screens.product_card(
        texts, product, page, cart.quantity(product.id), cart.items, ordering.ways.least
    )
    return replace(card, picture=await picture_of(ordering.database, turn.bot, product.picture))
