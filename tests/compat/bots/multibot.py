"""Many bots behind one address: a main bot that takes tokens, and those that it came to serve by them."""

import asyncio
import os

from aiogram import Bot, Dispatcher, Router
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.exceptions import TelegramRetryAfter
from aiogram.filters import Command, CommandObject
from aiogram.fsm.context import FSMContext
from aiogram.fsm.storage.memory import MemoryStorage
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import (
    SimpleRequestHandler,
    TokenBasedRequestHandler,
    setup_application,
)
from aiohttp import web

BASE = f"http://127.0.0.1:{os.environ['WEB_PORT']}"
OTHERS = f"{BASE}/webhook/bot/{{bot_token}}"
main_router = Router()


@main_router.message(Command("add"))
async def add(message: Message, bot: Bot, command: CommandObject) -> None:
    another = Bot(token=str(command.args), session=bot.session)
    me = await another.me()
    await another.delete_webhook(drop_pending_updates=True)
    await another.set_webhook(OTHERS.format(bot_token=command.args))
    await message.answer(f"serves {me.username}")


async def count(message: Message, state: FSMContext, bot: Bot) -> None:
    times = await state.get_value("times", 0) + 1
    await state.update_data(times=times)
    await message.answer(f"{times} times to {(await bot.me()).username}")


async def on_startup(bot: Bot) -> None:
    try:
        await bot.set_webhook(f"{BASE}/webhook/main")
    except TelegramRetryAfter as error:  # started anew within a second
        await asyncio.sleep(error.retry_after)
        await bot.set_webhook(f"{BASE}/webhook/main")


def main() -> None:
    session = AiohttpSession()
    bot = Bot(token=os.environ["BOT_TOKEN"], session=session)
    main_dispatcher, others = Dispatcher(storage=MemoryStorage()), Dispatcher(storage=MemoryStorage())
    main_dispatcher.include_router(main_router)
    main_router.message.register(count)
    main_dispatcher.startup.register(on_startup)
    others.message.register(count)
    app = web.Application()
    SimpleRequestHandler(dispatcher=main_dispatcher, bot=bot).register(app, path="/webhook/main")
    TokenBasedRequestHandler(dispatcher=others, bot_settings={"session": session}).register(
        app, path="/webhook/bot/{bot_token}"
    )
    setup_application(app, main_dispatcher, bot=bot)
    setup_application(app, others)
    web.run_app(app, host="127.0.0.1", port=int(os.environ["WEB_PORT"]))


if __name__ == "__main__":
    main()
