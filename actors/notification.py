"""Notifications from point to point: something that one chat is to be told.

event    into the chat's mailbox, handled in order with its messages by a handler of its bot; told once
notice   a text at once, past whatever waits in the mailbox. Telegram takes no idempotency key: a notice
         whose answer was lost is sent again
"""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Literal, Self, cast

from aiogram.exceptions import AiogramError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import BaseModel, ConfigDict, Field, model_validator

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.errors import Owner, owner_of
from mailroom.actors.hosting.session import INLINE_WAIT_SECONDS, REPLIES, HostedSession
from mailroom.actors.jobs.actor import JobActor
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.limits import Limits
from mailroom.actors.limiter import CallClass
from mailroom.actors.metrics import child
from mailroom.storage.postgres.outbox.job import NewJob
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Retry, Snoozed

QUEUE = "notification"
NOTIFY = "notify"

TEXT_CHARS_MAX = 4096
"""Telegram's limit."""
ANSWER_SECONDS = 20
"""How long Telegram may take; less than the job, so that we see what it did."""


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

    def send_to(self, chat_id: int) -> SendMessage:
        """The call that sends a notice to a chat."""
        button = self.button
        row = [InlineKeyboardButton(text=button.text, callback_data=button.data)] if button else []
        return SendMessage(
            chat_id=chat_id,
            text=self.text or "",
            parse_mode=self.parse_mode,
            disable_notification=self.silent or None,
            reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]) if row else None,
        )


class Notify(Message):
    """Tell one chat."""

    bot: str
    chat: int


class NotificationActor(JobActor):
    """The queue of notifications."""

    queue = QUEUE
    limits = Limits(concurrency=100)


handlers = Handlers(QUEUE)


@handlers.job(NOTIFY, Notify, timeout_seconds=30, attempts_max=10)
async def notify(wanted: Notify, context: JobContext) -> Outcome:
    """Tell a chat something, in the way that the caller chose."""
    if wanted.bot not in context.services.bots:
        return Rejected(f"there is no bot {wanted.bot!r} here; there are {sorted(context.services.bots)}")
    if wanted.as_ == "event":
        await context.put_event(wanted.bot, wanted.chat, wanted.name or "", wanted.data)
        return Done()
    door = context.services.chats
    chat_id = await door.id_now(wanted.bot, wanted.chat) if door is not None else wanted.chat
    return await _send(context.bot(wanted.bot), wanted, chat_id)


def event(bot: str, chat: int, name: str, data: str = "") -> NewJob:
    """A job that puts an event into a chat's mailbox, once."""
    return handlers.new(NOTIFY, Notify(bot=bot, chat=chat, as_="event", name=name, data=data))


def notice(bot: str, chat: int, text: str) -> NewJob:
    """A job that tells a chat something at once; what is too long for one message is cut."""
    return handlers.new(NOTIFY, Notify(bot=bot, chat=chat, as_="notice", text=text[:TEXT_CHARS_MAX]))


async def _send(hosted: HostedBot, wanted: Notify, chat_id: int, *, moved: bool = False) -> Outcome:
    """Send a notice when the limiter lets it. A long wait is not spent here: others could go now."""
    if hosted.hold.why:
        return _held(hosted)
    clock = asyncio.get_running_loop()
    wait = hosted.limiter.wait_seconds(CallClass.REPLY, chat_id, clock.time(), most=INLINE_WAIT_SECONDS)
    if wait > INLINE_WAIT_SECONDS:
        return Snoozed(datetime.now(UTC) + timedelta(seconds=wait), "the chat must wait, as Telegram said")
    await asyncio.sleep(wait)
    session = cast(HostedSession, hosted.bot.session)
    try:
        await session.fetch(hosted.bot, wanted.send_to(chat_id), ANSWER_SECONDS)
    except TelegramRetryAfter as error:
        await session.told_to_wait(chat_id, error.retry_after)
        return Retry(f"Telegram: {error.message}", after_seconds=error.retry_after)
    except AiogramError as error:
        if isinstance(error, TelegramMigrateToChat) and not moved:
            return await _send(hosted, wanted, error.migrate_to_chat_id, moved=True)
        match owner_of(error):
            case Owner.NOBODY | Owner.MESSAGE:
                return Rejected(f"Telegram will not deliver it: {error}")
            case Owner.BOT:
                hosted.hold.begin(str(error))
                return _held(hosted)
        raise
    child(REPLIES, hosted.name).inc()
    return Done()


def _held(hosted: HostedBot) -> Snoozed:
    until = datetime.now(UTC) + timedelta(seconds=hosted.hold.wait_seconds())
    return Snoozed(until, f"the bot holds: {hosted.hold.why}")
