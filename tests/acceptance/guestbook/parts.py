"""What runs of a guest book: somebody signs, and once it is written they are told so."""

from collections.abc import Callable

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message
from asyncpg import Pool

from guestbook.jobs import INK, SIGN, Entry
from guestbook.options import Options
from mailroom import Handlers, JobContext, Parts, Room, Turn, enqueue, notice

WRITE = "INSERT INTO {schema}.signatures (name) VALUES ($1) RETURNING number"


async def sign(
    message: Message,
    command: CommandObject,
    database: Pool,
    options: Options,
    wake: Callable[[str], None],
    turn: Turn,
) -> None:
    entry = Entry(chat=turn.chat_id, name=command.args or "somebody")
    async with database.acquire() as connection, connection.transaction():
        await enqueue(connection, [SIGN(entry, bot=turn.bot, origin=turn.origin("sign"))])
    wake(INK.of(turn.bot))
    await message.answer(options.thanks)


def build() -> Router:
    router = Router(name="guestbook")
    router.message.register(sign, Command("sign"))
    return router


def jobs(room: Room[Options]) -> list[Handlers]:
    handlers = Handlers(INK, room.bot, schema=room.schema)

    @handlers.job(SIGN)
    async def write(entry: Entry, context: JobContext) -> None:
        async with context.ending() as connection:
            number = await connection.fetchval(WRITE, entry.name)
            told = notice(room.bot, entry.chat, f"{entry.name} is number {number} in {room.bot}.")
            await context.enqueue(connection, [told])

    return [handlers]


PARTS = Parts(answers=build, jobs=jobs)
