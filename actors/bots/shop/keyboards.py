"""The inline keyboards of the shop. Every button here has a handler; what would do nothing is left out."""

from collections.abc import Sequence

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from actors.bots.shop.callbacks import (
    AddToCart,
    ChangeLine,
    ClearCart,
    ConfirmOrder,
    FormAction,
    FormStep,
    Goto,
    LineAction,
    OpenCategory,
    OpenProduct,
    Place,
    StartOrder,
    SwitchLanguage,
)
from actors.bots.shop.money import format_money
from actors.bots.shop.product import Category, Page, Product
from actors.bots.shop.quote import Quote
from actors.bots.shop.texts import Texts

Row = list[InlineKeyboardButton]


def _button(text: str, data: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())


def _goto(text: str, place: Place) -> InlineKeyboardButton:
    return _button(text, Goto(place=place))


def _keyboard(*rows: Row) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(inline_keyboard=[row for row in rows if row])


def _cart_button(texts: Texts, items: int) -> InlineKeyboardButton:
    filled = texts.button_cart_filled.format(count=items)
    return _goto(filled if items else texts.button_cart, Place.CART)


def menu(texts: Texts, items: int) -> InlineKeyboardMarkup:
    """The main menu; the cart button says how many goods are in the cart."""
    return _keyboard(
        [_goto(texts.button_catalogue, Place.CATEGORIES), _cart_button(texts, items)],
        [_goto(texts.button_orders, Place.ORDERS), _goto(texts.button_help, Place.HELP)],
        [_button(texts.button_other_language, SwitchLanguage(to=texts.language.other))],
    )


def back_to_menu(texts: Texts) -> InlineKeyboardMarkup:
    """For screens one only reads."""
    return _keyboard([_goto(texts.button_catalogue, Place.CATEGORIES), _goto(texts.button_menu, Place.HOME)])


def categories(texts: Texts, shelves: Sequence[Category], items: int) -> InlineKeyboardMarkup:
    """A button for each category, then the ways out."""
    rows = [
        [
            _button(
                f"{shelf.icon} {shelf.title} ({shelf.products})".strip(),
                OpenCategory(category=shelf.id, page=0),
            )
        ]
        for shelf in shelves
    ]
    return _keyboard(*rows, [_cart_button(texts, items), _goto(texts.button_menu, Place.HOME)])


def category_page(texts: Texts, page: Page, items: int) -> InlineKeyboardMarkup:
    """A button for each product, arrows only in directions that exist."""
    rows = [
        [
            _button(
                f"{product.title} · {format_money(product.price_minor, product.currency, texts.language)}",
                OpenProduct(product=product.id, page=page.number),
            )
        ]
        for product in page.products
    ]
    arrows: Row = []
    if page.number > 0:
        arrows.append(
            _button(texts.button_previous, OpenCategory(category=page.category.id, page=page.number - 1))
        )
    if page.number < page.count - 1:
        arrows.append(
            _button(texts.button_next, OpenCategory(category=page.category.id, page=page.number + 1))
        )
    return _keyboard(
        *rows, arrows, [_goto(texts.button_categories, Place.CATEGORIES), _cart_button(texts, items)]
    )


def product_card(texts: Texts, product: Product, page: int, items: int) -> InlineKeyboardMarkup:
    """Add to cart, or go back to the page one came from."""
    return _keyboard(
        [_button(texts.button_add, AddToCart(product=product.id, page=page))],
        [
            _button(texts.button_back, OpenCategory(category=product.category_id, page=page)),
            _cart_button(texts, items),
        ],
    )


def cart(texts: Texts, quote: Quote) -> InlineKeyboardMarkup:
    """A row for each line: less, the product itself, more, remove."""
    rows = [
        [
            _button("➖", ChangeLine(action=LineAction.LESS, product=line.product.id)),
            _button(f"{number}. × {line.quantity}", OpenProduct(product=line.product.id, page=0)),
            _button("➕", ChangeLine(action=LineAction.MORE, product=line.product.id)),
            _button("✖️", ChangeLine(action=LineAction.REMOVE, product=line.product.id)),
        ]
        for number, line in enumerate(quote.lines, start=1)
    ]
    order = [_button(texts.button_checkout, StartOrder()), _button(texts.button_clear, ClearCart())]
    ways_out = [_goto(texts.button_catalogue, Place.CATEGORIES), _goto(texts.button_menu, Place.HOME)]
    return _keyboard(*rows, order if quote.lines else [], ways_out)


def _form(text: str, action: FormAction) -> InlineKeyboardButton:
    return _button(text, FormStep(action=action))


def contact_step(texts: Texts, username: str | None) -> InlineKeyboardMarkup:
    """Offers the customer's own @username, if there is one."""
    offer = [_form(texts.button_use_username.format(username=f"@{username}"), FormAction.USE_USERNAME)]
    return _keyboard(offer if username else [], [_form(texts.button_cancel, FormAction.CANCEL)])


def comment_step(texts: Texts) -> InlineKeyboardMarkup:
    """A comment may be skipped."""
    return _keyboard(
        [_form(texts.button_skip, FormAction.SKIP_COMMENT), _form(texts.button_cancel, FormAction.CANCEL)]
    )


def confirm_step(texts: Texts, quote: Quote) -> InlineKeyboardMarkup:
    """The confirm button is tied to exactly this quote."""
    return _keyboard(
        [_button(texts.button_confirm, ConfirmOrder(quote=quote.fingerprint))],
        [_form(texts.button_change, FormAction.CHANGE), _form(texts.button_cancel, FormAction.CANCEL)],
    )
