"""Words to all customers of a shop, in the console."""

from typing import Any

from pydantic import Field, field_validator

from mailroom.actors.bots.shop import owner_broadcast
from mailroom.actors.bots.shop.console.acting import EN, Said, actor, in_words
from mailroom.actors.bots.shop.console.asked import Newest, Nothing, Number
from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.owner_broadcast import Move
from mailroom.actors.bots.shop.roles import OWNERS
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import TEXT_CHARS_MAX
from mailroom.actors.kit.speech.printable import printable
from mailroom.actors.pages.ask import Ask, Asked
from mailroom.actors.pages.visit import Visit


class New(Asked):
    """A text for all customers, or for those who are served in a language. It is sent as it is."""

    text: str = Field(min_length=1, max_length=TEXT_CHARS_MAX)
    language: Language | None = Field(None, description="only those who are served in it")

    @field_validator("text")
    @classmethod
    def _clean(cls, text: str) -> str:
        if not (text := printable(text)):
            raise ValueError("must have something to read in it")
        return text


class Moved(Asked):
    """Which one, and what it is to do."""

    number: Number
    to: Move


@in_words
async def look_at_broadcasts(room: Room[Options], _visit: Visit, asked: Newest) -> Any:
    """The newest of them."""
    return await owner_broadcast.list_broadcasts(room.database, room.bot, asked.most)


@in_words
async def look_at_recipients(room: Room[Options], _visit: Visit, _asked: Nothing) -> Any:
    """Whom one would reach."""
    return await owner_broadcast.count_recipients(room.database, room.bot)


@in_words
async def begin_broadcast(room: Room[Options], visit: Visit, asked: New) -> Said:
    """Have customers told something."""
    by = actor(visit, "broadcast", "")
    number = await owner_broadcast.send(room, by, asked.text, asked.language, html=False)
    return {"says": f"Broadcast {number} is under way.", "broadcast": number}


@in_words
async def move_broadcast(room: Room[Options], visit: Visit, asked: Moved) -> Said:
    """Have one wait, go on, or end."""
    by = actor(visit, f"broadcast_{asked.to}", str(asked.number))
    await owner_broadcast.move(room, by, asked.number, asked.to)
    found = await owner_broadcast.progress(room.database, room.bot, asked.number)
    return {"says": f"Broadcast {asked.number} is {EN.broadcast_statuses[found.status]}."}


ASKS = (
    Ask("GET", "/broadcasts", Newest, look_at_broadcasts, OWNERS,
        says="The newest broadcasts, and how far each has come."),
    Ask("GET", "/recipients", Nothing, look_at_recipients, OWNERS,
        says="How many customers a broadcast would reach, by language, and how many want no news."),
    Ask("POST", "/broadcasts", New, begin_broadcast, OWNERS,
        says="Tell all customers something."),
    Ask("POST", "/broadcasts/{number}/{to}", Moved, move_broadcast, OWNERS,
        says="Pause a broadcast, let it go on, or end it for good."),
)  # fmt: skip
