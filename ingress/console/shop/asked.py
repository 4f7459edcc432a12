"""What is asked of a shop over HTTP, read and checked."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from mailroom.actors.bots.shop.complaints import COMPLAINT_CHARS_MAX
from mailroom.actors.bots.shop.contact import printable
from mailroom.actors.bots.shop.language import Language
from mailroom.actors.bots.shop.order import Status
from mailroom.actors.bots.shop.owner_orders import SEARCH_CHARS_MAX
from mailroom.actors.notify import TEXT_CHARS_MAX
from mailroom.ingress.ops.asked import MOST_MAX, Asked, Reasoned

KEY_CHARS_MAX = 100
LINE_CHARS_MAX = 300
TITLE_CHARS_MAX = 64
DAYS_MAX = 366
URL_CHARS_MAX = 2_000
INT64_MAX = 2**63 - 1
"""A bigint; Telegram's ids are smaller."""

Title = Annotated[str, Field(min_length=1, max_length=TITLE_CHARS_MAX)]


class Wish(Reasoned):
    """Something to do. With a `key` it is done once, however often it is asked for with that key."""

    key: str | None = Field(None, min_length=1, max_length=KEY_CHARS_MAX, pattern=r"^[\x21-\x7e]+$")


class Withdrawal(Wish):
    """Take all that is free of a product off sale."""


class Confirmation(Wish):
    """Sell again what was kept off sale after a restore."""


class ProductChange(Wish):
    """Another price, as text (`1490.50`), in the currency it has or in another; or on sale or not."""

    price: str | None = Field(None, max_length=40)
    currency: str | None = Field(None, max_length=20)
    active: bool | None = None


class RefundWish(Wish):
    """Give an order's money back; `goods_back` where nobody has seen the goods."""

    goods_back: bool = False


class AnswerWish(Wish):
    """What the customer of an order is told."""

    text: str = Field(min_length=1, max_length=COMPLAINT_CHARS_MAX)


class OfferWish(Wish):
    """A discount, in one line."""

    line: str = Field(min_length=1, max_length=LINE_CHARS_MAX)


class BroadcastWish(Wish):
    """A text for all customers, or for those who are served in a language. It is sent as it is."""

    text: str = Field(min_length=1, max_length=TEXT_CHARS_MAX)
    language: Language | None = None

    @field_validator("text")
    @classmethod
    def _clean(cls, text: str) -> str:
        if not (text := printable(text)):
            raise ValueError("must have something to read in it")
        return text


class CategoryWish(Wish):
    """A category, new or changed."""

    icon: str = Field("", max_length=8)
    title_ru: Title
    title_en: Title
    active: bool = True


class SupplierWish(Wish):
    """A supplier, new or changed; a secret that is not given stays."""

    title: Title
    chat_id: int | None = Field(None, ge=-INT64_MAX, le=INT64_MAX)
    callback_url: str | None = Field(None, max_length=URL_CHARS_MAX)
    secret: str | None = Field(None, max_length=200)


class UploadQuery(Wish):
    """What goes with a file, in the address: the body is the file itself."""


class FileQuery(Wish):
    """The same for a file that is sold."""

    name: str = Field(min_length=1, max_length=200)


class FiguresQuery(Asked):
    """So many days up to today; 1 is today alone, and `ago` so many days earlier."""

    days: int = Field(1, ge=1, le=DAYS_MAX)
    ago: int = Field(0, ge=0, le=DAYS_MAX)


class OrderQuery(Asked):
    """Which orders: of a number, a customer's id, or with this in the customer's name or contact."""

    find: str = Field("", max_length=SEARCH_CHARS_MAX)
    status: Literal[Status, ""] = ""
    most: int = Field(20, ge=1, le=MOST_MAX)


class MostQuery(Asked):
    """How many lines are shown."""

    most: int = Field(20, ge=1, le=MOST_MAX)
