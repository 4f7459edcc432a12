"""What is asked of a shop in the console, as far as several asks share it."""

from typing import Annotated

from pydantic import Field

from mailroom.actors.pages.ask import Asked

MOST_MAX = 1_000
"""Lines of one answer: what a person or a script reads at once."""
INT64_MAX = 2**63 - 1
"""A bigint; Telegram's ids are smaller."""
INT32_MAX = 2**31 - 1

Number = Annotated[int, Field(ge=0, le=INT64_MAX)]
Most = Annotated[int, Field(ge=1, le=MOST_MAX)]
Slug = Annotated[str, Field(max_length=200)]
"""A name as it was written; whether there is such a thing is found out there."""


class Nothing(Asked):
    """There is nothing to say."""


class Newest(Asked):
    """How many of the newest."""

    most: Most = 20


class OfOrder(Asked):
    """Which order."""

    number: Number


class OfProduct(Asked):
    """Which product."""

    slug: Slug
