"""The order form: contact, comment, and all that will be ordered."""

from html import escape

from aiogram.types import InlineKeyboardButton

from mailroom.actors.bots.shop.callbacks import ConfirmOrder, FormAction, FormStep
from mailroom.actors.bots.shop.domain.bill import Bill, seen
from mailroom.actors.bots.shop.domain.contact import COMMENT_LENGTH_MAX
from mailroom.actors.bots.shop.screens.basket import bill_text
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import Row, button, keyboard
from mailroom.actors.kit.screens.screen import Screen

BUTTON_CONTACT_CHARS_MAX = 40
"""What a phone shows of a button; the longest e-mail address has 254."""


def ask_contact(texts: Texts, username: str | None, known: str = "", complaint: str = "") -> Screen:
    """Step 1, or what was wrong with the answer to it. Offers the contact we know, and the @username."""
    own = texts.form
    offers: list[Row] = []
    if known:
        label = (
            known if len(known) <= BUTTON_CONTACT_CHARS_MAX else known[: BUTTON_CONTACT_CHARS_MAX - 1] + "…"
        )
        offers.append([_form(own.button_use_contact(contact=label), FormAction.USE_KNOWN)])
    if username and known != f"@{username}":
        label = own.button_use_contact(contact=f"@{username}")
        offers.append([_form(label, FormAction.USE_USERNAME)])
    cancel = [_form(own.button_cancel, FormAction.CANCEL)]
    return Screen(complaint or own.ask_contact, keyboard(*offers, cancel))


def ask_comment(texts: Texts, complaint: str = "") -> Screen:
    """Step 2, or what was wrong with the answer to it. A comment may be skipped."""
    own = texts.form
    buttons = [_form(own.button_skip, FormAction.SKIP_COMMENT), _form(own.button_cancel, FormAction.CANCEL)]
    return Screen(complaint or own.ask_comment(limit=COMMENT_LENGTH_MAX), keyboard(buttons))


def summary(texts: Texts, bill: Bill, contact: str, comment: str) -> Screen:
    """Step 3: all that will be in the order. The confirm button is tied to exactly this quote."""
    own = texts.form
    text = own.summary(bill=bill_text(texts, bill), about=_about(texts, contact, comment))
    return Screen(
        text,
        keyboard(
            [button(own.button_confirm, ConfirmOrder(quote=seen(bill)))],
            [_form(own.button_change, FormAction.CHANGE), _form(own.button_cancel, FormAction.CANCEL)],
        ),
    )


def _about(texts: Texts, contact: str, comment: str) -> str:
    """Contact and comment of an order."""
    return "\n".join(
        [
            texts.form.contact(contact=escape(contact)),
            texts.form.comment(comment=escape(comment) or texts.form.no_comment),
        ]
    )


def _form(text: str, action: FormAction) -> InlineKeyboardButton:
    return button(text, FormStep(action=action))
