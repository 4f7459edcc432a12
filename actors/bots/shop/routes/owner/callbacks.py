"""What the buttons of the owner's side carry."""

from enum import StrEnum
from typing import Annotated, Literal

from aiogram.filters.callback_data import CallbackData
from pydantic import AfterValidator

from mailroom.actors.kit.screens.numbers import LongRowId, PageNumber, RowId


def _period(days: int) -> int:
    if days not in PERIOD_NAMES:
        raise ValueError(f"there are figures of {tuple(PERIOD_NAMES)} days")
    return days


PeriodName = Literal["today", "yesterday", "week", "month"]
PERIOD_NAMES: dict[int, PeriodName] = {0: "today", 1: "yesterday", 7: "week", 30: "month"}
"""How many days figures are of; 1 is the day before today."""
Period = Annotated[int, AfterValidator(_period)]


class AdminPlace(StrEnum):
    """The screens that need no further data."""

    HOME = "home"
    ORDERS = "orders"
    STOCK = "stock"
    DISCOUNTS = "disc"
    BROADCASTS = "cast"
    NEW_BROADCAST = "new"
    LOG = "log"
    POLICIES = "pol"
    COMPLAINTS = "cmp"


class Admin(CallbackData, prefix="adm"):
    """Open a screen."""

    place: AdminPlace


class ShowFigures(CallbackData, prefix="admf"):
    """The figures of today (0), yesterday (1), or so many days."""

    days: Period


class ShowOrder(CallbackData, prefix="admo"):
    """One order with all that is known of it."""

    order: LongRowId


class AskRefund(CallbackData, prefix="admr"):
    """Whether an order's money is really to go back."""

    order: LongRowId


class DoRefund(CallbackData, prefix="admrr"):
    """Give it back, perhaps with the goods into stock."""

    order: LongRowId
    goods: bool


class ShowComplaint(CallbackData, prefix="admc"):
    """What is wrong with an order, and what was said about it."""

    order: LongRowId


class AskAnswer(CallbackData, prefix="admca"):
    """Ask what its customer is to be told."""

    order: LongRowId


class CloseComplaint(CallbackData, prefix="admcx"):
    """Let nothing wait for an answer."""

    order: LongRowId


class ShowItems(CallbackData, prefix="admi"):
    """What an order was sold, each to be replaced."""

    order: LongRowId


class ReplaceItem(CallbackData, prefix="admir"):
    """Give the customer another one in place of this item, which is dead from now on."""

    order: LongRowId
    item: LongRowId


class ShowProducts(CallbackData, prefix="admps"):
    """A page of the products."""

    page: PageNumber


class ShowProduct(CallbackData, prefix="admp"):
    """One product."""

    product: RowId


class SetOnSale(CallbackData, prefix="admon"):
    """Put a product on sale, or take it off; pressing twice does not switch back."""

    product: RowId
    on: bool


class AskPrice(CallbackData, prefix="admpr"):
    """Ask for a product's new price."""

    product: RowId


class AskPicture(CallbackData, prefix="admpic"):
    """Ask for a product's picture."""

    product: RowId


class DropPicture(CallbackData, prefix="admpicx"):
    """Show a product without its picture."""

    product: RowId


class AskWithdraw(CallbackData, prefix="admw"):
    """Whether all that is free of a product is really to be taken off sale."""

    product: RowId


class DoWithdraw(CallbackData, prefix="admww"):
    """Take it off sale."""

    product: RowId


class SwitchOff(CallbackData, prefix="admd"):
    """End a discount."""

    discount: RowId
