"""A bot of the configuration with all that its room may use: handed whole to every function of the room."""

from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from mailroom.actors.cause import Begins
from mailroom.actors.hosting.transaction import Transaction, transaction
from mailroom.actors.providers.openai import Models
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cache import RoomCache
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from mailroom.actors.uses.signals import RoomSignals
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault

O = TypeVar("O", bound=BaseModel, covariant=True)  # noqa: E741, PLC0105 - its options


@dataclass(frozen=True)
class Room(Generic[O]):
    """One bot, in one process. Its functions ask the room, and its handlers by name for what is `offered`."""

    bot: str
    """Its name in the configuration."""
    options: O
    """What its owner has set."""
    database: SchemaPool
    """Over which `{schema}.` in its statements leads to its own tables."""
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
    allowance: Allowance
    """What somebody may do only so often."""
    cpu: Cpu
    """For work that would stall the loop."""
    cache: RoomCache
    """What may be a little old, kept for a while for all processes."""
    signals: RoomSignals
    """That something has changed, for whoever shows it."""
    public_url: str
    """Under which address customers' browsers reach this service; empty where they cannot."""
    wake: Callable[[str], None]
    """Tell the workers of a queue that a job was committed; without it they look half a second later."""
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

    def transaction(self, of: Begins) -> AbstractAsyncContextManager[Transaction]:
        """A transaction for a `Turn`, a `Visit`, or a `JobContext` that it does not end (`ending` is for
        that). What the block raises undoes all of it. Raises `StoreUnavailable`.
        """
        return transaction(self.database, self.schema, of.cause, self.wake)

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
            "wake": self.wake,
            "options": self.options,
            "demo": self.demo,
        }
