"""A bot's queue of notifications: one chat is told something, in the way the caller of `notify.py` chose."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import cast

from aiogram.exceptions import AiogramError, TelegramMigrateToChat, TelegramRetryAfter
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.session import INLINE_WAIT_SECONDS, REPLIES, HostedSession
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.notify import NOTIFICATION, NOTIFY, Message, Notify
from mailroom.actors.jobs.run import ended_by
from mailroom.actors.judge import Work
from mailroom.actors.limiter import CallClass
from mailroom.actors.metrics import child
from mailroom.storage.postgres.outbox.outcome import Done, Outcome, Rejected, Snoozed

ANSWER_SECONDS = 20
"""How long Telegram may take; less than the job, so that we see what it did."""


def send_call(message: Message, chat_id: int) -> SendMessage:
    """The call that sends a notice to a chat."""
    button = message.button
    row = [InlineKeyboardButton(text=button.text, callback_data=button.data)] if button else []
    return SendMessage(
        chat_id=chat_id,
        text=message.text or "",
        parse_mode=message.parse_mode,
        disable_notification=message.silent or None,
        reply_markup=InlineKeyboardMarkup(inline_keyboard=[row]) if row else None,
    )


def notification_handlers(bot: str) -> Handlers:
    """The jobs of a bot's queue of notifications."""
    handlers = Handlers(NOTIFICATION, bot)
    handlers.job(NOTIFY)(notify)
    return handlers


async def notify(wanted: Notify, context: JobContext) -> Outcome | None:
    """Tell a chat something, in the way that the caller chose."""
    if wanted.bot not in context.services.bots:
        return Rejected(f"there is no bot {wanted.bot!r} here; there are {sorted(context.services.bots)}")
    if wanted.as_ == "event":
        await context.put_event(wanted.bot, wanted.chat, wanted.name or "", wanted.data)
        return Done()
    sender = context.services.chats
    chat_id = await sender.id_now(wanted.bot, wanted.chat) if sender is not None else wanted.chat
    hosted = context.bot(wanted.bot)
    try:
        return await _send(hosted, wanted, chat_id)
    except AiogramError as error:
        return ended_by(error, context, Work.NOTICE)


async def _send(hosted: HostedBot, wanted: Notify, chat_id: int, *, moved: bool = False) -> Outcome:
    """Send a notice when the limiter lets it. A long wait is not spent here: others could go now."""
    if hosted.hold.why:
        until = datetime.now(UTC) + timedelta(seconds=hosted.hold.wait_seconds())
        return Snoozed(until, f"the bot holds: {hosted.hold.why}")
    clock = asyncio.get_running_loop()
    wait = hosted.limiter.wait_seconds(CallClass.REPLY, chat_id, clock.time(), most=INLINE_WAIT_SECONDS)
    if wait > INLINE_WAIT_SECONDS:
        return Snoozed(datetime.now(UTC) + timedelta(seconds=wait), "the chat must wait, as Telegram said")
    await asyncio.sleep(wait)
    session = cast(HostedSession, hosted.bot.session)
    try:
        await session.fetch(hosted.bot, send_call(wanted, chat_id), ANSWER_SECONDS)
    except TelegramRetryAfter as error:
        await session.told_to_wait(chat_id, error.retry_after)
        raise
    except TelegramMigrateToChat as error:
        if moved:
            raise
        return await _send(hosted, wanted, error.migrate_to_chat_id, moved=True)
    child(REPLIES, hosted.name).inc()
    return Done()
