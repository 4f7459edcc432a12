"""Browsers that show notices of a bot's page, by the address at which their push service takes them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("subscriptions.sql"))


class Endpoint(NamedTuple):
    """Where a browser takes notices, and what they are encrypted for."""

    endpoint: str
    p256dh: str
    auth: str


async def put(
    connection: Connection, bot: str, person: str, where: Endpoint, *, session: int | None, most: int
) -> None:
    """Have a browser show somebody's notices, and nobody else's; of more than `most` the oldest go."""
    await connection.execute(SQL["put"], bot, *where, person, session)
    await connection.execute(SQL["most"], bot, person, most)


async def endpoints_of(source: Source, bot: str, person: str) -> list[Endpoint]:
    """Where somebody is shown notices."""
    return [Endpoint(*row) for row in await source.fetch(SQL["of_person"], bot, person)]


async def drop(connection: Connection, bot: str, person: str, endpoint: str) -> bool:
    """Have a browser show somebody's notices no more. False if it did not."""
    return await connection.fetchval(SQL["drop"], bot, person, endpoint) is not None


async def gone(source: Source, bot: str, endpoint: str) -> None:
    """A browser has unsubscribed."""
    await source.execute(SQL["gone"], bot, endpoint)


async def end_with(connection: Connection, bot: str, sessions: Sequence[int]) -> None:
    """Sessions were ended: what was subscribed to in them ends too."""
    await connection.execute(SQL["end_with"], bot, list(sessions))


async def forget(connection: Connection, bot: str, person: str) -> None:
    """Nothing is shown to somebody."""
    await connection.execute(SQL["forget"], bot, person)
