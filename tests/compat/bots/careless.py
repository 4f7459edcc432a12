"""Handlers that raise, mutate what they were given, take their time, and a script that goes on afterwards."""

import asyncio
import os
import threading
from dataclasses import replace
from typing import Any

from aiogram import Bot, Dispatcher, F
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.types import Message

dp = Dispatcher()
bot = Bot(os.environ["BOT_TOKEN"])
polling: asyncio.Task[None]


@dp.message(Command("fail"))
async def fail(message: Message, state: FSMContext) -> None:
    await message.answer("before the failure")
    await state.update_data(failed=True)
    raise ValueError("on purpose")


@dp.message(Command("mutate"))
async def mutate(message: Message, state: FSMContext) -> None:
    data = await state.get_data()
    data.setdefault("list", []).append("leaked")
    (await state.get_data()).get("kept", {}).update(leaked=1)
    await message.answer("mutated")


@dp.message(Command("keep"))
async def keep(message: Message, state: FSMContext) -> None:
    await state.update_data(kept={"a": 1})
    await message.answer("kept")


@dp.message(Command("show"))
async def show(message: Message, state: FSMContext) -> None:
    await message.answer(str(await state.get_data()))


@dp.message(Command("slow"))
async def slow(message: Message) -> None:
    await message.answer("began")
    await asyncio.sleep(1)
    await message.answer("ended")


@dp.message(Command("another"))
async def another_bot(message: Message) -> None:
    await message.answer("recorded")
    async with Bot(bot.token) as another:
        await another.send_message(message.chat.id, "not recorded")
    raise ValueError("on purpose")


@dp.message(Command("thread"), lambda _: {"thread": threading.current_thread().name})
def in_a_thread(message: Message, thread: str) -> Any:
    return message.answer(f"{thread == 'MainThread'} {threading.current_thread().name == 'MainThread'}")


@dp.message(Command("twice"))
async def twice(message: Message) -> None:
    try:
        await Dispatcher().start_polling(Bot(os.environ["SECOND_TOKEN"]))
    except RuntimeError as error:
        await message.answer(str(error))


@dp.message(Command("other"))
async def other(message: Message, state: FSMContext) -> None:
    theirs = FSMContext(state.storage, replace(state.key, chat_id=99, user_id=99))
    await theirs.set_data({"set by": message.chat.id})
    await message.answer("written at once")
    raise ValueError("on purpose")


@dp.message(Command("end"))
async def end(message: Message) -> None:
    polling.cancel()


@dp.message(F.text == "object")
async def unstorable(message: Message, state: FSMContext) -> None:
    try:
        await state.update_data(lock=object())
    except TypeError as error:
        await message.answer(str(error))


async def main() -> None:
    global polling
    for number in (1, 2):
        polling = asyncio.create_task(dp.start_polling(bot))
        try:
            await polling
        except asyncio.CancelledError:
            await bot.send_message(7, f"cancelled {number}")
        else:
            await bot.send_message(7, f"after polling {number}")
            break


asyncio.run(main())
