"""Who wants to be forgotten: the room's table `erasures`. Once somebody is, it says no more than when."""

from dataclasses import dataclass
from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("wishes.sql"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who it is, by the number that Telegram gives them."""

    number: int
    bot: str
    user_id: int
    chat_id: int

    @property
    def nobody(self) -> int:
        """Whose what stays is from then on: a number that no person has."""
        return -self.number


async def ask(connection: Connection, bot: str, user_id: int, chat_id: int) -> int | None:
    """Note that somebody wants to be forgotten; its number, or None where that is noted."""
    number: int | None = await connection.fetchval(SQL["ask"], bot, user_id, chat_id)
    return number


async def find(source: Source, number: int) -> Wanted | None:
    """A wish that is still to be done."""
    row = await source.fetchrow(SQL["find"], number)
    return None if row is None else Wanted(number, **row)


async def lock(connection: Connection, number: int) -> Wanted | None:
    """The same, to oneself until the transaction ends."""
    row = await connection.fetchrow(SQL["lock"], number)
    return None if row is None else Wanted(number, **row)


async def wish_of(connection: Connection, bot: str, user_id: int) -> Wanted:
    """The wish of somebody who is forgotten now, noted now where they have not asked in the chat."""
    row = await connection.fetchrow(SQL["wish"], bot, user_id)
    assert row is not None, "there is one now"
    return Wanted(row["id"], bot, user_id, row["chat_id"])


async def end(connection: Connection, number: int) -> None:
    """From now on it is known when somebody was forgotten, and not who."""
    await connection.execute(SQL["done"], number)
