"""What a message goes through while Telegram, or what stands before it, does not answer."""

import json

import pytest
from aiogram import Router
from aiogram.methods import SendMessage
from aiogram.types import Message

from actors.runtime.bridge import aio
from storage.redis.entry import Chat, prefix
from tests.actors.house import refusal

PAGE = b"<html><title>502 Bad Gateway</title></html>"
CHAT = Chat("shop", "7")


async def dead_letters(house):
    found = await aio(house.mailboxes._work.command, "HVALS", prefix(CHAT.partition) + "dead")
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

    async def scenario(house):
        for _ in range(4):
            telegram.tell(answer, method="sendMessage")
        await house.write(7, "Ann")
        await house.said(7, "hello Ann")
        assert await dead_letters(house) == []

    play(greeter(attempts), scenario)
    assert attempts == [1] * 5


def test_a_reply_that_the_handler_returns_is_not_lost_to_an_outage(play, telegram):
    # Seen: `return SendMessage(...)` while Telegram was down was a line in the log, and no reply.
    router = Router()

    @router.message()
    async def greet(message: Message) -> SendMessage:
        return SendMessage(chat_id=message.chat.id, text=f"hello {message.text}")

    async def scenario(house):
        telegram.tell(refusal(502, "Bad Gateway"), method="sendMessage")
        await house.write(7, "Ann")
        await house.said(7, "hello Ann")

    play(router, scenario)


def test_a_call_whose_result_this_aiogram_does_not_know_is_not_made_again(play, telegram):
    # Seen: the message was sent at each of three attempts, because none of them was recorded.
    attempts: list[int] = []

    async def scenario(house):
        telegram.tell((200, b'{"ok":true,"result":{"message_id":"of a new kind"}}'), method="sendMessage")
        await house.write(7, "Ann")
        await house.until(lambda: len(telegram.texts(7)) > 0, "the apology")
        await house.settled()
        assert len(await dead_letters(house)) == 1

    play(greeter(attempts), scenario)
    assert attempts == [1, 2, 3]
    assert [args["text"] for _, args, _ in telegram.tried].count("hello Ann") == 1
