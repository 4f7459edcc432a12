"""What the console is shown of a shop's days, and of who changed what."""

from datetime import timedelta
from typing import Any

from pydantic import Field

from mailroom.actors.bots.shop.console.acting import in_words
from mailroom.actors.bots.shop.console.asked import Newest
from mailroom.actors.bots.shop.figures import read_figures, today
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.roles import OWNERS, WORKERS
from mailroom.actors.hosting.room import Room
from mailroom.actors.kit.owners.deeds import Deed, read_log
from mailroom.actors.pages.ask import Ask, Asked
from mailroom.actors.pages.visit import Visit

DAYS_MAX = 366


class Days(Asked):
    """So many days up to today; 1 is today alone, and `ago` so many days earlier."""

    days: int = Field(1, ge=1, le=DAYS_MAX, description="of how many days")
    ago: int = Field(0, ge=0, le=DAYS_MAX, description="how many days before today they end")


@in_words
async def look_at_figures(room: Room[Options], _visit: Visit, asked: Days) -> dict[str, Any]:
    """What came in, and how many bought."""
    last = await today(room.database) - timedelta(days=asked.ago)
    found = await read_figures(room.database, room.bot, last - timedelta(days=asked.days - 1), last)
    return {"figures": found, "conversion_percent": found.conversion_percent}


@in_words
async def look_at_log(room: Room[Options], _visit: Visit, asked: Newest) -> list[Deed]:
    """The newest deeds."""
    return await read_log(room.database, room.bot, asked.most)


ASKS = (
    Ask("GET", "/figures", Days, look_at_figures, WORKERS,
        says="Orders, revenue, conversion, model cost."),
    Ask("GET", "/log", Newest, look_at_log, OWNERS,
        says="Who did what to the shop, newest first."),
)  # fmt: skip
