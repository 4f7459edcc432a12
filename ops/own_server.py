"""A script whose own web server takes its updates: aiogram's request handlers and `web.run_app`, the usual
form in production.

The server stays the script's: its port, its other routes, its middlewares, its hooks in their order, and the
webhook that it registers with a secret of its own. Only what aiogram's handlers do with an update is ours: it
goes into its chat's mailbox, and Telegram is told 200 when it is durably there. The service starts when the
application has run all its startup hooks and before it listens, so that handlers find what the hooks made,
and it ends before the first shutdown hook.

What the script asks of Telegram itself is as on stock aiogram: `set_webhook(drop_pending_updates=True)` drops
what waited there. Where a startup hook has set the webhook and updates are waiting, they are fetched in the
order of their ids before the application listens, and the webhook is set again as the hook has set it.
"""

import asyncio
import os
import signal
from collections.abc import Callable
from types import ModuleType
from typing import Any

from aiogram import Bot
from aiogram.exceptions import TelegramUnauthorizedError
from aiogram.methods import DeleteWebhook, SetWebhook, TelegramMethod
from aiogram.webhook.aiohttp_server import (
    BaseRequestHandler,
    SimpleRequestHandler,
    TokenBasedRequestHandler,
)
from aiohttp import web
from structlog import get_logger

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.providers.telegram import SECRET_HEADER, NotAnUpdateError
from mailroom.ingress.telegram.bot_api import TROUBLE, pause_after, why
from mailroom.ingress.telegram.reached import PAUSE_MAX_SECONDS, PAUSE_SECONDS
from mailroom.ingress.telegram.webhook import FULL_RETRY_SECONDS, STORE_RETRY_SECONDS
from mailroom.ops.faults import GaveUpError
from mailroom.ops.front import REGISTRATION_WAIT_SECONDS
from mailroom.ops.known_bots import KnownBots
from mailroom.ops.script_service import ScriptService, Served
from mailroom.ops.settings import Settings
from mailroom.storage.errors import StoreUnavailable

log = get_logger("mailroom.run")

BOTS_MAX = 1000
"""Bots that one script may serve by their tokens: each costs memory for good. What is past this is told to
come again.
"""


