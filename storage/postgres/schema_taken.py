"""A schema that a room is to have for the first time: is it free, and has the room none yet?"""

from collections.abc import Sequence

import asyncpg

from mailroom.storage.postgres.histories import Applied, History, MigrationError
from mailroom.storage.postgres.schemas import quoted

TABLES = """
SELECT relname::text FROM pg_class JOIN pg_namespace AS there ON there.oid = relnamespace
WHERE nspname = $1 AND relkind IN ('r', 'p', 'v', 'm') ORDER BY relname
"""
WITH_BOTS = """
SELECT relname::text FROM pg_class JOIN pg_namespace AS there ON there.oid = relnamespace
JOIN pg_attribute ON attrelid = pg_class.oid AND attname = 'bot' AND NOT attisdropped
WHERE nspname = $1 AND relkind = 'r' ORDER BY relname
"""


async def refuse_foreign(connection: asyncpg.Connection, history: History, ledger: Sequence[Applied]) -> None:
    """Raises `MigrationError` where the schema is somebody else's, or where the bot has its rows in the one
    that all bots of its kind had in common before.
    """
    if tables := await connection.fetch(TABLES, history.schema):
        raise MigrationError(
            f"The schema {history.schema} holds tables of another program ({tables[0]['relname']}): give"
            f" {history.owners} another one with `data`."
        )
    shared = history.room  # it was called as the room
    if history.chosen or not any(row.schema == shared and row.room == shared for row in ledger):
        return
    for bot in history.bots:
        for row in await connection.fetch(WITH_BOTS, shared):
            table = f"{quoted(shared)}.{quoted(row['relname'])}"
            if await connection.fetchval(f"SELECT EXISTS (SELECT FROM {table} WHERE bot = $1)", bot):  # noqa: S608 - names from the catalogue
                raise MigrationError(
                    f"What bots.{bot} has is in the schema {shared}, where every {shared} had it before: say"
                    f' data = "{shared}" in [bots.{bot}] to go on with it, or data = "{bot}" to begin anew.'
                )
