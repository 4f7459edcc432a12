"""Terms, privacy, and the deletion of one's data."""

from collections.abc import Mapping, Sequence

from mailroom.actors.bots.shop.callbacks import AskErasure, DoErasure, Place
from mailroom.actors.bots.shop.erasure import Before
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import button, keyboard
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.money import format_money


def terms(texts: Texts, html: str) -> Screen:
    """The terms of sale."""
    return Screen(html, keyboard([goto(texts.policies.button_privacy, Place.PRIVACY)], ways_out(texts)))


def privacy(texts: Texts, html: str) -> Screen:
    """What is kept of a customer; from here it can be deleted."""
    own = texts.policies
    return Screen(
        html,
        keyboard(
            [button(own.button_erase, AskErasure())],
            [goto(own.button_terms, Place.TERMS)],
            ways_out(texts),
        ),
    )


def ask_erasure(texts: Texts, before: Before) -> Screen:
    """What goes, what stays, and what comes first."""
    own = texts.policies
    parts = [own.ask]
    if has := _amounts(texts, before.balances):
        parts.append(own.ask_balance(amount=has))
    if before.awaiting:
        parts.append(own.ask_awaiting(orders=_numbers(before.awaiting)))
    if before.unfinished:
        parts.append(own.ask_unfinished(orders=_numbers(before.unfinished)))
    parts.append(own.ask_sure)
    return Screen(
        "\n\n".join(parts),
        keyboard(
            [goto(texts.orders.button_orders, Place.ORDERS)],
            [button(own.button_erase_yes, DoErasure())],
            [goto(own.button_keep, Place.PRIVACY)],
        ),
    )


def erasing(texts: Texts, unfinished: Sequence[int], *, begun: bool) -> Screen:
    """It will be done, and when; `begun` by this very press."""
    own = texts.policies
    if unfinished:
        return Screen(own.asked_waits(orders=_numbers(unfinished)))
    return Screen(own.asked if begun else own.asked_already)


def erased(texts: Texts) -> Screen:
    """Nothing is known of them any more."""
    return Screen(texts.policies.erased)


def _amounts(texts: Texts, balances: Mapping[str, int]) -> str:
    return ", ".join(
        format_money(minor, currency, texts.language) for currency, minor in balances.items() if minor > 0
    )


def _numbers(orders: Sequence[int]) -> str:
    return ", ".join(map(str, orders))
