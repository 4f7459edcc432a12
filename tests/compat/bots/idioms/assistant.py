"""A chat with a model: history in the state, and an answer that grows by edits."""

import asyncio
import os

from aiogram import Bot, Dispatcher, F
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, StateFilter
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup, default_state
from aiogram.types import Message
from aiogram.utils.chat_action import ChatActionSender

dp = Dispatcher()


class Talk(StatesGroup):
    asking = State()


async def model(history):
    for word in f"{len(history)} turns: {history[-1]['content']}".split():
        await asyncio.sleep(0)
        yield word


@dp.message(Command("new"), StateFilter("*"))
async def new(message: Message, state: FSMContext):
    await state.clear()
    await state.set_state(Talk.asking)
    await message.answer("ask me")


@dp.message(Talk.asking, F.text)
async def ask(message: Message, state: FSMContext, bot: Bot):
    data = await state.get_data()
    history = [*data.get("history", []), {"role": "user", "content": message.text}]
    async with ChatActionSender.typing(bot=bot, chat_id=message.chat.id, initial_sleep=5):
        sent, text = await message.answer("…"), ""
        async for word in model(history):
            text = f"{text} {word}".strip()
            try:
                await sent.edit_text(text)
            except TelegramBadRequest as error:
                if "not modified" not in str(error):
                    raise
        try:
            await sent.edit_text(text)
        except TelegramBadRequest:
            history.append({"role": "assistant", "content": text})
    await state.update_data(history=history)


@dp.message(default_state)
async def first(message: Message):
    await message.answer("say /new")


asyncio.run(dp.start_polling(Bot(os.environ["BOT_TOKEN"])))
