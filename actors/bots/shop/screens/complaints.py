"""What a customer sees who has a problem with an order."""

from html import escape

from mailroom.actors.bots.shop.callbacks import Complain, LeaveComplaint, OpenOrder, Place
from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX, Complaint, Taken
from mailroom.actors.bots.shop.keyboards import goto
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import button, keyboard
from mailroom.actors.kit.screens.screen import Screen

SAID_CHARS_MAX = 300
"""Of each message that was written before: a reminder, not the whole of it."""


def ask_complaint(texts: Texts, number: int, complaint: Complaint | None) -> Screen:
    """What is wrong? Below it what was said so far."""
    own = texts.complaints
    asked = (own.ask_more if complaint is not None and complaint.open else own.ask)(number=number)
    said = [
        own.said(who=own.you if one.who is None else own.shop, text=escape(_short(one.text)))
        for one in (complaint.messages if complaint is not None else ())
    ]
    leave = button(own.button_leave, LeaveComplaint(order=number))
    return Screen("\n\n".join([asked, *said]), keyboard([leave]))


def complaint_taken(texts: Texts, number: int, taken: Taken, *, first: bool, cut: bool) -> Screen:
    """What became of a message."""
    own = texts.complaints
    said = own.taken if first else own.added(number=number)
    if taken == "too_many":
        said = own.too_many
    elif taken == "not_now":
        said = own.not_now_popup
    screen = Screen(
        said,
        keyboard(
            [
                goto(own.button_done, Place.HOME),
                button(own.button_order(number=number), OpenOrder(order=number)),
            ]
        ),
    )
    return screen.noting(own.cut(limit=COMPLAINT_CHARS_MAX) if cut and taken == "taken" else "")


def complaint_left(texts: Texts, number: int) -> Screen:
    """Nothing was passed on."""
    own = texts.complaints
    order = button(own.button_order(number=number), OpenOrder(order=number))
    return Screen(own.left, keyboard([order, goto(texts.menu.button_menu, Place.HOME)]))


def answered(texts: Texts, number: int, text: str) -> Screen:
    """What the shop says to it."""
    own = texts.complaints
    return Screen(
        own.answer(number=number, text=escape(text)),
        keyboard(
            [
                button(own.button_write, Complain(order=number)),
                button(own.button_order(number=number), OpenOrder(order=number)),
            ]
        ),
    )


def _short(text: str) -> str:
    return text if len(text) <= SAID_CHARS_MAX else f"{text[: SAID_CHARS_MAX - 1]}…"
