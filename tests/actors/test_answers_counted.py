"""What a bot answers is counted and timed as all else that its code is called for."""

from aiogram import F, Router
from aiogram.dispatcher.event.bases import CancelHandler
from aiogram.types import Message
from prometheus_client import REGISTRY


def answered(outcome, name="message"):
    labels = {"bot": "shop", "callback": "answers", "name": name, "outcome": outcome}
    return REGISTRY.get_sample_value("mailroom_callbacks_total", labels) or 0


def test_each_attempt_to_answer_is_counted_by_how_it_ended(play):
    router = Router()
    failed = []

    @router.message(F.text == "fail once")
    async def fail(message: Message):
        if not failed:
            failed.append(message.text)
            raise ZeroDivisionError
        await message.answer("now")

    @router.message(F.text == "enough")
    async def enough(_message: Message):
        raise CancelHandler

    @router.message()
    async def echo(message: Message):
        await message.answer(message.text)

    before = answered("done"), answered("raised")

    async def scenario(process):
        await process.write(7, "hi", "enough", "fail once")
        await process.said(7, "hi", "now")

    play(router, scenario)
    assert (answered("done"), answered("raised")) == (before[0] + 3, before[1] + 1)
