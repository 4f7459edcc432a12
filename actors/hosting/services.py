"""What a process has for its bots with rooms; each room is given what is its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import asyncpg
from pydantic import BaseModel

from mailroom.actors.hosting.room import Erases, Room, nothing_to_erase
from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.people.links import Links
from mailroom.actors.people.usernames import Usernames
from mailroom.actors.providers.codes import CodeSender
from mailroom.actors.providers.openai import Models
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.actors.providers.webpush import WebPush
from mailroom.actors.uses.allowance import Allowance, RoomAllowance
from mailroom.actors.uses.cache import Cache, RoomCache
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.events import Events, RoomEvents
from mailroom.actors.uses.file_links import FileLinks
from mailroom.actors.uses.files import RoomFiles
from mailroom.actors.uses.http import Http
from mailroom.actors.uses.lease import RoomLease
from mailroom.actors.uses.limiter import Limiter, RoomLimiter
from mailroom.actors.uses.signals import RoomSignals, Signals
from mailroom.storage.clock import REAL_TIME, Clock
from mailroom.storage.postgres.room_lease import RoomLeaseRows
from mailroom.storage.postgres.schemas import SchemaPool
from mailroom.storage.vault import Vault


@dataclass(frozen=True, slots=True)
class BotServices:
    """The services of a process; `of` one bot they are its room."""

    database: asyncpg.Pool
    payments: Mapping[str, PaymentProvider]
    """The payment accounts by name, in the order of the configuration; empty where none is configured."""
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
    cache: Cache = field(default_factory=Cache)
    """What may be a little old, kept for a while for all processes."""
    limiter: Limiter = field(default_factory=Limiter)
    """Whoever calls an outside account waits his turn."""
    events: Events = field(default_factory=Events)
    """What people do, for whoever wants to know how many come how far."""
    signals: Signals = field(default_factory=Signals)
    """That something has changed, for whoever shows it."""
    senders: Sequence[CodeSender] = ()
    """Who carries one-time codes, in the order in which they are asked whether they take an address."""
    web_push: WebPush | None = None
    """None without a key: nobody is shown notices by their browser."""
    usernames: Usernames = field(default_factory=Usernames)
    """What Telegram calls the bots."""
    erasing: Callable[[str], Erases] = lambda _bot: nothing_to_erase
    """What the room of a bot does to forget somebody."""
    clock: Clock = REAL_TIME
    """What time it is for the rooms."""
    demo: bool = False

    def of(self, bot: str) -> Room[Any]:
        """What one bot may use of them: its statements find its tables over this database, and the payment
        accounts are those that its options choose, all of them where they do not say.
        """
        options = self.options[bot]
        return Room(
            bot=bot,
            options=options,
            database=self.database_of(bot),
            sharing=frozenset(one for one, schema in self.schemas.items() if schema == self.schemas[bot]),
            payments=Accounts(self.payments.values()).chosen(getattr(options, "payments", None)),
            models=self.models,
            vault=self.vault,
            http=self.http,
            allowance=RoomAllowance(self.allowance, bot),
            cpu=self.cpu,
            cache=RoomCache(self.cache, bot),
            events=RoomEvents(self.events, self.vault, bot),
            files=RoomFiles(self.database_of(bot), FileLinks(bot, self.public_url, self.vault)),
            lease=RoomLease(RoomLeaseRows(self.database), bot),
            limiter=RoomLimiter(self.limiter, bot),
            signals=RoomSignals(self.signals, bot),
            links=Links(bot, self.public_url, self.vault, partial(self.usernames.of, bot)),
            public_url=self.public_url,
            wake=self.wake,
            erases=self.erasing(bot),
            demo=self.demo,
        )

    def database_of(self, bot: str) -> SchemaPool:
        """The way to the tables of one bot."""
        return SchemaPool(self.database, self.schemas[bot], self.clock)
