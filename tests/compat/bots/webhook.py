"""The usual form in production: aiogram's request handler in an aiohttp application that has other routes."""

import asyncio
import os
from typing import Any

from aiogram import Bot, Dispatcher, Router
from aiogram.client.default import DefaultBotProperties
from aiogram.enums import ParseMode
from aiogram.exceptions import TelegramRetryAfter
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.methods import SetWebhook
from aiogram.types import Message
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

PORT = int(os.environ["WEB_PORT"])
router = Router()


@router.message(Command("slow"))
async def slow(message: Message) -> None:
    await asyncio.sleep(0.5)
    await message.answer("slow")


@router.message()
async def count(
    message: Message, state: FSMContext, pool: list[str], source: str, bots: Any = "none", app: Any = "none"
) -> Any:
    times = await state.get_value("times", 0) + 1
    await state.update_data(times=times)
    return message.answer(f"<b>{times}</b> {pool} {source} {bots} {app}")


async def on_startup(bot: Bot, dispatcher: Dispatcher, app: web.Application, extra: str) -> None:
    dispatcher["pool"] = app["opened"]
    webhook = SetWebhook(
        url=f"http://127.0.0.1:{PORT}/webhook",
        secret_token="my-secret",
        allowed_updates=dispatcher.resolve_used_update_types(),
    )
    try:
        await bot(webhook)
    except TelegramRetryAfter as error:  # started anew within a second
        await asyncio.sleep(error.retry_after)
        await bot(webhook)
    await bot.set_my_description(extra)


async def on_shutdown(bot: Bot, app: web.Application) -> None:
    await bot.set_my_description(f"stopped {app['opened']}")


async def health(_request: web.Request) -> web.Response:
    return web.json_response({"status": "mine"})


async def notify(request: web.Request) -> web.Response:
    sent = await request.app["bot"].send_message(7, f"paid {await request.text()}")
    return web.Response(text=str(sent.text))


def main() -> None:
    dp = Dispatcher()
    dp.include_router(router)
    dp.startup.register(on_startup)
    dp.shutdown.register(on_shutdown)
    bot = Bot(os.environ["BOT_TOKEN"], default=DefaultBotProperties(parse_mode=ParseMode.HTML))
    app = web.Application()
    app["bot"], app["opened"] = bot, ["pool"]
    app.router.add_get("/readyz", health)
    app.router.add_post("/notify", notify)
    SimpleRequestHandler(dispatcher=dp, bot=bot, secret_token="my-secret", source="web").register(
        app, path="/webhook"
    )
    setup_application(app, dp, bot=bot, extra="hello")
    web.run_app(app, host="127.0.0.1", port=PORT)


if __name__ == "__main__":
    main()
