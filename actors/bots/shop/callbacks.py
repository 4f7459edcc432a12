"""What the buttons of the shop carry."""

from enum import StrEnum
from typing import Annotated

from aiogram.filters.callback_data import CallbackData
from pydantic import Field

from mailroom.actors.bots.shop.domain.cart import QUANTITY_MAX
from mailroom.actors.kit.screens.numbers import LongRowId, PageNumber, RowId
from mailroom.actors.texts.language import Language

ProviderName = Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,32}$")]


class Place(StrEnum):
    """The screens that need no further data."""

    HOME = "home"
    CATEGORIES = "cats"
    CART = "cart"
    ORDERS = "orders"
    FRIENDS = "friends"
    TOP = "top"
    HELP = "help"
    SETTINGS = "set"
    LANGUAGES = "langs"
    TERMS = "terms"
    PRIVACY = "priv"


class Goto(CallbackData, prefix="go"):
    """Open a screen."""

    place: Place


class SwitchLanguage(CallbackData, prefix="lang"):
    """Speak this language from now on."""

    to: Language


class SwitchNews(CallbackData, prefix="news"):
    """Be told news of the shop, or not; pressing twice does not switch back."""

    on: bool
    alone: bool
    """Whether it is the only button, as below a broadcast; else it is one of the settings."""


class OpenCategory(CallbackData, prefix="cat"):
    """Show a page of a category."""

    category: RowId
    page: PageNumber


class OpenProduct(CallbackData, prefix="card"):
    """Show a product card; `page` is where "back" leads."""

    product: RowId
    page: PageNumber


class AddToCart(CallbackData, prefix="add"):
    """Put one of the product shown on a card into the cart."""

    product: RowId
    page: PageNumber


class LineAction(StrEnum):
    """What can be done to a line of the cart."""

    MORE = "more"
    LESS = "less"
    REMOVE = "drop"


class ChangeLine(CallbackData, prefix="line"):
    """Change one line of the cart."""

    action: LineAction
    product: RowId


class ClearCart(CallbackData, prefix="clear"):
    """Empty the cart."""


class FitCart(CallbackData, prefix="fit"):
    """Take only as many of everything in the cart as there are."""


class AskPromo(CallbackData, prefix="promo"):
    """Ask for a promo code."""


class DropPromo(CallbackData, prefix="promox"):
    """Do without the promo code."""


class UseBalance(CallbackData, prefix="bal"):
    """Pay with the balance as far as it goes, or leave it alone; pressing twice does not switch back."""

    on: bool


class StartOrder(CallbackData, prefix="order"):
    """Begin the order form."""


class FormAction(StrEnum):
    """The buttons of the order form, besides confirming."""

    USE_KNOWN = "known"
    USE_USERNAME = "me"
    SKIP_COMMENT = "skip"
    CHANGE = "change"
    CANCEL = "cancel"


class FormStep(CallbackData, prefix="form"):
    """A button of the order form."""

    action: FormAction


class ConfirmOrder(CallbackData, prefix="ok"):
    """Place the order that the customer was looking at; see `bill.seen`."""

    quote: str


class BuyNow(CallbackData, prefix="buy"):
    """Order so many of one product at once, as it was quoted; the button of a product and of an offer."""

    product: RowId
    quantity: Annotated[int, Field(ge=1, le=QUANTITY_MAX)]
    quote: str


class AskAgain(CallbackData, prefix="again"):
    """Ask the consultant a question once more that no model has answered."""

    question: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]


class OpenOrder(CallbackData, prefix="ord"):
    """Show an order as it stands."""

    order: LongRowId


class ShowGoods(CallbackData, prefix="goods"):
    """Send once more what was bought."""

    order: LongRowId


class CancelOrder(CallbackData, prefix="ordx"):
    """Do without an order that waits for its payment."""

    order: LongRowId


class Complain(CallbackData, prefix="cmp"):
    """Tell the shop what is wrong with an order."""

    order: LongRowId


class LeaveComplaint(CallbackData, prefix="cmpx"):
    """Say nothing (more) of it."""

    order: LongRowId


class PayWith(CallbackData, prefix="pay"):
    """Pay for an order at this provider."""

    order: LongRowId
    provider: ProviderName


class HavePaid(CallbackData, prefix="paid"):
    """Have the providers asked whether an order was paid for."""

    order: LongRowId
