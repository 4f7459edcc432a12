"""Scenarios with a whole small process in them; see `bot_process.py`."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import structlog
import trio
from aiogram import Router

from mailroom.actors.runtime import host
from tests.actors.bot_process import BotProcess, Telegram, open_process
from tests.actors.controlled_bot import ControlledBot

SCENARIO_SECONDS = 30.0


@pytest.fixture(autouse=True)
def plain_logs() -> Iterator[None]:
    """Tracebacks in plain text: structlog's own, with all local variables, take a second each."""
    shown = [structlog.processors.add_log_level, structlog.processors.format_exc_info]
    structlog.configure(processors=[*shown, structlog.processors.KeyValueRenderer(["event"])])
    yield
    structlog.reset_defaults()


@pytest.fixture
def telegram() -> Telegram:
    return Telegram()


@pytest.fixture
def play(clean_redis_url: str, telegram: Telegram) -> Callable[..., Any]:
    """Start the process around a router, play a scenario, end it."""

    def play(router: Router, scenario: Callable[[BotProcess], Awaitable[Any]], **options: Any) -> Any:
        async def main() -> Any:
            with trio.fail_after(SCENARIO_SECONDS):
                async with open_process(clean_redis_url, router, telegram, **options) as process:
                    return await scenario(process)

        return host.run(main)

    return play


@pytest.fixture
def controlled() -> ControlledBot:
    """A bot whose handlers begin and end when the test says so."""
    return ControlledBot()
