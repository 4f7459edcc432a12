"""The chat's actor does what the table says: each verdict once, with what a handler may raise."""

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable

import pytest
from aiogram import Router
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.fsm.context import FSMContext
from aiogram.methods import SendMessage
from aiogram.types import Message

from mailroom.actors.hosting.errors import Parked
from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.judge import Tries, Work, judge
from mailroom.actors.owners import Owner
from mailroom.storage.errors import StoreUnavailable
from mailroom.supervisors.timers import run_once
from tests.actors.test_outages import dead_letters

CALL = SendMessage(chat_id=7, text="x")
Fails = Callable[[], Awaitable[object]]


def raises(error: BaseException) -> Fails:
    async def fails() -> None:
        raise error

    return fails


def in_a_task_group(error: BaseException) -> Fails:
    async def fails() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(raises(error)())
            group.create_task(asyncio.sleep(60))

    return fails


async def waits_for_what_is_cancelled() -> None:
    waiting = asyncio.create_task(asyncio.sleep(60))
    waiting.cancel()
    await waiting


async def ends_the_process() -> None:
    sys.exit("as a script would")


DOWN = TelegramNetworkError(CALL, "Request timeout error")
FAILURES: list[tuple[str, Owner, Fails]] = [
    ("a mistake", Owner.MESSAGE, raises(RuntimeError("of the handler"))),
    ("a text that nobody takes", Owner.CONTENT, raises(TelegramBadRequest(CALL, "can't parse entities"))),
    ("a refusal", Owner.NOBODY, raises(TelegramForbiddenError(CALL, "Forbidden: bot was blocked"))),
    ("an unknown bot", Owner.BOT, raises(TelegramUnauthorizedError(CALL, "Unauthorized"))),
    ("an outage", Owner.OUTSIDE, raises(DOWN)),
    ("a wait", Owner.WAIT, raises(TelegramRetryAfter(CALL, "Too Many Requests", 0))),
    ("a store that is away", Owner.US, raises(StoreUnavailable("Postgres does not answer"))),
    # Seen: what a task of the handler met was its mistake, and one that was parked ended the process.
    ("an outage of a task", Owner.OUTSIDE, in_a_task_group(DOWN)),
    ("a wait of a task", Owner.WAIT, in_a_task_group(Parked(0.05))),
    ("a refusal of a task", Owner.NOBODY, in_a_task_group(TelegramForbiddenError(CALL, "blocked"))),
    # Seen: `sys.exit` in a handler ended the process, and a cancellation from inside the actor of its chat.
    ("an exit", Owner.MESSAGE, ends_the_process),
    ("a cancellation", Owner.MESSAGE, waits_for_what_is_cancelled),
]


@pytest.mark.parametrize(("owner", "fails"), [one[1:] for one in FAILURES], ids=[one[0] for one in FAILURES])
def test_a_failure_has_the_consequences_of_its_verdict(play, telegram, owner: Owner, fails: Fails):
    verdict = judge(owner, Work.MESSAGE)
    router, attempts = Router(), []

    @router.message()
    async def handle(message: Message, state: FSMContext, turn) -> None:
        attempts.append(turn.attempt)
        await message.answer("before")
        await state.update_data({f"try{len(attempts)}": "kept"})
        if len(attempts) == 1:
            await fails()
        await message.answer("after")

    async def scenario(process):
        await process.write(7, "Ann")
        await process.until(lambda: len(attempts) > 1 or verdict.again is None)
        await process.settled()
        assert bool(process.bot.hold.why) <= verdict.holds
        assert await dead_letters(process) == []
        return "".join((await process.state(7)).values())

    state = play(router, scenario)
    assert attempts == ([1] if verdict.again is None else [1, 2 if verdict.counted else 1])
    assert ("try1" in state) is verdict.keeps_state
    assert telegram.texts(7) == (["before"] if verdict.again is None else ["before", "after"]), "said once"


@pytest.mark.parametrize(
    "fails", [ends_the_process, waits_for_what_is_cancelled], ids=["exit", "cancellation"]
)
def test_what_cannot_be_answered_is_a_dead_letter_that_says_what_it_did(play, telegram, fails):
    router = Router()

    @router.message()
    async def handle(message: Message) -> None:
        if message.text == "Ann":
            await fails()
        await message.answer(f"hello {message.text}")

    async def scenario(process):
        await process.write(7, "Ann", "Bob")
        await process.until(lambda: "hello Bob" in telegram.texts(7))
        await process.settled()
        (letter,) = await dead_letters(process)
        assert letter["attempts"] == 3
        assert letter["error"].startswith(("ExitError", "HandlerCancelledError"))

    play(router, scenario)
    assert judge(Owner.MESSAGE, Work.MESSAGE, Tries(attempt=3)).apologises
    assert telegram.texts(7)[0].startswith("Something went wrong")


def test_a_store_that_is_away_from_one_message_alone_does_not_hold_its_chat_up_for_ever(
    play, telegram, monkeypatch
):
    # Seen: whatever raised `StoreUnavailable` each time was run again for ever, and a job was not.
    monkeypatch.setattr("mailroom.actors.judge.TIMES_MAX", 4)
    router, attempts = Router(), []

    @router.message()
    async def handle(message: Message, turn) -> None:
        if message.text == "Ann":
            attempts.append(turn.attempt)
            raise StoreUnavailable("Postgres does not answer")
        await message.answer(f"hello {message.text}")

    async def scenario(process):
        await process.write(7, "Ann", "Bob")
        await process.until(lambda: "hello Bob" in telegram.texts(7))

    play(router, scenario)
    assert attempts == [1] * 5 + [2, 3]


def test_of_an_event_that_died_nobody_is_told(play, telegram):
    router, attempts = Router(), []

    @router.message()
    async def remind_me(message: Message, turn) -> None:
        turn.set_timer("reminder", int(time.time() * 1000) - 1, "buy milk")
        await message.answer("will do")

    @chat_event(router, "reminder")
    async def remind(_event: ChatEvent, turn) -> None:
        attempts.append(turn.attempt)
        raise RuntimeError("of the handler")

    async def scenario(process):
        await process.write(7, "remind me")
        await process.said(7, "will do")
        assert await run_once(process.chats) == 1
        await process.until(lambda: len(attempts) == 3)
        await process.settled()
        (letter,) = await dead_letters(process)
        assert letter["kind"] == "event"

    play(router, scenario)
    assert telegram.texts(7) == ["will do"]
