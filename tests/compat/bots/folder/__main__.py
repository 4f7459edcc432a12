"""A bot as a folder, for `python folder`: the modules beside it are imported by their names."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from texts_of_folder import GREETING

dp = Dispatcher(greeting=GREETING)


@dp.message()
async def answer(message, greeting):
    await message.answer(greeting)


asyncio.run(dp.start_polling(Bot(os.environ["BOT_TOKEN"])))
