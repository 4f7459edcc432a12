"""Scenarios with a whole small process in them; see `house.py`."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import structlog
import trio
from aiogram import Router

from mailroom.actors.runtime import host
from tests.actors.hands import Hands
from tests.actors.house import House, Telegram, open_house

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

    def play(router: Router, scenario: Callable[[House], Awaitable[Any]], **options: Any) -> Any:
        async def main() -> Any:
            with trio.fail_after(SCENARIO_SECONDS):
                async with open_house(clean_redis_url, router, telegram, **options) as house:
                    return await scenario(house)

        return host.run(main)

    return play


@pytest.fixture
def hands() -> Hands:
    """A bot whose handlers begin and end when the test says so."""
    return Hands()
