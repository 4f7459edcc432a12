"""What can be wrong with what any owner sends, or wants; a room names what else can be wrong in it."""

from enum import StrEnum


class TableFault(StrEnum):
    """Of a table, as a whole or in a line."""

    # a file as a whole
    FILE_TOO_LARGE = "file_too_large"
    FILE_EMPTY = "file_empty"
    NOT_A_TABLE = "not_a_table"
    NO_COLUMN = "no_column"
    COLUMN_TWICE = "column_twice"
    TOO_MANY_ROWS = "too_many_rows"
    # a line
    QUOTES = "quotes"
    TOO_FEW_CELLS = "too_few_cells"
    TOO_MANY_CELLS = "too_many_cells"
    MISSING = "missing"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOT_UTF_8 = "not_utf_8"
    BAD_YES_OR_NO = "bad_yes_or_no"


class PriceFault(StrEnum):
    """Of a price."""

    BAD_PRICE = "bad_price"
    TOO_MANY_DECIMALS = "too_many_decimals"
    PRICE_OFF_STEP = "price_off_step"
    PRICE_OUT_OF_RANGE = "price_out_of_range"
    BAD_CURRENCY = "bad_currency"


class TellingFault(StrEnum):
    """Of what people are to be told."""

    TEXT_TOO_LONG = "text_too_long"
    NOBODY_TO_TELL = "nobody_to_tell"
    UNKNOWN_BROADCAST = "unknown_broadcast"
    BROADCAST_MOVED_ON = "broadcast_moved_on"


ABSENT: frozenset[StrEnum] = frozenset({TellingFault.UNKNOWN_BROADCAST})
"""What was asked for is not there."""
IN_THE_WAY: frozenset[StrEnum] = frozenset({TellingFault.NOBODY_TO_TELL, TellingFault.BROADCAST_MOVED_ON})
"""It was well said, and cannot be done as things stand."""
