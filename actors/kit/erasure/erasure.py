"""What a room says of how people are forgotten, as one value; and how it is asked for, looked at and done."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from aiogram.filters.callback_data import CallbackData
from pydantic import BaseModel

from mailroom.actors.cause import TELEGRAM, Begins
from mailroom.actors.events import Event
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.context import JobContext
from mailroom.actors.jobs.kind import Kind
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.erasure import wishes
from mailroom.actors.kit.erasure.texts import ErasureTexts
from mailroom.actors.kit.erasure.wish import Wish
from mailroom.actors.kit.erasure.wishes import Wanted
from mailroom.actors.kit.owners.deeds import By, Outcome, once_within
from mailroom.actors.kit.screens.buttons import Row
from mailroom.actors.texts.language import Language
from mailroom.actors.texts.reading import Spoken
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.outbox.outcome import Done, Snoozed
from mailroom.storage.postgres.outbox.outcome import Outcome as JobOutcome

O = TypeVar("O", bound=BaseModel)  # noqa: E741 - what an owner of the bot can set

AGAIN_SECONDS = 600.0
"""When to look again whether something is over."""


class StillOpenError(Exception):
    """Something of theirs is still to come: they cannot be forgotten before."""


@dataclass(frozen=True)
class Before:
    """What somebody is told before they decide."""

    said: Sequence[str]
    """Paragraphs of HTML: what goes, what stays, what is lost and what is waited for."""
    ways: Sequence[Row] = ()
    """Buttons to what they may want to see to first."""


@dataclass(frozen=True, kw_only=True)
class Erasure(Generic[O]):
    """How people of a bot are forgotten."""

    kind: Kind[Wish]
    """The job that waits until nothing is open."""
    event: Event[Wish]
    """Told to the chat then."""
    texts: Spoken[ErasureTexts]
    keep: CallbackData
    """Where whoever keeps everything goes back to."""
    open: Callable[[Source, str, int], Awaitable[Sequence[str]]]
    """What of a bot's person is still to come and stands in the way, as on-call reads it: `order 7`."""
    before: Callable[[Room[O], int, Language], Awaitable[Before]]
    """What they are told before they decide."""
    waits: Callable[[Room[O], int, Language], Awaitable[str]]
    """What they are told once they have, where something stands in the way; empty where nothing does."""
    begin: Callable[[Room[O], Begins, int], Awaitable[None]]
    """Ends what would only wait for them, such as an order that nobody has paid for."""
    kept: Callable[[Connection, Wanted], Awaitable[Outcome]]
    """What stays in the books, for the log: counted before it is nobody's."""
    who: str
    """What the owner's log says of who did it: it names nobody."""

    async def ask(self, room: Room[O], of: Begins, user_id: int, chat_id: int, language: Language) -> bool:
        """Begin to forget somebody. False if that is begun."""
        await self.begin(room, of, user_id)
        async with room.transaction(of) as tx:
            number = await wishes.ask(tx.connection, room.bot, user_id, chat_id)
            if number is None:
                return False
            await tx.enqueue(self.kind(Wish(erasure=number, language=language), bot=room.bot))
            return True

    async def look(self, room: Room[O], wish: Wish, context: JobContext) -> JobOutcome:
        """The job: put the event into the chat, whose turn it is then; what waits there comes first."""
        wanted = await wishes.find(context.database, wish.erasure)
        if wanted is None:
            return Done()
        if there := await self.open(context.database, wanted.bot, wanted.user_id):
            return Snoozed(room.now() + timedelta(seconds=AGAIN_SECONDS), f"still open: {', '.join(there)}")
        await context.put_event(wanted.bot, wanted.chat_id, *self.event(wish))
        return Done()

    async def erase(self, room: Room[O], of: Begins, wish: Wish) -> bool:
        """Forget somebody, in the turn of their chat. False if something has come in between: the job is
        there again then. Done before, nothing more is to do.
        """
        by = By(room.bot, self.who, f"{room.bot}:erasure:{wish.erasure}")
        try:
            async with room.transaction(of) as tx:
                await once_within(tx, by, "erasure", str(wish.erasure), lambda _: self._all(room, tx, wish))
        except StillOpenError:
            async with room.transaction(of) as tx:
                await tx.enqueue(self.kind(wish, bot=room.bot, delay_seconds=AGAIN_SECONDS))
            return False
        return True

    async def _all(self, room: Room[O], tx: Transaction, wish: Wish) -> Outcome:
        """What is known of them: to the room, and to the platform."""
        wanted = await wishes.lock(tx.connection, wish.erasure)
        if wanted is None:
            return {}
        kept = await self.kept(tx.connection, wanted)
        await room.forget(tx, f"{TELEGRAM}{wanted.user_id}")
        return kept

    async def forget(
        self, tx: Transaction, bot: str, user_id: int, delete: Callable[[Connection, Wanted], Awaitable[Any]]
    ) -> Wanted:
        """What a room's `Parts.forget` does for somebody of Telegram: `delete` takes its rows of them away,
        or makes those that stay nobody's. Raises `StillOpenError`.
        """
        if there := await self.open(tx.connection, bot, user_id):
            raise StillOpenError(f"still under way: {', '.join(there)}")
        wanted = await wishes.wish_of(tx.connection, bot, user_id)
        await delete(tx.connection, wanted)
        await wishes.end(tx.connection, wanted.number)
        return wanted
