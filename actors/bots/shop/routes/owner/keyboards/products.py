"""What can be done about products."""

from collections.abc import Sequence

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.goods import Good
from mailroom.actors.bots.shop.routes.owner.callbacks import (
    AdminPlace,
    AskPicture,
    AskPrice,
    AskWithdraw,
    DropPicture,
    SetOnSale,
    ShowProduct,
    ShowProducts,
)
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import goto
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import Row, button, keyboard


def products(
    own: OwnerTexts, labels: Sequence[tuple[int, str]], page: int, pages: int
) -> InlineKeyboardMarkup:
    """A button for each product, arrows only in directions that exist."""
    rows = [[button(label, ShowProduct(product=id_))] for id_, label in labels]
    arrows: Row = []
    if page > 0:
        arrows.append(button(own.shared.button_previous, ShowProducts(page=page - 1)))
    if page < pages - 1:
        arrows.append(button(own.shared.button_next, ShowProducts(page=page + 1)))
    return keyboard(*rows, arrows, [goto(own.shared.button_back, AdminPlace.HOME)])


def product(own: OwnerTexts, good: Good, *, owner: bool) -> InlineKeyboardMarkup:
    """What can be done about a product."""
    switch = own.products.button_off_sale if good.active else own.products.button_on_sale
    put = own.products.button_add_picture if good.picture is None else own.products.button_other_picture
    change = [
        button(own.products.button_price, AskPrice(product=good.id)),
        button(switch, SetOnSale(product=good.id, on=not good.active)),
    ]
    picture = [button(put, AskPicture(product=good.id))]
    if good.picture is not None:
        picture.append(button(own.products.button_picture_off, DropPicture(product=good.id)))
    withdraw = [button(own.stock.button_withdraw, AskWithdraw(product=good.id))]
    return keyboard(
        change if owner else [],
        picture if owner else [],
        withdraw if owner and good.available else [],
        [
            button(own.shared.button_refresh, ShowProduct(product=good.id)),
            button(own.shared.button_back, ShowProducts(page=0)),
        ],
    )
