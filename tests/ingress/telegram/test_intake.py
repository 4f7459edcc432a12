"""The way in, with a whole small process behind it; see `tests/actors/house.py`."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import trio

from mailroom.actors.runtime import host
from tests.actors.hands import Hands
from tests.actors.house import FIRST_UPDATE_ID, House, Telegram, message, open_house, pre_checkout

FIRST, REFUSED, AFTER, LATER = range(FIRST_UPDATE_ID, FIRST_UPDATE_ID + 4)


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def play(clean_redis_url: str, hands: Hands) -> Callable[[Callable[[House], Awaitable[Any]]], Any]:
    def play(scenario: Callable[[House], Awaitable[Any]]) -> None:
        async def main() -> None:
            with trio.fail_after(30):
                async with open_house(clean_redis_url, hands.router, Telegram()) as house:
                    await scenario(house)

        host.run(main)

    return play


async def one_refused(house: House, hands: Hands) -> None:
    """A message is being handled, and there was no room for the one after it."""
    assert await house.offer(message(1, "hold", FIRST)) == "accepted"
    await house.until(lambda: hands.began == ["hold"])
    assert await house.offer(message(1, "refused", REFUSED), cap=1) == "full"


def test_what_was_sent_after_a_refused_message_does_not_get_in_before_it(play, hands):
    """The accident: a tap found the room that the text before it had not, and overtook it."""

    async def scenario(house):
        await one_refused(house, hands)
        assert await house.offer(message(1, "after", AFTER)) == "full", "although there is room by now"
        assert await house.offer(message(2, "neighbour", LATER)) == "accepted"
        assert await house.offer(message(1, "refused", REFUSED)) == "accepted"
        assert await house.offer(message(1, "after", AFTER)) == "accepted"
        hands.let_go("hold")
        await house.said(1, "1 hold", "2 refused", "3 after")

    play(scenario)


def test_a_query_that_cannot_wait_is_taken_although_a_text_before_it_was_refused(play, hands):
    async def scenario(house):
        await one_refused(house, hands)
        assert await house.offer(pre_checkout(1, AFTER)) == "accepted"
        await house.until(lambda: "pre_checkout" in hands.began)
        # The accident: with the query in, the text was not waited for any more, and a tap overtook it.
        assert await house.offer(message(1, "after", LATER)) == "full"
        assert await house.offer(message(1, "refused", REFUSED)) == "accepted"
        assert await house.offer(message(1, "after", LATER)) == "accepted"
        hands.let_go("hold")

    play(scenario)


def test_what_had_to_stay_outside_keeps_nobody_elses_messages_waiting(play, hands):
    """Its id has been seen, whatever became of it: another chat need not wait for it."""

    async def scenario(house):
        await one_refused(house, hands)
        assert await house.offer(message(1, "after", AFTER)) == "full"
        assert house.bot.watermark.passed(AFTER)
        hands.let_go("hold")

    play(scenario)
