"""Links that let whoever has them do one thing, by the digest of what the link holds."""

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("grants.sql"))


class Granted(NamedTuple):
    """What a link is for."""

    what: str
    reference: str
    version: int


async def put(
    connection: Connection,
    digest: bytes,
    bot: str,
    granted: Granted,
    *,
    person: str | None,
    until: datetime | None,
) -> None:
    """Note a link, with the fact that it is about; None: it ends when it is revoked, and not before."""
    await connection.execute(SQL["prune"])
    await connection.execute(SQL["put"], digest, bot, *granted, person, until)


async def find(source: Source, digest: bytes, bot: str, now: datetime) -> Granted | None:
    """What a link of this digest is for; None where there is none, it is over or was revoked, all alike."""
    row = await source.fetchrow(SQL["find"], digest, bot, now)
    return Granted(*row) if row is not None else None


async def revoke(connection: Connection, bot: str, what: str, reference: str, before: int | None) -> int:
    """End the links for a thing, or only those for its versions before one; how many it were."""
    return len(await connection.fetch(SQL["revoke"], bot, what, reference, before))


async def forget(connection: Connection, bot: str, person: str) -> None:
    """End the links that were made for somebody."""
    await connection.execute(SQL["forget"], bot, person)
