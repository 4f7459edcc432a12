"""Problems with orders: who waits for an answer, and one of them."""

from collections.abc import Sequence
from html import escape

from mailroom.actors.bots.shop.complaints import Waiting
from mailroom.actors.bots.shop.owner_orders import Dossier
from mailroom.actors.bots.shop.routes.owner.keyboards import complaints as keyboards
from mailroom.actors.bots.shop.routes.owner.screens.orders import (
    LINES_CHARS_MAX,
    is_refundable,
    replaceable,
)
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.owners.lists import fitted, shortened
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.dates import format_moment

SAID_CHARS_MAX = 350
"""Of each message of a complaint: the last ones have to fit, with the order."""


def complaint(own: OwnerTexts, found: Dossier, *, owner: bool) -> Screen:
    """What is wrong with an order: the order, who has it, and what was said last."""
    one, about = found.order, found.complaint
    said = [
        own.complaints.said(
            at=format_moment(message.at, own.language),
            who=escape(message.who or own.complaints.customer),
            text=escape(shortened(message.text, SAID_CHARS_MAX)),
        )
        for message in (about.messages if about is not None else ())
    ]
    waits = about is not None and about.open
    lines = [f"{escape(line.title)} × {line.quantity}" for line in one.lines]
    text = own.complaints.page(
        number=one.number,
        status=own.statuses.order[one.status],
        name=escape(found.name) or "–",
        contact=escape(one.contact) or "–",
        user=one.user_id,
        lines=fitted(lines, LINES_CHARS_MAX),
        said="\n".join(said) or own.shared.nothing_here,
        state=own.complaints.waits if waits else own.complaints.waits_not,
    )
    keyboard = keyboards.complaint(
        own,
        one.number,
        waits=waits,
        refundable=is_refundable(found, owner=owner),
        items=replaceable(found, owner=owner),
    )
    return Screen(text, keyboard)


def complaints(own: OwnerTexts, found: Sequence[Waiting], count: int) -> Screen:
    """Those who wait for an answer, each a button."""
    labels = [
        (one.order, own.complaints.row(number=one.order, name=one.name, text=shortened(one.text, 40)))
        for one in found
    ]
    text = own.complaints.heading(count=count) if found else own.complaints.none
    return Screen(text, keyboards.complaints(own, labels))
