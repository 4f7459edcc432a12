"""The main menu, and the page that explains the shop."""

from dataclasses import dataclass
from html import escape

from mailroom.actors.bots.shop.callbacks import Place
from mailroom.actors.bots.shop.keyboards import cart_button, goto, ways_out
from mailroom.actors.bots.shop.screens.languages import language_buttons
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import Row, app, keyboard
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.printable import printable


@dataclass(frozen=True)
class Front:
    """What a menu leads to besides the shop's own screens."""

    consultant: bool = False
    """Whether somebody answers what customers write."""
    app_url: str = ""
    """Where the Mini App is; empty where none can be opened."""


def menu(texts: Texts, items: int, text: str = "", front: Front | None = None) -> Screen:
    """The main menu, under a text of its own or another one."""
    front = front or Front()
    own = texts.menu
    rows: list[Row] = [
        [goto(own.button_catalogue, Place.CATEGORIES), cart_button(texts, items)],
        [goto(own.button_orders, Place.ORDERS), goto(own.button_friends, Place.FRIENDS)],
        [goto(own.button_top, Place.TOP), goto(own.button_help, Place.HELP)],
        [app(texts.menu.button_app, front.app_url)] if front.app_url else [],
        [
            *language_buttons(texts),
            goto(texts.settings.button_settings, Place.SETTINGS),
        ],
    ]
    hint = f"\n\n{own.consultant}" if front.consultant and not text else ""
    return Screen((text or own.menu) + hint, keyboard(*rows))


def greeting(texts: Texts, name: str, items: int, front: Front | None = None) -> Screen:
    """The first thing a customer sees."""
    text = texts.menu.greeting(name=escape(printable(name)))
    if front is not None and front.consultant:
        text += f"\n\n{texts.menu.consultant}"
    return menu(texts, items, text, front)


def help_page(texts: Texts) -> Screen:
    """How the shop works, and all commands."""
    return Screen(texts.menu.help, keyboard(ways_out(texts)))
