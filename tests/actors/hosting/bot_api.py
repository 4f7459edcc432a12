"""A hosted session over real HTTP, with a server that the test controls where Telegram's would be."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiogram import Bot
from aiogram.client.telegram import TelegramAPIServer
from aiohttp import web

from mailroom.actors.hosting.session import HostedSession
from mailroom.actors.limiter import Limiter


async def never_parked(*_: Any) -> None:
    raise AssertionError("no wait was asked for")


class BotApi:
    """Answers every call as told, and notes which came."""

    def __init__(self, status: int = 200, body: bytes = b'{"ok":true,"result":true}') -> None:
        self.status = status
        self.body = body
        self.methods: list[str] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.methods.append(request.path.rpartition("/")[2])
        try:
            await request.read()
        except ConnectionError:
            return web.Response(status=400)
        return web.Response(status=self.status, body=self.body)


@asynccontextmanager
async def serve(api: BotApi) -> AsyncIterator[TelegramAPIServer]:
    """The server, and its address as aiogram wants it."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", api.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield TelegramAPIServer.from_base(f"http://127.0.0.1:{runner.addresses[0][1]}")
    finally:
        await runner.cleanup()


def with_bot(api: BotApi, work: Callable[[Bot, HostedSession], Awaitable[Any]]) -> Any:
    """Do some work with a bot whose calls go to this server."""

    async def main() -> Any:
        async with serve(api) as address:
            session = HostedSession("shop", Limiter(), never_parked, api=address)
            try:
                return await work(Bot("42:token", session=session), session)
            finally:
                if session._session is not None:
                    await session._session.close()  # aiogram's own close waits on top, for TLS

    return asyncio.run(main())
