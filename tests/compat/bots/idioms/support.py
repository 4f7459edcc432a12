"""A feedback bot: what people write is copied to the staff's chat, what the staff replies goes back; and a
broadcast to everybody that goes on where somebody has blocked the bot.
"""

import asyncio
import os

from aiogram import Bot, Dispatcher, F, Router
from aiogram.exceptions import TelegramForbiddenError, TelegramRetryAfter
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

STAFF = -500
people = Router()
staff = Router()
staff.message.filter(F.chat.id == STAFF)
origin: dict[int, tuple[int, int]] = {}
known: list[int] = []


@staff.message(F.reply_to_message, F.reply_to_message.message_id.as_("copied"))
async def answer(message: Message, copied: int, bot: Bot):
    chat, original = origin[copied]
    await bot.send_message(chat, f"staff: {message.text}", reply_to_message_id=original)


@staff.message(Command("all"))
async def broadcast(message: Message, command: CommandObject, bot: Bot):
    reached = 0
    for chat in known:
        try:
            await bot.send_message(chat, command.args)
            reached += 1
        except TelegramForbiddenError:
            await message.answer(f"{chat} has blocked me")
        except TelegramRetryAfter as error:
            await asyncio.sleep(error.retry_after)
    await message.answer(f"{reached} of {len(known)}")


@people.message(F.chat.type == "private")
async def ask(message: Message, bot: Bot):
    if message.chat.id not in known:
        known.append(message.chat.id)
    note = await bot.send_message(STAFF, f"from {message.from_user.first_name}")
    copy = await message.copy_to(STAFF, reply_to_message_id=note.message_id)
    origin[copy.message_id] = message.chat.id, message.message_id
    await message.react([{"type": "emoji", "emoji": "👍"}])


async def main():
    dp = Dispatcher()
    dp.include_routers(staff, people)
    await dp.start_polling(Bot(os.environ["BOT_TOKEN"]))


asyncio.run(main())
