"""Tell one recipient of a broadcast, and find the word for what became of it.

What was surely not sent waits again; what may have been sent is `unknown`, because Telegram takes no
idempotency key. An event may always be put again: its mailbox knows it by its id.
"""

from dataclasses import dataclass
from typing import cast

from aiogram.exceptions import (
    AiogramError,
    TelegramAPIError,
    TelegramMigrateToChat,
    TelegramRetryAfter,
)
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.session import REPLIES, HostedSession
from mailroom.actors.jobs.chat_sender import ChatSender, MailboxFullError
from mailroom.actors.jobs.notify import Message
from mailroom.actors.judge import Pause, Work, judge
from mailroom.actors.metrics import child
from mailroom.actors.notification import send_call
from mailroom.actors.owners import Owner, fault_in
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.broadcasts import State
from mailroom.storage.redis.entry import Chat
from mailroom.storage.words import words

log = get_logger("mailroom.broadcast")

ANSWER_SECONDS = 20
"""How long Telegram may take, as for a notice from point to point."""
FULL_SECONDS = 60.0
"""When a chat with a full mailbox is tried again."""


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one recipient, and what follows from it for the others."""

    state: State
    reason: str | None = None
    after_seconds: float = 0.0
    """When to try again."""
    refused: bool = False
    """Telegram said 429: the others should wait as long."""
    outage: bool = False
    """Nobody answered, or the answer was a failure that is not the recipient's."""
    fault: str | None = None
    """The broadcast cannot work as it is: nobody else should be told."""


async def tell(
    hosted: HostedBot, message: Message, name: str, chat_id: int, sender: ChatSender | None
) -> Told:
    """Tell one recipient, on the asyncio side. `name` is this broadcast's, for ever. Raises nothing but a
    cancellation.
    """
    try:
        if message.as_ == "event":
            return await _put(hosted, message, name, chat_id, sender)
        return await _send(hosted, message, chat_id)
    except Exception as error:  # one recipient must not stop the others, nor come again for ever
        log.exception("recipient_not_told", broadcast=name, bot=hosted.name, chat_id=chat_id)
        state: State = "failed" if message.as_ == "event" else "unknown"
        return Told(state, words(error), outage=True)


async def _put(
    hosted: HostedBot, message: Message, name: str, chat_id: int, sender: ChatSender | None
) -> Told:
    if sender is None:
        return Told("waiting", fault="this process has no way to the chats")
    try:
        chat = Chat(hosted.name, str(chat_id))
        await sender.put(chat, message.name or "", message.data, dedupe_id=f"{name}-{chat_id}", trace=name)
    except MailboxFullError as error:
        return Told("waiting", str(error), FULL_SECONDS)
    except StoreUnavailable as error:
        return Told("waiting", str(error), outage=True)
    return Told("sent")


async def _send(hosted: HostedBot, message: Message, chat_id: int, *, moved: bool = False) -> Told:
    session = cast(HostedSession, hosted.bot.session)
    try:
        await session.fetch(hosted.bot, send_call(message, chat_id), ANSWER_SECONDS)
    except TelegramRetryAfter as error:
        await session.told_to_wait(chat_id, error.retry_after)
        return _judged(hosted, error)
    except AiogramError as error:
        if isinstance(error, TelegramMigrateToChat) and not moved:
            return await _send(hosted, message, error.migrate_to_chat_id, moved=True)
        return _judged(hosted, error)
    child(REPLIES, hosted.name).inc()
    return Told("sent")


def _judged(hosted: HostedBot, error: AiogramError) -> Told:
    """What a failure to tell somebody means for them and for the others."""
    fault = fault_in(hosted.owners, error)
    verdict = judge(fault.owner, Work.RECIPIENT)
    if verdict.holds:
        hosted.hold.begin(str(error))
    said = error.message if isinstance(error, TelegramAPIError) else str(error)
    if verdict.stops_all:
        return Told("waiting", fault=f"Telegram does not take the message: {said}")
    return Told(
        cast(State, verdict.word),
        _WHY.get(fault.owner, "{said}").format(said=said),
        fault.told_seconds,
        refused=verdict.again is Pause.TOLD,
        outage=verdict.outage,
    )


_WHY = {
    Owner.BOT: "Telegram does not know the bot: {said}",
    Owner.OUTSIDE: "Telegram failed to answer",
    Owner.UNREACHED: "Telegram cannot be reached",
}
