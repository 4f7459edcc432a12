"""The shop's tables as its own functions reach them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from mailroom.actors.bots.shop.demo.goods import fill
from mailroom.actors.bots.shop.erasure import forget
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.ops.bundled import room
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.histories import History
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault
from tests.databases import template
from tests.rooms import room_of

SCHEMA = "shop"


def tables_of(kind: str, schema: str = "") -> History:
    """What a bundled bot's migrations make, in a schema called as its kind."""
    folder = room(kind).migrations
    assert folder is not None, "it has tables"
    return History(kind, schema or kind, folder, (schema or kind,))


SHOP_TABLES = tables_of(SCHEMA)
VAULT = Vault(["ZGVtby1rZXktb2YtdGhlLXNob3AncyB0ZXN0cy0wMDE="])  # 32 bytes, and no secret
"""What the demo's goods are encrypted with."""


def shop_template(postgres_url: str) -> str:
    """A database with the demo's goods, to be copied."""
    return template(postgres_url, "shop_template", _filled)


async def _filled(url: str) -> None:
    await apply_migrations(url, [SHOP_TABLES])
    async with shop_pool(url, 1) as pool:
        await fill(pool, VAULT)


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
