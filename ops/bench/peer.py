"""Stock aiogram as its documentation serves it: a webhook on aiohttp, the state in Redis.

`python -m mailroom.ops.bench.peer --port N --redis URL --telegram URL --token T [--isolation]`. All is
aiogram's default (updates handled in the background) except what favours it: uvloop, no access log, and as
many Redis connections as it likes (with redis-py's own limit of 100 it loses updates past some 80 at a time).
One log line per update is written, as we do.
"""

import argparse
import asyncio
import logging
import signal
import sys

import uvloop
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.fsm.storage.base import DefaultKeyBuilder
from aiogram.fsm.storage.redis import RedisStorage
from aiogram.webhook.aiohttp_server import SimpleRequestHandler, setup_application
from aiohttp import web

from mailroom.ops.bench.bot import build

PATH = "/webhook"
REDIS_CONNECTIONS_MAX = 5000
"""Half of what a Redis allows in all."""


async def main(options: argparse.Namespace) -> None:
    """Serve until SIGTERM."""
    bot = Bot(options.token, session=AiohttpSession(api=TelegramAPIServer.from_base(options.telegram)))
    # With the bot's id in the keys: two contestants share one Redis.
    storage = RedisStorage.from_url(
        options.redis,
        connection_kwargs={"max_connections": REDIS_CONNECTIONS_MAX},
        key_builder=DefaultKeyBuilder(with_bot_id=True),
    )
    isolation = storage.create_isolation() if options.isolation else None
    dispatcher = Dispatcher(storage=storage, events_isolation=isolation)
    dispatcher.include_router(build())
    app = web.Application()
    SimpleRequestHandler(dispatcher, bot, secret_token=options.secret).register(app, path=PATH)
    setup_application(app, dispatcher, bot=bot)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", options.port, backlog=1024).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    await stop.wait()
    await runner.cleanup()


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m mailroom.ops.bench.peer", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--isolation", action="store_true", help="one update of a chat at a time")
    for name in ("redis", "telegram", "token", "secret"):
        parser.add_argument(f"--{name}", required=True)
    return parser.parse_args()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    uvloop.run(main(arguments()))
