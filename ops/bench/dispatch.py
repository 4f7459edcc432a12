"""`dispatch`: what one text update costs on its way through 50 routers with a filter each."""

import asyncio
from statistics import median
from time import perf_counter
from typing import Any

import uvloop
from aiogram import Bot, Dispatcher, F, Router
from aiogram.types import Message, Update
from pydantic_core import from_json

from mailroom.actors.hosting.inline import inline_filters
from mailroom.ops.bench.environment import Environment
from mailroom.ops.flood.update import text_update

ROUTERS = 50
ROUNDS = 5
UPDATES = 60
UPDATES_QUICK = 20


def dispatch(environment: Environment) -> dict[str, Any]:
    """Stock and ours take turns on one loop; the handler is in the last router and does nothing."""
    environment.progress("dispatch")
    updates = UPDATES_QUICK if environment.quick else UPDATES
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_measure(updates))


async def _measure(updates: int) -> dict[str, Any]:
    bot = Bot("1:dispatch")
    dispatchers = {"mailroom": _dispatcher(), "aiogram": _dispatcher()}
    inline_filters(dispatchers["mailroom"])
    update = Update.model_validate(from_json(text_update(1, 1, "wanted")), context={"bot": bot})
    rounds: dict[str, list[float]] = {name: [] for name in dispatchers}
    for _ in range(ROUNDS):
        for name, dispatcher in dispatchers.items():
            begun = perf_counter()
            for _ in range(updates):
                await dispatcher.feed_update(bot, update)
            rounds[name].append((perf_counter() - begun) / updates * 1000)
    return {
        name: {"ms_per_update": round(median(times), 3), "rounds": [round(one, 3) for one in times]}
        for name, times in rounds.items()
    }


def _dispatcher() -> Dispatcher:
    dispatcher = Dispatcher()

    async def handle(_message: Message) -> None:
        """What is measured is the way here."""

    for number in range(ROUTERS - 1):
        router = Router()
        router.message.register(handle, F.text == f"unwanted {number}")
        dispatcher.include_router(router)
    last = Router()
    last.message.register(handle, F.text == "wanted")
    dispatcher.include_router(last)
    return dispatcher
