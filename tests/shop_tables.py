"""The shop's tables as its own functions reach them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from mailroom.storage.postgres.schemas import SchemaPool

SCHEMA = "shop"


@asynccontextmanager
async def shop_pool(url: str, connections: int = 1) -> AsyncIterator[SchemaPool]:
    """So many connections to the shop of a database."""
    async with asyncpg.create_pool(url, min_size=1, max_size=connections) as pool:
        yield SchemaPool(pool, SCHEMA)
