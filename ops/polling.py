"""What `start_polling` does under `mailroom run`: serve the script's bots from durable mailboxes.

The service is a guest of the loop that the script started. Aiogram's own promises are kept: one polling at a
time per dispatcher, `stop_polling` from anywhere, hooks around it, sessions closed at the end.
"""

import asyncio
import contextlib
import logging
import sys
from types import EllipsisType
from typing import Any

import trio
from aiogram import Bot, Dispatcher
from aiogram.types.base import UNSET, UNSET_TYPE

from actors.hosting.bot import MADE_UP, HostedBot
from actors.hosting.services import BotServices
from actors.runtime.bridge import aio
from actors.runtime.host import hosted
from actors.runtime.signals import stop_signals
from actors.turn import current_turn
from ops import logs
from ops.configuration import derived_secret
from ops.faults import CannotStartError
from ops.hosted import host
from ops.service import Service, obey
from ops.settings import BotSettings, Settings
from ops.stores import StartError
from supervisors.parking import Parking
from supervisors.workplace import Workplace

UNUSABLE = frozenset({"event", "observer", "telegram_event", "update", "update_type"})
"""Names that aiogram's own functions have between an update and its handler, as of 3.31: a value for handlers
under one of them makes each update fail with a TypeError on stock aiogram.
"""


class Polling:
    """The polling of one script."""

    def __init__(self, settings: Settings) -> None:
        self.called = False
        self._settings = settings
        self._running = False

    async def start(
        self,
        dispatcher: Dispatcher,
        /,
        *bots: Bot,
        allowed_updates: list[str] | UNSET_TYPE | None = UNSET,
        handle_signals: bool = True,
        close_bot_session: bool = True,
        polling_timeout: int = 10,  # noqa: ARG002 - these four steer a polling loop that is not ours
        handle_as_tasks: bool = True,  # noqa: ARG002
        backoff_config: Any = None,  # noqa: ARG002
        tasks_concurrency_limit: int | None = None,  # noqa: ARG002
        **workflow: Any,
    ) -> None:
        """Serve until a signal or `stop`. Raises what a startup hook raised, as aiogram's does."""
        self.called = True
        if not bots:
            raise ValueError("At least one bot instance is required to start polling")
        if "bot" in workflow:
            raise ValueError("Keyword argument 'bot' is not acceptable: pass the bot as positional argument")
        if unusable := sorted(UNUSABLE & {*dispatcher.workflow_data, *workflow}):
            raise TypeError(
                f"aiogram passes arguments of its own named {', '.join(unusable)}, so that values for"
                " handlers cannot have these names: every update would fail, with or without Mailroom"
            )
        if self._running:
            raise RuntimeError(
                "mailroom run serves one start_polling at a time: give it all bots, start_polling(one, two)"
            )
        asked_for: list[str] | EllipsisType | None = ...
        if not isinstance(allowed_updates, UNSET_TYPE):
            asked_for = allowed_updates
        self._running = True
        try:
            async with dispatcher._running_lock:  # noqa: SLF001 - stop_polling asks this lock whether we run
                stop = dispatcher._stop_signal = asyncio.Event()  # noqa: SLF001
                dispatcher._stopped_signal = asyncio.Event()  # noqa: SLF001
                # As aiogram does: what is put into the dispatcher later does not replace what was there.
                given = {"dispatcher": dispatcher, "bots": bots, **dispatcher.workflow_data, **workflow}
                given.pop("bot", None)
                await self._serve(dispatcher, bots, given, asked_for, stop, handle_signals=handle_signals)
        finally:
            self._running = False
            if dispatcher._stopped_signal is not None:  # noqa: SLF001
                dispatcher._stopped_signal.set()  # noqa: SLF001
            if close_bot_session:
                await asyncio.gather(*(bot.session.close() for bot in bots))

    async def stop(self, dispatcher: Dispatcher) -> None:
        """End the polling of a dispatcher and wait for its end. A handler cannot wait: it is waited for."""
        if not dispatcher._running_lock.locked():  # noqa: SLF001
            raise RuntimeError("Polling is not started")
        if dispatcher._stop_signal is None or dispatcher._stopped_signal is None:  # noqa: SLF001
            return
        dispatcher._stop_signal.set()  # noqa: SLF001
        turn = current_turn.get()
        if turn is None or not turn.open:
            await dispatcher._stopped_signal.wait()  # noqa: SLF001

    async def _serve(
        self,
        dispatcher: Dispatcher,
        bots: tuple[Bot, ...],
        given: dict[str, Any],
        asked_for: list[str] | EllipsisType | None,
        stop: asyncio.Event,
        *,
        handle_signals: bool,
    ) -> None:
        sessions = {bot: bot.session for bot in bots}
        names = {bot: _name(bot, self._settings) for bot in bots}
        table = {name: self._settings.bots.get(name) or _bot_settings(bot) for bot, name in names.items()}
        settings = self._settings.model_copy(update={"bots": table, "demo": False})

        def make(workplace: Workplace, parking: Parking, _services: BotServices) -> dict[str, HostedBot]:
            made = {}
            for bot, name in names.items():
                one = table[name]
                fast, shed, parks = one.order == "fast", one.flood == "shed", one.dead_letters == "park"
                made[name] = host(
                    name, bot, dispatcher, workplace, parking, fast=fast, shed=shed, parks=parks
                )
                made[name].shared.given = given
                # As aiogram does: what there are handlers for, unless the script names the kinds.
                handled = dispatcher.resolve_used_update_types(skip_events=set(MADE_UP))
                made[name].asked_for = handled if asked_for is ... else asked_for
            return made

        if not logging.getLogger().handlers:
            logs.configure(settings.log)
        service = Service(settings, frozenset({"ingress", "worker"}), _say_ready, bots=make)
        serving = asyncio.ensure_future(hosted(lambda: _run(service, stop, handle_signals=handle_signals)))
        try:
            await _cancelled_gently(serving, stop)
        except StartError as error:
            raise CannotStartError(str(error)) from None
        finally:
            for bot, session in sessions.items():
                if bot.session is not session:
                    await bot.session.close()
                    bot.session = session


async def _run(service: Service, stop: asyncio.Event, *, handle_signals: bool) -> None:
    """Trio's main: the service, and what may end it."""
    try:
        with stop_signals() if handle_signals else contextlib.nullcontext() as signals:
            async with trio.open_nursery() as nursery:
                ending = trio.Event()
                if signals is not None:
                    nursery.start_soon(obey, signals, ending, nursery.cancel_scope)
                nursery.start_soon(_end_with, stop, ending)
                await service.run(ending)
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
    """The name its state is kept under: that of the configured bot with this token, so that `mailroom up` and
    `mailroom run` find the same; else its id, which stays when the script is renamed.
    """
    return next((name for name, one in settings.bots.items() if one.token == bot.token), str(bot.id))


def _bot_settings(bot: Bot) -> BotSettings:
    return BotSettings(token=bot.token, secret=derived_secret(bot.token))


def _say_ready(address: str) -> None:
    print(f"Mailroom is ready: {address}", file=sys.stderr, flush=True)  # noqa: T201 - for whoever started it
