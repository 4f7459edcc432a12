import asyncio
import os
import sys
from pathlib import Path

from aiogram import Bot, Dispatcher

from .handlers import router


async def main() -> None:
    bot = Bot(os.environ["BOT_TOKEN"])
    dp = Dispatcher()
    dp.include_router(router)
    program = Path(sys.argv[0])
    spec = __spec__ and __spec__.name
    await bot.set_my_description(f"{__package__} {spec} {program.parent.name}/{program.name} {sys.argv[1:]}")
    await dp.start_polling(bot)


if __name__ == "__main__":
    asyncio.run(main())
