"""A group that became a supergroup: its state and its timers follow it, once, and whoever writes to its old
address is led to the new one.

Telegram says so in three ways, in no order that one could rely on: with the refusal of a call to the old id
(`parameters.migrate_to_chat_id`), with a service message in the old chat (`migrate_to_chat_id`), and with one
in the new chat (`migrate_from_chat_id`). The first two put an event into the new chat's mailbox, durable and
known by its dedupe id; that event, or the third, lets the new chat take what the old one left, in one commit
of its own with a mark that ends all repetitions. What the new chat has written itself by then is newer and
wins. The old state is only read: a crash at any point loses nothing, and it goes by its time-to-live.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Protocol

from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.moved import MOVED
from mailroom.actors.hosting.session import HostedSession
from mailroom.actors.jobs.chat_sender import ChatSender, MailboxFullError
from mailroom.actors.turn import Turn, current_turn
from mailroom.storage.errors import StoreError
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import Changes
from mailroom.storage.redis.moves import Moves, may_move

log = get_logger("mailroom.moving")

MARK = "mailroom:moved_from"
"""The field of the new chat's state that says what it has taken over."""
IN_LINE_SECONDS = 10.0
"""How long the old chat may take to finish its turn; past that what it has committed is taken."""


class Place(Protocol):
    """The way to the chats."""

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit changes outside of a turn."""

    async def run_in_line(self, chat: Chat, work: Callable[[], Awaitable[Any]]) -> Any:
        """Run work between two messages of a chat."""


class GroupMoving:
    """The groups of one bot that move (`mailroom.actors.hosting.moved.Moving`)."""

    def __init__(self, bot: str, moves: Moves, sender: ChatSender, place: Place) -> None:
        self._bot = bot
        self._moves = moves
        self._sender = sender
        self._place = place

    async def noticed(self, old_id: int, new_id: int) -> None:
        """Telegram said that a group is a supergroup now. Raises nothing: whoever called hears of the move by
        aiogram's exception, and Telegram says it again.
        """
        if not may_move(old_id) or may_move(new_id) or new_id >= 0:
            return
        old, new = Chat(self._bot, str(old_id)), Chat(self._bot, str(new_id))
        try:
            known = await self._moves.now(old) == new
            await self._moves.note(old, new_id)
            await self._sender.put(
                new, MOVED, str(old_id), dedupe_id=f"moved{old_id}", trace=f"moved{old_id}"
            )
        except (StoreError, MailboxFullError) as error:
            log.warning("move_not_noted", chat=str(old), to=new_id, why=str(error))
        else:
            if not known:
                log.info("chat_moved", chat=str(old), to=new_id)

    async def read(self, turn: Turn, update: Mapping[str, Any]) -> None:
        """Look whether an update that is about to be handled tells of a move."""
        message = update.get("message")
        if not isinstance(message, dict):
            return
        moved_to, moved_from = message.get("migrate_to_chat_id"), message.get("migrate_from_chat_id")
        if isinstance(moved_to, int):
            await self.noticed(turn.chat_id, moved_to)
        if isinstance(moved_from, int):
            await self.inherit(turn, moved_from)

    async def inherit(self, turn: Turn, old_id: int) -> None:
        """Give the chat of this turn what its former address left, if it has not got it already."""
        if not may_move(old_id) or may_move(turn.chat_id) or turn.chat_id >= 0:
            return
        old = Chat(self._bot, str(old_id))
        if MARK in turn.state:
            await self._end_timers(old, turn.chat)  # the process may have ended before it had come to that
            return
        await self._moves.note(old, turn.chat_id)
        left, timers = await self._state(old), await self._moves.timers(old)
        own_timers = {timer.name for timer in await self._moves.timers(turn.chat)}
        changes = Changes(set={MARK: str(old_id)})
        for name, value in left.items():
            renamed = _renamed(name, old_id, turn.chat_id)
            if renamed not in turn.state:
                changes.set[renamed] = value
        changes.timers += [(one.name, one.due_ms, one.data) for one in timers if one.name not in own_timers]
        await self._place.write(turn.chat, changes)
        log.info("state_moved", chat=str(turn.chat), was=old_id, fields=len(left), timers=len(timers))
        await self._end_timers(old, turn.chat)

    async def _end_timers(self, old: Chat, new: Chat) -> None:
        """End the timers of the old chat that the new one has as well: one of each is to fire."""
        left = {one.name for one in await self._moves.timers(old)}
        both = [one.name for one in await self._moves.timers(new) if one.name in left]
        if both:
            try:
                await self._place.write(old, Changes(cancel=both))
            except StoreError as error:
                log.warning("timers_left", chat=str(old), why=str(error))

    async def _state(self, old: Chat) -> dict[str, str]:
        """What the old chat has committed, once the turn that it may be at has ended."""

        async def committed() -> dict[str, str]:
            turn = current_turn.get()
            return dict(turn.state) if turn is not None else {}

        try:
            async with asyncio.timeout(IN_LINE_SECONDS):
                found: dict[str, str] = await self._place.run_in_line(old, committed)
                return found
        except (StoreError, TimeoutError):
            return await self._moves.state(old)


def follow_moves(bot: HostedBot, moves: Moves, sender: ChatSender, place: Place) -> None:
    """Have a bot's groups be followed from now on."""
    session = bot.bot.session
    assert isinstance(session, HostedSession), "a hosted bot has a hosted session"
    bot.moving = GroupMoving(bot.name, moves, sender, place)
    session.on_moved = bot.moving.noticed


def _renamed(name: str, old_id: int, new_id: int) -> str:
    """A field as the new chat knows it: where the state is a whole chat's, the chat stands in the place of
    the user (aiogram's FSMStrategy.CHAT).
    """
    part, _, rest = name.partition(":")
    who, colon, more = rest.partition(":")
    return f"{part}:{new_id}{colon}{more}" if who == str(old_id) else name
