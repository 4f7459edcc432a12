"""A script's own web server, where Telegram does not answer for one of its bots."""

import asyncio
from types import SimpleNamespace

from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession

from mailroom.ops.own_server import STORE_RETRY_SECONDS, OwnServer
from tests.actors.hosting.bot_api import BotApi, serve


class Handler:
    """A script's request handler that takes everybody at their word."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    async def resolve_bot(self, _request) -> Bot:
        return self._bot

    def verify_secret(self, _secret, _bot) -> bool:
        return True


class Request:
    """An update for the bot."""

    headers: dict[str, str] = {}  # noqa: RUF012

    async def read(self) -> bytes:
        return b'{"update_id":1}'


def test_an_update_comes_again_where_a_gateway_answers_for_its_bot(tmp_path):
    # Seen: whether Telegram knows the token was answered with a page of HTML, and the request with 500.
    async def main():
        async with serve(BotApi(502, b"<html>502 Bad Gateway</html>")) as address:
            bot = Bot("42:token", session=AiohttpSession(api=address))
            server = OwnServer(SimpleNamespace(data=tmp_path))
            server._service = SimpleNamespace(find=lambda _bot: None, service=SimpleNamespace(front=object()))
            try:
                return await server.take(Handler(bot), Request())
            finally:
                await bot.session.close()

    response = asyncio.run(main())
    assert response.status == 503
    assert response.headers["Retry-After"] == str(STORE_RETRY_SECONDS)
