"""A bundled bot with everything behind it: chats in a real Redis, jobs in a real Postgres, money in memory.

    def test_something(clean_postgres_url, clean_redis_url):
        async def scenario(harness):
            await harness.write(ANN, "/start")
            await harness.tap(ANN, "100 ₽")
            await harness.pay()
            assert harness.heard(ANN) == [...]

        run_scenario("tips", scenario, clean_postgres_url, clean_redis_url)

Each run is a process: it ends as if killed, and another one with a larger epoch comes after it.
"""

import asyncio
import itertools
from contextlib import asynccontextmanager
from functools import partial

import trio
from aiogram.types import Update

from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.ops.bundled import room
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.ops.testing.opened.room import open_room
from mailroom.storage.postgres.migrate import apply_migrations
from tests.actors.bot_process import Telegram, open_process
from tests.shop_tables import tables_of

SCENARIO_SECONDS = 30.0
NAME = "shop"
"""What the bot is called in the process that runs it."""
OWNER = 7003
"""Who runs a demo, by the options that its room has for one."""
UPDATES_MAX = 1_000
"""In one run; the next one's updates have larger ids."""


class BotHarness:
    """A bot and its people; `provider` is where they pay, `telegram` keeps what they were sent."""

    def __init__(self, process, room):
        self.process, self.room, self.services, self.provider = process, room, room.room, room.account
        self.telegram, self.database = process.telegram, room.room.database
        self._numbers = itertools.count(1)

    async def write(self, person, text, *, language="en", settle=True):
        """Somebody writes, and waits until all that follows is done."""
        await self._happens("message", person, language, settle, **_message(person), text=text)

    async def tap(self, person, label, *, language="en", settle=True):
        """Somebody presses a button of theirs, by a part of its label; the newest that fits."""
        data = self.button(person, label)["callback_data"]
        query = {"id": str(next(self._numbers)), "chat_instance": "1", "data": data}
        message = {**_message(person), "text": "…"}
        await self._happens("callback_query", person, language, settle, **query, message=message)

    async def pay(self, *, money=None):
        """The newest payment is paid at the provider, who says so twice."""
        await self.room.notices("paid", money=money)
        await self.settled()

    async def asks(self, person, method, path, **asked):
        """Somebody's question at the bot's page or in its section of the console, and what is answered; then
        waits until all that follows is done. Raises `Problem`.
        """
        page = self.room.parts.page
        at = self.room.page if page and self.room.page.here.asks.find(method, path) else self.room.section
        answer = await at.asks(method, path, person=person, **asked)
        await self.settled()
        return answer

    async def settled(self):
        """Nothing is left to do, neither for chats nor for jobs, each of which makes work for the other."""
        await self.process.settled()
        while await aio(partial(self.room.queues.work_off, dying=True)):
            await self.process.settled()

    async def value(self, statement, *values):
        """One value of the database."""
        return await aio(self.database.fetchval, statement, *values)

    async def dead(self):
        """Jobs that died, and why."""
        return [
            tuple(row)
            for row in await aio(self.database.fetch, "SELECT name, error FROM mailroom.outbox_dead")
        ]

    def heard(self, person):
        """What somebody was told, in order."""
        return self.telegram.texts(person)

    def button(self, person, label):
        """A button of theirs: the newest whose label fits."""
        sent = [args for _, args in self.telegram.calls if args.get("chat_id") == person]
        rows = [row for args in sent for row in args.get("reply_markup", {}).get("inline_keyboard", [])]
        fits = [button for row in rows for button in row if label in button["text"]]
        assert fits, f"no button {label!r} for {person}; they were told {self.heard(person)}"
        return fits[-1]

    async def _happens(self, kind, person, language, settle, **content):
        who = {"id": person, "is_bot": False, "first_name": "Ann", "language_code": language}
        update = {"update_id": next(self.process._ids), kind: {**content, "from": who}}
        Update.model_validate(update)
        assert await self.process.offer(update) == "accepted"
        if settle:
            await self.settled()


def _message(person):
    return {"message_id": 1, "date": 1, "chat": {"id": person, "type": "private", "first_name": "Ann"}}


@asynccontextmanager
async def open_harness(
    kind, database_url, redis_url, *, provider=None, telegram=None, options=None, epoch=1, demo=True
):
    """Run the bot of `actors/bots/KIND`; to be used under `mailroom.actors.runtime.host.run`."""
    its, first = room(kind), epoch * UPDATES_MAX
    async with open_process(
        redis_url, its.parts().answers(), telegram or Telegram(), epoch=epoch, first_update_id=first
    ) as process:
        chats = ChatSender(
            process.mailboxes,
            lambda chat, receipt: process.chats.arrived(chat, receipt.entry, receipt.begun),
            process.chats.look_again,
        )
        async with open_room(
            database_url,
            its,
            name=NAME,
            schema=kind,
            options=options,
            accounts=[provider or MemoryAccount()],
            chats=chats,
            bots={NAME: process.bot},
            demo=demo,
        ) as its_room:
            process.bot.dispatcher.workflow_data.update(its_room.room.offered())
            yield BotHarness(process, its_room)


def run_scenario(kind, scenario, database_url, redis_url, **options):
    """Play a scenario with a bot, over a database that is brought up to date first."""
    asyncio.run(apply_migrations(database_url, [tables_of(kind)]))

    async def main():
        with trio.fail_after(SCENARIO_SECONDS):
            async with open_harness(kind, database_url, redis_url, **options) as harness:
                await scenario(harness)

    host.run(main)
