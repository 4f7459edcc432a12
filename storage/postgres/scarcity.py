"""Postgres has fewer connections for us than we were told to use: notice it, and do with those there are."""

import time
from pathlib import Path

import asyncpg

from mailroom.storage.postgres.opening import refused
from mailroom.storage.postgres.pooler import Pooler, way_to
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("scarcity.sql"))

REMEMBERED_SECONDS = 120.0
"""A connection that was refused is spoken of for so long: longer than a scraper's or a person's next look."""


async def shortage(database: asyncpg.Pool, url: str, connections: int) -> str:
    """What is to be said of it; empty if there is nothing to say. Behind a pooler what counts is the pooler's
    business, and only a refusal tells.
    """
    advice = "allow more, or set database_connections (MAILROOM_DATABASE_CONNECTIONS) to less"
    if refused.at is not None and time.monotonic() - refused.at < REMEMBERED_SECONDS:
        why = f"a connection to Postgres was refused ({refused.why})"
        return f"{why}; this process may use {connections}: {advice}"
    if (await way_to(url)).pooler is not Pooler.NONE:
        return ""
    allowed: int = await database.fetchval(SQL["allowed"])
    if allowed < connections:
        return (
            f"Postgres allows {allowed} connections, and this process alone may use {connections}: {advice}"
        )
    return ""
