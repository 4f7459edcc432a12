"""What a customer can set."""

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from mailroom.actors.bots.shop.callbacks import Place, SwitchNews
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.screens.languages import language_buttons
from mailroom.actors.bots.shop.texts import Texts
from mailroom.actors.kit.screens.buttons import button, keyboard
from mailroom.actors.kit.screens.screen import Screen


def settings(texts: Texts, *, news: bool) -> Screen:
    """The language and the news, each with its switch."""
    own = texts.settings
    return Screen(
        own.page(news=own.news_on if news else own.news_off),
        keyboard(
            [_switch(texts, on=news, alone=False)],
            language_buttons(texts),
            [
                goto(texts.policies.button_terms, Place.TERMS),
                goto(texts.policies.button_privacy, Place.PRIVACY),
            ],
            ways_out(texts),
        ),
    )


def news_switch(texts: Texts, *, on: bool) -> InlineKeyboardMarkup:
    """The switch alone, as it stands below a broadcast: `on` is how it is now."""
    return keyboard([_switch(texts, on=on, alone=True)])


def _switch(texts: Texts, *, on: bool, alone: bool) -> InlineKeyboardButton:
    own = texts.settings
    return button(own.button_no_news if on else own.button_news, SwitchNews(on=not on, alone=alone))
