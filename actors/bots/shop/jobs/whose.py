"""Whose a job of the shop is that says nothing of its bot: such were enqueued when shops shared a queue."""

from collections.abc import Mapping

from mailroom.actors.bots.shop.jobs.sql import SQL
from mailroom.actors.bots.shop.options import Options
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.whose import Asked
from mailroom.storage.postgres.outbox.connection import Connection

NUMBER_MAX = 2**63 - 1


def whose(room: Room[Options]) -> Asked:
    """Of whose order, or of whose customer's wish to be forgotten, it is."""

    async def asked(connection: Connection, name: str, carried: Mapping[str, object]) -> str | None:
        if not name.startswith("shop."):
            return None
        rows = room.within(connection)
        for about in ("order", "erasure"):
            number = carried.get(about)
            if isinstance(number, int) and 0 < number <= NUMBER_MAX:
                bot: str | None = await rows.fetchval(SQL[f"bot_of_{about}"], number)
                return bot
        return None

    return asked
