"""Whose an address is within a bot: the first person's who proved it."""

from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("proofs.sql"))


async def take(connection: Connection, bot: str, address: str, person: str) -> str:
    """The person whose an address is that was proved just now: `person`, if it was nobody's. Nobody else
    takes it before this transaction ends.
    """
    owner: str = await connection.fetchval(SQL["take"], bot, address, person)
    return owner


async def addresses_of(source: Source, bot: str, person: str) -> list[str]:
    """What somebody has proved, first what was proved first."""
    return [row["address"] for row in await source.fetch(SQL["of_person"], bot, person)]


async def forget(connection: Connection, bot: str, person: str) -> list[str]:
    """Forget what somebody has proved; which addresses it was."""
    return [row["address"] for row in await connection.fetch(SQL["forget"], bot, person)]
