"""The periods that figures are of."""

from aiogram.types import InlineKeyboardMarkup

from mailroom.actors.bots.shop.routes.owner.callbacks import PERIOD_NAMES, AdminPlace, ShowFigures
from mailroom.actors.bots.shop.routes.owner.keyboards.parts import goto
from mailroom.actors.bots.shop.texts.owner import OwnerTexts
from mailroom.actors.kit.screens.buttons import button, keyboard


def figures(own: OwnerTexts, days: int) -> InlineKeyboardMarkup:
    """The other periods."""
    names = {period: own.figures.periods[name] for period, name in PERIOD_NAMES.items()}
    marks = {period: f"• {name} •" if period == days else name for period, name in names.items()}
    buttons = [button(name, ShowFigures(days=period)) for period, name in marks.items()]
    return keyboard(buttons, [goto(own.shared.button_back, AdminPlace.HOME)])
