"""One-time codes that prove an address at one interface of a bot: the last one of each, by a digest, until it
is used or over.
"""

from collections.abc import Sequence
from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("codes.sql"))


async def put(
    connection: Connection,
    bot: str,
    interface: str,
    address: str,
    digest: bytes,
    *,
    tries: int,
    seconds: float,
) -> None:
    """Have this code prove an address, and none that was there before."""
    await connection.execute(SQL["prune"])
    await connection.execute(SQL["put"], bot, interface, address, digest, tries, seconds)


async def spend(connection: Connection, bot: str, interface: str, address: str) -> bytes | None:
    """Take one of the tries at an address; the digest of its code, None where there is none to be tried.
    Others who try wait until this transaction ends.
    """
    digest: bytes | None = await connection.fetchval(SQL["spend"], bot, interface, address)
    return digest


async def drop(connection: Connection, bot: str, interface: str, address: str, digest: bytes) -> None:
    """A code is used up."""
    await connection.execute(SQL["drop"], bot, interface, address, digest)


async def seconds_left(source: Source, bot: str, interface: str, address: str, digest: bytes) -> float:
    """For how long a code still proves its address; 0 where it does not."""
    return await source.fetchval(SQL["seconds_left"], bot, interface, address, digest) or 0.0


async def forget(connection: Connection, bot: str, addresses: Sequence[str]) -> None:
    """No code proves one of these addresses."""
    await connection.execute(SQL["forget"], bot, list(addresses))
