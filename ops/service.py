"""The service, put together: the parts of one process, and the tree that keeps them
(`supervisors/tree.py`).
"""

import asyncio
import gc
import os
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Literal

import trio
from structlog import get_logger

from mailroom.actors.hosting.bot import SHED_NOTICE, HostedBot
from mailroom.actors.hosting.notice import Addressee
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.handlers import Handlers
from mailroom.actors.jobs.queue import took_over
from mailroom.actors.paying.gone import name_gone, told_of_gone
from mailroom.actors.paying.orphans import name_orphans, told_of
from mailroom.actors.policy import Policy
from mailroom.actors.runtime import host as runtime
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.runtime.signals import StopSignals, stop_signals
from mailroom.ingress.app import create_app
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.ops.people import People
from mailroom.ingress.telegram.intake import Intake
from mailroom.ingress.telegram.webhook import Webhook
from mailroom.ops.bot_services import open_bot_services
from mailroom.ops.brought import brought, measures, prepare
from mailroom.ops.bundled import rooms
from mailroom.ops.connections import division_of, most_of
from mailroom.ops.endpoints import endpoints, pages_of, sections
from mailroom.ops.faults import ConfigurationError
from mailroom.ops.front import Front
from mailroom.ops.hosted import hosted_bots
from mailroom.ops.identity import claim_names, spare_names
from mailroom.ops.metrics_port import metrics_port
from mailroom.ops.outbox import Outbox, open_outbox, queue_names
from mailroom.ops.settings import Settings
from mailroom.ops.stores import StartError, Stores, open_stores
from mailroom.ops.version import VERSION
from mailroom.storage.errors import StoreError
from mailroom.storage.postgres.outbox.coalesce import Enqueuer
from mailroom.storage.postgres.outbox.renamed import retire
from mailroom.storage.redis.batch import Line
from mailroom.storage.redis.entry import Chat
from mailroom.storage.redis.mailbox import PARKED_BY, Mailboxes, every_partition
from mailroom.storage.redis.suspensions import Held, Suspensions
from mailroom.storage.vault import VaultError
from mailroom.supervisors import gauges
from mailroom.supervisors.bots import bot_life
from mailroom.supervisors.connection_gauges import CONNECTIONS_MOST
from mailroom.supervisors.holding import Holding, holds
from mailroom.supervisors.moving import follow_moves
from mailroom.supervisors.oncall.listener import Listener
from mailroom.supervisors.oncall.node import LocalNode, held_nodes
from mailroom.supervisors.oncall.oncall import OnCall
from mailroom.supervisors.oncall.renamed_nodes import follow_names
from mailroom.supervisors.oncall.restored import JOBS
from mailroom.supervisors.oncall.targets import Target
from mailroom.supervisors.otp.child import Life, Shutdown, Start
from mailroom.supervisors.otp.errors import FailedToStartError, GaveUp
from mailroom.supervisors.ownership import Ownership
from mailroom.supervisors.pairing.asking import Asking
from mailroom.supervisors.pairing.gateways import Gateways
from mailroom.supervisors.pairing.guard import Guard
from mailroom.supervisors.parking import Parking
from mailroom.supervisors.periodic_gauges import standing_still
from mailroom.supervisors.process_tree import ProcessTree
from mailroom.supervisors.stalls import BLOCKED_SECONDS_MAX
from mailroom.supervisors.takeover import Takeover
from mailroom.supervisors.tree import Chats, Parts, tree
from mailroom.supervisors.workplace import Workplace

log = get_logger("mailroom")

Role = Literal["ingress", "worker"]
BotFactory = Callable[[Workplace, Parking, BotServices], dict[str, HostedBot]]

YOUNG_OBJECTS_MAX = 20_000
"""Objects made before the collector looks at them: a few hundred updates' worth, some megabytes."""
STUCK_SECONDS = 60.0
"""How long a stop may take before the process ends without what is stuck: twice what all its parts may need.
What was not finished is run again after the next start, as after any crash.
"""
EXIT_STUCK = 70
LINES = "telegram/"
"""Where the lines of the bots stand in the tree."""


def serve(
    settings: Settings, *, roles: Iterable[Role], ready: Callable[[str], None], chat_page: str | None = None
) -> None:
    """Serve until SIGINT or SIGTERM, then drain. `ready` is called with the address once everything works."""
    runtime.run(Service(settings, frozenset(roles), ready, chat_page=chat_page).main)


