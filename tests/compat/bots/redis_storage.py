"""A RedisStorage with times to live, whose connection a middleware and a handler use for themselves."""

import asyncio
import os
from typing import Any

from aiogram import BaseMiddleware, Bot, Dispatcher
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.fsm.storage.redis import DefaultKeyBuilder, RedisStorage
from aiogram.types import Message

storage = RedisStorage.from_url(
    os.environ["BOT_REDIS"],
    key_builder=DefaultKeyBuilder(prefix=os.environ["BOT_TOKEN"][:6], with_bot_id=True),
    state_ttl=1,
    data_ttl=3600,
)
dp = Dispatcher(storage=storage)


class Form(StatesGroup):
    waiting = State()


class Seen(BaseMiddleware):
    """Counts a user's messages in the Redis of the storage."""

    async def __call__(self, handler: Any, event: Message, data: dict[str, Any]) -> Any:
        redis = data["state"].storage.redis
        key = f"seen:{data['bot'].id}:{event.from_user.id}"
        return await handler(event, {**data, "seen": await redis.incr(key)})


dp.message.middleware(Seen())


@dp.message(Command("begin"))
async def begin(message: Message, state: FSMContext, seen: int) -> None:
    await state.set_state(Form.waiting)
    await state.set_data({"kept": "data"})
    await message.answer(f"{seen} {await state.get_state()}")


@dp.message(Command("look"))
async def look(message: Message, state: FSMContext, seen: int, dispatcher: Dispatcher) -> None:
    for _ in range(500):
        if await state.get_state() is None:
            break
        await asyncio.sleep(0.01)
    ttl, prefix = dispatcher.storage.state_ttl, type(dispatcher.fsm.storage.key_builder).__name__
    await message.answer(f"{seen} {await state.get_state()} {await state.get_data()} {ttl} {prefix}")


asyncio.run(dp.start_polling(Bot(os.environ["BOT_TOKEN"])))
