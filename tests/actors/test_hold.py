"""A bot that Telegram does not know holds, blames no message, and goes on by itself (R7)."""

import pytest
import trio
from aiogram import Router
from aiogram.types import Message, PreCheckoutQuery
from prometheus_client import REGISTRY

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.entry import Chat
from mailroom.supervisors import holding
from mailroom.supervisors.holding import holds, read_hold
from tests.actors.bot_process import FIRST_UPDATE_ID, pre_checkout, refusal
from tests.actors.test_outages import dead_letters

UNAUTHORIZED = refusal(401, "Unauthorized")
NOT_FOUND = refusal(404, "Not Found")


@pytest.fixture(autouse=True)
def quick_looks(monkeypatch):
    monkeypatch.setattr(holding, "PAUSE_SECONDS", 0.1)
    monkeypatch.setattr(holding, "PAUSE_MAX_SECONDS", 0.2)
    monkeypatch.setattr("mailroom.actors.hosting.hold.LOOKING_SECONDS", 0.01)


def greeter(attempts: list[tuple[int, int]]) -> Router:
    router = Router()

    @router.message()
    async def greet(message: Message, turn) -> None:
        attempts.append((message.chat.id, turn.attempt))
        await message.answer(f"hello {message.text}")

    return router


def calls(telegram, method: str) -> int:
    return sum(name == method for name, _, _ in telegram.tried)


def held() -> float | None:
    return REGISTRY.get_sample_value("mailroom_bot_held", {"bot": "shop"})


@pytest.mark.parametrize("answer", [UNAUTHORIZED, NOT_FOUND], ids=["401", "404"])
def test_a_revoked_token_blames_no_message_and_apologises_to_nobody(play, telegram, answer):
    # Seen: each message that came while the token was wrong was a dead letter after three seconds.
    attempts: list[tuple[int, int]] = []

    async def scenario(process):
        telegram.tell(answer, method="sendMessage")
        for _ in range(1000):
            telegram.tell(answer, method="getMe")
        await process.write(7, "Ann")
        await process.until(lambda: process.bot.hold.why, "the hold")
        await process.write(8, "Bob")
        await process.until(lambda: calls(telegram, "getMe") >= 3)
        assert calls(telegram, "sendMessage") == 1, "while it holds nobody but getMe asks"
        assert held() == 1
        (warning,) = (await aio(holds, process.mailboxes._work, ["shop", "other"])).items()
        assert warning[0] == "warning_bot_shop"
        assert "Telegram does not know the bot" in warning[1]
        telegram.know_again()
        await process.said(7, "hello Ann")
        await process.said(8, "hello Bob")
        assert await dead_letters(process) == []
        await process.until(lambda: held() == 0)
        while await aio(holds, process.mailboxes._work, ["shop"]):  # noqa: ASYNC110
            await trio.sleep(0.01)

    play(greeter(attempts), scenario)
    assert sorted(attempts) == [(7, 1), (7, 1), (8, 1)]


def test_a_401_that_passes_costs_a_message_nothing_but_time(play, telegram):
    attempts: list[tuple[int, int]] = []

    async def scenario(process):
        for _ in range(3):
            telegram.tell(UNAUTHORIZED, method="sendMessage")
        await process.write(7, "Ann")
        await process.said(7, "hello Ann")

    play(greeter(attempts), scenario)
    assert attempts == [(7, 1)] * 4


def test_a_checkout_is_not_tried_more_often_than_the_bot_is_asked_for(play, telegram, monkeypatch):
    # Seen: what waits by itself ran into the hold again and again, while no other message began.
    monkeypatch.setattr("mailroom.actors.hosting.hold.LOOKING_SECONDS", 0.5)
    router = Router()

    @router.pre_checkout_query()
    async def agree(query: PreCheckoutQuery) -> None:
        await query.answer(ok=True)

    async def scenario(process):
        for _ in range(2):
            telegram.tell(UNAUTHORIZED, method="answerPreCheckoutQuery")
        for _ in range(50):
            telegram.tell(UNAUTHORIZED, method="getMe")
        await process.offer(pre_checkout(7, FIRST_UPDATE_ID))
        await process.until(lambda: calls(telegram, "answerPreCheckoutQuery") == 3)

    play(router, scenario)
    first, second, third = (at for name, _, at in telegram.tried if name == "answerPreCheckoutQuery")
    assert second - first >= 0.5
    assert third - second >= 0.5


def test_a_hold_survives_the_process_and_a_new_token_ends_it_at_once(play, telegram):
    async def before(process):
        telegram.tell(UNAUTHORIZED, method="sendMessage")
        for _ in range(50):
            telegram.tell(UNAUTHORIZED, method="getMe")
        await process.write(7, "Ann")
        await process.until(lambda: calls(telegram, "getMe") >= 2)
        kept = await aio(read_hold, process.mailboxes._work, "shop")
        assert kept.pause_seconds == 0.2

    async def after(process):
        assert process.bot.hold.why
        await process.write(8, "Bob")
        await process.said(8, "hello Bob")
        await process.said(7, "hello Ann")

    play(greeter([]), before)
    telegram.know_again()
    asked = len(telegram.tried)
    play(greeter([]), after, epoch=2, first_update_id=FIRST_UPDATE_ID + 10)
    assert telegram.tried[asked][0] == "getMe", "nobody else was asked for before"


def test_a_gateways_401_is_no_hold(play, telegram):
    async def scenario(process):
        telegram.tell((401, b"<html>401 Authorization Required</html>"), method="sendMessage")
        await process.write(7, "Ann")
        await process.said(7, "hello Ann")
        assert not process.bot.hold.why

    play(greeter([]), scenario)
    assert calls(telegram, "getMe") == 0


def test_a_message_that_comes_while_the_bot_holds_is_not_begun_with_its_accept(play, telegram):
    # Else a restart in that time would count the attempt that nobody made.
    async def scenario(process):
        await process.write(8, "before")
        await process.said(8, "hello before")
        telegram.tell(UNAUTHORIZED, method="sendMessage")
        for _ in range(1000):
            telegram.tell(UNAUTHORIZED, method="getMe")
        await process.write(7, "Ann")
        await process.until(lambda: process.bot.hold.why, "the hold")
        await process.write(8, "Bob")
        assert process.chats.get(Chat("shop", "8")).window.begun == {}

    play(greeter([]), scenario)
