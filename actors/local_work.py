"""Work of a chat that belongs to no message: what a library does in the background, in line all the same."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from mailroom.actors.chat_state import ChatState
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.journal import Journal
from mailroom.actors.running import as_current
from mailroom.actors.turn import Turn
from mailroom.actors.worker import Worker
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes

T = TypeVar("T")


@dataclass(slots=True)
class Local:
    """Work without a message, to be run in line; its answer is waited for on the asyncio side."""

    work: Callable[[], Awaitable[Any]]
    answer: Callable[[Any, BaseException | None], None]


async def run_local(
    worker: Worker,
    bot: HostedBot,
    chat: Chat,
    state: ChatState,
    epoch: int,
    work: Callable[[], Awaitable[T]],
) -> T:
    """Run it as a turn of the chat, and commit what it changed."""

    async def unrecorded(_number: int, _record: bytes) -> None:
        """There is no message that could be replayed."""

    journal = Journal(chat.bot, unrecorded)
    turn = Turn(chat, None, epoch, 1, False, state, journal, permit=worker.permit(chat, epoch))
    turn.clock = bot.clock
    at_it = state.begin(None)
    try:
        result = await as_current(turn, work)
        if turn.changes:
            async with state:
                changes = state.merged(at_it, turn.changes, turn.bases, bot.storage)
                await worker.persist(lambda: worker.mailboxes.commit(chat, epoch, None, changes))
                state.commit(at_it, changes)
                turn.changes = Changes()
    finally:
        state.end(at_it)
    return result
