"""Rooms of bots that are not there, with what a test gives them and nothing else."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

import asyncpg

from mailroom.actors.cause import Cause
from mailroom.actors.hosting.room import Room
from mailroom.actors.jobs.transaction import Transaction
from mailroom.actors.paying.purpose import Purpose, Purposes
from mailroom.storage.postgres.outbox.job import Origin


class Told:
    """What a room has told of people, in their order."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str | None, Mapping[str, object]]] = []

    def add(self, name: str, person: str | None, properties: Mapping[str, object], _at: datetime) -> None:
        self.events.append((name, person, properties))

    async def forget(self, _connection: object, person: str) -> None:
        self.events = [one for one in self.events if one[1] != person]


def room_of(**given: Any) -> Room[Any]:
    """A room; what is not given is None, and nobody is woken."""
    empty: dict[str, Any] = {one.name: None for one in fields(Room)}
    return Room(**empty | {"demo": False, "events": Told(), "wake": lambda _: None} | given)


def purposes_of(room: Room[Any], purposes: Mapping[str, Purpose]) -> Purposes:
    """What follows from the payments of a room, as `ops.brought` puts it together."""
    return {(room.bot, what): replace(one, within=room.database) for what, one in purposes.items()}


def named(effect: str, origin: Origin | None = None, bot: str = "shop") -> Cause:
    """What somebody does, all of whose effects are called so; nothing else does it again. With the origin of
    a message it is that one.
    """
    of = None if origin is None else (lambda name: replace(origin, effect=f"{effect}:{name}"))
    return Cause(bot=bot, trace="", who="a test", effect=lambda _: effect, origin=of)


@asynccontextmanager
async def transaction_on(pool: asyncpg.Pool, bot: str = "shop") -> AsyncIterator[Transaction]:
    """A transaction that nothing begins again, over whichever tables the pool knows."""
    cause = Cause(bot=bot, trace="", who="a test", effect=str)
    async with pool.acquire() as connection, connection.transaction():
        yield Transaction(connection, cause)
