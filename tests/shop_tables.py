"""The shop's tables as its own functions reach them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from mailroom.actors.bots.shop.erasure import forget
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.ops.bundled import room
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.histories import History
from mailroom.storage.postgres.schemas import SchemaPool
from tests.rooms import room_of

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


def shop_room(pool: SchemaPool, **given: Any) -> Room[Options]:
    """The room of a shop over these tables, as its owner finds it."""
    about = {
        "bot": SCHEMA,
        "options": Options(),
        "payments": {},
        "sharing": frozenset({SCHEMA}),
        "erases": forget,
    }
    return room_of(**{**about, "public_url": "https://shop.example/", "database": pool, **given})
