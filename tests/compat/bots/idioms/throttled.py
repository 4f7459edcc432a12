"""A throttling middleware as half of all bots have it: one message in so many seconds, by a flag."""

import os
import time

from aiogram import BaseMiddleware, Bot, Dispatcher, flags
from aiogram.dispatcher.flags import get_flag
from aiogram.filters import Command
from aiogram.types import Message


class Throttling(BaseMiddleware):
    def __init__(self):
        self.until = {}

    async def __call__(self, handler, event: Message, data):
        rate = get_flag(data, "throttling")
        if rate is None:
            return await handler(event, data)
        key = rate["key"], event.from_user.id
        if time.monotonic() < self.until.get(key, 0):
            await event.answer("not so fast")
            return None
        self.until[key] = time.monotonic() + rate["seconds"]
        return await handler(event, data)


dp = Dispatcher()
dp.message.middleware(Throttling())


@dp.message(Command("spin"))
@flags.throttling(key="spin", seconds=600)
async def spin(message: Message):
    await message.answer("spun")


@dp.message(Command("roll"))
@flags.throttling(key="roll", seconds=0)
async def roll(message: Message):
    await message.answer_dice()


@dp.message()
async def other(message: Message):
    await message.answer("as often as you like")


dp.run_polling(Bot(os.environ["BOT_TOKEN"]))
