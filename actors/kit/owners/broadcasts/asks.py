"""Words to all people of a bot, in the console."""

from collections.abc import Collection
from typing import Annotated, Any, Literal

from pydantic import Field, create_model, field_validator

from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import TEXT_CHARS_MAX
from mailroom.actors.kit.owners.broadcasts import send as sending
from mailroom.actors.kit.owners.broadcasts.audience import Audience
from mailroom.actors.kit.owners.broadcasts.send import NUMBER_MAX, Move
from mailroom.actors.kit.owners.console import Said, actor
from mailroom.actors.kit.owners.in_words import InWords
from mailroom.actors.kit.owners.texts.broadcasts import BroadcastTexts
from mailroom.actors.kit.speech.printable import printable
from mailroom.actors.pages.ask import Ask, Asked
from mailroom.actors.pages.visit import Visit

MOST_MAX = 1_000


class Newest(Asked):
    """How many of the newest."""

    most: Annotated[int, Field(ge=1, le=MOST_MAX)] = 20


class Nothing(Asked):
    """There is nothing to say."""


class New(Asked):
    """A text for all, or for those who are served in a language. It is sent as it is."""

    text: str = Field(min_length=1, max_length=TEXT_CHARS_MAX)
    language: str | None = Field(None, description="only those who are served in it")

    @field_validator("text")
    @classmethod
    def _clean(cls, text: str) -> str:
        if not (text := printable(text)):
            raise ValueError("must have something to read in it")
        return text


class Moved(Asked):
    """Which one, and what it is to do."""

    number: Annotated[int, Field(ge=0, le=NUMBER_MAX)]
    to: Move


def broadcast_asks(
    audience: Audience, may: Collection[str], in_words: InWords, texts: BroadcastTexts
) -> tuple[Ask[Any, Any], ...]:
    """What a section of the console asks about broadcasts, for those who may; `texts` are in its language."""

    @in_words
    async def look_at_broadcasts(room: Room[Any], _visit: Visit, asked: Newest) -> Any:
        return await sending.list_broadcasts(room.database, room.bot, asked.most)

    @in_words
    async def look_at_recipients(room: Room[Any], _visit: Visit, _asked: Nothing) -> Any:
        return await audience.count(room.database, room.bot)

    @in_words
    async def begin_broadcast(room: Room[Any], visit: Visit, asked: New) -> Said:
        by = actor(visit, "broadcast", "")
        number = await sending.send(room, by, audience, asked.text, asked.language, html=False)
        return {"says": f"Broadcast {number} is under way.", "broadcast": number}

    @in_words
    async def move_broadcast(room: Room[Any], visit: Visit, asked: Moved) -> Said:
        by = actor(visit, f"broadcast_{asked.to}", str(asked.number))
        await sending.move(room, by, asked.number, asked.to)
        found = await sending.progress(room.database, room.bot, asked.number)
        return {"says": f"Broadcast {asked.number} is {texts.statuses[found.status]}."}

    return (
        Ask("GET", "/broadcasts", Newest, look_at_broadcasts, may,
            says="The newest broadcasts, and how far each has come."),
        Ask("GET", "/recipients", Nothing, look_at_recipients, may,
            says="How many customers a broadcast would reach, by language, and how many want no news."),
        Ask("POST", "/broadcasts", _new_to(audience), begin_broadcast, may,
            says="Tell all customers something."),
        Ask("POST", "/broadcasts/{number}/{to}", Moved, move_broadcast, may,
            says="Pause a broadcast, let it go on, or end it for good."),
    )  # fmt: skip


def _new_to(audience: Audience) -> type[New]:
    """The same with the languages that there are."""
    one_of = Literal[tuple(audience.languages)]  # type: ignore[valid-type]
    language = (one_of | None, Field(None, description="only those who are served in it"))
    return create_model("New", __base__=New, __doc__=New.__doc__, language=language)
