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
import base64
import itertools
from contextlib import asynccontextmanager

import trio
from aiogram.types import Update

from mailroom.actors.accounts import account_handlers
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.notification import notification_handlers
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.payment import payment_handlers
from mailroom.actors.runtime import host
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from mailroom.ops.bundled import room
from mailroom.pages import ANYONE, KNOWN, Live, Problem, Proof, Visit
from mailroom.storage.postgres.migrate import apply_migrations
from mailroom.storage.vault import Vault
from tests.actors.bot_process import Telegram, open_process
from tests.actors.jobs.queue_harness import open_queues
from tests.actors.paying.till import MemoryProvider
from tests.rooms import purposes_of
from tests.shop_tables import tables_of

SCENARIO_SECONDS = 30.0
NAME = "shop"
"""What the bot is called in the process that runs it."""
OWNER = 7003
"""Who runs a demo, by the options that its room has for one."""
ENQUEUED = "SELECT last_value FROM mailroom.outbox_job_id_seq"
UPDATES_MAX = 1_000
"""In one run; the next one's updates have larger ids."""


class BotHarness:
    """A bot and its people; `provider` is where they pay, `telegram` keeps what they were sent."""

    def __init__(self, queues, process, services, parts, provider, all_handlers):
        self.queues, self.process, self.services, self.provider = queues, process, services, provider
        self._parts = parts
        self.telegram, self.database = process.telegram, services.database
        self._all_handlers = all_handlers
        self._notices = itertools.count(1)

    async def start(self):
        """All queues at work."""
        for handlers in self._all_handlers:
            await self.queues.start(handlers)

    async def write(self, person, text, *, language="en", settle=True):
        """Somebody writes, and waits until all that follows is done."""
        await self._happens("message", person, language, settle, **_message(person), text=text)

    async def tap(self, person, label, *, language="en", settle=True):
        """Somebody presses a button of theirs, by a part of its label; the newest that fits."""
        data = self.button(person, label)["callback_data"]
        query = {"id": str(next(self._notices)), "chat_instance": "1", "data": data}
        message = {**_message(person), "text": "…"}
        await self._happens("callback_query", person, language, settle, **query, message=message)

    async def pay(self, *, money=None):
        """The newest payment is paid at the provider, who says so twice."""
        id_ = list(self.provider.payments)[-1]
        asked = self.provider.payments[id_].money
        self.provider.becomes(id_, "paid", money=money or asked)
        wanted = Noticed(provider=self.provider.name, provider_id=id_, state="paid")
        for _ in range(2):
            await self.queues.enqueue(noticed_job(wanted, digest=str(next(self._notices))))
        await self.settled()

    async def asks(self, person, method, path, *, key="", **asked):
        """Somebody's question at the bot's page or in its section of the console, and what is answered; then
        waits until all that follows is done. Raises `Problem`.
        """
        ask, interface = self._ask(method, path)
        proofs = frozenset({Proof("telegram", f"tg:{person}")})
        roles = await aio(self._parts.roles, self.services, proofs)
        if not (roles | ANYONE | KNOWN) & frozenset(ask.may):
            raise Problem("forbidden", "forbidden")
        visit = Visit(
            bot=NAME, interface=interface, person=f"tg:{person}", proofs=proofs, roles=roles,
            trace=str(next(self._notices)), key=key, why="a test",
        )  # fmt: skip
        answer = await aio(ask.function, self.services, visit, ask.model(**asked))
        if isinstance(answer, Live):
            answer = await aio(answer.look)
        await self.settled()
        return answer

    def _ask(self, method, path):
        tables = (("page", self._parts.page), ("console", self._parts.section))
        asks = [(ask, interface) for interface, table in tables if table is not None for ask in table.asks]
        return next(found for found in asks if (found[0].method, found[0].path) == (method, path))

    async def settled(self):
        """Nothing is left to do, neither for chats nor for jobs, each of which makes work for the other."""
        before, now = None, await self.value(ENQUEUED)
        while now != before:
            await self.process.settled()
            await self.queues.quiet()
            await self.process.settled()
            before, now = now, await self.value(ENQUEUED)

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
    its = room(kind)
    parts = its.parts()
    provider = provider or MemoryProvider()
    first = epoch * UPDATES_MAX
    async with open_process(
        redis_url, parts.answers(), telegram or Telegram(), epoch=epoch, first_update_id=first
    ) as process:
        sender = ChatSender(
            process.mailboxes,
            lambda chat, receipt: process.chats.arrived(chat, receipt.entry, receipt.begun),
            process.chats.look_again,
        )
        async with open_queues(database_url, bots={NAME: process.bot}, chats=sender) as queues:
            services = BotServices(
                database=queues.pool,
                payments={provider.name: provider},
                models=None,
                vault=Vault([base64.urlsafe_b64encode(bytes(32)).decode()]),
                http=Http(),
                allowance=Allowance(),
                cpu=Cpu(),
                public_url="https://bots.example",
                wake=queues.listener.wake,
                options={NAME: options or its.demo.options},
                schemas={NAME: kind},
                demo=demo,
            ).of(NAME)
            process.bot.dispatcher.workflow_data.update(services.offered())
            all_handlers = [
                account_handlers(services.payments),
                payment_handlers(NAME, services.payments, purposes_of(services, parts.purposes(services))),
                *parts.jobs(services),
                notification_handlers(NAME),
            ]
            yield BotHarness(queues, process, services, parts, provider, all_handlers)
            with trio.CancelScope(shield=True):
                await aio(services.http.aclose)


def run_scenario(kind, scenario, database_url, redis_url, **options):
    """Play a scenario with a bot, over a database that is brought up to date first."""
    asyncio.run(apply_migrations(database_url, [tables_of(kind)]))

    async def main():
        with trio.fail_after(SCENARIO_SECONDS):
            async with open_harness(kind, database_url, redis_url, **options) as harness:
                await harness.start()
                await scenario(harness)

    host.run(main)
