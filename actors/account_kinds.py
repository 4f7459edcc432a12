"""The kinds of accounts that there are: a line for each outside system that asks, is asked, and tells."""

from typing import Any

from mailroom.actors.providers import aaio, stripe, yookassa
from mailroom.actors.providers.account import Family, Kind

KINDS: tuple[Kind[Any, Any], ...] = (
    yookassa.KIND,
    aaio.KIND,
    stripe.KIND,
)
"""In the order in which customers are offered accounts of them, where their bot does not say another one."""


def kinds_of(family: Family) -> dict[str, Kind[Any, Any]]:
    """Those of a family, by name."""
    return {kind.name: kind for kind in KINDS if kind.family == family}
