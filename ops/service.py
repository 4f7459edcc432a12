"""The service, put together: what runs in one process, in the order it starts; it stops in reverse.

stores → bots → listener → ownership → chats, timers → polling or webhook registration
"""

import gc
import logging
import os
from collections.abc import Callable, Iterable
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Any, Literal

import trio
from structlog import get_logger

from actors.attempt import Worker
from actors.hosting.bot import SHED_NOTICE, HostedBot
from actors.policy import Policy
from actors.providers.telegram import Place
from actors.runtime import host as runtime
from actors.runtime.bridge import aio, to_trio
from actors.runtime.signals import stop_signals
from ingress.app import create_app
from ingress.gate import Gate
from ingress.http1 import answer_webhooks
from ingress.intake import Intake
from ingress.server import listen, run_server
from ingress.telegram import Line as TelegramLine
from ingress.webhook import Webhook
from ops.hosted import hosted_bots
from ops.settings import Settings
from storage.errors import Fenced, StoreError, StoreUnavailable
from storage.postgres.database import connect
from storage.postgres.lease import Leases
from storage.redis.batch import Line
from storage.redis.entry import PARTITIONS, Chat
from storage.redis.mailbox import Changes, Mailboxes, Receipt
from supervisors.chats import Chats, open_chats
from supervisors.ownership import Ownership
from supervisors.parking import Parking
from supervisors.readiness import Readiness
from supervisors.remote import announce, listen_for_arrivals
from supervisors.takeover import Takeover
from supervisors.timers import run_timers

log = get_logger("mailroom")

Role = Literal["ingress", "worker"]
BotFactory = Callable[["Service"], dict[str, HostedBot]]

REGISTRATION_WAIT_SECONDS = 5.0
"""How long the start waits for Telegram before it says ready all the same."""

YOUNG_OBJECTS_MAX = 20_000
"""Objects made before the collector looks at them: a few hundred updates' worth, some megabytes."""


class StartError(Exception):
    """The service cannot start; the message is one line for whoever started it."""


