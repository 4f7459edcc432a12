"""The message that a customer sees: the parts of an answer, the card of an offer, and buttons. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from mailroom.actors.bots.shop import screens
from mailroom.actors.bots.shop.callbacks import AskAgain, BuyNow, Goto, OpenProduct, Place
from mailroom.actors.bots.shop.consultant.facts import Offer
from mailroom.actors.bots.shop.consultant.writing import summed
from mailroom.actors.bots.shop.domain.product import Product
from mailroom.actors.bots.shop.screens import Front
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.bots.shop.texts.consultant import ConsultantTexts
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money

BUTTON_CHARS_MAX = 40


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be said, decided and checked."""

    words: str
    """Plain text, to be remembered."""
    paragraphs: Sequence[str] = ()
    """HTML, to be shown."""
    products: Sequence[Product] = ()
    """What they are about."""
    offer: Offer | None = None
    notice: str = ""
    """To be said above it."""
    unanswered: bool = False
    """No model has answered: it is worth asking again."""


def shown(texts: Texts, reply: Reply, items: int, front: Front, again: str = "") -> Screen:
    """The reply as a message; with the main menu below it where it speaks of no product. `items` are in the
    cart; `again` is the name of the question, where it can be asked once more.
    """
    own = texts.consultant
    text = "\n\n".join(reply.paragraphs)
    if not reply.products and reply.offer is None:
        screen = screens.menu(texts, items, text, front)
    else:
        if reply.offer is not None:
            text = "\n\n".join(filter(None, [text, summed(own.offer, reply.offer, texts.language)]))
        screen = Screen(text, _keyboard(texts, own, reply.products, reply.offer))
    if again:
        screen = _above(screen, _button(own.button_again, AskAgain(question=again)))
    return screen.noting(reply.notice)


def _above(screen: Screen, button: InlineKeyboardButton) -> Screen:
    rows = screen.keyboard.inline_keyboard if screen.keyboard is not None else []
    return Screen(screen.text, InlineKeyboardMarkup(inline_keyboard=[[button], *rows]))


def _keyboard(
    texts: Texts, own: ConsultantTexts, products: Sequence[Product], offer: Offer | None
) -> InlineKeyboardMarkup:
    rows: list[list[InlineKeyboardButton]] = []
    if offer is not None:
        total = format_money(offer.quote.total_minor, offer.quote.currency, texts.language)
        pay = BuyNow(product=offer.product.id, quantity=offer.quantity, quote=offer.quote.fingerprint)
        rows.append([_button(own.button_pay(total=total), pay)])
    rows += [[_button(one.title[:BUTTON_CHARS_MAX], OpenProduct(product=one.id, page=0))] for one in products]
    rows.append(
        [
            _button(own.button_catalogue, Goto(place=Place.CATEGORIES)),
            _button(own.button_menu, Goto(place=Place.HOME)),
        ]
    )
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(text: str, data: CallbackData) -> InlineKeyboardButton:
    return InlineKeyboardButton(text=text, callback_data=data.pack())
