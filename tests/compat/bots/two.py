"""Two bots on one dispatcher, run by run_polling; each has its own users and state."""

import os

from aiogram import Bot, Dispatcher
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

dp = Dispatcher()


@dp.startup()
async def started(bot: Bot, bots: list[Bot]) -> None:
    await bot.set_my_name(f"the last of {len(bots)}")


@dp.message(Command("stop"))
async def stop(message: Message, dispatcher: Dispatcher) -> None:
    await message.answer("stopping")
    await dispatcher.stop_polling()


@dp.message()
async def count(message: Message, bot: Bot, state: FSMContext, bots: list[Bot]) -> None:
    times = await state.get_value("times", 0) + 1
    await state.update_data(times=times)
    await message.answer(f"{times} {bots.index(bot)}")


dp.run_polling(Bot(os.environ["BOT_TOKEN"]), Bot(os.environ["SECOND_TOKEN"]))
