"""What buttons may carry.

Telegram allows 64 bytes, and a client may send us anything it likes, so numbers are bounded to what a
database integer holds; data that does not fit is an unknown button.
"""

from typing import Annotated

from pydantic import Field

RowId = Annotated[int, Field(ge=1, le=2**31 - 1)]
"""The key of a row, an `integer` of Postgres."""
LongRowId = Annotated[int, Field(ge=1, le=2**63 - 1)]
"""The same, where it is a `bigint`."""
PageNumber = Annotated[int, Field(ge=0, le=9_999)]
"""A page of a list, counted from 0."""