class Service:
    """One process of Mailroom."""

    def __init__(
        self,
        settings: Settings,
        roles: frozenset[Role],
        ready: Callable[[str], None],
        *,
        chat_page: str | None = None,
        policy: Policy | None = None,
        bots: BotFactory | None = None,
        handlers: Iterable[Handlers] = (),
        blocked_seconds_max: float = BLOCKED_SECONDS_MAX,
    ) -> None:
        self._settings = settings
        self._roles = roles
        self._ready = ready
        self._chat_page = chat_page
        self._policy = policy or Policy()
        self._make_bots = bots or self._configured_bots
        self._handlers = list(handlers)
        self._blocked_seconds_max = blocked_seconds_max
        self.intake: Intake | None = None
        self.webhook: Webhook | None = None
        self.line: Line | None = None
        """The way in, while it is open: for a script whose own web server takes its updates."""

    async def main(self) -> None:
        """Start everything, wait for a signal, stop everything."""
        with stop_signals() as signals:
            async with trio.open_nursery() as nursery:
                stop = trio.Event()
                nursery.start_soon(obey, signals, stop, nursery.cancel_scope)
                await self.run(stop)
                nursery.cancel_scope.cancel()

    async def run(self, stop: trio.Event) -> None:
        """Run until `stop` is set. Raises what kept a part from starting, and `GaveUp` when the tree did."""
        working = "worker" in self._roles
        queues = len(queue_names(self._settings)) if working else 0
        division = division_of(self._settings, queues, working=working)
        CONNECTIONS_MOST.set(most_of(division))
        log.info("postgres_connections", at_most=most_of(division), queues=queues)
        async with (
            open_stores(self._settings, division) as stores,
            open_outbox(self._settings, division, working=working) as outbox,
            open_bot_services(self._settings, stores, outbox) as services,
        ):
            ownership = Ownership(
                stores.leases, stores.mailboxes, blocked_seconds_max=self._blocked_seconds_max
            )
            workplace = Workplace(stores.mailboxes, stores.line, ownership, self._policy)
            parking = Parking(stores.mailboxes, stores.line)
            try:
                await aio(prepare, self._settings, services)
            except VaultError as error:
                raise StartError(str(error)) from None
            with suppress(StoreError):  # what waits for Postgres says so; this is told at the next start
                orphans = await aio(name_orphans, stores.database, services.payments)
                stores.readiness.warnings.append(partial(told_of, orphans))
                gone = await aio(name_gone, stores.database, list(rooms(self._settings)))
                stores.readiness.warnings.append(partial(told_of_gone, gone))
            bots = workplace.bots = self._make_bots(workplace, parking, services)
            services.usernames.learn({name: bot.username for name, bot in bots.items()})
            for bot in bots.values():
                self.follow(bot, workplace, stores.mailboxes)
            try:
                if self._settings.demo:
                    await aio(spare_names, bots, stores.line)
                else:
                    self.line = stores.line
                    await aio(claim_names, bots, self._settings.bots, stores.line)
                await self._live(stop, stores, outbox, services, workplace, parking, bots)
            finally:
                for bot in bots.values():
                    with trio.CancelScope(shield=True), suppress(Exception):  # the others have theirs to do
                        await aio(bot.stop)
                    bot.let_go()

    @staticmethod
    def follow(bot: HostedBot, workplace: Workplace, mailboxes: Mailboxes) -> None:
        """Have a bot's groups keep their state when they become supergroups."""
        sender = ChatSender(mailboxes, workplace.arrived, workplace.unsure)
        follow_moves(bot, mailboxes.moves, sender, workplace)

    async def _live(
        self,
        stop: trio.Event,
        stores: Stores,
        outbox: Outbox,
        services: BotServices,
        workplace: Workplace,
        parking: Parking,
        bots: dict[str, HostedBot],
    ) -> None:
        suspensions = Suspensions(stores.line)

        async def park(target: Target, why: str) -> None:
            try:
                await suspensions.put(target.stored, PARKED_BY, why)
            except StoreError as error:
                log.error("park_not_kept", target=target.stored, why=str(error))

        async with trio.open_nursery() as nursery:
            process = ProcessTree(lambda path, why: nursery.start_soon(aio, park, Target("node", path), why))
            workplace.park = lambda chat, why: park(Target("chat", str(chat)), why)
            owner = workplace.ownership.owner
            node = LocalNode(
                process, lambda: workplace.handle, roles=self._roles, bots=bots, process_id=owner
            )
            ours = brought(self._settings, services)
            gateways = Gateways(stores.database, services.payments)
            asking = Asking(stores.pairing, stores.database, gateways, ours.restored)
            guard = Guard(
                stores.pairing,
                stores.line,
                agree=lambda: node.agree(suspensions.all),
                refuse=lambda why: nursery.start_soon(_refuse, why),
                asking=asking,
            )
            if "worker" in self._roles:
                await asking.before_work()
            try:
                await aio(guard.enforce)
            except StoreError as error:
                if stores.pairing.held is not None:  # what may not act must not start either
                    raise StartError(f"{stores.pairing.held}, and it cannot be held: {error}") from None
            if stores.pairing.held is not None:  # also where Redis is gone again before it is read below
                process.held[JOBS] = stores.pairing.held
            names = took_over(queue_names(self._settings))
            try:  # before anything is enqueued or claimed by the new ones here: of one key all goes in order
                for old, new in names.items():
                    await aio(retire, outbox.pool, old, new)
            except StoreError as error:
                raise StartError(f"DATABASE_URL: {error}") from None
            with suppress(StoreError):  # the listener makes up for it
                if "worker" in self._roles:
                    await aio(suspensions.reconcile, every_partition())
                if "worker" in self._roles:
                    await aio(follow_names, suspensions, outbox.pool, names)
                process.held.update(await _put_aside(suspensions))
            oncall = OnCall.over(stores.line, local=node, database=stores.database)
            front = self._front(stop, stores, outbox, services, workplace, oncall)
            parts = self._parts(stores, outbox, services, workplace, parking, front, process, node, guard)
            life = Life("", partial(self._is_ready, front))
            nursery.start_soon(_stop_when_asked, stop, life)
            stores.readiness.warnings.append(guard.warnings)
            stores.readiness.warnings.append(partial(standing_still, stores.database))
            stores.readiness.warnings.append(partial(holds, stores.line, list(bots)))
            if front is not None:
                stores.readiness.warnings.append(front.warnings)
            if "worker" in self._roles:
                stores.readiness.owning = lambda: workplace.ownership.held
            try:
                await process.run(tree(parts), life)
            except GaveUp:
                raise
            except Shutdown:
                nursery.cancel_scope.cancel()
            except FailedToStartError as failed:
                raise _cause(failed) from None

    def _front(
        self,
        stop: trio.Event,
        stores: Stores,
        outbox: Outbox,
        services: BotServices,
        workplace: Workplace,
        oncall: OnCall,
    ) -> Front | None:
        if "ingress" not in self._roles:
            return None
        settings, bots = self._settings, workplace.bots

        telling: set[asyncio.Task[None]] = set()

        def shed(chat: Chat, to: Addressee | None) -> None:
            # Said from here and not by the chats' host: the mailbox is full, and a web process may host none.
            task = asyncio.ensure_future(_tell_shed(bots[chat.bot], to))
            telling.add(task)
            task.add_done_callback(telling.discard)

        intake = Intake(stores.mailboxes, bots, workplace.arrived, shed, workplace.unsure, workplace.eager)
        webhook = Webhook(intake, {name: one.secret for name, one in settings.bots.items()})
        self.intake, self.webhook = intake, webhook
        what = {name: one.kind or one.router or "" for name, one in settings.bots.items()}
        pages, of_bots = pages_of(settings, services, self._chat_page), sections(settings, services)
        working = {bot: its.staff for bot, its in of_bots.items()}
        shown: dict[str, object] = {
            "bots": what,
            "pages": {one.room.bot for one in pages},
            "chat_page": self._chat_page,
            "courier_page": settings.courier_url,
            "console": settings.ops_token is not None or bool(of_bots),
        }
        doing = Doing(lambda: stores.pairing.held is not None)
        app = create_app(
            stores.readiness.check, webhook, shown, oncall, settings.ops_token, stop,
            endpoints=endpoints(
                settings, services, Enqueuer(stores.database, outbox.notifier), pages, doing, stop,
            ),
            sections=of_bots, doing=doing,
            people=People(stores.database, working) if working else None, senders=services.senders,
            trusted_proxies=settings.trusted_proxies, allowance=services.allowance,
        )  # fmt: skip
        front = Front(settings, intake, webhook, app)
        if settings.reachable:
            for bot in bots.values():
                front.hold(bot)
        return front

    def _parts(
        self,
        stores: Stores,
        outbox: Outbox,
        services: BotServices,
        workplace: Workplace,
        parking: Parking,
        front: Front | None,
        process: ProcessTree,
        node: LocalNode,
        guard: Guard,
    ) -> Parts:
        """The parts of this process, for the roles it has."""
        bots, port = workplace.bots, self._settings.metrics_port
        chats, holding = None, Holding(stores.line)
        if "worker" in self._roles:
            takeover = Takeover(stores.mailboxes, stores.line, stores.redis_url)
            chats = Chats(
                lease=workplace.lease,
                bots={name: bot_life(bot, bots, workplace, parking, takeover) for name, bot in bots.items()},
                actors=workplace.actors,
                sweep=workplace.sweep,
                timers=workplace.timers,
                arrivals=partial(workplace.arrivals, redis_url=stores.redis_url),
            )
        return Parts(
            postgres=stores.postgres,
            redis=stores.redis,
            pair=guard.live,
            oncall=Listener(stores.redis_url, stores.line, node).serve_orders,
            gauges=partial(
                gauges.watch,
                line=stores.line,
                database=stores.database,
                bots=list(bots),
                tally=process.by_state,
                measures=measures(self._settings, services),
            ),
            listener=front.listen if front else None,
            metrics=None if front or port is None else metrics_port(self._settings.host, port),
            chats=chats,
            jobs=self._jobs(stores, outbox, services, workplace) if chats else {},
            holds={name: partial(holding.live, bot=bot) for name, bot in bots.items()} if chats else {},
            telegram=self._lines(front, bots),
        )

    def _jobs(
        self, stores: Stores, outbox: Outbox, services: BotServices, workplace: Workplace
    ) -> dict[str, Start]:
        ours = brought(self._settings, services)
        ours.handlers.extend(self._handlers)
        return outbox.parts(stores.mailboxes, workplace, workplace.bots, services.payments, ours, services)

    def _lines(self, front: Front | None, bots: Mapping[str, HostedBot]) -> dict[str, Start]:
        if front is None:
            return {}
        line = front.line if self._settings.reachable else front.polled_line
        return {name: line(bot) for name, bot in bots.items() if not bot.fed_by_script}

    def _is_ready(self, front: Front | None) -> None:
        _calm_collector()
        log.info(
            "ready",
            version=VERSION,
            port=front.port if front else None,
            roles=sorted(self._roles),
            bots=sorted(self._settings.bots),
            pid=os.getpid(),
        )
        self._ready(front.address if front else "")

    def _configured_bots(
        self, workplace: Workplace, parking: Parking, services: BotServices
    ) -> dict[str, HostedBot]:
        return hosted_bots(self._settings, workplace, parking, services.of)


