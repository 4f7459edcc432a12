"""Routers inside of routers, made by functions; filters and middlewares of each, and who handles errors."""

import asyncio
import os

from aiogram import BaseMiddleware, Bot, Dispatcher, F, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, ExceptionMessageFilter, ExceptionTypeFilter
from aiogram.types import ErrorEvent, Message


class InsufficientFundsError(Exception):
    pass


class Path(BaseMiddleware):
    def __init__(self, name):
        self.name = name

    async def __call__(self, handler, event, data):
        data["path"] = [*data.get("path", []), self.name]
        try:
            return await handler(event, data)
        finally:
            data["path"].append(f"/{self.name}")


def branch(name, *below):
    router = Router(name=name)
    router.message.filter(F.text.contains(name))
    router.message.outer_middleware(Path(f"outer {name}"))
    router.message.middleware(Path(name))

    @router.message(F.text.endswith(name))
    async def here(message: Message, path, event_router: Router):
        await message.answer(f"{name}: {path} {event_router.name}")

    for router_below in below:
        router.include_router(router_below)
    return router


shop = Router(name="shop")


@shop.message(Command("pay"))
async def pay(message: Message):
    raise InsufficientFundsError("not enough")


@shop.message(Command("edit"))
async def edit(message: Message):
    sent = await message.answer("the same")
    await sent.edit_text("the same")


@shop.message(Command("value"))
async def value(message: Message):
    raise ValueError("deep inside")


@shop.message(Command("other"))
async def other(message: Message):
    raise KeyError("other")


@shop.error(ExceptionTypeFilter(InsufficientFundsError), F.update.message.as_("message"))
async def poor(event: ErrorEvent, message: Message):
    await message.answer(f"poor: {event.exception}")


@shop.errors(ExceptionTypeFilter(TelegramBadRequest))
async def refused(event: ErrorEvent):
    await event.update.message.answer("not modified" if "not modified" in str(event.exception) else "refused")


async def main():
    dp = Dispatcher()

    @dp.error(ExceptionMessageFilter(r".*deep.*"))
    async def deep(event: ErrorEvent):
        await event.update.message.answer(f"by pattern: {event.exception}")

    @dp.error()
    async def anything(event: ErrorEvent):
        await event.update.message.answer(f"anything: {event.exception!r}")

    dp.include_routers(branch("a", branch("b", branch("c")), branch("d")), shop)
    await dp.start_polling(Bot(os.environ["BOT_TOKEN"]))


asyncio.run(main())
