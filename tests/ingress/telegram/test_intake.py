"""The way in, with a whole small process behind it; see `tests/actors/bot_process.py`."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio

from mailroom.actors.runtime import host
from tests.actors.bot_process import (
    FIRST_UPDATE_ID,
    BotProcess,
    Telegram,
    message,
    open_process,
    pre_checkout,
)
from tests.actors.controlled_bot import ControlledBot

FIRST, REFUSED, AFTER, LATER = range(FIRST_UPDATE_ID, FIRST_UPDATE_ID + 4)


@pytest.fixture
def controlled() -> ControlledBot:
    return ControlledBot()


@pytest.fixture
def play(
    clean_redis_url: str, controlled: ControlledBot
) -> Callable[[Callable[[BotProcess], Awaitable[Any]]], Any]:
    def play(scenario: Callable[[BotProcess], Awaitable[Any]]) -> None:
        async def main() -> None:
            with trio.fail_after(30):
                async with open_process(clean_redis_url, controlled.router, Telegram()) as process:
                    await scenario(process)

        host.run(main)

    return play


async def one_refused(process: BotProcess, controlled: ControlledBot) -> None:
    """A message is being handled, and there was no room for the one after it."""
    assert await process.offer(message(1, "hold", FIRST)) == "accepted"
    await process.until(lambda: controlled.began == ["hold"])
    assert await process.offer(message(1, "refused", REFUSED), cap=1) == "full"


def test_what_was_sent_after_a_refused_message_does_not_get_in_before_it(play, controlled):
    """The accident: a tap found the room that the text before it had not, and overtook it."""

    async def scenario(process):
        await one_refused(process, controlled)
        assert await process.offer(message(1, "after", AFTER)) == "full", "although there is room by now"
        assert await process.offer(message(2, "neighbour", LATER)) == "accepted"
        assert await process.offer(message(1, "refused", REFUSED)) == "accepted"
        assert await process.offer(message(1, "after", AFTER)) == "accepted"
        controlled.let_go("hold")
        await process.said(1, "1 hold", "2 refused", "3 after")

    play(scenario)


def test_a_query_that_cannot_wait_is_taken_although_a_text_before_it_was_refused(play, controlled):
    async def scenario(process):
        await one_refused(process, controlled)
        assert await process.offer(pre_checkout(1, AFTER)) == "accepted"
        await process.until(lambda: "pre_checkout" in controlled.began)
        # The accident: with the query in, the text was not waited for any more, and a tap overtook it.
        assert await process.offer(message(1, "after", LATER)) == "full"
        assert await process.offer(message(1, "refused", REFUSED)) == "accepted"
        assert await process.offer(message(1, "after", LATER)) == "accepted"
        controlled.let_go("hold")

    play(scenario)


def test_what_had_to_stay_outside_keeps_nobody_elses_messages_waiting(play, controlled):
    """Its id has been seen, whatever became of it: another chat need not wait for it."""

    async def scenario(process):
        await one_refused(process, controlled)
        assert await process.offer(message(1, "after", AFTER)) == "full"
        assert process.bot.watermark.passed(AFTER)
        controlled.let_go("hold")

    play(scenario)
