"""The outbox of a process: what tells it of jobs, and the parts that work them."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial

import asyncpg
import trio
from structlog import get_logger

from mailroom.actors.broadcast.part import BroadcastPart
from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.jobs.actor import job_life
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.context import Services
from mailroom.actors.jobs.every import Every
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.queue import took_over
from mailroom.actors.jobs.whose import whose_of
from mailroom.actors.jobs.worker import POLL_SECONDS
from mailroom.actors.paying.kinds import ACCOUNTS, LIST, RECONCILE, ListPayments, Reconcile
from mailroom.actors.paying.whose_job import bot_of_payment
from mailroom.actors.providers.payments import PaymentProvider
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.brought import Brought, queues_of
from mailroom.ops.queues import all_queues
from mailroom.ops.settings import Settings
from mailroom.ops.stores import StartError
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.postgres.division import Division
from mailroom.storage.postgres.outbox.listen import CannotListenError, QueueListener
from mailroom.storage.postgres.outbox.notifier import QueueNotifier
from mailroom.storage.postgres.outbox.pools import SharedConnections, connect_claims, connect_shared
from mailroom.storage.postgres.outbox.prune import prune
from mailroom.storage.postgres.room_events import prune as prune_events
from mailroom.storage.redis.mailbox import Mailboxes
from mailroom.supervisors.moving_jobs import MovingJobs
from mailroom.supervisors.otp.child import Life, Start
from mailroom.supervisors.periodic import Periodic
from mailroom.supervisors.workplace import Workplace

log = get_logger("mailroom.outbox")

LISTEN_AGAIN_SECONDS = 1.0
"""The pause after the connection that listens was lost. Meanwhile the queues look by themselves."""
DEAF_SECONDS = 60.0
"""How often to look whether a pooler that lets no LISTEN through is still there."""
PRUNE_SECONDS = 2.0
"""Deleted jobs take room until then: at ten thousand a second some tens of megabytes."""
POOLED = (
    "DATABASE_URL leads through a pooler in transaction mode, which lets no LISTEN through; jobs of other"
    " processes begin up to this much later. DATABASE_DIRECT_URL may name the way past it."
)
DIRECT_IS_POOLED = (
    "DATABASE_DIRECT_URL leads through a pooler in transaction mode too: name the server itself."
)
PRUNE_EVENTS_SECONDS = 600.0
"""What bots tell of people is kept for months: it matters to nobody by how many minutes."""
RECONCILE_SECONDS = 60.0
"""How often payments whose notice never came are asked for."""
LIST_NIGHTLY = "17 1 * * *"
"""When providers are asked for all that they have: when few pay, and not at the full hour as everybody."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The connections that the parts share."""

    url: str
    pool: asyncpg.Pool
    notifier: QueueNotifier
    listener: QueueListener
    listen_fault: str
    """Why `listener` may be told nothing, and what to do."""
    connections: SharedConnections | None
    """What the queues are worked with; None in a process that works none."""

    def wake(self, queue: str) -> None:
        """Jobs were committed to a queue: have its workers look, here and in other processes."""
        self.listener.wake(queue)
        self.notifier.notify(queue)

    def parts(
        self,
        mailboxes: Mailboxes,
        workplace: Workplace,
        bots: Mapping[str, HostedBot],
        payments_with: Mapping[str, PaymentProvider],
        brought: Brought,
        offered: BotServices,
    ) -> dict[str, Start]:
        """The children of `jobs` in the tree, in the order they start."""
        sender = ChatSender(mailboxes, workplace.arrived, workplace.unsure)
        services = Services(self.url, self.listener, self.notifier, bots, sender, self.connections)
        works = [
            Every(
                RECONCILE.name,
                lambda: RECONCILE(Reconcile()),
                every_seconds=RECONCILE_SECONDS,
            ),
            Every(LIST.name, lambda: LIST(ListPayments()), cron=LIST_NIGHTLY),
            *brought.periodic,
        ]
        queues = all_queues(payments_with, brought, bots, offered)
        return {
            "ears": self._listen,
            **{queue: job_life(services, handlers) for queue, handlers in queues.items()},
            "moving": self._moving(queues, brought).live,
            "broadcast": BroadcastPart(self.pool, bots, sender).live,
            "periodic": Periodic(self.pool, self.notifier, works).live,
            "prune": self._prune,
        }

    def _moving(self, queues: Mapping[str, Handlers], brought: Brought) -> MovingJobs:
        names = took_over(queues)
        handlers = {old: [queues[one] for one in new] for old, new in names.items()}
        return MovingJobs(
            self.pool,
            self.listener,
            self.notifier,
            names,
            whose_of(handlers, [bot_of_payment, *brought.whose]),
        )

    async def _listen(self, life: Life) -> None:
        life.started()
        said = False
        while True:
            pause_seconds = LISTEN_AGAIN_SECONDS
            try:
                await aio(self.listener.run)
            except StoreUnavailable as error:
                log.warning("jobs_not_heard", why=str(error), note="the queues look by themselves")
            except CannotListenError:
                pause_seconds = DEAF_SECONDS
                if not said:
                    log.warning("jobs_found_by_looking", every_seconds=POLL_SECONDS, why=self.listen_fault)
                said = True
            await trio.sleep(pause_seconds)

    async def _prune(self, life: Life) -> None:
        life.started()
        events_from = trio.current_time()
        while True:
            try:
                await aio(partial(prune, self.pool))
                if trio.current_time() >= events_from:
                    events_from = trio.current_time() + PRUNE_EVENTS_SECONDS
                    await aio(partial(prune_events, self.pool))
            except StoreUnavailable as error:
                log.warning("outbox_not_pruned", why=str(error))
            await trio.sleep(PRUNE_SECONDS)


def queue_names(settings: Settings) -> list[str]:
    """All queues that a process works: the platform's own, and those of its bots."""
    of_bots = [one.of(bot) for bot, queues in queues_of(settings).items() for one in queues]
    return [ACCOUNTS.of(), *of_bots]


@asynccontextmanager
async def open_outbox(
    settings: Settings, division: Division, *, working: bool = True
) -> AsyncIterator[Outbox]:
    """Connect, for as long as the process lives; `working` says whether jobs are worked here. Raises
    `StartError`.
    """
    assert settings.database_url is not None, "stores were opened with it"
    url = settings.database_url
    listened = settings.database_direct_url or url
    listen_fault = DIRECT_IS_POOLED if settings.database_direct_url else POOLED
    opened: SharedConnections | asyncpg.Pool
    try:
        if working:
            opened = shared = await aio(connect_shared, url, division, queue_names(settings))
            pool: asyncpg.Pool = shared.housekeeping
        else:
            opened = pool = await aio(connect_claims, url, division.claims)
            shared = None
    except StoreUnavailable as error:
        raise StartError(f"DATABASE_URL: {error}") from None
    try:
        yield Outbox(url, pool, QueueNotifier(pool), QueueListener(listened), listen_fault, shared)
    finally:
        with trio.CancelScope(shield=True):
            await aio(opened.close)
