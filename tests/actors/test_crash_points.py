"""One message with two replies, and something goes wrong at each of its store calls, before it or after it.

`dies`: the process ends there and a new one takes over. `unavailable`: the store does not answer that once,
and the process lives on. Both before the call took effect and after it, when nobody can know.
"""

import asyncio
from collections import Counter
from typing import Any

import pytest

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.errors import StoreUnavailable
from mailroom.storage.redis.mailbox import Mailboxes
from tests.actors.bot_process import FIRST_UPDATE_ID, message
from tests.actors.test_replies import counter_bot

STEP = ("accept", "load", "begin", "journal", "commit")
"""The calls that one message may make; which ones it does make is counted by a run without a fault."""


class FaultyMailboxes(Mailboxes):
    """Mailboxes where one call, counted from the start, goes wrong once."""

    def __init__(self, intake: Any, work: Any) -> None:
        super().__init__(intake, work)
        self.place, self.how, self.when = -1, "", ""
        self.made: list[str] = []
        self.died = False

    async def faulty(self, name: str, call: Any) -> Any:
        number = len(self.made)
        self.made.append(name)
        if number == self.place and self.when == "before":
            await self.fail()
        answer = await call()
        if number == self.place and self.when == "after":
            await self.fail()
        return answer

    async def fail(self) -> None:
        if self.how == "unavailable":
            raise StoreUnavailable("as arranged")
        self.died = True
        await asyncio.Event().wait()


def _wrap(name: str) -> Any:
    real = getattr(Mailboxes, name)

    async def wrapped(self: FaultyMailboxes, *args: Any, **options: Any) -> Any:
        return await self.faulty(name, lambda: real(self, *args, **options))

    return wrapped


for _name in STEP:
    setattr(FaultyMailboxes, _name, _wrap(_name))

HELLO = message(7, "x", FIRST_UPDATE_ID)
SECOND = message(7, "y", FIRST_UPDATE_ID + 1)


def calls_of_one_message(play, telegram) -> list[str]:
    async def scenario(process):
        await process.offer(HELLO)
        await process.said(7, "1 x a", "1 x b")
        return list(process.mailboxes.made)

    return play(counter_bot(), scenario, mailboxes=FaultyMailboxes)


async def _deliver(process, update) -> None:
    """As Telegram does: again, until it is told that we have it."""
    while True:
        try:
            assert await process.offer(update) in ("accepted", "duplicate")
        except StoreUnavailable:
            continue
        return


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("how", ["unavailable", "dies"])
@pytest.mark.parametrize("place", range(7))
def test_a_fault_at_any_store_call_loses_nothing_and_doubles_only_what_was_in_flight(
    play, telegram, place, how, when
):
    async def until_the_fault(process):
        boxes = process.mailboxes
        boxes.place, boxes.how, boxes.when = place, how, when
        process.chats.spawn(lambda: _deliver(process, HELLO))
        await process.until(lambda: boxes.died or len(telegram.texts()) >= 2)
        await process.until(lambda: boxes.died or not any(one.busy for one in process.chats.residents))
        if not boxes.died:
            await process.settled()
        return boxes.died

    async def afterwards(process):
        await _deliver(process, HELLO)
        await _deliver(process, SECOND)
        await process.until(lambda: "2 y b" in telegram.texts(), "the second message")
        await process.settled()
        return await aio(process.mailboxes._work.command, "KEYS", "*:tries:*"), await process.state(7)

    died = play(counter_bot(), until_the_fault, mailboxes=FaultyMailboxes)
    assert died <= (how == "dies")
    counts, state = play(counter_bot(), afterwards, epoch=2)
    assert counts == []
    assert '"n":2' in "".join(state.values()).replace(" ", "")
    times = Counter(telegram.texts())
    assert set(times) == {"1 x a", "1 x b", "2 y a", "2 y b"}
    doubled = sum(times.values()) - len(times)
    assert doubled <= (1 if died else 0), telegram.texts()
    once = list(dict.fromkeys(telegram.texts()))
    assert once == ["1 x a", "1 x b", "2 y a", "2 y b"]


def test_the_step_has_as_many_calls_as_the_faults_cover(play, telegram):
    made = calls_of_one_message(play, telegram)
    assert set(made) <= set(STEP)
    assert {"accept", "load", "commit"} <= set(made)
    assert len(made) <= 7
