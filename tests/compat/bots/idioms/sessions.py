"""A database session for each update, by a middleware that commits or rolls back; a repository made of it."""

import asyncio
import os
import sqlite3
from contextlib import asynccontextmanager

from aiogram import BaseMiddleware, Bot, Dispatcher, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message, TelegramObject, User


class Database:
    def __init__(self):
        self.connection = sqlite3.connect(":memory:", check_same_thread=False)
        self.connection.execute("create table users (id integer primary key, name text, visits integer)")
        self.connection.execute("create table notes (owner integer, text text)")

    @asynccontextmanager
    async def session(self):
        try:
            yield self.connection
        except BaseException:
            await asyncio.to_thread(self.connection.rollback)
            raise
        await asyncio.to_thread(self.connection.commit)


class Notes:
    def __init__(self, session):
        self.session = session

    def add(self, owner, text):
        self.session.execute("insert into notes values (?, ?)", (owner, text))

    def of(self, owner):
        return [text for (text,) in self.session.execute("select text from notes where owner = ?", (owner,))]


class SessionMiddleware(BaseMiddleware):
    def __init__(self, database):
        self.database = database

    async def __call__(self, handler, event: TelegramObject, data):
        async with self.database.session() as session:
            data["session"] = session
            data["notes"] = Notes(session)
            return await handler(event, data)


class UserMiddleware(BaseMiddleware):
    """Everybody who writes has a row: made at the first message, counted at each."""

    async def __call__(self, handler, event, data):
        user: User = data["event_from_user"]
        row = data["session"].execute(
            "insert into users values (?, ?, 1) on conflict (id) do update set visits = visits + 1"
            " returning visits",
            (user.id, user.first_name),
        )
        data["visits"] = row.fetchone()[0]
        return await handler(event, data)


router = Router()


@router.message(Command("note"))
async def note(message: Message, command: CommandObject, notes: Notes):
    if not command.args:
        await message.answer("and what?")
        return
    notes.add(message.from_user.id, command.args)
    if command.args == "bad":
        await message.answer("not kept")
        raise ValueError("rolled back")
    await message.answer("kept")


@router.message(Command("notes"))
async def show(message: Message, notes: Notes, visits: int):
    await message.answer(f"{visits} visits: {', '.join(notes.of(message.from_user.id)) or 'nothing'}")


@router.error()
async def failed(event):
    await event.update.message.answer(f"failed: {event.exception}")
    return True


async def main():
    dp = Dispatcher()
    dp.update.middleware(SessionMiddleware(Database()))
    router.message.outer_middleware(UserMiddleware())
    dp.include_router(router)
    await dp.start_polling(Bot(os.environ["BOT_TOKEN"]))


asyncio.run(main())
