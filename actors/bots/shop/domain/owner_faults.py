"""What can be wrong with what an owner sends, or wants: a name for each fault, and what its words need.

The words are in `owner_problems.py`, in both languages: each says what is wrong and what to do.
"""

from dataclasses import dataclass, field
from enum import StrEnum


class Fault(StrEnum):
    """The owner's faults, and what stands in an owner's way."""

    # a file as a whole
    FILE_TOO_LARGE = "file_too_large"
    FILE_EMPTY = "file_empty"
    NOT_A_TABLE = "not_a_table"
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_ROWS = "too_many_rows"
    NOT_A_FILE = "not_a_file"
    NOT_A_PICTURE = "not_a_picture"
    BAD_SHAPE = "bad_shape"
    # a line of a table
    QUOTES = "quotes"
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    MISSING = "missing"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOT_UTF_8 = "not_utf_8"
    UNKNOWN_KIND = "unknown_kind"
    FILE_IN_TABLE = "file_in_table"
    NOT_A_LINK = "not_a_link"
    BAD_SLUG = "bad_slug"
    SLUG_TWICE = "slug_twice"
    BAD_YES_OR_NO = "bad_yes_or_no"
    # names of things
    UNKNOWN_PRODUCT = "unknown_product"
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_SUPPLIER = "unknown_supplier"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_DISCOUNT = "unknown_discount"
    UNKNOWN_BROADCAST = "unknown_broadcast"
    # money
    BAD_PRICE = "bad_price"
    TOO_MANY_DECIMALS = "too_many_decimals"
    PRICE_OFF_STEP = "price_off_step"
    PRICE_OUT_OF_RANGE = "price_out_of_range"
    BAD_CURRENCY = "bad_currency"
    # discounts
    NO_PERCENT = "no_percent"
    BAD_PERCENT = "bad_percent"
    BAD_QUANTITY = "bad_quantity"
    BAD_DATE = "bad_date"
    DATE_IS_OVER = "date_is_over"
    BAD_CODE = "bad_code"
    BAD_USES = "bad_uses"
    USES_WITHOUT_CODE = "uses_without_code"
    SAID_TWICE = "said_twice"
    UNKNOWN_WORD = "unknown_word"
    # what cannot be done as things stand
    NOT_REFUNDABLE = "not_refundable"
    NO_PAYMENT = "no_payment"
    DISPUTED = "disputed"
    GOODS_WERE_SEEN = "goods_were_seen"
    NOT_DELIVERED = "not_delivered"
    ALREADY_REPLACED = "already_replaced"
    NO_REPLACEMENT = "no_replacement"
    NOBODY_TO_TELL = "nobody_to_tell"
    TEXT_TOO_LONG = "text_too_long"
    BROADCAST_MOVED_ON = "broadcast_moved_on"
    BAD_SUPPLIER = "bad_supplier"
    FORBIDDEN_ADDRESS = "forbidden_address"


ABSENT = frozenset(
    {
        Fault.UNKNOWN_PRODUCT,
        Fault.UNKNOWN_ORDER,
        Fault.UNKNOWN_ITEM,
        Fault.UNKNOWN_DISCOUNT,
        Fault.UNKNOWN_BROADCAST,
    }
)
"""What was asked for is not there."""
IN_THE_WAY = frozenset(
    {
        Fault.NOT_REFUNDABLE,
        Fault.NO_PAYMENT,
        Fault.DISPUTED,
        Fault.GOODS_WERE_SEEN,
        Fault.NOT_DELIVERED,
        Fault.ALREADY_REPLACED,
        Fault.NO_REPLACEMENT,
        Fault.NOBODY_TO_TELL,
        Fault.BROADCAST_MOVED_ON,
    }
)
"""It was well said, and cannot be done as things stand."""


@dataclass(frozen=True)
class Wrong:
    """A fault, with the values that the words about it name."""

    fault: Fault
    values: dict[str, str | int] = field(default_factory=dict)


def wrong(fault: Fault, **values: str | int) -> Wrong:
    """A fault in this case."""
    return Wrong(fault, values)


class OwnerError(Exception):
    """It was not done, and nothing has changed; `wrong` says why. The owner's to mend."""

    def __init__(self, wrong: Wrong) -> None:
        super().__init__(wrong.fault, wrong.values)
        self.wrong = wrong


def refuse(fault: Fault, **values: str | int) -> OwnerError:
    """The error to raise."""
    return OwnerError(wrong(fault, **values))
