"""What `start_polling` does under `mailroom run`: serve the script's bots from durable mailboxes.

The service is a guest of the loop that the script started. Aiogram's own promises are kept: one polling at a
time per dispatcher, `stop_polling` from anywhere, hooks around it, sessions closed at the end.
"""

import asyncio
from types import EllipsisType
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.types.base import UNSET, UNSET_TYPE

from mailroom.actors.hosting.bot import MADE_UP
from mailroom.actors.hosting.load import UNUSABLE
from mailroom.actors.turn import current_turn
from mailroom.ops.script_service import ScriptService, Served
from mailroom.ops.settings import Settings


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
        # As aiogram does: what there are handlers for, unless the script names the kinds.
        handled = dispatcher.resolve_used_update_types(skip_events=set(MADE_UP))
        asked = handled if asked_for is ... else asked_for
        served = [Served(bot, dispatcher, given, asked) for bot in bots]
        service = ScriptService(self._settings, served, on_ready=lambda: None)
        ending = asyncio.ensure_future(_end(service, stop))
        try:
            await service.run(handle_signals=handle_signals)
        finally:
            ending.cancel()


async def _end(service: ScriptService, stop: asyncio.Event) -> None:
    await stop.wait()
    service.stop.set()
