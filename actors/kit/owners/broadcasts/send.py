"""A broadcast is written down with its recipients once, however often it is asked for, and then moved."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal, cast

from asyncpg import Pool

from mailroom.actors.broadcast.create import create
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import TEXT_CHARS_MAX, Message
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.broadcasts.audience import Audience
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.storage.postgres.broadcasts import Broadcasts, Progress
from mailroom.storage.postgres.outbox.connection import Connection

NUMBER_MAX = 2**63 - 1

Move = Literal["pause", "resume", "cancel"]


async def send(
    room: Room[Any], by: By, audience: Audience, text: str, language: str | None, *, html: bool
) -> int:
    """Begin to tell all people, or those of a language; the broadcast's number. Raises `OwnerError`.

    The broadcast, its recipients and its line in the log are one transaction: done twice, it is there once.
    """
    if not 0 < len(text.strip()) <= TEXT_CHARS_MAX:
        raise refuse(TellingFault.TEXT_TOO_LONG, chars=len(text), most=TEXT_CHARS_MAX)
    # A word has one language, whoever is told; the button below it speaks the same.
    button = audience.below(language or audience.spoken(text))
    message = Message(as_="notice", text=text, parse_mode="HTML" if html else None, button=button)

    async def act(tx: Transaction) -> Outcome:
        chats = await audience.chats(tx.connection, by.bot, language)
        if not chats:
            raise refuse(TellingFault.NOBODY_TO_TELL)
        number = await create(_broadcasts(tx.connection), by.bot, message, chats)
        return {"broadcast": number, "recipients": len(chats), "language": language}

    outcome = await once(room, by, "broadcast", language or "all", act)
    return int(outcome["broadcast"])


async def progress(database: Pool, bot: str, number: int) -> Progress:
    """How far a broadcast has come. Raises `OwnerError`."""
    found = await Broadcasts(database).progress(number) if 0 < number <= NUMBER_MAX else None
    if found is None or found.bot != bot:
        raise refuse(TellingFault.UNKNOWN_BROADCAST, number=number)
    return found


async def list_broadcasts(database: Pool, bot: str, most: int = 10) -> list[Progress]:
    """The newest ones."""
    return await Broadcasts(database).find(bot, most)


async def move(room: Room[Any], by: By, number: int, to: Move) -> None:
    """Pause a broadcast, let it go on, or end it for good. Raises `OwnerError`."""
    await progress(room.database, by.bot, number)

    async def act(tx: Transaction) -> Outcome:
        broadcasts = _broadcasts(tx.connection)
        moves: dict[Move, Callable[[], Awaitable[bool]]] = {
            "pause": lambda: broadcasts.pause(number, by.who, by.why),
            "resume": lambda: broadcasts.resume(number, by.who),
            "cancel": lambda: broadcasts.cancel(number, by.who, by.why),
        }
        if not await moves[to]():
            raise refuse(TellingFault.BROADCAST_MOVED_ON, number=number)
        return {"moved": to}

    await once(room, by, f"broadcast_{to}", str(number), act)


def _broadcasts(connection: Connection) -> Broadcasts:
    """Broadcasts in this transaction: all they ask of a pool a connection does too."""
    return Broadcasts(cast(Pool, connection))
