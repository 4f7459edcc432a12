"""Databases as versions before the move have left them: made by the frozen chain, and filled."""

import json

import asyncpg

from mailroom.storage.postgres.before_schemas import HAD_ALREADY
from mailroom.storage.postgres.histories import PLATFORM_HISTORY
from mailroom.storage.postgres.move import TABLES
from mailroom.storage.postgres.old_chain import CHAIN, old_names
from mailroom.storage.postgres.schemas import quoted
from tests.shop_tables import SHOP_TABLES

FILLED = """
INSERT INTO outbox_job (
    created_at, run_at, turn_at, priority, attempts_max, timeout_seconds, backoff_seconds, backoff_factor,
    backoff_max_seconds, backoff_jitter, queue, name, payload, key, worker, lease_until, claims
)
SELECT now(), now(), now(), 1, 3, 10, 1, 2, 60, 0, 'delivery', 'deed', n::text, 'k' || n,
    CASE WHEN n % 2 = 0 THEN 'w' END,
    CASE WHEN n % 2 = 0 THEN now() + interval '1 hour' ELSE '-infinity' END, n % 2
FROM generate_series(1, 50) AS n;
INSERT INTO outbox_key SELECT queue, key, id FROM outbox_job WHERE worker IS NOT NULL;
INSERT INTO outbox_dead SELECT job.*, now(), 'died', 'why', '[]' FROM outbox_job AS job WHERE id % 10 = 0;
INSERT INTO outbox_event (job_id, attempt, kind, queue, name)
SELECT id, 1, 'retry', queue, name FROM outbox_job;
INSERT INTO outbox_queue VALUES ('payment', now(), 'Olga', 'the gateway is away');
INSERT INTO partition_lease VALUES (1, 'w', 7, now() + interval '1 hour');
INSERT INTO payment (provider, ref, purpose, reference, amount_minor, currency)
SELECT 'yookassa', 'r' || n, 'shop.order', (1000 + n)::text, 100, 'RUB' FROM generate_series(1, 20) AS n;
UPDATE pair SET mark = 9;
INSERT INTO broadcast (bot, message, as_event) VALUES ('shop', '{}', false);
INSERT INTO broadcast_recipient (broadcast_id, chat_id) SELECT 1, n FROM generate_series(1, 30) AS n;
INSERT INTO periodic_work (name, schedule, next_run) VALUES ('prune', 'every 60 s', now());
INSERT INTO shop.customers (bot, user_id, chat_id, name, language) VALUES ('shop', 7, 7, 'Ann', 'en');
"""
"""Something in every state that must not be lost."""


async def make_old(
    connection: asyncpg.Connection, upto: str | None = None, *, home: str = "public", filled: bool = False
) -> None:
    """Tables at that migration, or at the last, in that schema."""
    names = old_names()
    await connection.execute(f"SET search_path = {quoted(home)}")
    for name in names[: names.index(upto) + 1] if upto else names:
        await connection.execute((CHAIN / f"{name}.sql").read_text(encoding="utf-8"))
    await connection.execute("CREATE TABLE mailroom_migration (version_num varchar(32) PRIMARY KEY)")
    await connection.execute("INSERT INTO mailroom_migration VALUES ($1)", upto or names[-1])
    if filled:
        await connection.execute(FILLED)
    await connection.execute("RESET search_path")


async def contents(connection: asyncpg.Connection, schema: str) -> dict[str, list[str]]:
    """Every row of every table that moves, but for columns that came since, and where numbers go on."""
    found = {}
    for table in TABLES:
        rows = await connection.fetch(
            f"SELECT (to_jsonb(t) - 'lane')::text FROM {quoted(schema)}.{table} AS t ORDER BY 1"
        )
        found[table] = [row[0] for row in rows]
    found["installation"] = [row for row in found["installation"] if json.loads(row)["key"] != "bridge"]
    found["next"] = [
        str(await connection.fetchval(f"SELECT last_value FROM {quoted(schema)}.{table}_id_seq"))
        for table in ("outbox_job", "payment", "broadcast")
    ]
    return found


def platform_names() -> list[str]:
    """The platform's migrations, as a migrate names them."""
    return [PLATFORM_HISTORY.label(one.name) for one in PLATFORM_HISTORY.migrations()]


def since(*histories):
    """The migrations that came after the tables were moved."""
    return [
        history.label(one.name)
        for history in histories
        for one in history.migrations()
        if one.name not in HAD_ALREADY[history.schema]
    ]


SINCE = since(PLATFORM_HISTORY, SHOP_TABLES)
