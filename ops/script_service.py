"""The service that a script's bots are served by, as a guest of the loop that the script started.

`ops/polling.py` and `ops/own_server.py` say when it starts and ends, and what stock aiogram promises around
it.
"""

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import EllipsisType
from typing import Any

import trio
from aiogram import Bot, Dispatcher

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.runtime.bridge import aio, to_trio
from mailroom.actors.runtime.host import hosted
from mailroom.actors.runtime.signals import stop_signals
from mailroom.ingress.telegram.reached import Line
from mailroom.ops import logs
from mailroom.ops.configuration import derived_secret
from mailroom.ops.ending import obey
from mailroom.ops.faults import CannotStartError, StartError
from mailroom.ops.host_bot import host
from mailroom.ops.hosted import handling_of
from mailroom.ops.identity import claim_names
from mailroom.ops.process import Process, Setup
from mailroom.ops.service import Service
from mailroom.ops.settings import BotSettings, Settings
from mailroom.storage.redis.entry import Chat


@dataclass(frozen=True, slots=True)
class Served:
    """One bot of a script, and what the script says of it."""

    bot: Bot
    dispatcher: Dispatcher
    given: dict[str, Any]
    """What its handlers are given by name besides what its dispatcher has."""
    asked_for: list[str] | EllipsisType | None = ...
    """The kinds of updates to ask Telegram for, where the script says so."""
    own_server: bool = False
    """Whether the script's own web server takes its updates; its line to Telegram is the script's then, and
    so are its hooks.
    """


class ScriptService:
    """Serves bots until `stop` is set, and leaves them as they were."""

    def __init__(self, settings: Settings, served: Iterable[Served], *, on_ready: Callable[[], None]) -> None:
        self.stop = asyncio.Event()
        self._configured = settings
        self._served: dict[str, Served] = {}
        for one in served:
            name = _name(one.bot, settings)
            if name in self._served:
                raise CannotStartError(
                    f"The script serves the bot {one.bot.id} twice: give it one Bot of each."
                )
            self._served[name] = one
        self._sessions = {one.bot: one.bot.session for one in self._served.values()}
        table = {name: self._settings_of(one.bot) for name, one in self._served.items()}
        self._bots: dict[str, HostedBot] = {}
        self._on_ready = on_ready
        self._process: Process | None = None
        whole = settings.model_copy(update={"bots": table, "demo": False})
        setup = Setup(whole, frozenset({"ingress", "worker"}), bots=self._make)
        self.service = Service(setup, self._ready)

    async def run(self, *, handle_signals: bool) -> None:
        """Serve. Raises what a startup hook raised, and `CannotStartError` for what is in our own way."""
        if not logging.getLogger().handlers:
            logs.configure(self._configured.log, level=self._configured.log_level)
        serving = asyncio.ensure_future(hosted(lambda: self._run(handle_signals=handle_signals)))
        try:
            await _cancelled_gently(serving, self.stop)
        except StartError as error:
            raise CannotStartError(str(error)) from None
        finally:
            for bot, session in self._sessions.items():
                if bot.session is not session:
                    await bot.session.close()
                    bot.session = session

    def find(self, bot: Bot) -> HostedBot | None:
        """The hosted one of a script's bot, if it is served."""
        return self._bots.get(_name(bot, self._configured))

    async def add(self, one: Served) -> HostedBot:
        """Serve one more bot from now on. To be called in the loop that hosts us."""
        assert self._process is not None, "a bot is added to a service that runs"
        assert self.service.front is not None, "a script's service has an ingress"
        process, chat_worker = self._process, self._process.chat_worker
        name = _name(one.bot, self._configured)
        self._sessions[one.bot] = one.bot.session
        hosted_bot = self._host(name, one, process)
        await claim_names({name: hosted_bot}, {name: self._settings_of(one.bot)}, process.stores.line)
        await process.parking.restore(name)
        await hosted_bot.start(lambda chat_id, work: chat_worker.run_in_line(Chat(name, str(chat_id)), work))
        process.follow(hosted_bot)
        self.service.front.webhook.admit(name, self._settings_of(one.bot).secret)
        self._bots[name] = hosted_bot
        return hosted_bot

    async def fetch_waiting(self, bot: Bot) -> bool:
        """Take in what waits at Telegram for a bot of a web server of the script's own. Returns whether there
        was any: its webhook has to be set again then.
        """
        hosted_bot = self.find(bot)
        assert hosted_bot is not None, "only what is served is asked for"
        assert self.service.front is not None, "a script's service has an ingress"
        return await to_trio(Line(hosted_bot, self.service.front.intake).fetch_waiting)

    def _make(self, process: Process) -> dict[str, HostedBot]:
        self._process = process
        for name, one in self._served.items():
            self._bots[name] = self._host(name, one, process)
        return self._bots

    def _host(self, name: str, one: Served, process: Process) -> HostedBot:
        handling = handling_of(self._settings_of(one.bot))
        made = host(name, one.bot, one.dispatcher, process.chat_worker, process.parking, handling)
        made.asked_for = one.asked_for
        made.fed_by_script = one.own_server
        made.shared.given[one.bot.id] = one.given
        made.shared.hooks_run_elsewhere = one.own_server
        return made

    def _settings_of(self, bot: Bot) -> BotSettings:
        configured = self._configured.bots.get(_name(bot, self._configured))
        return configured or BotSettings(token=bot.token, secret=derived_secret(bot.token))

    def _ready(self, address: str) -> None:
        print(f"Mailroom is ready: {address}", file=sys.stderr, flush=True)  # noqa: T201 - for whoever started it
        self._on_ready()

    async def _run(self, *, handle_signals: bool) -> None:
        """Trio's main: the service, and what may end it."""
        try:
            with stop_signals() if handle_signals else contextlib.nullcontext() as signals:
                async with trio.open_nursery() as nursery:
                    ending = trio.Event()
                    if signals is not None:
                        nursery.start_soon(obey, signals, ending, nursery.cancel_scope)
                    nursery.start_soon(_end_with, self.stop, ending)
                    await self.service.run(ending)
                    nursery.cancel_scope.cancel()
        except BaseExceptionGroup as group:
            raise _sole(group) from None


async def _end_with(stop: asyncio.Event, ending: trio.Event) -> None:
    await aio(stop.wait)
    ending.set()


async def _cancelled_gently(serving: "asyncio.Future[None]", stop: asyncio.Event) -> None:
    """Wait for the service. A script that cancels its polling task gets a drain too; the second time not."""
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        stop.set()
        await serving
        raise


def _sole(group: BaseExceptionGroup[Any]) -> BaseException:
    """The error itself where there is only one: the script's own `except` is written for that."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def _name(bot: Bot, settings: Settings) -> str:
    """The name its state is kept under: that of the configured bot whose token is of this bot, so that
    `mailroom up` and `mailroom run` find the same, also after one of them got a new secret; else its id,
    which stays when the script is renamed.
    """
    its = f"{bot.id}:"
    return next((name for name, one in settings.bots.items() if one.token.startswith(its)), str(bot.id))
