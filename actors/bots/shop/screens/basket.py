"""The cart with its prices, and the step where one types a promo code."""

from html import escape

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from mailroom.actors.bots.shop.callbacks import (
    AskPromo,
    ChangeLine,
    ClearCart,
    DropPromo,
    FitCart,
    LineAction,
    OpenProduct,
    Place,
    StartOrder,
    UseBalance,
)
from mailroom.actors.bots.shop.domain.bill import Bill, promo_effect
from mailroom.actors.bots.shop.domain.quote import Quote, QuoteLine
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import Row, button, keyboard
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money
from mailroom.actors.kit.speech.percent import format_percent


def cart(texts: Texts, bill: Bill) -> Screen:
    """The cart with today's prices; says so when something had to leave it, or there is too little of it."""
    notice = texts.cart.missing(count=len(bill.quote.missing)) if bill.quote.missing else ""
    if not bill.quote.lines:
        return Screen(texts.cart.empty, keyboard(ways_out(texts))).noting(notice)
    if bill.quote.short:
        notice = "\n".join(filter(None, [notice, texts.cart.short]))
    text = f"{texts.cart.title}\n\n{bill_text(texts, bill)}"
    return Screen(text, _keyboard(texts, bill)).noting(notice)


def bill_text(texts: Texts, bill: Bill) -> str:
    """The lines and the sums of a bill."""
    quote = bill.quote
    lines = "\n".join(_line(texts, quote, number, line) for number, line in enumerate(quote.lines, start=1))
    sums = [total_text(texts, quote.total_minor, quote.list_total_minor, quote.currency)]
    if bill.from_balance_minor:
        sums += balance_text(texts, bill.from_balance_minor, bill.to_pay_minor, quote.currency)
    if bill.leaves_some:
        least = format_money(bill.ways.least(quote.currency), quote.currency, texts.language)
        sums.append(texts.cart.balance_leaves(amount=least))
    return "\n\n".join(filter(None, [lines, _promo(texts, bill), "\n".join(sums)]))


def line_text(
    texts: Texts,
    number: int,
    title: str,
    quantity: int,
    price_minor: int,
    list_price_minor: int,
    currency: str,
) -> str:
    """One line of a cart or an order; a price that a discount has made is told beside the one it replaces."""

    def money(amount_minor: int) -> str:
        return format_money(amount_minor, currency, texts.language)

    before = f"<s>{money(list_price_minor)}</s> " if list_price_minor != price_minor else ""
    return texts.cart.line(
        number=number,
        title=escape(title),
        quantity=quantity,
        price=before + money(price_minor),
        total=money(price_minor * quantity),
    )


def total_text(texts: Texts, total_minor: int, list_total_minor: int, currency: str) -> str:
    """The sum of a cart or an order."""
    total = format_money(total_minor, currency, texts.language)
    if list_total_minor == total_minor:
        return texts.cart.total(total=total)
    before = format_money(list_total_minor, currency, texts.language)
    return texts.cart.total_discounted(total=total, before=before)


def balance_text(texts: Texts, from_balance_minor: int, to_pay_minor: int, currency: str) -> list[str]:
    """What the balance pays, and what remains."""
    return [
        texts.cart.from_balance(amount=format_money(from_balance_minor, currency, texts.language)),
        texts.cart.to_pay(amount=format_money(to_pay_minor, currency, texts.language)),
    ]


def ask_promo(texts: Texts, complaint: str = "") -> Screen:
    """The step where one types a promo code, or what was wrong with the one that was typed."""
    return Screen(complaint or texts.cart.ask_promo, keyboard([goto(texts.cart.button_back, Place.CART)]))


def _line(texts: Texts, quote: Quote, number: int, line: QuoteLine) -> str:
    product = line.product
    text = line_text(
        texts, number, product.title, line.quantity, line.price_minor, product.price_minor, product.currency
    )
    if line.discount is not None:
        text += "\n" + texts.catalogue.discount(
            title=escape(line.discount.title), percent=format_percent(-line.discount.percent, texts.language)
        )
    short = dict(quote.short)
    if product.id in short:
        left = short[product.id]
        text += "\n" + (texts.cart.line_left(count=left) if left else texts.cart.line_sold_out)
    return text


def _promo(texts: Texts, bill: Bill) -> str:
    code = bill.quote.promo_code
    if bill.promo_gone:
        return texts.form.promo_gone(code=escape(bill.promo_gone))
    if code is None:
        return ""
    effect, quantity = promo_effect(bill.quote)
    shown = escape(code)
    match effect:
        case "works":
            return texts.cart.promo_works(code=shown)
        case "more_needed":
            return texts.cart.promo_more_needed(code=shown, quantity=quantity)
        case "better_already":
            return texts.cart.promo_better_already(code=shown)
        case "other_goods":
            return texts.cart.promo_other_goods(code=shown)


def _keyboard(texts: Texts, bill: Bill) -> InlineKeyboardMarkup:
    own, quote = texts.cart, bill.quote
    rows: list[Row] = [
        [
            button("➖", ChangeLine(action=LineAction.LESS, product=line.product.id)),
            button(f"{number}. × {line.quantity}", OpenProduct(product=line.product.id, page=0)),
            button("➕", ChangeLine(action=LineAction.MORE, product=line.product.id)),
            button("✖️", ChangeLine(action=LineAction.REMOVE, product=line.product.id)),
        ]
        for number, line in enumerate(quote.lines, start=1)
    ]
    if quote.promo_code is None:
        rows.append([button(own.button_promo, AskPromo())])
    else:
        rows.append([button(own.button_drop_promo(code=quote.promo_code), DropPromo())])
    if bill.from_balance_most_minor:
        rows.append([_balance(texts, bill)])
    order = button(own.button_fit, FitCart()) if quote.short else button(own.button_checkout, StartOrder())
    rows.append([order, button(own.button_clear, ClearCart())])
    return keyboard(*rows, ways_out(texts))


def _balance(texts: Texts, bill: Bill) -> InlineKeyboardButton:
    amount = format_money(bill.from_balance_most_minor, bill.quote.currency, texts.language)
    label = texts.cart.button_keep_balance if bill.use_balance else texts.cart.button_use_balance
    return button(label(amount=amount), UseBalance(on=not bill.use_balance))
