"""What a message goes through while Telegram, or what stands before it, does not answer."""

import asyncio
import json
from contextlib import AsyncExitStack

import asyncpg
import pytest
from aiogram import Bot, Router
from aiogram.exceptions import TelegramNetworkError
from aiogram.methods import GetMyShortDescription, SendMessage
from aiogram.types import Message, URLInputFile

from mailroom.actors.runtime.bridge import aio
from mailroom.storage.redis.entry import Chat, prefix
from tests.actors.bot_process import refusal, too_many
from tests.actors.hosting.bot_api import BotApi, serve

PAGE = b"<html><title>502 Bad Gateway</title></html>"
CHAT = Chat("shop", "7")


async def dead_letters(process):
    found = await aio(process.mailboxes._work.command, "HVALS", prefix(CHAT.partition) + "dead")
    return [json.loads(one) for one in found]


def greeter(attempts: list[int]) -> Router:
    router = Router()

    @router.message()
    async def greet(message: Message, turn) -> None:
        attempts.append(turn.attempt)
        await message.answer(f"hello {message.text}")

    return router


@pytest.mark.parametrize(
    "answer",
    [(502, PAGE), (500, PAGE), (504, b""), (200, PAGE), (200, b'{"up":true}'), (502, b'{"ok":false}'),
     (400, b'{"ok":false}'), (401, PAGE), (404, PAGE)],
)  # fmt: skip
def test_a_gateway_that_answers_in_its_own_words_costs_a_message_nothing_but_time(play, telegram, answer):
    # Seen: three pages of HTML within three seconds, and the message was a dead letter with an apology.
    attempts: list[int] = []

    async def scenario(process):
        for _ in range(4):
            telegram.tell(answer, method="sendMessage")
        await process.write(7, "Ann")
        await process.said(7, "hello Ann")
        assert await dead_letters(process) == []

    play(greeter(attempts), scenario)
    assert attempts == [1] * 5


def test_a_reply_that_the_handler_returns_is_not_lost_to_an_outage(play, telegram):
    # Seen: `return SendMessage(...)` while Telegram was down was a line in the log, and no reply.
    router = Router()

    @router.message()
    async def greet(message: Message) -> SendMessage:
        return SendMessage(chat_id=message.chat.id, text=f"hello {message.text}")

    async def scenario(process):
        telegram.tell(refusal(502, "Bad Gateway"), method="sendMessage")
        await process.write(7, "Ann")
        await process.said(7, "hello Ann")

    play(router, scenario)


def test_a_call_whose_result_this_aiogram_does_not_know_is_not_made_again(play, telegram):
    # Seen: the message was sent at each of three attempts, because none of them was recorded.
    attempts: list[int] = []

    async def scenario(process):
        telegram.tell((200, b'{"ok":true,"result":{"message_id":"of a new kind"}}'), method="sendMessage")
        await process.write(7, "Ann")
        await process.until(lambda: len(telegram.texts(7)) > 0, "the apology")
        await process.settled()
        assert len(await dead_letters(process)) == 1

    play(greeter(attempts), scenario)
    assert attempts == [1, 2, 3]
    assert [args["text"] for _, args, _ in telegram.tried].count("hello Ann") == 1


def buttons(attempts: list[int], *errors: Exception) -> Router:
    """A bot that asks a store, which is away for the first times."""
    router, left = Router(), list(errors)

    @router.message()
    async def order(message: Message, turn) -> None:
        attempts.append(turn.attempt)
        if left:
            raise left.pop(0)
        await message.answer(f"ordered by {message.text}")

    return router


def test_a_tap_made_while_postgres_restarted_was_a_dead_letter_and_its_order_was_never_shown(play, telegram):
    # Seen: of a hundred buyers one had an order, and was told that something went wrong.
    attempts: list[int] = []
    starting = [asyncpg.CannotConnectNowError("the database system is starting up") for _ in range(4)]
    cut = asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation")

    async def scenario(process):
        await process.write(7, "Ann")
        await process.said(7, "ordered by Ann")
        assert await dead_letters(process) == []

    play(buttons(attempts, *starting, cut), scenario, bundled=True)
    assert attempts == [1] * 6
    assert telegram.texts(7) == ["ordered by Ann"]


def test_a_store_of_a_strangers_bot_is_its_own_business(play, telegram):
    attempts: list[int] = []
    away = [asyncpg.CannotConnectNowError("the database system is starting up") for _ in range(3)]

    async def scenario(process):
        await process.write(7, "Ann", "Bob")
        await process.until(lambda: "ordered by Bob" in telegram.texts(7), "the answer to the next")
        await process.settled()
        assert len(await dead_letters(process)) == 1

    play(buttons(attempts, *away), scenario)
    assert attempts == [1, 2, 3, 1]


DOWN = TelegramNetworkError(None, "Request timeout error")  # type: ignore[arg-type]


def never_delivers(telegram, text: str, *methods: str) -> None:
    """No call with this text, nor any of these methods, has an answer."""
    for _ in range(1000):
        telegram.tell(DOWN, text=text)
        for method in methods:
            telegram.tell(DOWN, method=method)


