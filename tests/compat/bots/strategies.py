"""Whose state it is: aiogram's strategies, chosen by the environment; a group, its topics and its people."""

import asyncio
import os

from aiogram import Bot, Dispatcher
from aiogram.fsm.context import FSMContext
from aiogram.fsm.strategy import FSMStrategy
from aiogram.types import Message

dp = Dispatcher(fsm_strategy=FSMStrategy[os.environ["STRATEGY"]])


@dp.message()
async def count(message: Message, state: FSMContext) -> None:
    data = await state.get_data()
    await state.update_data(times=data.get("times", 0) + 1)
    await message.answer(f"{message.from_user.first_name}: {data.get('times', 0) + 1}")


asyncio.run(dp.start_polling(Bot(os.environ["BOT_TOKEN"])))
