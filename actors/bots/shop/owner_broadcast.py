"""A word to all customers: written down with its recipients once, then sent by `actors/broadcast/`."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from asyncpg import Pool

from mailroom.actors.bots.shop.callbacks import SwitchNews
from mailroom.actors.bots.shop.domain.language import Language
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.bots.shop.texts import TEXTS
from mailroom.actors.broadcast.create import create
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.notify import TEXT_CHARS_MAX, Button, Message
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.kit.owners.faults import TellingFault
from mailroom.actors.kit.owners.refusals import refuse
from mailroom.storage.postgres.broadcasts import Broadcasts, Progress
from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("owner_broadcast.sql"))

NUMBER_MAX = 2**63 - 1
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)

Move = Literal["pause", "resume", "cancel"]


@dataclass(frozen=True)
class Recipients:
    """Whom a broadcast reaches."""

    by_language: dict[Language, int]
    """How many customers are served in each language, without those who want no news."""
    without_news: int
    """How many have said that they want none."""

    @property
    def total(self) -> int:
        """All who are told."""
        return sum(self.by_language.values())


async def count_recipients(source: Source, bot: str) -> Recipients:
    """How many customers there are to tell, and how many who want no news."""
    rows = await source.fetch(SQL["recipients"], bot)
    counted = {row["language"]: row["customers"] for row in rows}
    return Recipients(
        {language: counted.get(language.value, 0) for language in Language},
        sum(row["without"] for row in rows),
    )


async def send(room: Room[Options], by: By, text: str, language: Language | None, *, html: bool) -> int:
    """Begin to tell all customers, or those of a language; the broadcast's number. Raises `OwnerError`.

    The broadcast, its recipients and its line in the log are one transaction: done twice, it is there once.
    """
    if not 0 < len(text.strip()) <= TEXT_CHARS_MAX:
        raise refuse(TellingFault.TEXT_TOO_LONG, chars=len(text), most=TEXT_CHARS_MAX)
    # A word has one language, whoever is told; the button below it speaks the same.
    spoken = language or (Language.RU if CYRILLIC.search(text) else Language.EN)
    message = Message(
        as_="notice",
        text=text,
        parse_mode="HTML" if html else None,
        button=Button(
            text=TEXTS[spoken].settings.button_no_news, data=SwitchNews(on=False, alone=True).pack()
        ),
    )

    async def act(tx: Transaction) -> Outcome:
        chats = [row[0] for row in await tx.connection.fetch(SQL["chats"], by.bot, language)]
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


async def move(room: Room[Options], by: By, number: int, to: Move) -> None:
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
