"""The shop's tables as its own functions reach them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from mailroom.ops.bundled import room
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.histories import History
from mailroom.storage.postgres.schemas import SchemaPool

SCHEMA = "shop"


def tables_of(kind: str, schema: str = "") -> History:
    """What a bundled bot's migrations make, in a schema called as its kind."""
    folder = room(kind).migrations
    assert folder is not None, "it has tables"
    return History(kind, schema or kind, folder, (schema or kind,))


SHOP_TABLES = tables_of(SCHEMA)


@asynccontextmanager
async def shop_pool(url: str, connections: int = 1) -> AsyncIterator[SchemaPool]:
    """So many connections to the shop of a database."""
    async with asyncpg.create_pool(url, min_size=1, max_size=connections) as pool:
        yield SchemaPool(pool, SCHEMA, Clock())
