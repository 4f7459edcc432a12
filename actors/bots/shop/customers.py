"""The people a shop knows, and who brought whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

from asyncpg import Pool

from mailroom.actors.kit.speech.printable import printable
from mailroom.actors.texts.language import Language
from mailroom.storage.postgres.broadcasts import Broadcasts
from mailroom.storage.postgres.outbox.connection import Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("customers.sql"))

FRIEND_LEVELS_MAX = 5
"""How far away a friend may be and still count: more levels are a pyramid, and slow to count."""
NAME_LENGTH_MAX = 128
"""Telegram's first and last name together."""


class Person(Protocol):
    """Somebody as Telegram tells of them: aiogram's `User` is one."""

    @property
    def id(self) -> int:
        """Telegram's number of them."""

    @property
    def full_name(self) -> str:
        """First and last name."""


@dataclass(frozen=True)
class Customer:
    """Somebody who has written to the shop."""

    bot: str
    user_id: int
    chat_id: int
    name: str
    language: Language
    contact: str
    referrer_id: int | None
    """Who brought them."""


@dataclass(frozen=True)
class Friends:
    """What came of a customer's referral link."""

    count_by_level: tuple[int, ...]
    """How many people: first those who used the link, then those who used the links of these."""
    earned_minor: Mapping[str, int]
    """By currency, less what was revoked."""


async def remember(
    database: Source,
    bot: str,
    user: Person,
    chat_id: int,
    language: Language,
    referrer_id: int | None = None,
) -> bool:
    """Know a customer by name, chat and language; True for a new one.

    Who brought them is believed of a new customer only, and only if that is somebody else who is a customer:
    so there can be no circles.
    """
    name = printable(user.full_name)[:NAME_LENGTH_MAX] or str(user.id)
    known = await find_customer(database, bot, user.id)
    if known is not None and (known.chat_id, known.name, known.language) == (chat_id, name, language):
        return False
    new = await database.fetchval(SQL["remember"], bot, user.id, chat_id, name, language, referrer_id)
    return bool(new)


async def set_contact(database: Source, bot: str, user_id: int, contact: str) -> bool:
    """Keep how a customer wants to be reached, for the next order. False if nobody knows them."""
    return await database.fetchval(SQL["set_contact"], bot, user_id, contact) is not None


async def wants_news(database: Source, bot: str, user_id: int) -> bool:
    """Whether broadcasts reach somebody."""
    return bool(await database.fetchval(SQL["wants_news"], bot, user_id))


async def set_news(database: Pool, bot: str, user_id: int, *, on: bool) -> bool:
    """Tell somebody news of the shop from now on, or none; also not those that are on their way to them.
    False if nobody knows them.
    """
    async with database.acquire() as connection, connection.transaction():
        chat_id = await connection.fetchval(SQL["set_news"], bot, user_id, on)
        if chat_id is not None and not on:
            await Broadcasts(cast(Pool, connection)).leave(bot, chat_id)
        return chat_id is not None


async def find_customer(database: Source, bot: str, user_id: int) -> Customer | None:
    """What is known of somebody."""
    row = await database.fetchrow(SQL["find"], bot, user_id)
    return None if row is None else _customer(row)


async def referrers_of(database: Source, bot: str, user_id: int, levels: int) -> list[Customer]:
    """Who brought a customer (level 1), who brought that one, and so on; nobody is there twice."""
    if levels < 1:
        return []
    rows = await database.fetch(SQL["referrers"], bot, user_id, min(levels, FRIEND_LEVELS_MAX))
    return [_customer(row) for row in rows]


async def friends_of(database: Source, bot: str, user_id: int, levels: int = FRIEND_LEVELS_MAX) -> Friends:
    """Whom a customer has brought, and what that has earned."""
    levels = min(levels, FRIEND_LEVELS_MAX)
    counted = {
        row["level"]: row["friends"] for row in await database.fetch(SQL["friends"], bot, user_id, levels)
    }
    deepest = max(counted, default=0)
    earned = await database.fetch(SQL["earned"], bot, user_id)
    return Friends(
        tuple(counted.get(level, 0) for level in range(1, deepest + 1)),
        {row["currency"]: row["amount_minor"] for row in earned},
    )


def _customer(row: Any) -> Customer:
    bot, user_id, chat_id, name, language, contact, referrer_id = row
    return Customer(bot, user_id, chat_id, name, Language(language), contact, referrer_id)