class OwnServer:
    """The request handlers of one script, and the service behind them."""

    def __init__(self, settings: Settings) -> None:
        self.called = False
        self.failure: BaseException | None = None
        """What ended the service before the script did."""
        self._settings = settings
        self._handlers: dict[BaseRequestHandler, tuple[web.Application, str] | None] = {}
        self._known = KnownBots(settings.data)
        self._service: ScriptService | None = None
        self._serving: asyncio.Task[None] | None = None
        self._root: web.Application | None = None
        self._adding = asyncio.Lock()
        self._webhooks: dict[int, SetWebhook] = {}
        """What the script has asked for last, by the id of the bot."""
        self._setting: set[asyncio.Task[None]] = set()

    def made(self, handler: BaseRequestHandler) -> None:
        """A script has made a request handler."""
        self._handlers[handler] = None

    def registered(self, handler: BaseRequestHandler, app: web.Application, path: str) -> None:
        """It has a place in an application."""
        self._handlers[handler] = app, path

    def called_telegram(self, bot: Bot, method: TelegramMethod[Any]) -> None:
        """A bot of the script's has made a call that succeeded."""
        if isinstance(method, SetWebhook) and method.url:
            self._webhooks[bot.id] = method
        elif isinstance(method, DeleteWebhook | SetWebhook):
            self._webhooks.pop(bot.id, None)

    async def started(self, app: web.Application) -> None:
        """An application has run its startup hooks: begin to serve the bots of its handlers."""
        mine = [one for one, place in self._handlers.items() if place is None or place[0] in _whole(app)]
        if not mine or self._service is not None:
            return
        self.called = True
        self._root = app
        served = [self._served(one, bot) for one in mine for bot in self._bots(one)]
        ready = asyncio.Event()
        self._service = ScriptService(self._settings, served, on_ready=ready.set)
        self._serving = asyncio.create_task(self._service.run(handle_signals=False))
        waiting = asyncio.create_task(ready.wait())
        await asyncio.wait({self._serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not ready.is_set():
            waiting.cancel()
            await self._serving  # raises what kept it from starting
        self._serving.add_done_callback(self._ended)
        for one in served:
            if (webhook := self._webhooks.get(one.bot.id)) is not None:
                await self._catch_up(self._service, one.bot, webhook)

    async def stopping(self, app: web.Application) -> None:
        """An application is about to run its shutdown hooks: let handlers finish, and stop."""
        if app is not self._root or self._service is None or self._serving is None:
            return
        service, serving = self._service, self._serving
        self._service = self._root = None
        for task in self._setting:
            task.cancel()
        service.stop.set()
        await asyncio.wait({serving})
        if not serving.cancelled() and (error := serving.exception()) is not None:
            log.error("stopped_with_an_error", why=str(error))

    async def take(self, handler: BaseRequestHandler, request: web.Request) -> web.Response:
        """What a handler does with a request: as stock aiogram's up to the update, which goes into line."""
        bot = await handler.resolve_bot(request)
        if not handler.verify_secret(request.headers.get(SECRET_HEADER, ""), bot):
            return web.Response(body="Unauthorized", status=401)
        service = self._service
        if service is None or service.service.front is None:
            return _later(503, STORE_RETRY_SECONDS)
        body = await request.read()
        try:
            hosted = service.find(bot) or await self._add(service, handler, bot)
            status = await service.service.front.intake.take(hosted, body)
        except TelegramUnauthorizedError:
            return web.Response(body="Unauthorized", status=401)
        except NotAnUpdateError as error:
            return web.json_response({"ok": False, "error": f"not an Update: {error}"}, status=400)
        except TROUBLE as error:
            log.error("update_not_stored", bot=bot.id, why=str(error))
            return _later(503, STORE_RETRY_SECONDS)
        return _later(429, FULL_RETRY_SECONDS) if status == "full" else web.json_response({})

    def _served(self, handler: BaseRequestHandler, bot: Bot) -> Served:
        # None keeps what Telegram was told for this bot before.
        webhook = self._webhooks.get(bot.id)
        asked_for = webhook.allowed_updates if webhook is not None else None
        return Served(bot, handler.dispatcher, handler.data, asked_for, own_server=True)

    def _bots(self, handler: BaseRequestHandler) -> list[Bot]:
        """The bots that a handler serves, as far as they are known before a request names one."""
        if isinstance(handler, TokenBasedRequestHandler):
            for token in self._known.of(self._path(handler)):
                if token not in handler.bots:
                    handler.bots[token] = Bot(token, **handler.bot_settings)
            return list(handler.bots.values())
        return [handler.bot] if isinstance(handler, SimpleRequestHandler) else []

    async def _add(self, service: ScriptService, handler: BaseRequestHandler, bot: Bot) -> HostedBot:
        """Serve a bot that a request named. That Telegram knows its token is asked first: anybody can send
        a request with an invented one. Raises `TelegramUnauthorizedError` for such.
        """
        async with self._adding:
            if found := service.find(bot):
                return found
            if self._known.count >= BOTS_MAX:
                raise StoreUnavailable(f"one script serves at most {BOTS_MAX} bots by their tokens")
            try:
                await bot.me()
            except TelegramUnauthorizedError:
                if isinstance(handler, TokenBasedRequestHandler):
                    handler.bots.pop(bot.token, None)
                await bot.session.close()
                raise
            # Kept before its first update is taken in: after a crash there must be somebody to handle it.
            self._known.keep(self._path(handler), bot.token)
            return await service.add(self._served(handler, bot))

    async def _catch_up(self, service: ScriptService, bot: Bot, webhook: SetWebhook) -> None:
        """Fetch what waits for a bot in the order of its ids, instead of having Telegram send it queue by
        queue; then set the webhook again.
        """
        try:
            if not await service.fetch_waiting(bot):
                return
        except TROUBLE as error:
            log.warning("waiting_not_fetched", bot=bot.id, why=why(error))
        again = webhook.model_copy(update={"drop_pending_updates": None})
        setting = asyncio.create_task(_set_again(bot, again))
        self._setting.add(setting)
        setting.add_done_callback(self._setting.discard)
        await asyncio.wait({setting}, timeout=REGISTRATION_WAIT_SECONDS)

    def _path(self, handler: BaseRequestHandler) -> str:
        place = self._handlers.get(handler)
        return place[1] if place else ""

    def _ended(self, serving: "asyncio.Task[None]") -> None:
        if self._service is None or serving.cancelled():
            return
        self.failure = serving.exception() or GaveUpError("Mailroom ended before the script did.")
        log.critical("service_ended", why=str(self.failure), note="the script is asked to end as well")
        os.kill(os.getpid(), signal.SIGTERM)


async def _set_again(bot: Bot, webhook: SetWebhook) -> None:
    """Set a webhook that the script had set, until it is: without it the bot would be deaf."""
    pause = PAUSE_SECONDS
    while True:
        try:
            await bot(webhook)
        except TROUBLE as error:
            pause_now = pause_after(error, pause)
            log.warning("webhook_not_registered", bot=bot.id, why=why(error), again_in_seconds=pause_now)
            await asyncio.sleep(pause_now)
            pause = min(pause * 2, PAUSE_MAX_SECONDS)
        else:
            return


def _whole(app: web.Application) -> list[web.Application]:
    """An application and all below it."""
    below = [one for part in app._subapps for one in _whole(part)]  # noqa: SLF001 - it has no public name
    return [app, *below]


def _later(status: int, seconds: int) -> web.Response:
    return web.json_response({"ok": False}, status=status, headers={"Retry-After": str(seconds)})


def takers(server: OwnServer) -> dict[tuple[type | ModuleType, str], Callable[..., Any]]:
    """What aiogram's and aiohttp's own methods are replaced with while the script runs."""
    made, registered = BaseRequestHandler.__init__, BaseRequestHandler.register
    started, stopping = web.Application.startup, web.Application.shutdown
    call_telegram = Bot.__call__

    def make(self: BaseRequestHandler, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        server.made(self)

    def register(self: BaseRequestHandler, app: web.Application, /, path: str, **kwargs: Any) -> None:
        registered(self, app, path, **kwargs)
        server.registered(self, app, path)

    async def handle(self: BaseRequestHandler, request: web.Request) -> web.Response:
        return await server.take(self, request)

    async def startup(self: web.Application) -> None:
        await started(self)
        await server.started(self)

    async def shutdown(self: web.Application) -> None:
        await server.stopping(self)
        await stopping(self)

    async def call(self: Bot, method: TelegramMethod[Any], request_timeout: int | None = None) -> Any:
        result = await call_telegram(self, method, request_timeout)
        server.called_telegram(self, method)
        return result

    return {
        (Bot, "__call__"): call,
        (BaseRequestHandler, "__init__"): make,
        (BaseRequestHandler, "register"): register,
        (BaseRequestHandler, "handle"): handle,
        (BaseRequestHandler, "__call__"): handle,
        (web.Application, "startup"): startup,
        (web.Application, "shutdown"): shutdown,
    }
