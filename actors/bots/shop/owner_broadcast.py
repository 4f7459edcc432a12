"""A word to all customers: written down with its recipients once, then sent by `actors/broadcast/`."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Literal, cast

from asyncpg import Pool

from actors.bots.shop.language import Language
from actors.bots.shop.owner_faults import Fault, refuse
from actors.bots.shop.owner_log import By, Outcome, once
from actors.broadcast.create import create
from actors.notification import TEXT_CHARS_MAX, Message
from storage.postgres.broadcasts import Broadcasts, Progress
from storage.postgres.outbox.connection import Connection, Source
from storage.postgres.queries import load

SQL = load(Path(__file__).with_name("owner_broadcast.sql"))

NUMBER_MAX = 2**63 - 1

Move = Literal["pause", "resume", "cancel"]


async def count_recipients(source: Source, bot: str) -> dict[Language, int]:
    """How many customers there are, by the language they are served in."""
    counted = {row["language"]: row["customers"] for row in await source.fetch(SQL["recipients"], bot)}
    return {language: counted.get(language.value, 0) for language in Language}


async def send(database: Pool, by: By, text: str, language: Language | None, *, html: bool) -> int:
    """Begin to tell all customers, or those of a language; the broadcast's number. Raises `OwnerError`.

    The broadcast, its recipients and its line in the log are one transaction: done twice, it is there once.
    """
    if not 0 < len(text.strip()) <= TEXT_CHARS_MAX:
        raise refuse(Fault.TEXT_TOO_LONG, chars=len(text), most=TEXT_CHARS_MAX)
    message = Message(as_="notice", text=text, parse_mode="HTML" if html else None)

    async def act(connection: Connection) -> Outcome:
        chats = [row[0] for row in await connection.fetch(SQL["chats"], by.bot, language)]
        if not chats:
            raise refuse(Fault.NOBODY_TO_TELL)
        number = await create(_broadcasts(connection), by.bot, message, chats)
        return {"broadcast": number, "recipients": len(chats), "language": language}

    outcome = await once(database, by, "broadcast", language or "all", act)
    return int(outcome["broadcast"])


async def progress(database: Pool, bot: str, number: int) -> Progress:
    """How far a broadcast has come. Raises `OwnerError`."""
    found = await Broadcasts(database).progress(number) if 0 < number <= NUMBER_MAX else None
    if found is None or found.bot != bot:
        raise refuse(Fault.UNKNOWN_BROADCAST, number=number)
    return found


async def list_broadcasts(database: Pool, bot: str, most: int = 10) -> list[Progress]:
    """The newest ones."""
    return await Broadcasts(database).find(bot, most)


async def move(database: Pool, by: By, number: int, to: Move) -> None:
    """Pause a broadcast, let it go on, or end it for good. Raises `OwnerError`."""
    await progress(database, by.bot, number)

    async def act(connection: Connection) -> Outcome:
        broadcasts = _broadcasts(connection)
        moves: dict[Move, Callable[[], Awaitable[bool]]] = {
            "pause": lambda: broadcasts.pause(number, by.who, by.why),
            "resume": lambda: broadcasts.resume(number, by.who),
            "cancel": lambda: broadcasts.cancel(number, by.who, by.why),
        }
        if not await moves[to]():
            raise refuse(Fault.BROADCAST_MOVED_ON, number=number)
        return {"moved": to}

    await once(database, by, f"broadcast_{to}", str(number), act)


def _broadcasts(connection: Connection) -> Broadcasts:
    """Broadcasts in this transaction: all they ask of a pool a connection does too."""
    return Broadcasts(cast(Pool, connection))
