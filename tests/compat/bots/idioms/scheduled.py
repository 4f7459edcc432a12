"""A scheduler beside the handlers: jobs at an interval and at a time, from startup to shutdown."""

import asyncio
import os
from contextlib import suppress

from aiogram import Bot, Dispatcher
from aiogram.filters import Command, CommandObject
from aiogram.types import Message


class Scheduler:
    """As APScheduler's asyncio one is used: jobs are coroutine functions, run in tasks of the loop."""

    def __init__(self):
        self.tasks = set()

    def once(self, seconds, function, *args):
        async def job():
            await asyncio.sleep(seconds)
            await function(*args)

        return self.start(job())

    def every(self, seconds, times, function, *args):
        async def job():
            for number in range(times):
                await function(number, *args)
                await asyncio.sleep(seconds)

        return self.start(job())

    def start(self, coroutine):
        task = asyncio.get_running_loop().create_task(coroutine)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return task

    async def shutdown(self):
        for task in list(self.tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


dp = Dispatcher()


@dp.startup()
async def started(bot: Bot, scheduler: Scheduler):
    scheduler.every(0.02, 3, lambda number: bot.send_message(70, f"tick {number}"))


@dp.shutdown()
async def stopped(scheduler: Scheduler):
    await scheduler.shutdown()


@dp.message(Command("remind"))
async def remind(message: Message, command: CommandObject, scheduler: Scheduler, bot: Bot):
    await message.answer("I will")
    scheduler.once(0.05, bot.send_message, message.chat.id, f"remember {command.args}")


@dp.message(Command("never"))
async def never(message: Message, scheduler: Scheduler):
    scheduler.once(3600, message.answer, "never sent")
    await message.answer(f"{len(scheduler.tasks)} waiting")


async def main():
    await dp.start_polling(Bot(os.environ["BOT_TOKEN"]), scheduler=Scheduler())


asyncio.run(main())
