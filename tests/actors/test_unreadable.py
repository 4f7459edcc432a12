"""Updates that nobody can read: a dead letter once, and the chat and its line go on."""

import json
from functools import partial

import pytest
from aiogram import Router
from aiogram.types import Message

from mailroom.actors.hosting.events import ChatEvent, chat_event
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.turn import Turn
from mailroom.storage.redis.dead_letters import DeadLetters, Wanted
from mailroom.storage.redis.entry import NOWHERE
from mailroom.supervisors.timers import run_once
from tests.actors.bot_process import FIRST_UPDATE_ID, message

HALF = rb'{"update_id": %d, "message": {"text": "\ud83d", "chat": {"id": 7}}}'
DEEP = b'{"update_id": %d, "message": {"x": ' + b"[" * 2000 + b"]" * 2000 + b', "chat": {"id": 7}}}'
EMPTY = b'{"update_id": %d}'
WRONG = b'{"update_id": %d, "message": {"chat": {"id": "7"}}}'
LATER = b'{"update_id": %d, "later": {"chat": {"id": 9}}, "message": {"date": 1, "message_id": 1, "text": '
LATER += (
    b'"seen", "chat": {"id": 7, "type": "private"}, "from": {"id": 7, "is_bot": false, "first_name": "Ann"}}}'
)


def echo() -> Router:
    router = Router()

    @router.message()
    async def answer(message: Message) -> None:
        await message.answer(f"{message.text}!")

    return router


async def take(process, body, **options):
    return await aio(partial(process.intake.take, process.bot, body, **options))


async def dead(process):
    return await aio(DeadLetters(process.mailboxes._work).find, Wanted(), 10)


@pytest.mark.parametrize("in_order", [False, True], ids=["webhook", "polling"])
@pytest.mark.parametrize(
    ("body", "chat"),
    [(HALF, "7"), (DEEP, "7"), (EMPTY, NOWHERE), (WRONG, NOWHERE)],
    ids=lambda one: repr(one[:45]),
)
def test_an_update_that_nobody_can_read_is_a_dead_letter_once_and_holds_nobody_up(
    play, telegram, body, chat, in_order
):
    first = FIRST_UPDATE_ID

    async def scenario(process):
        assert await take(process, body % first, in_order=in_order) == "dead"
        assert await take(process, body % first, in_order=in_order) == "duplicate"
        assert process.bot.watermark.passed(first), "nobody waits for its number"
        assert await process.offer(message(7, "next", first + 1), in_order=in_order) == "accepted"
        await process.said(7, "next!")
        return await dead(process)

    (letter,) = play(echo(), scenario)
    assert (letter.chat.id, letter.order) == (chat, first)
    assert letter.payload.encode() == body % first
    assert letter.error.startswith("it could not be read: ")


def test_a_message_is_handled_though_a_later_version_put_something_before_it(play, telegram):
    async def scenario(process):
        assert await take(process, LATER % FIRST_UPDATE_ID) == "accepted"
        await process.said(7, "seen!")

    play(echo(), scenario)


def test_a_letter_that_was_mended_is_requeued_and_handled(play, telegram):
    async def scenario(process):
        await take(process, HALF % FIRST_UPDATE_ID)
        (letter,) = await dead(process)
        letters = DeadLetters(process.mailboxes._work)
        assert await aio(letters.edit, letter.id, json.dumps(message(7, "mended", FIRST_UPDATE_ID)))
        assert await aio(letters.requeue, letter.id) == "requeued"
        process.chats.look_again(letter.chat)
        await process.said(7, "mended!")

    play(echo(), scenario)


def test_half_a_surrogate_pair_in_a_timer_comes_back_to_its_handler(play, telegram):
    seen = []
    router = Router()

    @router.message()
    async def set_it(message: Message, turn: Turn) -> None:
        turn.set_timer("cut \ud83d off", 1, "\udc00\0")
        await message.answer("set")

    @chat_event(router, "cut \ud83d off")
    async def due(event: ChatEvent) -> None:
        seen.append((event.name, event.data))

    async def scenario(process):
        await process.write(7, "hi")
        await process.said(7, "set")
        await run_once(process.chats)
        await process.until(lambda: seen)

    play(router, scenario)
    assert seen == [("cut \ud83d off", "\udc00\0")]


def test_half_a_surrogate_pair_in_a_state_and_its_name_survives_a_restart(play, telegram):
    router = Router()

    @router.message()
    async def keep(message: Message, state) -> None:
        if message.text == "keep":
            await state.set_state("cut \ud83d off")
            await state.update_data(**{"\udc00": "\ud83d"})
        await message.answer(ascii((await state.get_state(), await state.get_data())))

    async def keeps(process):
        await process.write(7, "keep")
        await process.settled()

    async def reads(process):
        await process.write(7, "read")
        await process.settled()

    play(router, keeps)
    play(router, reads, epoch=2, first_update_id=200)
    assert telegram.texts(7) == [ascii(("cut \ud83d off", {"\udc00": "\ud83d"}))] * 2
