"""What the page says when the shop cannot: what is wrong, and what the customer can do."""

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mailroom.actors.texts.declared import Texts

Code: TypeAlias = Literal[
    "malformed", "too_large", "bad_contact", "not_signed", "too_old", "not_found", "no_order", "no_provider",
    "sold_out", "too_many_waiting", "price_changed", "order_closed", "no_complaint", "many_complaints",
    "too_often", "too_many_orders", "provider_away", "provider_refused", "unavailable", "broken",
]  # fmt: skip
"""What went wrong, which is the `code` of the answer."""


class ProblemTexts(Texts):
    """Both of a problem, in whole sentences."""

    error: Mapping[Code, str]
    what_to_do: Mapping[Code, str]
