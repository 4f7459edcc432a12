"""A bot of the configuration with all that its room may use: handed whole to every function of the room."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from mailroom.actors.cause import Begins
from mailroom.actors.jobs.transaction import Transaction, transaction
from mailroom.actors.people.forget import forget_person
from mailroom.actors.people.links import Links
from mailroom.actors.people.push import push
from mailroom.actors.providers.openai import Models
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.actors.uses.allowance import RoomAllowance
from mailroom.actors.uses.cache import RoomCache
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.events import RoomEvents
from mailroom.actors.uses.files import RoomFiles
from mailroom.actors.uses.http import Http
from mailroom.actors.uses.lease import RoomLease
from mailroom.actors.uses.limiter import RoomLimiter
from mailroom.actors.uses.signals import RoomSignals
from mailroom.storage.clock import Clock
from mailroom.storage.postgres.deeds import Deed, deeds
from mailroom.storage.postgres.outbox.connection import Connection
from mailroom.storage.postgres.schemas import SchemaConnection, SchemaPool
from mailroom.storage.vault import Vault

O = TypeVar("O", bound=BaseModel, covariant=True)  # noqa: E741, PLC0105 - its options


Erases = Callable[["Room[Any]", Transaction, str], Awaitable[None]]
"""Forgets a person of a room, in a transaction."""


async def nothing_to_erase(_room: "Room[Any]", _tx: Transaction, _person: str) -> None:
    """The room keeps nothing of anybody."""


DEEDS_MAX = 500
"""Lines of a log that anybody reads at once."""


@dataclass(frozen=True)
class Room(Generic[O]):
    """One bot, in one process. Its functions ask the room, and its handlers by name for what is `offered`."""

    bot: str
    """Its name in the configuration."""
    options: O
    """What its owner has set."""
    database: SchemaPool
    """Over which `{schema}.` in its statements leads to its own tables, and `{now}` is `now()`."""
    sharing: frozenset[str]
    """The bots whose tables these are, itself included."""
    payments: Mapping[str, PaymentProvider]
    """The payment accounts that its options choose, by name and in that order; all of them where they do not
    say, none where none is configured.
    """
    models: Models | None
    """None where there is neither a key nor a demo: nobody can be asked."""
    vault: Vault
    http: Http
    """For calls to addresses that somebody typed, such as a supplier's: it goes into no private network."""
    allowance: RoomAllowance
    """What somebody may do only so often."""
    cpu: Cpu
    """For work that would stall the loop."""
    cache: RoomCache
    """What may be a little old, kept for a while for all processes."""
    events: RoomEvents
    """What people do, for whoever wants to know how many come how far."""
    files: RoomFiles
    """Pictures, documents, what somebody has sent."""
    lease: RoomLease
    """What one process does at a time."""
    limiter: RoomLimiter
    """Whoever calls an outside account waits his turn."""
    signals: RoomSignals
    """That something has changed, for whoever shows it."""
    links: Links
    """Addresses to give to people: of the page, of the chat, and links that let their bearer do one thing."""
    public_url: str
    """Under which address customers' browsers reach this service; empty where they cannot."""
    wake: Callable[[str], None]
    """Tell the workers of a queue that a job was committed; without it they look half a second later."""
    erases: Erases = nothing_to_erase
    """What the room itself does to forget somebody; `forget` is all of it."""
    demo: bool = False

    @property
    def schema(self) -> str:
        """Where its tables are."""
        return self.database.schema

    def signal(self, name: str) -> None:
        """Wake whoever listens for this name, in all processes: after the commit of what has changed. Raises
        `ValueError` for what is no name.
        """
        self.signals.give(name)

    def event(self, name: str, /, *, person: str | None = None, **properties: object) -> None:
        """Tell that somebody (`Visit.person`) has done something: `room.event("order", person=…, lines=3)`.
        It costs nothing, never fails, and may be lost; who it was is kept as a pseudonym.
        """
        self.events.add(name, person, properties, self.now())

    def transaction(self, of: Begins) -> AbstractAsyncContextManager[Transaction]:
        """A transaction for a `Turn`, a `Visit`, or a `JobContext` that it does not end (`ending` is for
        that). What the block raises undoes all of it. Raises `StoreUnavailable`.
        """
        return transaction(self.database, of.cause, self.wake)

    async def deeds(self, most: int = 20, before: int | None = None) -> list[Deed]:
        """What was noted of this bot last (`Transaction.note`), newest first, for a log in its section of the
        console; with `before` only what is older than the deed of that id.
        """
        return await deeds(self.database, self.bot, min(most, DEEDS_MAX), before)

    @property
    def clock(self) -> Clock:
        """The one clock of the room; what it means between machines is said there."""
        assert self.database.clock is not None, "the database of a room knows its time"
        return self.database.clock

    def now(self) -> datetime:
        """What time it is for the room, in UTC. It asks no other clock: in a test and a demo that may be
        tomorrow.
        """
        return self.clock.now()

    def within(self, connection: Connection) -> SchemaConnection:
        """A connection of the platform's, for the room's own statements."""
        return self.database.within(connection)

    async def push(
        self, tx: Transaction, person: str, title: str, body: str, path: str = "", *, topic: str | None = None
    ) -> int:
        """Have a notice shown in all browsers in which somebody has asked for that; in how many. It leads to
        a `path` in the bot's page, such as `?order=17`; of one `topic` only the last is kept for whoever is
        away. Raises `PathError` for a path that leads out of the page.
        """
        return await push(tx, self.bot, person, title, body, path, topic=topic)

    async def forget(self, tx: Transaction, person: str) -> None:
        """Forget somebody of this bot: what the room keeps of them (`Parts.forget`), what they have proved,
        their sessions, links, codes, subscriptions and files, and what they did (`event`).
        """
        await self.erases(self, tx, person)
        await forget_person(tx.connection, self.bot, person)
        await self.events.forget(tx.connection, person)

    def offered(self) -> dict[str, Any]:
        """What its handlers are offered, by name."""
        return {
            "room": self,
            "database": self.database,
            "payments": self.payments,
            "models": self.models,
            "vault": self.vault,
            "cpu": self.cpu,
            "public_url": self.public_url,
            "options": self.options,
            "demo": self.demo,
        }
