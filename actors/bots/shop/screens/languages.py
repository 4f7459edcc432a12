"""The languages of the shop, where a customer changes to another one."""

from aiogram.types import InlineKeyboardButton

from mailroom.actors.bots.shop.callbacks import Place, SwitchLanguage
from mailroom.actors.bots.shop.keyboards import goto, ways_out
from mailroom.actors.bots.shop.texts import LANGUAGE_TEXTS, TEXTS, Texts
from mailroom.actors.kit.screens.buttons import Row, button, keyboard
from mailroom.actors.kit.screens.screen import Screen
from mailroom.actors.kit.speech.languages import name_of, others
from mailroom.actors.texts.language import Language


def language_buttons(texts: Texts) -> Row:
    """The other language; where there are several, the way to all of them."""
    there_are = others(TEXTS.languages, texts.language)
    if len(there_are) > 1:
        return [goto(LANGUAGE_TEXTS[texts.language].button, Place.LANGUAGES)]
    return [_switch(language) for language in there_are]


def languages_page(texts: Texts) -> Screen:
    """All of them to choose from."""
    rows = [[_switch(language)] for language in others(TEXTS.languages, texts.language)]
    return Screen(LANGUAGE_TEXTS[texts.language].ask, keyboard(*rows, ways_out(texts)))


def _switch(language: Language) -> InlineKeyboardButton:
    return button(f"🌐 {name_of(language)}", SwitchLanguage(to=language))
