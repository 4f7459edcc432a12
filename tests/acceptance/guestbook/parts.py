"""What runs of a guest book: somebody signs, and once it is written they are told so."""

from aiogram import Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from guestbook.jobs import INK, SIGN, Entry
from guestbook.options import Options
from mailroom import Handlers, JobContext, Parts, Room, Turn, notice

WRITE = "INSERT INTO {schema}.signatures (name) VALUES ($1) RETURNING number"


async def sign(
    message: Message,
    command: CommandObject,
    room: Room[Options],
    turn: Turn,
) -> None:
    entry = Entry(chat=turn.chat_id, name=command.args or "somebody")
    async with room.transaction(turn) as tx:
        await tx.enqueue(SIGN(entry, bot=turn.bot))
    await message.answer(room.options.thanks)


def build() -> Router:
    router = Router(name="guestbook")
    router.message.register(sign, Command("sign"))
    return router


def jobs(room: Room[Options]) -> list[Handlers]:
    handlers = Handlers(INK, room.bot, within=room.database)

    @handlers.job(SIGN)
    async def write(entry: Entry, context: JobContext) -> None:
        async with context.ending() as tx:
            number = await tx.connection.fetchval(WRITE, entry.name)
            await tx.enqueue(notice(room.bot, entry.chat, f"{entry.name} is number {number} in {room.bot}."))

    return [handlers]


PARTS = Parts(answers=build, jobs=jobs)
