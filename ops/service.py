"""The service, put together: what runs in one process, in the order it starts; it stops in reverse.

stores → bots → listener → ownership → chats, timers → polling or webhook registration
"""

import gc
import os
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Literal

import trio
from structlog import get_logger

from actors.hosting.bot import SHED_NOTICE, HostedBot
from actors.policy import Policy
from actors.providers.telegram import Place
from actors.runtime import host as runtime
from actors.runtime.bridge import aio
from actors.runtime.signals import StopSignals, stop_signals
from ingress.intake import Intake
from ops.front import Front, poll
from ops.hosted import hosted_bots
from ops.settings import Settings
from ops.stores import Stores, open_stores
from storage.redis.entry import Chat
from supervisors.ownership import Ownership
from supervisors.parking import Parking
from supervisors.takeover import Takeover
from supervisors.workplace import Workplace

log = get_logger("mailroom")

Role = Literal["ingress", "worker"]
BotFactory = Callable[[Workplace, Parking, Stores], dict[str, HostedBot]]

YOUNG_OBJECTS_MAX = 20_000
"""Objects made before the collector looks at them: a few hundred updates' worth, some megabytes."""


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
    ) -> None:
        self._settings = settings
        self._roles = roles
        self._ready = ready
        self._chat_page = chat_page
        self._policy = policy or Policy()
        self._make_bots = bots or self._configured_bots

    async def main(self) -> None:
        """Start everything, wait for a signal, stop everything."""
        with stop_signals() as signals:
            async with trio.open_nursery() as nursery:
                stop = trio.Event()
                nursery.start_soon(obey, signals, stop, nursery.cancel_scope)
                await self.run(stop)
                nursery.cancel_scope.cancel()

    async def run(self, stop: trio.Event) -> None:
        """Run until `stop` is set."""
        async with open_stores(self._settings) as stores:
            sole = "ingress" in self._roles
            ownership = Ownership(stores.leases, stores.mailboxes, sole=sole)
            workplace = Workplace(stores.mailboxes, stores.line, ownership, self._policy)
            parking = Parking(stores.mailboxes, stores.line)
            bots = workplace.bots = self._make_bots(workplace, parking, stores)

            def shed(chat: Chat, place: Place) -> None:
                async def tell() -> None:
                    with suppress(Exception):  # a courtesy: nothing depends on it
                        await aio(bots[chat.bot].tell, place.chat_id, SHED_NOTICE, place.language)

                if workplace.chats is not None:
                    workplace.chats.spawn(tell)

            intake = Intake(
                stores.mailboxes, bots, workplace.arrived, shed, workplace.unsure, workplace.eager
            )
            front = (
                Front(self._settings, intake, stores.readiness, self._chat_page)
                if "ingress" in self._roles
                else None
            )
            async with trio.open_nursery() as nursery:
                stopping, served = trio.Event(), trio.Event()
                if front is not None:
                    for bot in bots.values():
                        front.hold(bot)
                    nursery.start_soon(front.serve, stopping, served)
                worked, work = trio.Event(), trio.CancelScope()
                if "worker" in self._roles:
                    owned = trio.Event()
                    nursery.start_soon(self._work, workplace, stores, parking, owned, work, worked)
                    await owned.wait()
                    stores.readiness.owning = lambda: ownership.held
                    if not self._settings.reachable:
                        for bot in bots.values():
                            nursery.start_soon(poll, bot, intake, stopping)
                if front is not None:
                    await front.register(nursery, list(bots.values()))
                _calm_collector()
                log.info(
                    "ready",
                    port=front.port if front else None,
                    roles=sorted(self._roles),
                    bots=sorted(bots),
                    pid=os.getpid(),
                )
                self._ready(front.address if front else "")
                await stop.wait()
                log.info("stopping", note="requests and handlers in progress come to their end first")
                stopping.set()
                if front is not None:
                    await served.wait()
                await workplace.drain()
                if "worker" in self._roles:
                    work.cancel()
                    await worked.wait()
                nursery.cancel_scope.cancel()

    async def _work(
        self,
        workplace: Workplace,
        stores: Stores,
        parking: Parking,
        owned: trio.Event,
        scope: trio.CancelScope,
        done: trio.Event,
    ) -> None:
        bots = list(workplace.bots.values())

        async def start_bots() -> None:
            """Give the bots what they left behind, here or on stock aiogram, and run their startup hooks."""
            await aio(parking.restore)
            takeover = Takeover(stores.mailboxes, stores.line, stores.redis_url)
            await aio(takeover.run, bots, workplace.ownership.epoch)
            for bot in bots:
                await aio(bot.start, _in_line(workplace, bot.name))

        try:
            with scope:
                hear_from = None if "ingress" in self._roles else stores.redis_url
                await workplace.work(start_bots, owned, hear_from=hear_from)
        finally:
            done.set()

    def _configured_bots(
        self, workplace: Workplace, parking: Parking, stores: Stores
    ) -> dict[str, HostedBot]:
        return hosted_bots(self._settings, workplace, parking, {"database": stores.database})


async def obey(signals: StopSignals, stop: trio.Event, scope: trio.CancelScope) -> None:
    """The first signal asks for an orderly stop, the second for an end at once."""
    await signals.wait()
    stop.set()
    await signals.wait()
    log.warning("stopping_at_once", note="unfinished messages are run after the next start")
    scope.cancel()


def _in_line(workplace: Workplace, bot: str) -> Callable[[int, Callable[[], Any]], Any]:
    async def run(chat_id: int, work: Callable[[], Any]) -> Any:
        return await workplace.run_in_line(Chat(bot, str(chat_id)), work)

    return run


def _calm_collector() -> None:
    """What is alive now lives until the end: leave it out of every collection, and collect less often.

    A full collection stops every chat for tens of milliseconds; almost all our garbage is freed by its count.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 50)
