"""A room under test: what it is set to, and how it is opened within a process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from aiogram import Router
from pydantic import BaseModel

from mailroom.actors.hosting.bundled import BundledBot
from mailroom.actors.jobs.chat_sender import ChatSender
from mailroom.actors.providers.openai import Models
from mailroom.ops.bundled import bundled_bots
from mailroom.ops.bundled import room as room_called
from mailroom.ops.testing.moments import MovingClock
from mailroom.ops.testing.opened.payments import MemoryAccount
from mailroom.ops.testing.opened.room import RoomUnderTest, open_room
from mailroom.ops.testing.process import Process
from mailroom.ops.testing.subject import forget_modules
from mailroom.ops.testing.tables import Tables
from mailroom.storage.postgres.histories import History


@dataclass(frozen=True)
class Tested:
    """A room, and what it is set to."""

    __test__: ClassVar = False  # no test class, whatever pytest thinks of its name

    kind: str
    """Its name: of a bundled bot, or of somebody's package. The bot is called so too, and so is its
    schema.
    """
    options: BaseModel | None = None
    demo: bool = True

    @property
    def bot(self) -> BundledBot[Any]:
        """Its face."""
        return room_called(self.kind)

    @property
    def name(self) -> str:
        """What its bot is called."""
        return self.kind.rpartition(".")[2]

    @property
    def history(self) -> History | None:
        """Its migrations."""
        folder = self.bot.migrations
        return History(self.name, self.name, folder, (self.name,)) if folder else None

    def router(self, *, anew: bool) -> Router:
        """A fresh one for each process; with `anew` its modules are imported again, as a new process does."""
        if anew and self.kind not in bundled_bots():  # what all tests have imported is not forgotten
            forget_modules(self.kind)
        router: Router = self.bot.parts().answers()
        return router


@asynccontextmanager
async def at_work(
    tested: Tested,
    process: Process,
    tables: Tables,
    clock: MovingClock,
    account: MemoryAccount,
    models: Models | None,
) -> AsyncIterator[RoomUnderTest]:
    """Open a room within a process; on Trio's side."""
    sender = ChatSender(process.mailboxes, process.arrived, process.chats.look_again)
    async with open_room(
        tables.url,
        tested.bot,
        name=tested.name,
        options=tested.options,
        accounts=[account],
        models=models,
        clock=clock,
        chats=sender,
        bots={tested.name: process.hosted},
        demo=tested.demo,
        pool=tables.pool,
    ) as opened:
        process.hosted.dispatcher.workflow_data.update(opened.room.offered())
        yield opened