def test_reply_r8_what_nobody_can_deliver_is_a_dead_letter_in_the_end_and_the_chat_goes_on(play, telegram):
    # Seen: one message whose call always timed out held its chat up for ever, while all others were served.
    attempts: list[int] = []

    async def scenario(process):
        never_delivers(telegram, "hello Ann")
        await process.write(7, "Ann", "Bob")
        await process.until(lambda: "hello Bob" in telegram.texts(7))
        await process.settled()
        (letter,) = await dead_letters(process)
        assert letter["attempts"] == 3

    play(greeter(attempts), scenario)
    assert attempts == [1] * 5 + [2, 3, 1], "the fifth outage is the first attempt that counts"
    apology, answer = telegram.texts(7)
    assert apology.startswith("Something went wrong")
    assert answer == "hello Bob"


def test_reply_r8_outages_are_counted_over_restarts(play, telegram):
    attempts: list[int] = []

    async def before(process):
        never_delivers(telegram, "hello Ann")
        await process.write(7, "Ann")
        await process.until(lambda: len(attempts) == 3)

    async def after(process):
        await process.until(lambda: telegram.texts(7), "the apology")

    play(greeter(attempts), before)
    play(greeter(attempts), after, epoch=2)
    assert len(attempts) <= 8, (
        "the seven there are, and one for the attempt that the end of the process cut off"
    )


def test_reply_r8_an_outage_of_telegram_lasts_as_long_as_it_lasts(play, telegram):
    attempts: list[int] = []

    async def scenario(process):
        never_delivers(telegram, "hello Ann", "getMe")
        await process.write(7, "Ann")
        await process.until(lambda: len(attempts) == 9)
        assert set(attempts) == {1}
        telegram.know_again()
        await process.said(7, "hello Ann")

    play(greeter(attempts), scenario)


def test_reply_r8_after_five_minutes_telegram_is_asked_however_few_the_outages_were(
    play, telegram, monkeypatch
):
    monkeypatch.setattr("mailroom.actors.judge.OUTAGES_SECONDS_MAX", 0.001)
    attempts: list[int] = []

    async def scenario(process):
        never_delivers(telegram, "hello Ann")
        await process.write(7, "Ann")
        await process.until(lambda: telegram.texts(7), "the apology")

    play(greeter(attempts), scenario)
    assert attempts == [1, 1, 2, 3]


def test_reply_r8_where_another_call_has_just_succeeded_nobody_need_be_asked(play, telegram):
    attempts: list[int] = []

    async def scenario(process):
        async def hangs_while_another_succeeds():
            await process.bot.bot.send_chat_action(8, "typing")
            raise DOWN

        for _ in range(7):
            telegram.tell(hangs_while_another_succeeds, text="hello Ann")
        await process.write(7, "Ann")
        await process.until(lambda: telegram.texts(7), "the apology")

    play(greeter(attempts), scenario)
    assert attempts == [1] * 5 + [2, 3]
    assert [name for name, _, _ in telegram.tried if name == "getMe"] == []


def test_reply_r8_a_file_of_a_dead_address_does_not_hold_its_chat_up(play, telegram):
    # Seen: aiogram calls it a network error, so it was taken for an outage of Telegram, for ever.
    router, attempts = Router(), []

    @router.message()
    async def show(message: Message, turn) -> None:
        attempts.append(turn.attempt)
        await message.answer_photo(URLInputFile("http://127.0.0.1:9/picture.png", filename="p.png"))

    async def scenario(process):
        session, stack = process.bot.bot.session, AsyncExitStack()
        session.api = await aio(stack.enter_async_context, serve(BotApi()))
        del session._post  # over real HTTP
        try:
            await process.write(7, "a picture, please")
            await process.settled()
            (letter,) = await dead_letters(process)
            assert letter["error"].startswith("UploadError")
        finally:
            await aio(session.close)
            await aio(stack.aclose)

    play(router, scenario)
    assert attempts == [1, 2, 3]


@pytest.mark.parametrize(
    "answer", [(413, PAGE), refusal(413, "Request Entity Too Large")], ids=["page", "json"]
)
def test_reply_r8_what_is_too_large_stays_too_large(play, telegram, answer):
    attempts: list[int] = []

    async def scenario(process):
        for _ in range(20):
            telegram.tell(answer, text="hello Ann")
        await process.write(7, "Ann")
        await process.until(lambda: telegram.texts(7), "the apology")

    play(greeter(attempts), scenario)
    assert attempts == [1, 2, 3]


def test_a_thousand_chats_in_an_outage_ask_telegram_once_at_a_time(play, telegram):
    async def scenario(process):
        async def all_at_once():
            return await asyncio.gather(*(process.bot.is_known() for _ in range(1000)))

        assert all(await aio(all_at_once))
        assert await aio(process.bot.is_known)

    play(greeter([]), scenario)
    assert [name for name, _, _ in telegram.tried] == ["getMe", "getMe"]


def test_a_wait_that_reaches_the_handler_and_is_left_to_us_is_no_attempt(play, telegram, monkeypatch):
    # Seen: three long 429s in a row to calls that are never delayed, such as reads, made a dead letter.
    monkeypatch.setattr("mailroom.actors.hosting.session.INLINE_WAIT_SECONDS", 0.01)
    router, attempts = Router(), []

    @router.message()
    async def who(message: Message, bot: Bot, turn) -> None:
        attempts.append(turn.attempt)
        await bot(GetMyShortDescription())
        await message.answer("hello")

    async def scenario(process):
        for _ in range(3):
            telegram.tell(too_many(0.1), method="getMyShortDescription")
        telegram.tell((200, b'{"ok":true,"result":{"short_description":""}}'), method="getMyShortDescription")
        await process.write(7, "who are you?")
        await process.said(7, "hello")

    play(router, scenario)
    assert attempts == [1] * 4
