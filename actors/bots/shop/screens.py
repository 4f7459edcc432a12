"""What a customer sees: a text in HTML and the buttons below it. Pure: the same facts make the same screen.

All that comes from people or the catalogue is escaped here, and only here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from aiogram.types import InlineKeyboardMarkup

from actors.bots.shop import keyboards
from actors.bots.shop.contact import COMMENT_LENGTH_MAX, printable
from actors.bots.shop.language import Language
from actors.bots.shop.money import format_money
from actors.bots.shop.orders import Order, OrderSummary
from actors.bots.shop.product import Category, Page, Product
from actors.bots.shop.quote import Quote
from actors.bots.shop.texts import Texts


@dataclass(frozen=True)
class Screen:
    """A message of the shop, ready to be sent or to replace an earlier one."""

    text: str
    keyboard: InlineKeyboardMarkup | None = None

    def noting(self, notice: str) -> "Screen":
        """The same screen with a notice above it."""
        return Screen(f"{notice}\n\n{self.text}" if notice else self.text, self.keyboard)


def menu(texts: Texts, items: int, text: str = "") -> Screen:
    """The main menu, under a text of its own or another one."""
    return Screen(text or texts.menu, keyboards.menu(texts, items))


def greeting(texts: Texts, name: str, items: int) -> Screen:
    """The first thing a customer sees."""
    return menu(texts, items, texts.greeting.format(name=escape(printable(name))))


def help_page(texts: Texts) -> Screen:
    """How the shop works, and all commands."""
    return Screen(texts.help, keyboards.back_to_menu(texts))


def categories(texts: Texts, shelves: Sequence[Category], items: int) -> Screen:
    """The list of categories."""
    text = texts.categories if shelves else texts.categories_empty
    return Screen(text, keyboards.categories(texts, shelves, items))


def category_page(texts: Texts, page: Page, items: int) -> Screen:
    """One page of a category."""
    heading = texts.category if page.products else texts.category_empty
    title = f"{page.category.icon} {page.category.title}".strip()
    text = heading.format(title=escape(title), items=texts.items(page.category.products))
    if page.count > 1:
        text += "\n" + texts.page.format(number=page.number + 1, count=page.count)
    return Screen(text, keyboards.category_page(texts, page, items))


def product_card(texts: Texts, product: Product, page: int, quantity: int, items: int) -> Screen:
    """One product, and how many of it are in the cart already."""
    text = texts.product.format(
        title=escape(product.title),
        description=escape(product.description),
        price=format_money(product.price_minor, product.currency, texts.language),
    )
    if quantity:
        text += "\n" + texts.product_in_cart.format(quantity=quantity)
    return Screen(text, keyboards.product_card(texts, product, page, items))


def cart(texts: Texts, quote: Quote) -> Screen:
    """The cart with today's prices; says so when something had to leave it."""
    notice = texts.missing(len(quote.missing)) if quote.missing else ""
    if not quote.lines:
        return Screen(texts.cart_empty, keyboards.cart(texts, quote)).noting(notice)
    text = f"{texts.cart}\n\n{_quoted(texts, quote)}"
    return Screen(text, keyboards.cart(texts, quote)).noting(notice)


def ask_contact(texts: Texts, username: str | None, complaint: str = "") -> Screen:
    """Step 1 of the order form, or what was wrong with the answer to it."""
    return Screen(complaint or texts.ask_contact, keyboards.contact_step(texts, username))


def ask_comment(texts: Texts, complaint: str = "") -> Screen:
    """Step 2 of the order form, or what was wrong with the answer to it."""
    return Screen(
        complaint or texts.ask_comment.format(limit=COMMENT_LENGTH_MAX), keyboards.comment_step(texts)
    )


def summary(texts: Texts, quote: Quote, contact: str, comment: str) -> Screen:
    """Step 3 of the order form: all that will be in the order."""
    text = texts.summary.format(
        lines=_lines(texts, quote.currency, _quote_lines(quote)),
        total=_total(texts, quote.total_minor, quote.currency),
        contact=escape(contact),
        comment=escape(comment) or texts.no_comment,
    )
    return Screen(text, keyboards.confirm_step(texts, quote))


def order_placed(texts: Texts, order: Order) -> Screen:
    """The receipt of an order, from the row that was written."""
    text = texts.order_placed.format(
        number=order.number,
        lines=_lines(
            texts, order.currency, ((line.title, line.quantity, line.price_minor) for line in order.lines)
        ),
        total=_total(texts, order.total_minor, order.currency),
        contact=escape(order.contact),
        comment=escape(order.comment) or texts.no_comment,
    )
    return Screen(text, keyboards.back_to_menu(texts))


def orders(texts: Texts, recent: Sequence[OrderSummary]) -> Screen:
    """The customer's recent orders."""
    rows = [
        texts.order_row.format(
            number=order.number,
            date=_date(order.created_at, texts.language),
            status=texts.status_names.get(order.status, order.status),
            items=texts.items(order.items),
            total=format_money(order.total_minor, order.currency, texts.language),
        )
        for order in recent
    ]
    text = "\n\n".join([texts.orders, *rows]) if rows else texts.orders_empty
    return Screen(text, keyboards.back_to_menu(texts))


def _quoted(texts: Texts, quote: Quote) -> str:
    lines = _lines(texts, quote.currency, _quote_lines(quote))
    return f"{lines}\n\n{_total(texts, quote.total_minor, quote.currency)}"


def _quote_lines(quote: Quote) -> Iterable[tuple[str, int, int]]:
    return ((line.product.title, line.quantity, line.product.price_minor) for line in quote.lines)


def _lines(texts: Texts, currency: str, lines: Iterable[tuple[str, int, int]]) -> str:
    return "\n".join(
        texts.cart_line.format(
            number=number,
            title=escape(title),
            quantity=quantity,
            price=format_money(price_minor, currency, texts.language),
            total=format_money(price_minor * quantity, currency, texts.language),
        )
        for number, (title, quantity, price_minor) in enumerate(lines, start=1)
    )


def _total(texts: Texts, total_minor: int, currency: str) -> str:
    return texts.total.format(total=format_money(total_minor, currency, texts.language))


def _date(moment: datetime, language: Language) -> str:
    return f"{moment:%d.%m.%Y}" if language is Language.RU else f"{moment.day} {moment:%b %Y}"
