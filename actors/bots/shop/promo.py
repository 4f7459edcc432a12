"""Counting in how many orders a promo code is used; its rows are locked, so that it is not used too often."""

from pathlib import Path

from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("promo.sql"))


async def use_promo(connection: Connection, number: int) -> bool:
    """Count the use of the code of an order whose lines are written. False, and nothing counted, if it is
    used up.
    """
    rows = await connection.fetch(SQL["lock"], number)
    if not all(row["usable"] for row in rows):
        return False
    await connection.execute(SQL["count"], [row["id"] for row in rows], 1)
    return True


async def give_back_promo(connection: Connection, number: int) -> None:
    """The order came to nothing: somebody else may use the code."""
    rows = await connection.fetch(SQL["lock"], number)
    if rows:
        await connection.execute(SQL["count"], [row["id"] for row in rows], -1)
