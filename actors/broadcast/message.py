"""What a broadcast says."""

from collections.abc import AsyncIterable, Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from actors.notification import TEXT_CHARS_MAX
from storage.postgres.broadcasts import Broadcasts


class Message(BaseModel):
    """What every recipient gets: a text at once, or an event in the mailbox, handled in order by the bot."""

    model_config = ConfigDict(populate_by_name=True, frozen=True)

    as_: Literal["event", "notice"] = Field(alias="as")
    text: str | None = Field(default=None, min_length=1, max_length=TEXT_CHARS_MAX)
    parse_mode: Literal["HTML", "MarkdownV2"] | None = None
    silent: bool = False
    name: str | None = Field(default=None, min_length=1)
    """Which event: the bot has a handler of this name."""
    data: str = ""

    @model_validator(mode="after")
    def _is_complete(self) -> "Message":
        if self.as_ == "notice" and self.text is None:
            raise ValueError("a notice needs a text")
        if self.as_ == "event" and self.name is None:
            raise ValueError("an event needs a name")
        return self


async def create(
    broadcasts: Broadcasts,
    bot: str,
    message: Message,
    recipients: Iterable[int] | AsyncIterable[int],
    *,
    start: bool = True,
) -> int:
    """Make a broadcast, and start it unless told otherwise. Recipients are chat ids, read once and in chunks.
    Returns its number.
    """
    text = message.model_dump_json(by_alias=True, exclude_defaults=True)
    return await broadcasts.create(bot, text, recipients, as_event=message.as_ == "event", start=start)
