"""Groups of endpoints: a message to one goes to each."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.outbox.connection import Source, answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("groups.sql"))

GROUPS_MAX = 1_000
ENDPOINTS_MAX = 100
"""A message to a group is as many messages, written in one statement."""


class TooManyError(Exception):
    """There would be more than there may be; the message says of what."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where messages to a group go."""

    url: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class StoredGroup:
    """A group, and what every publish to it says unless it says otherwise."""

    name: str
    headers: tuple[tuple[str, str], ...]
    created_at: datetime
    updated_at: datetime
    endpoints: tuple[Endpoint, ...]


async def groups(source: Source, names: Sequence[str] | None = None) -> list[StoredGroup]:
    """Groups by their names, or all there are."""
    with answering():
        rows = await source.fetch(SQL["all_groups"], None if names is None else list(names))
    return [
        StoredGroup(
            row["name"],
            tuple((name, value) for name, value in json.loads(row["headers"])),
            row["created_at"],
            row["updated_at"],
            tuple(Endpoint(url, name) for name, url in json.loads(row["endpoints"])),
        )
        for row in rows
    ]


async def add_endpoints(pool: asyncpg.Pool, group: str, endpoints: Sequence[Endpoint]) -> None:
    """Add endpoints to a group, which is made where there is none. Raises `TooManyError`."""
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["keep"], group)
            urls, names = [one.url for one in endpoints], [one.name for one in endpoints]
            await connection.execute(SQL["add"], group, urls, names)
            sizes = await connection.fetchrow(SQL["sizes"], group)
            assert sizes is not None, "counts are always a row"
            if sizes["groups"] > GROUPS_MAX:
                raise TooManyError(f"there are at most {GROUPS_MAX} URL groups")
            if sizes["endpoints"] > ENDPOINTS_MAX:
                raise TooManyError(f"a URL group has at most {ENDPOINTS_MAX} endpoints")


async def remove_endpoints(
    pool: asyncpg.Pool, group: str, *, urls: Sequence[str] = (), names: Sequence[str] = ()
) -> None:
    """Remove endpoints from a group. Without any left the group is gone."""
    with answering():
        async with pool.acquire() as connection, connection.transaction():
            await connection.execute(SQL["remove"], group, list(urls), list(names))
            await connection.execute(SQL["delete_empty"], group)


async def set_headers(pool: asyncpg.Pool, group: str, headers: Sequence[tuple[str, str]]) -> bool:
    """Have every publish to a group say so. False where there is none of the name."""
    with answering():
        return await pool.fetchval(SQL["set_headers"], group, json.dumps(list(headers))) is not None


async def delete_group(pool: asyncpg.Pool, group: str) -> None:
    """Delete a group, if it is there."""
    with answering():
        await pool.execute(SQL["delete"], group)
