"""The job that tells one chat something: an event, or a notice. How it is done is in `notification.py`.

event    into the chat's mailbox, handled in order with its messages by a handler of its bot; told once
notice   a text at once, past whatever waits in the mailbox. Telegram takes no idempotency key: a notice
         whose answer was lost is sent again
"""

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.jobs.queue import Queue
from mailroom.storage.postgres.outbox.job import NewJob

NOTIFICATION = Queue("notification", Limits(concurrency=100))

TEXT_CHARS_MAX = 4096
"""Telegram's limit."""


class Button(BaseModel):
    """A button below a notice; the bot has a handler of what it brings."""

    model_config = ConfigDict(frozen=True)

    text: str = Field(min_length=1, max_length=64)
    data: str = Field(min_length=1, max_length=64)


class Message(BaseModel):
    """What a chat is told: a text at once, or an event in its mailbox, handled in order by its bot."""

    model_config = ConfigDict(populate_by_name=True, frozen=True)

    as_: Literal["event", "notice"] = Field(alias="as")
    text: str | None = Field(default=None, min_length=1, max_length=TEXT_CHARS_MAX)
    """What a notice says."""
    parse_mode: Literal["HTML", "MarkdownV2"] | None = None
    silent: bool = False
    button: Button | None = None
    name: str | None = Field(default=None, min_length=1)
    """Which event: the bot has a handler of this name."""
    data: str = ""

    @model_validator(mode="after")
    def _is_complete(self) -> Self:
        if self.as_ == "notice" and self.text is None:
            raise ValueError("a notice needs a text")
        if self.as_ == "event" and self.name is None:
            raise ValueError("an event needs a name")
        return self


class Notify(Message):
    """Tell one chat."""

    bot: str
    chat: int


NOTIFY = Kind("notify", Notify, queue=NOTIFICATION, bot_of=lambda wanted: wanted.bot)


def event(bot: str, chat: int, name: str, data: str = "", *, kind: Kind[Notify] = NOTIFY) -> NewJob:
    """A job that puts an event into a chat's mailbox, once. `kind` may be of another patience."""
    return kind(Notify(bot=bot, chat=chat, as_="event", name=name, data=data))


def notice(bot: str, chat: int, text: str, *, kind: Kind[Notify] = NOTIFY) -> NewJob:
    """A job that tells a chat something at once; what is too long for one message is cut."""
    return kind(Notify(bot=bot, chat=chat, as_="notice", text=text[:TEXT_CHARS_MAX]))
