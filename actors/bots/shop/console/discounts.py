"""Discounts of a shop in the console: all of them, a new one in a line, and the end of one."""

from typing import Annotated, Any

from pydantic import Field

from mailroom.actors.bots.shop import offers
from mailroom.actors.bots.shop.console.acting import EN, in_words
from mailroom.actors.bots.shop.console.asked import INT32_MAX, Newest
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.roles import OWNERS
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.console import Said, actor
from mailroom.actors.pages.ask import Ask, Asked
from mailroom.actors.pages.visit import Visit

LINE_CHARS_MAX = 300
LIKE = "such as -20% svetlitsa 3+ until 2026-12-31 code SALE20 uses 100"


class New(Asked):
    """A discount, in one line."""

    line: str = Field(min_length=1, max_length=LINE_CHARS_MAX, description=LIKE)


class Which(Asked):
    """Which one."""

    number: Annotated[int, Field(ge=0, le=INT32_MAX)]


@in_words
async def look_at_discounts(room: Room[Options], _visit: Visit, asked: Newest) -> Any:
    """The newest of them."""
    return await offers.list_offers(room.database, asked.most)


@in_words
async def add_discount(room: Room[Options], visit: Visit, asked: New) -> Said:
    """Have one in force."""
    number = await offers.add_offer(room, actor(visit, "discount", ""), asked.line)
    return {"says": EN.discounts.added(number=number), "discount": number}


@in_words
async def end_discount(room: Room[Options], visit: Visit, asked: Which) -> Said:
    """Have one in force no longer."""
    await offers.switch_off(room, actor(visit, "discount_off", str(asked.number)), asked.number)
    return {"says": EN.discounts.off(number=asked.number)}


ASKS = (
    Ask("GET", "/discounts", Newest, look_at_discounts, OWNERS, says="The newest discounts."),
    Ask("POST", "/discounts", New, add_discount, OWNERS,
        says="Add a discount."),
    Ask("POST", "/discounts/{number}/off", Which, end_discount, OWNERS,
        says="End a discount at once."),
)  # fmt: skip
