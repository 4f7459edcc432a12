"""Files that rooms keep in Postgres: each once, called by its content."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Connection, Source
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("files.sql"))

DIGEST_CHARS = 32
"""Of SHA-256: 128 bits, which nobody finds a second content for."""


@dataclass(frozen=True, slots=True)
class File:
    """What is kept."""

    content: bytes
    type: str
    """The MIME type."""
    digest: str


def digest_of(content: bytes) -> str:
    """What a file of this content is called."""
    return sha256(content).hexdigest()[:DIGEST_CHARS]


async def put(connection: Connection, schema: str, content: bytes, mime_type: str) -> str:
    """Keep a file of the room; what it is called. In the transaction that writes down what it is for."""
    digest = digest_of(content)
    await connection.execute(SQL["put"], schema, digest, mime_type, content)
    return digest


async def put_of(
    connection: Connection, schema: str, content: bytes, mime_type: str, bot: str, person: str
) -> str:
    """Keep a file of a person; what it is called. It goes with the last person whose it is, unless the room
    has put it too.
    """
    digest = digest_of(content)
    await connection.execute(SQL["put_of"], schema, digest, mime_type, content)
    await connection.execute(SQL["belongs"], schema, digest, bot, person)
    return digest


async def forget(connection: Connection, bot: str, person: str) -> None:
    """Let go of a person's files, within a transaction."""
    found = await connection.fetch(SQL["disown"], bot, person)
    if found:
        those = [row["schema"] for row in found], [row["digest"] for row in found]
        await connection.execute(SQL["hold_all"], *those)
        await connection.execute(SQL["drop_nobodys"], *those)


async def get(source: Source, schema: str, digest: str) -> File | None:
    """The file of this digest; None if there is none."""
    row = await source.fetchrow(SQL["get"], schema, digest)
    return File(row["content"], row["type"], digest) if row is not None else None


async def drop(
    connection: Connection, schema: str, digest: str, is_used: Callable[[], Awaitable[bool]]
) -> None:
    """Let go of a file, unless it `is_used`, which is asked when nobody can put it anew meanwhile. In the
    transaction that has stopped using it.
    """
    await connection.execute(SQL["hold"], schema, digest)
    if not await is_used():
        await connection.execute(SQL["drop"], schema, digest)
