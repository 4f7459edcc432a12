"""What a bundled bot may build on besides its own folder; its handlers ask for each thing by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import asyncpg
from pydantic import BaseModel

from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.providers.openai import Models
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class BotServices:
    """The services of a process, as bundled bots get them: their handlers, and their jobs."""

    database: asyncpg.Pool
    payments: Mapping[str, PaymentProvider]
    """The payment accounts by name, in the order of the configuration; empty where none is configured. All of
    them, or those of one bot.
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
    public_url: str
    """Under which address customers' browsers reach this service; empty where they cannot."""
    wake: Callable[[str], None]
    """Tell the workers of a queue that a job was committed; without it they look half a second later."""
    options: Mapping[str, BaseModel]
    """The options of each bundled bot, by its name in the configuration."""
    schemas: Mapping[str, str]
    """Where the tables of each of them are."""
    demo: bool = False
    bot: str = ""
    """Whose services these are; empty where they are nobody's alone."""
    schema: str = ""
    """Where the tables of that bot are."""

    def of(self, bot: str) -> "BotServices":
        """Those of one bot: its statements find its tables over this database, and the payment accounts are
        those that its options choose, all of them where they do not say.
        """
        database, chosen = self.database_of(bot), getattr(self.options.get(bot), "payments", None)
        accounts = Accounts(self.payments.values()).chosen(chosen)
        return replace(self, database=database, bot=bot, schema=database.schema, payments=accounts)

    @property
    def sharing(self) -> frozenset[str]:
        """The bots whose tables are in the schema of the one whose services these are, itself included."""
        return frozenset(bot for bot, schema in self.schemas.items() if schema == self.schema)

    def database_of(self, bot: str) -> SchemaPool:
        """The way to the tables of one bot."""
        return SchemaPool(self.database, self.schemas[bot])

    def for_handlers(self, bot: str) -> dict[str, Any]:
        """What the handlers of one bot are offered, by name."""
        own = self.of(bot)
        return {
            "database": own.database,
            "payments": own.payments,
            "models": self.models,
            "vault": self.vault,
            "cpu": self.cpu,
            "public_url": self.public_url,
            "wake": self.wake,
            "options": self.options[bot],
            "demo": self.demo,
        }