def serve(
    settings: Settings,
    *,
    roles: Iterable[Role],
    ready: Callable[[str], None],
    chat_page: str | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then drain. `ready` is called with the address once everything works."""
    runtime.run(partial(Service(settings, frozenset(roles), ready, chat_page=chat_page).main))


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
        self.settings = settings
        self.roles = roles
        self.chats: Chats | None = None
        self.bots: dict[str, HostedBot] = {}
        self._ready = ready
        self._chat_page = chat_page
        self._policy = policy or Policy()
        self._make_bots = bots or (
            lambda service: hosted_bots(settings, service, service.parking, {"database": service.database})
        )
        self._stopping = trio.Event()

    async def main(self) -> None:
        """Start everything, wait for a signal, stop everything."""
        with stop_signals() as signals:
            async with trio.open_nursery() as nursery:
                stop = trio.Event()
                nursery.start_soon(self._wait_for_signals, signals, stop, nursery.cancel_scope)
                await self.run(stop)
                nursery.cancel_scope.cancel()

    async def run(self, stop: trio.Event) -> None:
        """Run until `stop` is set."""
        async with AsyncExitStack() as stack:
            await self._open_stores(stack)
            config, port = (
                listen(self.settings.host, self.settings.port) if "ingress" in self.roles else (None, 0)
            )
            self.bots = self._make_bots(self)
            ownership = Ownership(Leases(self.database), self.mailboxes, sole="ingress" in self.roles)
            self.ownership = ownership
            self.intake = Intake(
                self.mailboxes, self.bots, self._arrived, self._shed, self._unsure, self._eager
            )
            async with trio.open_nursery() as nursery:
                server_done = trio.Event()
                if config is not None:
                    self._front(port)
                    nursery.start_soon(self._serve, config, server_done)
                owned = trio.Event()
                worker_scope = trio.CancelScope()
                worker_done = trio.Event()
                if "worker" in self.roles:
                    nursery.start_soon(self._work, ownership, worker_scope, owned, worker_done)
                    await owned.wait()
                await self._connect(nursery, port)
                _calm_collector()
                self._say_ready(port)
                await stop.wait()
                log.info("stopping", note="requests and handlers in progress come to their end first")
                self._stopping.set()
                if config is not None:
                    await server_done.wait()
                if self.chats is not None:
                    await self.chats.drain()
                if "worker" in self.roles:
                    worker_scope.cancel()
                    await worker_done.wait()
                nursery.cancel_scope.cancel()

    async def read(self, chat: Chat, name: str) -> str | None:
        """A field of a chat's state, for code outside of its turns (`actors.state.Door`)."""
        return await self.chats.read(chat, name) if self.chats else await self.mailboxes.peek(chat, name)

    async def write(self, chat: Chat, changes: Changes) -> None:
        """Commit state outside of a chat's turns."""
        if self.chats is None:
            raise StoreUnavailable("this process does not own the chats")
        await self.chats.write(chat, changes)

    async def _open_stores(self, stack: AsyncExitStack) -> None:
        settings = self.settings
        if settings.database_url is None or settings.redis_url is None:
            raise StartError(
                "no stores: set DATABASE_URL and REDIS_URL, or start with `mailroom up`, which brings its own"
            )
        try:
            self.database = await aio(connect, settings.database_url)
        except StoreUnavailable as error:
            raise StartError(f"DATABASE_URL: {error}") from None
        stack.push_async_callback(aio, self.database.close)
        self.line = Line(settings.redis_url, name="mailroom-work")
        intake = Line(settings.redis_url, name="mailroom-intake")
        stack.push_async_callback(aio, self.line.close)
        stack.push_async_callback(aio, intake.close)
        self.mailboxes = Mailboxes(intake, self.line)
        self.parking = Parking(self.mailboxes, self.line)
        self.readiness = Readiness(self.database, self.line)
        try:
            await aio(self.readiness.probe_stores)
            installed = await aio(Leases(self.database).installed, "partitions", str(PARTITIONS))
        except StoreError as error:
            raise StartError(f"REDIS_URL: {error}") from None
        if installed != str(PARTITIONS):
            raise StartError(
                f"this installation was made with {installed} partitions and the code has {PARTITIONS}:"
                " chats would change their place. Start the version that made it."
            )

    async def _work(
        self, ownership: Ownership, scope: trio.CancelScope, owned: trio.Event, done: trio.Event
    ) -> None:
        """Own the chats and work them; when the ownership is lost, begin again."""
        try:
            with scope:
                started = False
                while True:
                    await ownership.acquire()
                    if not started:
                        await self._start_bots(ownership)
                        started = True
                    await self._own(ownership, owned)
        finally:
            with trio.CancelScope(shield=True, deadline=trio.current_time() + 10):
                for bot in self.bots.values():
                    with suppress(Exception):
                        await aio(bot.stop)
                await ownership.release()
            done.set()

    async def _start_bots(self, ownership: Ownership) -> None:
        """Give the bots what they left behind, here or on stock aiogram, and run their startup hooks."""
        redis_url = self.settings.redis_url
        assert redis_url is not None, "the stores are open"
        takeover = Takeover(self.mailboxes, self.line, redis_url)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(ownership.keep)  # a hook may take longer than a lease lasts
            await aio(self.parking.restore)
            await aio(takeover.run, list(self.bots.values()), ownership.epoch)
            for bot in self.bots.values():
                await aio(bot.start, self._in_line(bot.name))
            nursery.cancel_scope.cancel()

    async def _own(self, ownership: Ownership, owned: trio.Event) -> None:
        """Work the chats for as long as they are ours."""
        worker = Worker(self.mailboxes, ownership, self._policy)
        async with open_chats(worker, self.bots) as chats:
            self.chats = chats
            self.readiness.owning = lambda: ownership.held
            owned.set()
            async with trio.open_nursery() as nursery:
                nursery.start_soon(self._timers, chats)
                if "ingress" not in self.roles:
                    nursery.start_soon(listen_for_arrivals, str(self.settings.redis_url), self.bots, chats)
                nursery.start_soon(self._cancel_after, chats.lost.wait, nursery.cancel_scope)
                await ownership.keep()
                nursery.cancel_scope.cancel()
        ownership.give_up()
        self.chats = None

    @staticmethod
    async def _timers(chats: Chats) -> None:
        try:
            await run_timers(chats)
        except Fenced:
            chats.lost.set()

    @staticmethod
    async def _cancel_after(wait: Callable[[], Any], scope: trio.CancelScope) -> None:
        await wait()
        scope.cancel()

    async def _connect(self, nursery: trio.Nursery, port: int) -> None:
        """Get the bots' updates flowing: by webhook where Telegram can reach us, else by polling."""
        public_url = self._public_url(port)
        waiting = []
        for name, bot in self.bots.items():
            line = TelegramLine(bot, self.intake)
            if public_url is None and "worker" in self.roles:
                nursery.start_soon(self._poll, line)
            elif public_url is not None and "ingress" in self.roles:
                reached = trio.Event()
                waiting.append(reached)
                secret = self.settings.bots[name].secret
                nursery.start_soon(line.register, public_url, secret, partial(self._caught_up, bot, reached))
        with trio.move_on_after(REGISTRATION_WAIT_SECONDS):
            for event in waiting:
                await event.wait()

    async def _poll(self, line: TelegramLine) -> None:
        """Poll until the service begins to stop: what is not fetched by then waits at Telegram."""
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self._cancel_after, self._stopping.wait, nursery.cancel_scope)
            await line.poll()

    def _public_url(self, port: int) -> str | None:
        return self.settings.public_url or (f"http://127.0.0.1:{port}" if self.settings.demo else None)

    def _catch_up_first(self) -> None:
        """Hold webhooks and chats until what waits at Telegram has been fetched in order."""
        for name, bot in self.bots.items():
            bot.watermark.catching_up = True
            self._webhook.closed.add(name)

    def _caught_up(self, bot: HostedBot, reached: trio.Event) -> None:
        self._webhook.closed.discard(bot.name)
        bot.watermark.caught_up()
        reached.set()

    def _front(self, port: int) -> None:
        self._webhook = Webhook(self.intake, {name: one.secret for name, one in self.settings.bots.items()})
        answer_webhooks(self._webhook)
        what = {name: one.bot or one.router or "" for name, one in self.settings.bots.items()}
        front: dict[str, object] = {"bots": what, "chat_page": self._chat_page}
        self._gate = Gate(create_app(self.readiness.check, self._webhook, front))
        if self._public_url(port) is not None:
            self._catch_up_first()

    async def _serve(self, config: Any, done: trio.Event) -> None:
        try:
            await aio(run_server, self._gate, config, partial(to_trio, self._stopping.wait))
        finally:
            done.set()

    def _eager(self, chat: Chat, order: int) -> int | None:
        return self.chats.eager(chat, order) if self.chats is not None else None

    def _arrived(self, chat: Chat, receipt: Receipt) -> None:
        entry = receipt.entry
        if entry is None:
            return
        if self.chats is not None:
            self.chats.arrived(chat, entry, receipt.begun)
        elif "worker" not in self.roles:
            announce(self.line, chat, entry.order)

    def _unsure(self, chat: Chat) -> None:
        """The mailbox may hold more than the chat was told of: let it read again before it goes on."""
        if self.chats is not None:
            self.chats.look_again(chat)
        elif "worker" not in self.roles:
            announce(self.line, chat, None)

    def _shed(self, chat: Chat, place: Place) -> None:
        """Tell the user, once a minute at most, that messages were dropped."""
        bot = self.bots[chat.bot]
        language = "ru" if place.language.startswith("ru") else "en"

        async def tell() -> None:
            with suppress(Exception):
                await bot.bot.send_message(place.chat_id, SHED_NOTICE[language], parse_mode=None)

        if self.chats is not None:
            self.chats.spawn(lambda: aio(tell))

    def _in_line(self, name: str) -> Callable[[int, Callable[[], Any]], Any]:
        async def run(chat_id: int, work: Callable[[], Any]) -> Any:
            if self.chats is None:
                raise StoreUnavailable("this process does not own the chats")
            return await self.chats.run_in_line(Chat(name, str(chat_id)), work)

        return run

    def _say_ready(self, port: int) -> None:
        host = self.settings.host if self.settings.host not in ("0.0.0.0", "::") else "127.0.0.1"  # noqa: S104 - any address is not one to visit
        log.info("ready", port=port, roles=sorted(self.roles), bots=sorted(self.bots), pid=os.getpid())
        self._ready(f"http://{host}:{port}" if port else "")

    async def _wait_for_signals(self, signals: Any, stop: trio.Event, scope: trio.CancelScope) -> None:
        await signals.wait()
        stop.set()
        await signals.wait()
        log.warning("stopping_at_once", note="unfinished messages are run after the next start")
        scope.cancel()


def _calm_collector() -> None:
    """What is alive now lives until the end: leave it out of every collection, and collect less often.

    A full collection stops every chat for tens of milliseconds; almost all our garbage is freed by its count.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 50)


logging.getLogger("aiogram").setLevel(logging.WARNING)
