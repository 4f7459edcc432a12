"""What can be wrong with what an owner sends, or wants: a name for each fault, and what its words need.

The words are in `owner_problems.py`, in both languages: each says what is wrong and what to do.
"""

from enum import StrEnum


class Fault(StrEnum):
    """The owner's faults, and what stands in an owner's way."""

    # a file
    NOT_A_FILE = "not_a_file"
    NOT_A_PICTURE = "not_a_picture"
    BAD_SHAPE = "bad_shape"
    # a line of a table
    UNKNOWN_KIND = "unknown_kind"
    FILE_IN_TABLE = "file_in_table"
    NOT_A_LINK = "not_a_link"
    BAD_SLUG = "bad_slug"
    SLUG_TWICE = "slug_twice"
    # names of things
    UNKNOWN_PRODUCT = "unknown_product"
    UNKNOWN_CATEGORY = "unknown_category"
    UNKNOWN_SUPPLIER = "unknown_supplier"
    UNKNOWN_ORDER = "unknown_order"
    UNKNOWN_ITEM = "unknown_item"
    UNKNOWN_DISCOUNT = "unknown_discount"
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
    BAD_SUPPLIER = "bad_supplier"
    FORBIDDEN_ADDRESS = "forbidden_address"


ABSENT = frozenset(
    {
        Fault.UNKNOWN_PRODUCT,
        Fault.UNKNOWN_ORDER,
        Fault.UNKNOWN_ITEM,
        Fault.UNKNOWN_DISCOUNT,
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
    }
)
"""It was well said, and cannot be done as things stand."""
