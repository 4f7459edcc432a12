"""A room with all that it may use, and nobody outside: its payments and codes are in memory, and its jobs are
done when a test has them done.
"""

import base64
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import count
from typing import Any

import asyncpg
import trio
from pydantic import BaseModel

from mailroom.actors.hosting.bot import HostedBot
from mailroom.actors.hosting.bundled import BundledBot, Parts
from mailroom.actors.hosting.room import Room
from mailroom.actors.hosting.services import BotServices
from mailroom.actors.hosting.staff import Staff
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.jobs.context import Services
from mailroom.actors.jobs.every import Every
from mailroom.actors.paying.accounts import Accounts
from mailroom.actors.paying.kinds import Noticed
from mailroom.actors.paying.noticed import noticed_job
from mailroom.actors.people.usernames import Usernames
from mailroom.actors.providers.openai import Models
from mailroom.actors.providers.payments import Money, PaymentState
from mailroom.actors.runtime.bridge import aio
from mailroom.actors.uses.allowance import Allowance
from mailroom.actors.uses.cpu import Cpu
from mailroom.actors.uses.http import Http
from mailroom.ingress.asks.doing import Doing
from mailroom.ingress.console.section import BotSection
from mailroom.ingress.hooks.routes import bot_hooks
from mailroom.ingress.pages.bot_page import BotPage
from mailroom.ops.brought import brought_by
from mailroom.ops.queues import all_queues
from mailroom.ops.testing.asked.hook import RoomHooks
from mailroom.ops.testing.asked.page import RoomPage
from mailroom.ops.testing.asked.section import RoomSection
from mailroom.ops.testing.opened.codes import MemoryCodes
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.ops.testing.opened.queues import Queues, Worked
from mailroom.storage.clock import REAL_TIME, Clock
from mailroom.storage.postgres.outbox.enqueue import enqueue
from mailroom.storage.postgres.outbox.listen import QueueListener
from mailroom.storage.vault import Vault

PUBLIC_URL = "https://bots.example"
TOKEN = "42:token"
VAULT_KEY = base64.urlsafe_b64encode(bytes(32)).decode()
CONNECTIONS_MAX = 4


class NoPartError(AssertionError):
    """The room has no such part: no page, no section of the console, no periodic work of that name."""


@dataclass
class RoomUnderTest:
    """One bot's room. Awaited on Trio's side, but for its `queues`."""

    room: Room[Any]
    parts: Parts[Any]
    services: BotServices
    queues: Queues
    periodic: Mapping[str, Every]
    accounts: Mapping[str, MemoryAccount]
    codes: MemoryCodes
    hooks: RoomHooks
    _page: RoomPage | None
    _section: RoomSection | None
    _notices: Any

    @property
    def page(self) -> RoomPage:
        """Its page."""
        if self._page is None:
            raise NoPartError(f"{self.room.bot} has no page")
        return self._page

    @property
    def section(self) -> RoomSection:
        """Its section of the console."""
        if self._section is None:
            raise NoPartError(f"{self.room.bot} has no section of the console")
        return self._section

    @property
    def account(self) -> MemoryAccount:
        """The first of its payment accounts."""
        return next(iter(self.accounts.values()))

    async def notices(
        self,
        state: PaymentState = "paid",
        *,
        payment: str | None = None,
        money: Money | None = None,
        account: str | None = None,
        times: int = 2,
    ) -> None:
        """Something becomes of a payment, the newest of them, and its provider says so, twice unless
        `times` is another number. Whatever follows is in line.
        """
        at = self.accounts[account] if account else self.account
        id_ = payment or at.newest.provider_id
        at.becomes(id_, state, **({} if money is None else {"money": money}))
        wanted = Noticed(provider=at.name, provider_id=id_, state=state)
        for _ in range(times):
            job = noticed_job(wanted, digest=str(next(self._notices)))
            await aio(enqueue, self.services.database, [job])

    async def happens(self, name: str) -> None:
        """The time of a periodic work has come: its job is in line."""
        if (every := self.periodic.get(name)) is None:
            known = ", ".join(sorted(self.periodic)) or "none"
            raise NoPartError(f"{self.room.bot} has no periodic work {name!r}; there is: {known}")
        await aio(enqueue, self.services.database, [every.job()])

    async def work_off(self, *, again: bool = True) -> list[Worked]:
        """Do all that is due, and all that follows from it."""
        worked: list[Worked] = await aio(partial(self.queues.work_off, again=again))
        return worked


@asynccontextmanager
async def open_room(
    database_url: str,
    its: BundledBot[Any],
    *,
    name: str = "bot",
    schema: str = "",
    options: BaseModel | None = None,
    accounts: Sequence[MemoryAccount] | None = None,
    models: Models | None = None,
    clock: Clock = REAL_TIME,
    chats: ChatSender | None = None,
    bots: Mapping[str, HostedBot] | None = None,
    public_url: str = PUBLIC_URL,
    held: bool = False,
    demo: bool = False,
    vault: Vault | None = None,
    pool: asyncpg.Pool | None = None,
) -> AsyncIterator[RoomUnderTest]:
    """Open a room over a database that has its tables, in a `schema` of its bot's name unless another is
    given, with connections of its own unless a `pool` is. To be used on Trio's side.
    """
    parts, codes, doing = its.parts(), MemoryCodes(), Doing(lambda: held)
    accounts = [MemoryAccount()] if accounts is None else accounts
    database = pool if pool is not None else await _connected(database_url)
    http, listener, cpu = Http(), QueueListener(database_url), Cpu()
    services = BotServices(
        database=database,
        payments=Accounts(accounts),
        models=models,
        vault=vault or Vault([VAULT_KEY]),
        http=http,
        allowance=Allowance(),
        cpu=cpu,
        public_url=public_url,
        wake=listener.wake,
        options={name: options or (its.demo.options if its.demo else its.options())},
        schemas={name: schema or name},
        senders=(codes,),
        usernames=Usernames(),
        erasing=lambda _bot: parts.forget,
        clock=clock,
        demo=demo,
    )
    room = services.of(name)
    brought = brought_by({name: (its, parts, room)}, [name])
    handlers = all_queues(services, brought, [name]).values()
    queues = Queues(database, Services(database_url, listener, bots=bots or {}, chats=chats), list(handlers))
    try:
        await aio(parts.prepare, room)
        yield RoomUnderTest(
            room,
            parts,
            services,
            queues,
            {one.name.removeprefix(f"{name}."): one for one in brought.periodic},
            {one.name: one for one in accounts},
            codes,
            RoomHooks(bot_hooks(room, parts.hooks)),
            _page(room, parts, services, doing),
            _section(room, parts, doing),
            count(1),
        )
    finally:
        with trio.CancelScope(shield=True):
            if pool is None:
                database.terminate()
            await aio(cpu.stop)
            await aio(http.aclose)


async def _connected(url: str) -> asyncpg.Pool:
    opened: asyncpg.Pool = await aio(partial(asyncpg.create_pool, url, min_size=1, max_size=CONNECTIONS_MAX))
    return opened


def _page(room: Room[Any], parts: Parts[Any], services: BotServices, doing: Doing) -> RoomPage | None:
    if parts.page is None:
        return None
    here = BotPage(room, parts.page, "", TOKEN, parts.roles, senders=services.senders)
    return RoomPage(here, doing, services.allowance)


def _section(room: Room[Any], parts: Parts[Any], doing: Doing) -> RoomSection | None:
    staff = Staff.of(room, parts)
    return None if staff is None else RoomSection(BotSection(staff), doing)
