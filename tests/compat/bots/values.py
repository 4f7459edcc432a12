"""Values for handlers under the names that a bot's author, and aiogram itself, use."""

import asyncio
import os
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.filters import Command
from aiogram.types import Message

bot = Bot(os.environ["BOT_TOKEN"])
dp = Dispatcher(bot=bot, first="dispatcher", second="dispatcher")
dp["bot"] = bot
dp["maintenance"] = "off"


@dp.startup()
async def started(bot: Bot, dispatcher: Any, bots: Any, router: Any, first: str, second: str) -> None:
    dp["pool"] = "made at startup"
    dp["maintenance"] = "on"
    shown = [type(one).__name__ for one in (bot, dispatcher, bots, router)]
    await bot.set_my_description(f"{shown} {first} {second}")


@dp.message(Command("names"))
async def names(message: Message, bot: Bot, dispatcher: Any, bots: Any, router: Any, handler: Any) -> None:
    shown = [type(one).__name__ for one in (bot, dispatcher, bots, router, handler)]
    await message.answer(f"{shown} {dp['bot'] is bot} {'router' in dp.workflow_data}")


@dp.message()
async def values(
    message: Message,
    first: str,
    second: str,
    pool: str,
    maintenance: str,
    turn: str,
    raw_state: Any = "none",
    app: Any = "none",
) -> None:
    told = f"{first} {second} {pool} {maintenance} {dp['maintenance']} {turn} {raw_state} {app}"
    await message.answer(f"{told} {dp.get('second')} {dp.get('third')}")


@dp.shutdown()
async def stopped(bot: Bot, bots: Any, second: str, pool: str = "not there") -> None:
    await bot.set_my_description(f"{len(bots)} {second} {pool}")


asyncio.run(
    dp.start_polling(
        bot,
        dispatcher=dp,
        bots=[bot, bot],
        router="mine",
        second="polling",
        third=3,
        turn="mine",
        state="mine",
        raw_state="mine",
        app="mine",
    )
)
