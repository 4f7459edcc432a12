"""What the shop does when its database went back: what it sold since the backup, it would sell again.

Payments at a gateway name the goods that they were for. What was paid from a balance, or given away, left no
trace anywhere: so all that was free at the backup stays off sale until the owner confirms it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from asyncpg import Pool

from mailroom.actors.bots.shop.checkout import PURPOSE
from mailroom.actors.bots.shop.domain.item_ranges import ids_in
from mailroom.actors.bots.shop.goods import find_good
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.kit.owners.deeds import By, Outcome, once
from mailroom.actors.paying.restored import Restored
from mailroom.storage.postgres.outbox.connection import answering
from mailroom.storage.postgres.queries import load

SQL = load(Path(__file__).with_name("restored.sql"))


async def doubt(database: Pool, since_ms: int) -> int:
    """Take off sale all that is free, once for each restore. What an order waits for is kept for it."""
    with answering():
        async with database.acquire() as connection, connection.transaction():
            if await connection.fetchval(SQL["begin"], since_ms) is None:
                return 0
            await connection.execute(SQL["keep"])
            return len(await connection.fetch(SQL["doubt"]))


async def withdraw(database: Pool, told: Sequence[Mapping[str, str]]) -> int:
    """Take off sale what lost payments were for, as their gateways were told."""
    ids: list[int] = []
    for about in told:
        if about.get("for", "").partition(" ")[0] != PURPOSE:
            continue
        try:
            ids += ids_in(about.get("items", ""))
        except ValueError:
            continue  # whoever else uses the account may write what they like there
    if not ids:
        return 0
    with answering():
        return len(await database.fetch(SQL["withdraw"], ids))


async def confirm(room: Room[Options], by: By, slug: str) -> int:
    """Put what is doubted of a product on sale again: the owner knows that it was not sold. Returns how much
    that is.
    """

    async def act(tx: Transaction) -> Outcome:
        good = await find_good(tx.connection, slug)
        return {"confirmed": len(await tx.connection.fetch(SQL["confirm"], good.id))}

    outcome = await once(room, by, "confirm", slug, act)
    return int(outcome["confirmed"])


def restored(room: Room[Options]) -> Restored:
    """The same for the shops that share its tables, over whichever database is given. Goods of two shops with
    tables of their own may have the same numbers.
    """

    async def doubt_there(database: Pool, since_ms: int) -> int:
        return await doubt(room.database.over(database), since_ms)

    async def withdraw_there(database: Pool, told: Sequence[Mapping[str, str]]) -> int:
        theirs = [about for about in told if about.get("bot") in (None, *room.sharing)]
        return await withdraw(room.database.over(database), theirs)

    return Restored(doubt_there, withdraw_there)
