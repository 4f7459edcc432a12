"""What one process has, for as long as it lives: opened in order, one on top of the other, and closed in the
opposite one.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import trio
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.paying.gone import name_gone, told_of_gone
from mailroom.actors.paying.orphans import name_orphans, told_of
from mailroom.actors.policy import Policy
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.bot_services import open_bot_services
from mailroom.ops.brought import Brought, brought, prepare
from mailroom.ops.bundled import rooms
from mailroom.ops.connections import division_of, most_of
from mailroom.ops.faults import StartError
from mailroom.ops.hosted import hosted_bots
from mailroom.ops.identity import claim_names, spare_names
from mailroom.ops.outbox import Outbox, open_outbox, queue_names
from mailroom.ops.settings import Settings
from mailroom.ops.stores import Stores, open_stores
from mailroom.storage.errors import StoreError
from mailroom.storage.vault import VaultError
from mailroom.supervisors.chat_worker import ChatWorker
from mailroom.supervisors.connection_gauges import CONNECTIONS_MOST
from mailroom.supervisors.moving import follow_moves
from mailroom.supervisors.ownership import Ownership
from mailroom.supervisors.parking import Parking
from mailroom.supervisors.stalls import BLOCKED_SECONDS_MAX

log = get_logger("mailroom")

Role = Literal["ingress", "worker"]


@dataclass(frozen=True, slots=True)
class Process:
    """All of it. Handed on whole to what puts the parts of a process together; a part is given what it uses
    of it. What a bot has is `services.of` its name, and what an ownership of the chats has
    `chat_worker.chats`.
    """

    settings: Settings
    roles: frozenset[Role]
    stopping: trio.Event
    """Set when the process is asked to stop: what is shown live ends then."""
    stores: Stores
    outbox: Outbox
    services: BotServices
    brought: Brought
    chat_worker: ChatWorker
    parking: Parking

    @property
    def working(self) -> bool:
        """Whether chats and jobs are worked here."""
        return "worker" in self.roles

    @property
    def listening(self) -> bool:
        """Whether it takes in what others send."""
        return "ingress" in self.roles

    @property
    def bots(self) -> Mapping[str, HostedBot]:
        """Its bots; a script may add some."""
        return self.chat_worker.bots

    @property
    def chats(self) -> ChatSender:
        """The way to put events into the mailboxes of chats."""
        return ChatSender(self.stores.mailboxes, self.chat_worker.arrived, self.chat_worker.unsure)

    def follow(self, bot: HostedBot) -> None:
        """Have a bot's groups keep their state when they become supergroups."""
        follow_moves(bot, self.stores.mailboxes.moves, self.chats, self.chat_worker)


def configured_bots(process: Process) -> dict[str, HostedBot]:
    """The bots of the settings."""
    return hosted_bots(process.settings, process.chat_worker, process.parking, process.services.of)


@dataclass(frozen=True, slots=True)
class Setup:
    """How a process is made. A script brings bots of its own; the rest beyond settings and roles is for
    benchmarks and tests.
    """

    settings: Settings
    roles: frozenset[Role]
    bots: Callable[[Process], dict[str, HostedBot]] = configured_bots
    policy: Policy = field(default_factory=Policy)
    handlers: Iterable[Handlers] = ()
    blocked_seconds_max: float = BLOCKED_SECONDS_MAX


@asynccontextmanager
async def open_process(setup: Setup, stopping: trio.Event) -> AsyncIterator[Process]:
    """Open a process, with all its bots made and none started. Raises `StartError` and `ConfigurationError`
    for what keeps it from starting.
    """
    settings, working = setup.settings, "worker" in setup.roles
    queues = len(queue_names(settings)) if working else 0
    division = division_of(settings, queues, working=working)
    CONNECTIONS_MOST.set(most_of(division))
    log.info("postgres_connections", at_most=most_of(division), queues=queues)
    async with (
        open_stores(settings, division) as stores,
        open_outbox(settings, division, working=working) as outbox,
        open_bot_services(settings, stores, outbox) as services,
    ):
        ownership = Ownership(stores.leases, stores.mailboxes, blocked_seconds_max=setup.blocked_seconds_max)
        try:
            await aio(prepare, settings, services)
        except VaultError as error:
            raise StartError(str(error)) from None
        ours = brought(settings, services)
        ours.handlers.extend(setup.handlers)
        process = Process(
            settings=settings,
            roles=setup.roles,
            stopping=stopping,
            stores=stores,
            outbox=outbox,
            services=services,
            brought=ours,
            chat_worker=ChatWorker(stores.mailboxes, stores.line, ownership, setup.policy),
            parking=Parking(stores.mailboxes, stores.line),
        )
        await _name_what_is_left(process)
        bots = process.chat_worker.bots = setup.bots(process)
        services.usernames.learn({name: bot.username for name, bot in bots.items()})
        for bot in bots.values():
            process.follow(bot)
        try:
            await _stand_for_their_names(process)
            yield process
        finally:
            for bot in bots.values():
                with trio.CancelScope(shield=True), suppress(Exception):  # the others have theirs to do
                    await aio(bot.stop)
                bot.let_go()


async def _name_what_is_left(process: Process) -> None:
    """Tell of payments and rooms that no configured account or bot looks after."""
    database, warnings = process.stores.database, process.stores.readiness.warnings
    with suppress(StoreError):  # what waits for Postgres says so; this is told at the next start
        orphans = await aio(name_orphans, database, process.services.payments)
        warnings.append(partial(told_of, orphans))
        gone = await aio(name_gone, database, list(rooms(process.settings)))
        warnings.append(partial(told_of_gone, gone))


async def _stand_for_their_names(process: Process) -> None:
    """See that no bot works the chats of another."""
    if process.settings.demo:
        await aio(spare_names, process.bots, process.stores.line)
    else:
        await aio(claim_names, process.bots, process.settings.bots, process.stores.line)