async def _tell_shed(bot: HostedBot, to: Addressee | None) -> None:
    with suppress(Exception):  # a courtesy: nothing depends on it
        await bot.tell(to, SHED_NOTICE)


async def obey(signals: StopSignals, stop: trio.Event, scope: trio.CancelScope) -> None:
    """The first signal asks for an orderly stop, the second for an end at once."""
    await signals.wait()
    stop.set()
    await signals.wait()
    log.warning("stopping_at_once", note="unfinished messages are run after the next start")
    scope.cancel()


async def _refuse(why: str) -> None:
    """End the process at once: the stores were exchanged under it, and nothing more may be written there."""
    raise ConfigurationError([why])


async def _stop_when_asked(stop: trio.Event, life: Life) -> None:
    await stop.wait()
    log.info("stopping", note="requests and handlers in progress come to their end first")
    life.stopping.set()
    await trio.sleep(STUCK_SECONDS)
    log.critical(
        "stuck", note="the process ends without what does not stop; it is run again at the next start"
    )
    os._exit(EXIT_STUCK)


async def _put_aside(suspensions: Suspensions) -> dict[str, Held]:
    """What on-call has put aside in the tree. A line to Telegram that a supervisor has parked is forgiven: a
    version before this one did so when Telegram answered strangely for a minute, and nobody would come.
    """
    held = held_nodes(await aio(suspensions.all))
    for path in [path for path, note in held.items() if path.startswith(LINES) and note.who == PARKED_BY]:
        log.warning("parked_line_forgiven", path=path, why=held.pop(path).why)
        await aio(suspensions.lift, Target("node", path).stored)
    return held


def _cause(failed: FailedToStartError) -> BaseException:
    """What the innermost child raised: the message was written for whoever starts the service."""
    error: BaseException = failed
    while isinstance(error, FailedToStartError) and error.error is not None:
        error = error.error
    return error


def _calm_collector() -> None:
    """What is alive now lives until the end: leave it out of every collection, and collect less often.

    A full collection stops every chat for tens of milliseconds; almost all our garbage is freed by its count.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 50)
